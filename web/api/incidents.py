"""`/api/v1/incidents`: raise one, read it, follow its events, know what comes next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel

from crisis.access_words import Handling, Matter
from crisis.commands import OpenIncident
from crisis.policy import matters
from crisis.store import codec, partial, protocols, queries
from crisis.store.incidents import StoredEvent
from crisis.store.partial import PageAsked, PartView
from crisis.store.queries import BoardRow, IncidentView
from crisis.store.upcoming import NextStep
from crisis.vocabulary import (
    Beside,
    Custody,
    DeadlineKind,
    Emergency,
    IncidentId,
    Mode,
    PersonId,
    Phase,
    Role,
    SchoolId,
    StepId,
    StudentId,
    Tier,
    WordsId,
)
from web.api.incident_views import AnyView, incident_told
from web.api.orders import Body, Code, Id, Words
from web.api.reading import seen_in_part, sent_of
from web.deps import IncidentPath, TokenHolder
from web.problems import plain

router = APIRouter(prefix="/api/v1", tags=["incidents"])

EVENTS_AT_ONCE = 500
Key = Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=128, pattern=r"^[\x21-\x7e]+$")]


class NewIncident(Body):
    """Three inputs are enough: where, what, and whether an adult is with the student."""

    mode: Mode
    school: Id
    crisis_type: Code
    beside: Beside
    place: Words | None = None
    student: Id | None = None
    linked_to: Id | None = None
    kept_out: tuple[Id, ...] = ()  # staff whom it is about (PR-54)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """`seq` is the version to send as `seen` with the next order; `repeated`: the key was known, nothing was added."""

    incident: IncidentId
    seq: int
    position: int
    repeated: bool


@router.post("/incidents", status_code=201, responses={200: {"description": "This key was sent before"}})
def open_incident(desk: TokenHolder, body: NewIncident, key: Key, response: Response) -> Receipt:
    """Raises an incident. The same key gives the same incident, however often it is sent."""
    with desk.store.read() as tx:
        protocol, protocol_hash = protocols.current(tx, body.crisis_type, desk.actor.district, desk.at)
    command = OpenIncident(
        by=desk.actor,
        mode=body.mode,
        school=SchoolId(body.school),
        crisis_type=body.crisis_type,
        protocol=protocol.id,
        version=protocol.version,
        protocol_hash=protocol_hash,
        place=desk.seal(body.place) if body.place else None,
        student=StudentId(body.student) if body.student else None,
        beside=body.beside,
        linked_to=IncidentId(body.linked_to) if body.linked_to else None,
        kept_out=tuple(PersonId(each) for each in body.kept_out),
    )
    done = desk.open(command, key=key)
    response.status_code = 200 if done.repeated else 201
    return Receipt(incident=done.incident.id, seq=done.incident.seq, position=done.position, repeated=done.repeated)


@dataclass(frozen=True, slots=True, kw_only=True)
class NextView:
    """A step that can be done now: whose it is, until when, and why."""

    step: StepId
    title: str
    why: str
    owner: PersonId | None
    roles: tuple[Role, ...]
    due_at: datetime | None
    kind: DeadlineKind | None


def next_view(step: NextStep, language: str) -> NextView:
    return NextView(
        step=step.step.id,
        title=step.step.title.in_language(language),
        why=step.step.why.in_language(language),
        owner=step.assigned_to,
        roles=step.step.roles,
        due_at=step.due_at,
        kind=step.kind,
    )


class Summary(BaseModel):
    """`crisis_type`, `tier` and `next` are absent where the agreement of a partner does not list the risk."""

    id: IncidentId
    seq: int
    mode: Mode
    school: SchoolId
    phase: Phase
    custody: Custody
    emergency: Emergency
    lead: PersonId | None
    opened_at: datetime
    closed_at: datetime | None
    crisis_type: str | None = None
    tier: Tier | None = None
    next: NextView | None = None


class Status(BaseModel):
    """Of an incident that one raised, or was paged about. `crisis_type` only for whoever raised it."""

    id: IncidentId
    seq: int
    mode: Mode
    school: SchoolId
    opened_at: datetime
    handling: Handling
    crisis_type: str | None
    pages: list[PageAsked]


def status_of(view: PartView) -> Status:
    return Status(
        id=view.id,
        seq=view.seq,
        mode=view.mode,
        school=view.school.id,
        opened_at=view.opened_at,
        handling=view.handling,
        crisis_type=view.crisis_type,
        pages=list(view.pages),
    )


class Board(BaseModel):
    """`position` is where the event log stood: the `after` for the socket, so that nothing is missed. `part` are those
    that the holder raised or was paged about, and sees no more of.
    """

    position: int
    open: list[Summary]
    closed: list[Summary]
    part: list[Status]


def summary(row: BoardRow, language: str) -> Summary:
    incident = row.incident
    risk: dict[str, object] = {
        "crisis_type": incident.crisis_type,
        "tier": incident.effective_tier,
        "next": next_view(row.next, language) if row.next is not None else None,
    }
    return Summary(
        **(risk if Matter.RISK in row.matters else {}),
        id=incident.id,
        seq=incident.seq,
        mode=incident.mode,
        school=incident.school,
        phase=incident.phase,
        custody=incident.custody,
        emergency=incident.emergency,
        lead=incident.lead,
        opened_at=incident.opened_at,
        closed_at=incident.closed_at,
    )


@router.get("/incidents", response_model_exclude_unset=True)
def list_incidents(desk: TokenHolder, school: Annotated[Id | None, Query()] = None) -> Board:
    """Those that the holder of the token may see: the open ones, most pressing first, and those closed today."""
    with desk.store.read() as tx:
        found = queries.board(tx, desk.actor, desk.at, school=SchoolId(school) if school else None)
        part = partial.mine(tx, desk.actor, desk.at)
    return Board(
        position=found.position,
        open=[summary(row, desk.language) for row in found.open],
        closed=[summary(row, desk.language) for row in found.closed],
        part=[status_of(each) for each in part],
    )


@router.get("/incidents/{incident_id}", response_model_exclude_unset=True)
def show_incident(desk: TokenHolder, incident_id: IncidentPath) -> AnyView:
    """What is true of it now, as far as the view of the token's holder lists it. Being read is on record."""
    return incident_told(sent_of(desk, incident_id, "incident read", "incident"))


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    position: int
    seq: int
    event: str
    at: datetime
    by: PersonId | None
    body: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """`words` holds what people wrote, by the ids that stand in the events; erased words are absent.

    An event that the holder's view does not list is absent, and so is each field of an event; `by` is null where a
    timer or the worker did it, and where it would say who raised the incident.
    """

    events: list[EventView]
    words: dict[WordsId, str]


@router.get("/incidents/{incident_id}/status")
def show_status(desk: TokenHolder, incident_id: IncidentPath) -> Status:
    """That it is handled, and how one's own page stands: for whoever raised it or was paged, and those who see all."""
    return status_of(seen_in_part(desk, incident_id))


@router.get("/incidents/{incident_id}/events")
def list_events(
    desk: TokenHolder, incident_id: IncidentPath, after: Annotated[int, Query(ge=0, le=10**9)] = 0
) -> Events:
    """Its events after the one with that number, at most 500 at once."""
    view = sent_of(desk, incident_id, "events read", "events")
    found = [stored for stored in view.events if stored.seq > after][:EVENTS_AT_ONCE]
    views = [
        EventView(
            position=stored.position,
            seq=stored.seq,
            event=type(stored.event).__name__,
            at=stored.event.at,
            by=stored.event.by,
            body=body_told(stored, view),
        )
        for stored in found
    ]
    named = frozenset().union(*(texts(each.body) for each in views))
    return Events(events=views, words={key: said for key, said in view.words.items() if key in named})


def body_told(stored: StoredEvent, view: IncidentView) -> dict[str, object]:
    kept = matters.fields_told(stored.event, view.matters)
    return {name: value for name, value in codec.event_to_json(stored.event).items() if name in kept}


def texts(body: object) -> frozenset[str]:
    """Every text in a body, at any depth: the ids of words are among them."""
    if isinstance(body, str):
        return frozenset({body})
    inner = body.values() if isinstance(body, dict) else body if isinstance(body, list) else ()
    return frozenset[str]().union(*(texts(each) for each in inner))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """`at`: the page of the incident where a person acts on it (`/custody`), None where there is no one page."""

    rule: str
    text: str
    at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """The open steps, most pressing first, and everything that still stands in the way of closing."""

    seq: int
    next: list[NextView]
    before_closing: list[Told]


@router.get("/incidents/{incident_id}/next")
def what_next(desk: TokenHolder, incident_id: IncidentPath) -> Next:
    """What can be done now, by whom, until when and why."""
    view = sent_of(desk, incident_id, "next steps read", "next")
    return Next(
        seq=view.incident.seq,
        next=[next_view(each, desk.language) for each in view.next],
        before_closing=[Told(rule=reason.rule, text=plain(reason), at=reason.at or None) for reason in view.obstacles],
    )
