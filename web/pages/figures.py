"""Figures: how long things took and how often they were kept, by school and by month; nobody is named."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from crisis.review.spread import Spread
from crisis.review_words import Milestone
from crisis.vocabulary import Mode
from web import figure_orders, figure_parts
from web.deps import AtSchool, Desk, SignedIn
from web.figure_files import Part, csv_file, json_file
from web.figure_orders import Found, Wanted, before
from web.figure_parts import Topic
from web.pages.frame import console
from web.plots import Bars, Picture, Times, bars, times
from web.rendering import Local, babel_month, translations
from web.words import N_
from web.words_of_review import MILESTONES

HERE = "/figures"
router = APIRouter(include_in_schema=False)
MONTH = r"^$|^20\d\d-(0[1-9]|1[0-2])$"
InMonth = Annotated[str, Query(pattern=MONTH)]
TOPICS = {
    Topic.TIMES: N_("How long it took"),
    Topic.PAGES: N_("Pages"),
    Topic.KEPT: N_("Kept in time"),
    Topic.WORK: N_("Workload"),
    Topic.READY: N_("Who is ready"),
    Topic.ALL: N_("Everything"),
}
OFFERED = 120  # months back that one may choose


@dataclass(frozen=True, slots=True)
class Chosen:
    wanted: Wanted
    milestone: Milestone
    topic: Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One part as the page shows it, with its picture for a wide and for a narrow screen."""

    part: Part
    finding: str
    wide: Picture | None
    narrow: Picture | None
    rows: Sequence[tuple[str, str, tuple[object, ...]]]
    total: tuple[object, ...] | None

    @property
    def timed(self) -> bool:
        return isinstance(self.part, Times)


def shown(part: Part, desk: Desk) -> Shown:
    local, say = Local(desk.language), translations(desk.language).gettext
    match part:
        case Bars():
            parts = [f"{words}: {count}" for (_, words), count in zip(part.series, part.total.counts, strict=True)]
            return Shown(
                part=part,
                finding=" · ".join(parts),
                wide=bars(part),
                narrow=bars(part, narrow=True),
                rows=[(row.label, "", (*row.counts, row.all)) for row in part.rows],
                total=(*part.total.counts, part.total.all),
            )
        case Times():
            said = {row.code: _half(row.spread, local, say) for row in part.rows}
            first = next((row for row in part.rows if row.spread.lengths), None)
            return Shown(
                part=part,
                finding="" if first is None else f"{first.label}: {said[first.code]}",
                wide=times(part, said),
                narrow=times(part, said, narrow=True),
                rows=[(row.label, row.note, _cells(row.spread, local)) for row in part.rows],
                total=_cells(part.total, local) if part.adds_up else None,
            )


def short(seconds: int) -> str:
    """At a line of the picture; the same letters in both languages."""
    for letters, unit in (("d", 86400), ("h", 3600)):
        if seconds >= unit:
            return f"{seconds // unit} {letters}"
    return f"{seconds // 60} min"


def _half(spread: Spread, local: Local, say: figure_parts.Translate) -> str:
    """With what has no length, which a picture of lengths would hide."""
    median, ninth, without = spread.median, spread.ninth, spread.missing
    if median is None or ninth is None:
        return say(N_("never reached: %(n)s")) % {"n": without}
    lengths = {"half": local.length(median), "nine": local.length(ninth)}
    said = say(N_("half in %(half)s, 9 in 10 in %(nine)s")) % lengths
    return said if not without else f"{said} · {say(N_('never reached: %(n)s')) % {'n': without}}"


def _cells(spread: Spread, local: Local) -> tuple[object, ...]:
    lengths = [None if each is None else local.length(each) for each in (spread.median, spread.ninth)]
    return (*lengths, len(spread.lengths), spread.missing, spread.waiting, spread.all)


def chosen(
    *,
    school: AtSchool = "",
    since: InMonth = "",
    until: InMonth = "",
    milestone: Milestone = Milestone.SUPERVISED,
    mode: Mode = Mode.LIVE,
    topic: Topic = Topic.TIMES,
) -> Chosen:
    return Chosen(Wanted(school=school, since=since, until=until, mode=mode), milestone, topic)


Asked = Annotated[Chosen, Depends(chosen)]


@router.get(HERE)
def show(desk: SignedIn, asked: Asked) -> HTMLResponse:
    """For the district crisis lead, and for principals of their own school."""
    found, milestone = figure_orders.figures(desk, asked.wanted), asked.milestone
    say = translations(desk.language).gettext
    wanted = found.wanted
    values = {
        "here": "figures",
        "parts": [shown(each, desk) for each in figure_parts.parts(desk, found, milestone, asked.topic)],
        "topic": asked.topic,
        "topics": [(each, say(words)) for each, words in TOPICS.items()],
        "short": short,
        "wanted": wanted,
        "milestone": milestone,
        "about": _about(desk, found),
        "schools": [(each.id, each.name) for each in found.schools.values()],
        "months": _offered(desk, found),
        "milestones": [(each.value, say(MILESTONES[each][0])) for each in Milestone],
        "query": f"school={wanted.school}&since={wanted.since}&until={wanted.until}"
        f"&milestone={milestone}&mode={wanted.mode}",
    }
    return console(desk, "pages/figures.html", values, path=HERE)


@router.get(HERE + ".csv")
def as_csv(desk: SignedIn, asked: Asked) -> Response:
    """For the same people, and on record."""
    about, parts = _taken(desk, asked.wanted, asked.milestone)
    return csv_file(_named(asked.wanted.mode), about, parts)


@router.get(HERE + ".json")
def as_json(desk: SignedIn, asked: Asked) -> Response:
    """For the same people, and on record."""
    about, parts = _taken(desk, asked.wanted, asked.milestone)
    return json_file(_named(asked.wanted.mode), about, parts)


def _named(mode: Mode) -> str:
    return "drill-figures" if mode is Mode.DRILL else "figures"


def _taken(desk: Desk, wanted: Wanted, milestone: Milestone) -> tuple[dict[str, object], list[Part]]:
    found = figure_orders.figures(desk, wanted)
    figure_orders.take(desk, "figures taken")
    said = found.wanted
    about = {"mode": said.mode.value, "school": said.school or "all", "since": said.since, "until": said.until}
    return {**about, "read_at": desk.at.isoformat()}, figure_parts.parts(desk, found, milestone)


def _about(desk: Desk, found: Found) -> str:
    """Whose and when, in words; it stands on paper, where the form does not."""
    since, until = (babel_month(each, desk.language) for each in (found.wanted.since, found.wanted.until))
    chosen = found.schools.get(found.wanted.school)
    every = translations(desk.language).gettext(N_("All schools that you lead"))
    return f"{chosen.name if chosen is not None else every} · {since} – {until}"


def _offered(desk: Desk, found: Found) -> list[tuple[str, str]]:
    """The newest first; what was chosen is among them, however long ago."""
    newest = max(found.wanted.until, f"{desk.at:%Y-%m}")
    months = [before(newest, count) for count in range(OFFERED)]
    also = [each for each in (found.wanted.until, found.wanted.since) if each not in months]
    return [(each, babel_month(each, desk.language)) for each in (*months, *also)]
