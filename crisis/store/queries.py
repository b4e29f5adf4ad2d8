"""What the pages show: small frozen views, read in one transaction and filtered by policy for the one who looks."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from crisis.access_words import Matter, Sight, View
from crisis.commands import Actor
from crisis.errors import NotFound, Reason
from crisis.events import Event, EventCorrected, IncidentOpened, StepCompleted
from crisis.policy import matters as policy
from crisis.policy.access import called_in
from crisis.policy.naming import Called, context_of
from crisis.policy.projection import listed, owed_by
from crisis.policy.sight import sight
from crisis.privacy_words import InstructionKind
from crisis.protocols.schema import Protocol, Step
from crisis.referral_words import AgencyId
from crisis.statemachine.closing import obstacles
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident
from crisis.statemachine.steps import standing
from crisis.store import (
    alongside,
    company,
    contacting,
    cut,
    directory,
    drills,
    incidents,
    instructions,
    involved,
    linked,
    names,
    partners,
    people,
    preferences,
    protocols,
    restrictions,
    same_student,
    sealed,
)
from crisis.store.alongside import Alongside
from crisis.store.company import Trusted
from crisis.store.contacting import Card
from crisis.store.incidents import StoredEvent
from crisis.store.instructions import Instruction
from crisis.store.people import SchoolView, StaffView, StudentView
from crisis.store.preferences import KeptPreference
from crisis.store.sealed import KeyRing
from crisis.store.upcoming import NEVER, NextStep, next_steps, upcoming
from crisis.vocabulary import (
    Custody,
    Emergency,
    IncidentId,
    Mode,
    PageState,
    PersonId,
    SchoolId,
    StepState,
    WordsId,
)

Kind = TypeVar("Kind", bound=Event)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    incident: Incident
    protocol: Protocol
    school: SchoolView
    zone: str
    next: NextStep | None
    alone: bool  # an adult is missing who must be with the student
    names: Mapping[PersonId, str]
    matters: frozenset[Matter]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """`position` is where the event log stood, so that the page misses nothing that comes after."""

    position: int
    open: tuple[BoardRow, ...]
    closed: tuple[BoardRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """One incident as somebody who may see it sees it: cut to what their view holds (`crisis/policy/projection.py`).

    `incident` and `steps` are whole, for the rules that read them; what is shown of it asks `matters`.
    """

    view: View
    matters: frozenset[Matter]
    incident: Incident
    protocol: Protocol
    position: int
    school: SchoolView
    ground: Ground
    steps: tuple[tuple[Step, StepState], ...]
    next: tuple[NextStep, ...]
    obstacles: tuple[Reason, ...]
    events: tuple[StoredEvent, ...]
    in_error: frozenset[int]  # the entries of which somebody has said that they should not be there
    untold: frozenset[int]  # those of them that would say who raised it
    readable: frozenset[WordsId]  # what of it they may read, also where its key was destroyed
    words: Mapping[WordsId, str]
    place: str | None
    owed: Mapping[str, object]  # reports
    names: Mapping[PersonId, str]
    staff: tuple[StaffView, ...]
    student: StudentView | None
    called: Called  # by which name this person may know the student; `student.goes_by` is the same
    family: tuple[Card, ...]
    instructions: tuple[Instruction, ...]
    wishes: tuple[KeptPreference, ...]  # none about somebody who is kept out of this incident
    trusted: tuple[Trusted, ...]
    agencies: Mapping[AgencyId, str]  # those to whom it was referred, by name
    conflicted: frozenset[PersonId]
    family_blocked: bool  # by this incident, another open one of the student, or by their record (I-10)
    family_stays_blocked: bool  # by their record: an incident that has closed left it
    alongside: tuple[Alongside, ...]  # other open incidents of the student, as far as this person sees them
    glass_until: datetime | None  # for whoever sees it by broken glass alone

    @property
    def zone(self) -> str:
        return self.ground.calendar.zone

    def happened(self, kind: type[Kind]) -> list[Kind]:
        """What of a kind is in the log and not in error, in order."""
        found = (each for each in self.events if each.seq not in self.in_error)
        return [each.event for each in found if isinstance(each.event, kind)]

    def state(self, step: Step) -> StepState:
        return next(state for other, state in self.steps if other.id == step.id)


def board(tx: Connection, actor: Actor, at: datetime, *, school: SchoolId | None = None) -> Board:
    """The incidents that this person may see: the open ones, most pressing first, and those closed in the last day."""
    position = incidents.head(tx)
    today, seen = at.replace(hour=0, minute=0, second=0, microsecond=0), involved.seen_by(actor, at)
    found = incidents.current(tx, actor.district, closed_since=today, seen=seen)
    outside = drills.apart(tx, actor, found)  # practice is no news for whoever has no part in it
    found = [each for each in found if each.id not in outside]
    agreed = partners.agreed_with(tx, actor.id, at) if actor.partner else None
    shown = listed(View.PARTNER if actor.partner else View.LOGISTICS, agreed)  # a row holds no more than that
    rows = list(_rows(tx, [each for each in found if school in (None, each.school)], shown))
    return Board(
        position=position,
        open=tuple(sorted((row for row in rows if row.incident.closed_at is None), key=_pressing)),
        closed=tuple(row for row in rows if row.incident.closed_at is not None),
    )


def linked_rows(tx: Connection, actor: Actor, incident: Incident, at: datetime) -> tuple[list[BoardRow], int]:
    """Of the incidents that are linked to this one those that the person may see, and how many they may not."""
    others = {*incident.links, *([incident.linked_to] if incident.linked_to is not None else [])}
    found = incidents.of_ids(tx, others, seen=involved.seen_by(actor, at))
    rows = list(_rows(tx, found, listed(View.LOGISTICS, None)))
    return sorted(rows, key=_pressing), len(others) - len(rows)


def sight_of(tx: Connection, actor: Actor, incident: Incident, at: datetime) -> Sight:
    return sight(actor, involved.about_of(tx, incident), at)


def who_sees(tx: Connection, of: Collection[PersonId], incident: Incident, at: datetime) -> set[PersonId]:
    """Those of them who may read it at this moment."""
    about = involved.about_of(tx, incident)
    return {person for person, actor in people.actors(tx, of).items() if sight(actor, about, at) >= Sight.READ}


def _rows(tx: Connection, found: Sequence[Incident], matters: frozenset[Matter]) -> Iterator[BoardRow]:
    """Schools, calendars and names are read once for the whole board: one by one they took most of its time."""
    places = {each: (people.school(tx, each), people.ground(tx, each)) for each in {row.school for row in found}}
    names = people.names(tx, frozenset[PersonId]().union(*(called_in(each) for each in found)))
    for incident in found:
        protocol, (school, ground) = protocols.by_hash(tx, incident.protocol_hash), places[incident.school]
        coming = upcoming(incident, protocol, ground)
        yield BoardRow(
            incident=incident,
            protocol=protocol,
            school=school,
            zone=ground.calendar.zone,
            next=coming.next,
            alone=coming.alone,
            names={person: names[person] for person in called_in(incident) if person in names},
            matters=matters,
        )


def _pressing(row: BoardRow) -> tuple[bool, bool, datetime]:
    """Real before drill, alarm before calm, then what is due first."""
    due = row.next.due_at if row.next is not None and row.next.due_at is not None else NEVER
    return row.incident.mode is Mode.DRILL, not is_alarm(row), due


def is_alarm(row: BoardRow) -> bool:
    """Nobody answered, nobody is with the student, the student is lost, or an emergency."""
    incident = row.incident
    unanswered = any(page.state is PageState.EXHAUSTED for page in incident.pages.values())
    lost = incident.custody is Custody.LOST or row.alone
    return unanswered or lost or incident.emergency is Emergency.ACTIVE


def incident_view(tx: Connection, keys: KeyRing, actor: Actor, incident_id: IncidentId, at: datetime) -> IncidentView:
    """Raises `NotFound` also for an incident that is not this person's to see."""
    position = incidents.head(tx)
    incident = incidents.load(tx, incident_id)
    about = involved.about_of(tx, incident)
    seen = sight(actor, about, at)
    if seen < Sight.READ:
        raise NotFound
    protocol, ground = protocols.by_hash(tx, incident.protocol_hash), people.ground(tx, incident.school)
    as_whom, matters = cut.view(tx, actor, about, incident, at)
    incident, log = linked.without_across(tx, actor, incident, incidents.events_of(tx, incident_id))
    events, untold = cut.told(log, matters)
    place = _place(log)
    readable = [*_readable(log, protocol, incident, matters), *([place] if place and Matter.SAFETY in matters else [])]
    words = sealed.read(tx, keys, readable)
    now = standing(incident, protocol)
    student, called, family = _student(tx, keys, actor, incident, at)
    asked = instructions.of_student(tx, keys, incident.student) if incident.student is not None else []
    wished = preferences.of_student(tx, incident.student) if incident.student is not None else []
    staff = people.staff(tx, incident.district)
    acted = {stored.event.by for stored in events if stored.event.by is not None}
    texted = {each.contact for each in incident.texts.values()}
    known = people.names(tx, called_in(incident) | acted | texted | incident.contact_decided.keys())
    steps = Matter.RISK in matters
    return IncidentView(
        view=as_whom,
        matters=matters,
        incident=incident,
        protocol=protocol,
        position=position,
        school=people.school(tx, incident.school),
        ground=ground,
        steps=tuple((step, now[step.id]) for step in protocol.steps) if steps else (),
        next=next_steps(incident, protocol, ground) if steps else (),
        obstacles=tuple(obstacles(incident, protocol, at)) if steps else (),
        events=events,
        in_error=_in_error(log),
        untold=untold,
        readable=frozenset(readable),
        words=words,
        place=words.get(place) if place is not None else None,
        owed=owed_by(incident, actor.id, matters),
        names={**known, **{each.id: each.name for each in staff}},
        staff=tuple(staff),
        student=student if Matter.STUDENT in matters else None,
        called=called if Matter.STUDENT in matters else Called(context=called.context),
        family=family if Matter.FAMILY in matters else (),
        instructions=tuple(each for each in asked if _about(each) in matters),
        wishes=tuple(each for each in wished if each.person not in about.conflicted),
        agencies=directory.names(tx, {each.agency for each in incident.referrals.values()}),
        conflicted=about.conflicted,
        alongside=alongside.of_incident(tx, actor, incident, at),
        family_blocked=same_student.guardians_blocked(tx, incident.student, incident),
        trusted=company.of_incident(tx, incident, at),
        family_stays_blocked=incident.student is not None and restrictions.family_blocked(tx, incident.student),
        glass_until=about.glass_until(actor) if seen is Sight.READ else None,
    )


def _in_error(log: Iterable[StoredEvent]) -> frozenset[int]:
    said = (each.event for each in log)
    return frozenset(event.seq for event in said if isinstance(event, EventCorrected) and event.in_error)


def _readable(
    log: Sequence[StoredEvent], protocol: Protocol, incident: Incident, matters: frozenset[Matter]
) -> list[WordsId]:
    events = [stored.event for stored in log]
    own = [words for event in events for words in words_in([event], protocol, policy.fields_told(event, matters))]
    signed = policy.to_be_signed(incident, events) if Matter.RISK in matters else frozenset[WordsId]()
    return [*own, *sorted(signed - set(own))]


def _place(log: Sequence[StoredEvent]) -> WordsId | None:
    opened = log[0].event if log else None
    return opened.place if isinstance(opened, IncidentOpened) else None


def _student(
    tx: Connection, keys: KeyRing, actor: Actor, incident: Incident, at: datetime
) -> tuple[StudentView | None, Called, tuple[Card, ...]]:
    if incident.student is None:
        return None, Called(context=context_of(actor)), ()
    student, called = names.seen_by(tx, keys, actor, people.student(tx, incident.student))
    return student, called, tuple(contacting.cards(tx, incident.student, incident, at))


def _about(instruction: Instruction) -> Matter:
    return Matter.MEDICAL if instruction.kind is InstructionKind.MEDICAL else Matter.ASKED


def words_in(events: Iterable[Event], protocol: Protocol, told: frozenset[str] | None = None) -> list[WordsId]:
    """The ids of everything that people wrote: fields of that type, and evidence of kind `words`.

    `told`: only in fields of these names.
    """
    found: list[WordsId] = []
    for event in events:
        kept = [each for each in fields(event) if told is None or each.name in told]
        named = (getattr(event, each.name) for each in kept if "WordsId" in str(each.type))
        found += [words for words in named if words is not None]
        if isinstance(event, StepCompleted) and any(each.name == "evidence" for each in kept):
            found += words_of_evidence(event, protocol.step(event.step))
    return found


def words_of_evidence(event: StepCompleted, step: Step | None) -> list[WordsId]:
    written = [each.name for each in step.evidence if each.kind == "words"] if step is not None else []
    return [WordsId(str(event.evidence[name])) for name in written if name in event.evidence]
