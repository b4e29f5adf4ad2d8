"""`/api/v1/incidents`: raise one, read it, follow its events, know what comes next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from crisis.commands import OpenIncident
from crisis.policy import access
from crisis.protocols.schema import Protocol
from crisis.statemachine import closing, steps
from crisis.statemachine.incident import Incident
from crisis.store import audit, codec, incidents, people, protocols, queries, sealed
from crisis.store.queries import BoardRow
from crisis.vocabulary import Beside, DeadlineKind, IncidentId, Mode, PersonId, Role, SchoolId, StepId, StudentId, WordsId
from web.api.orders import Body, Code, Id, Words
from web.api.reading import seen_by
from web.deps import TokenHolder
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
        protocol, protocol_hash = protocols.current(tx, body.crisis_type, desk.actor.district)
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
    )
    done = desk.open(command, key=key)
    response.status_code = 200 if done.repeated else 201
    return Receipt(incident=done.incident.id, seq=done.incident.seq, position=done.position, repeated=done.repeated)


@router.get("/incidents")
def list_incidents(desk: TokenHolder, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> list[BoardRow]:
    """Those that the holder of the token may see, as on the board."""
    with desk.store.read() as tx:
        return queries.board(tx, desk.actor, desk.at, limit)


@router.get("/incidents/{incident_id}")
def show_incident(desk: TokenHolder, incident_id: IncidentId) -> Incident:
    """What is true of it now. Being read is on record."""
    return seen_by(desk, incident_id, "incident read").incident


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
    """`words` holds what people wrote, by the ids that stand in the events; erased words are absent."""

    events: list[EventView]
    words: dict[WordsId, str]


@router.get("/incidents/{incident_id}/events")
def list_events(
    desk: TokenHolder, incident_id: IncidentId, after: Annotated[int, Query(ge=0, le=10**9)] = 0
) -> Events:
    """Its events after the one with that number, at most 500 at once."""
    seen_by(desk, incident_id, "events read")
    with desk.store.read() as tx:
        stored = incidents.events_of(tx, incident_id, after=after, limit=EVENTS_AT_ONCE)
        words = sealed.read(tx, desk.store.keys, [each for entry in stored for each in codec.words_of(entry.event)])
    views = [
        EventView(
            position=entry.position,
            seq=entry.seq,
            event=type(entry.event).__name__,
            at=entry.event.at,
            by=entry.event.by,
            body=dict(codec.event_to_json(entry.event)),
        )
        for entry in stored
    ]
    return Events(events=views, words=words)


@dataclass(frozen=True, slots=True, kw_only=True)
class NextView:
    step: StepId
    title: str
    why: str
    owner: PersonId | None
    roles: tuple[Role, ...]
    due_at: datetime | None
    kind: DeadlineKind | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    rule: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """The open steps, most urgent first, and everything that still stands in the way of closing."""

    seq: int
    next: list[NextView]
    before_closing: list[Told]


@router.get("/incidents/{incident_id}/next")
def what_next(desk: TokenHolder, incident_id: IncidentId) -> Next:
    found = seen_by(desk, incident_id, "next steps read")
    incident, protocol = found.incident, found.protocol
    with desk.store.read() as tx:
        ground = people.ground(tx, incident.school)
    coming = steps.next_steps(incident, protocol, desk.at, ground)
    return Next(
        seq=incident.seq,
        next=[
            NextView(
                step=each.step.id,
                title=each.step.title.in_language(desk.language),
                why=each.step.why.in_language(desk.language),
                owner=each.assigned_to,
                roles=each.step.roles,
                due_at=each.due_at,
                kind=each.kind,
            )
            for each in coming
        ],
        before_closing=[Told(rule=r.rule, text=plain(r)) for r in closing.obstacles(incident, protocol, desk.at)],
    )
