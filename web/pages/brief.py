"""The brief of a handoff: read aloud, shown or printed for one receiver, and recorded as given. Nothing is sent."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis import referral_commands as rcmd
from crisis.errors import NotFound
from crisis.policy.brief import Brief, brief
from crisis.policy.projection import may_read_aloud
from crisis.referral_words import Audience, BriefField, BriefWay
from crisis.store import handing_over
from crisis.vocabulary import Emergency, HandoffId, HandoffState, IncidentId
from web.api.reading import seen_by
from web.deps import ID, Desk, IncidentPath, SignedIn
from web.forms import FRESH, FormPost, FormState, Sent, sealed
from web.pages.brief_facts import facts
from web.pages.frame import console
from web.pages.incident import frame_of
from web.rendering import translations
from web.words import N_
from web.words_of_brief import AUDIENCES, FIELDS, PARTS, WAYS
from web.words_of_directory import DATA_POINTS

router = APIRouter(include_in_schema=False)

AudiencePath = Annotated[Audience, Path()]
Handed = Annotated[str, Query(pattern=rf"^$|{ID}")]


class Give(Sent):
    way: BriefWay = Field(title=N_("How did they get it?"))
    recipient: str = Field(title=N_("Who got it? Name, role and organisation"))
    threat: str | None = Field(default=None, title=N_("What is the danger, and to whom?"))
    handoff: str | None = None
    fields: str  # as the page that was read aloud held them

    def command(self, desk: Desk, audience: Audience) -> rcmd.GiveBrief:
        return rcmd.GiveBrief(
            by=desk.actor,
            audience=audience,
            way=self.way,
            recipient=desk.seal(self.recipient),
            fields=frozenset(field for field in BriefField if field.value in self.fields.split()),
            handoff=HandoffId(self.handoff) if self.handoff else None,
            threat=sealed(desk, self.threat),
        )


def show(
    desk: Desk,
    incident_id: IncidentId,
    audience: Audience,
    handoff: HandoffId | None = None,
    problem: FormState = FRESH,
    *,
    status: int = 200,
) -> HTMLResponse:
    view = seen_by(desk, incident_id, f"brief viewed: {audience}")
    incident, translate = view.incident, translations(desk.language).gettext
    if audience is Audience.CLINICIAN and handoff not in incident.handoffs:
        raise NotFound
    with desk.store.read() as tx:
        allowed = handing_over.points_for(tx, audience, incident, handoff, desk.at) & may_read_aloud(view.matters)
    made = brief(audience, facts(desk, view, audience, handoff), allowed)
    values: dict[str, object] = {
        "incident": incident,
        "handoff": handoff,
        "audience": audience,
        "heading": translate(AUDIENCES[audience]),
        "parts": [
            (translate(PARTS[part]), [(translate(FIELDS[line.field]), line.said) for line in lines])
            for part, lines in made.parts
        ],
        "kept_back": [translate(DATA_POINTS[point]) for point in made.kept_back],
        "fields": " ".join(sorted(made.fields)),
        "may_give": may_give(made, incident.emergency, incident.handoffs[handoff].state if handoff else None),
        "ways": [(way.value, translate(text)) for way, text in WAYS.items()],
        "zone": view.zone,
    }
    path = f"/incidents/{incident_id}/brief/{audience}" + (f"?handoff={handoff}" if handoff else "")
    live = {key: value for key, value in frame_of(view).items() if key != "position"}
    return console(desk, "pages/brief.html", values | live, path=path, status=status, problem=problem)


def may_give(made: Brief, emergency: Emergency, state: HandoffState | None) -> bool:
    match made.audience:
        case Audience.CLINICIAN:
            return state in (HandoffState.OFFERED, HandoffState.ACCEPTED)
        case Audience.EMERGENCY:
            return emergency is Emergency.ACTIVE
        case Audience.PICK_UP:
            return True


@router.get("/incidents/{incident_id}/brief/{audience}")
def show_brief(desk: SignedIn, incident_id: IncidentPath, audience: AudiencePath, handoff: Handed = "") -> HTMLResponse:
    """For whoever may see the incident; every look is on record."""
    return show(desk, incident_id, audience, HandoffId(handoff) if handoff else None)


@router.post("/incidents/{incident_id}/brief/{audience}")
def give(desk: SignedIn, incident_id: IncidentPath, audience: AudiencePath, posted: FormPost) -> RedirectResponse:
    """Recorded with who got it, which fields, and why they might."""
    form = posted.read(Give)
    desk.submit(incident_id, form.command(desk, audience), seen=form.seen, key=form.key)
    return RedirectResponse(f"/incidents/{incident_id}", status_code=303)
