"""The look back at one incident or drill, made from its record alone. It blames nobody and names nobody."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from crisis.review.deadlines import Expected
from crisis.review.milestones import Length
from crisis.review.review import Review, Share
from crisis.review_words import Milestone
from crisis.store import reviewing
from crisis.vocabulary import DeadlineKind
from web.api.reading import seen_by
from web.deps import Desk, IncidentPath, SignedIn
from web.pages.frame import console
from web.pages.incident import OF_SHEET, frame_of, values_of, written_review
from web.rendering import Local, translations
from web.review_picture import picture
from web.words import N_
from web.words_of_review import CAUSES, KEPT, MILESTONES

router = APIRouter(include_in_schema=False)

FOREMOST = (Milestone.SUPERVISED, Milestone.ASKED, Milestone.GUARDIAN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    label: str
    figure: str | None  # None: the record does not hold it
    tag: tuple[str, str, str] | None


@router.get("/incidents/{incident_id}/review")
def show_review(desk: SignedIn, incident_id: IncidentPath) -> HTMLResponse:
    view = seen_by(desk, incident_id, "review viewed", OF_SHEET["review"])
    with desk.store.read() as tx:
        found = reviewing.of_incident(tx, incident_id, view.protocol, view.ground, desk.at)
    local, opened_at = Local(desk.language, view.zone), view.incident.opened_at
    values: dict[str, object] = {
        "found": found,
        "tiles": tiles(found, desk, local),
        "causes": [translations(desk.language).gettext(CAUSES[each]) for each in found.causes],
        "milestones": [milestone(each, desk, local) for each in found.lengths],
        "wide": picture(found.expected, opened_at, found.until),
        "narrow": picture(found.expected, opened_at, found.until, narrow=True),
        "kept": KEPT,
        "result": lambda each: result(each, desk, local),
        "took": lambda page, until: _took(local, page.seconds(until)),
        **written_review(desk, view),
    }
    path = f"/incidents/{incident_id}/review"
    return console(desk, "pages/review.html", values_of(desk, view) | frame_of(view) | values, path=path)


def tiles(found: Review, desk: Desk, local: Local) -> list[Tile]:
    """The few figures that people ask for first."""
    translate = translations(desk.language).gettext
    lengths = {each.milestone: each for each in found.lengths}
    first = [(translate(MILESTONES[each][0]), _took(local, lengths[each].seconds), None) for each in FOREMOST]
    kept = found.kept(DeadlineKind.HARD, DeadlineKind.TARGET)
    good = kept.count == kept.of
    told = ("ok", translate(N_("all of them")), "s-done") if good else ("late", translate(N_("not all")), "s-late")
    deadlines = (translate(N_("Deadlines that were kept")), share(kept), told if kept.of else None)
    return [Tile(label=label, figure=figure, tag=tag) for label, figure, tag in (*first, deadlines)]


def share(found: Share) -> str | None:
    return f"{found.count} / {found.of}" if found.of else None


def milestone(length: Length, desk: Desk, local: Local) -> tuple[str, str, str | None, datetime | None]:
    translate = translations(desk.language).gettext
    name, since = MILESTONES[length.milestone]
    return translate(name), translate(since), _took(local, length.seconds), length.until


def result(each: Expected, desk: Desk, local: Local) -> tuple[str, str, str]:
    """Words, tone and icon of what became of a deadline."""
    translate = translations(desk.language).gettext
    said, tone, icon = KEPT[each.kept]
    if each.late_by is not None:
        return translate(N_("%(time)s late")) % {"time": _took(local, each.late_by)}, tone, icon
    return translate(said), tone, icon


def _took(local: Local, seconds: int | None) -> str | None:
    return None if seconds is None else local.length(seconds)
