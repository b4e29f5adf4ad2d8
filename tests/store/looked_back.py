"""An incident that was closed, with a lead, a student, and people who may write its review."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce

from crisis import clock
from crisis import events as ev
from crisis.events import Event
from crisis.statemachine.evolve import evolve
from crisis.statemachine.incident import Incident
from crisis.store import incidents, protocols, reviews_owed, roster
from crisis.store.engine import Store
from crisis.store.reviews import KeptReview
from crisis.submit import open_incident
from crisis.vocabulary import IncidentId, Mode, PersonId, Phase, StaffRole, StudentId, WordsId
from tests.factories import DISTRICT, SCHOOL, STUDENT, a_person, opening
from tests.web.district import COUNSELOR, OTHER_SCHOOL, a_district

MONDAY = datetime(2026, 10, 5, 14, 0, tzinfo=UTC)  # 10:00 at the school
LEAD, PRINCIPAL, OTHER_PRINCIPAL = PersonId("p-lead"), PersonId("p-principal"), PersonId("p-principal-2")
POSTS = (
    (LEAD, StaffRole.DISTRICT_LEAD, None),
    (PRINCIPAL, StaffRole.PRINCIPAL, SCHOOL),
    (OTHER_PRINCIPAL, StaffRole.PRINCIPAL, OTHER_SCHOOL),
)


def a_school(store: Store) -> None:
    a_district(store)
    with store.write() as tx:
        for person, post, school in POSTS:
            roster.add_person(tx, DISTRICT, person, ("Wilhelmina", person.title()), staff=True)
            roster.give_post(tx, DISTRICT, person, post, school)


def an_open_incident(store: Store, *, mode: Mode = Mode.LIVE, at: datetime = MONDAY) -> IncidentId:
    place = WordsId(clock.new_id())
    with store.read() as tx:
        _, protocol_hash = protocols.current(tx, "suicide_ideation", DISTRICT, at)
    order = opening(by=a_person(COUNSELOR), place=place, protocol_hash=protocol_hash, mode=mode)
    student: StudentId | None = STUDENT if mode is Mode.LIVE else None
    return open_incident(store, replace(order, student=student), at=at, words={place: "Room 112"}).incident.id


def a_closed_incident(store: Store, *, high: bool = True, mode: Mode = Mode.LIVE, at: datetime = MONDAY) -> IncidentId:
    """Closed four hours later, by events of its own log; how it came to that is not what is looked at."""
    incident, over = an_open_incident(store, mode=mode, at=at), at + timedelta(hours=4)
    who = {"at": over, "by": COUNSELOR}
    raised: list[Event] = (
        [ev.EmergencyRaised(**who, dangers=frozenset({"self_harm"}), called_911=False)] if high else []
    )
    closing: list[Event] = [ev.LeadAssigned(**who, lead=COUNSELOR), *raised, ev.IncidentClosed(**who)]
    with store.write() as tx:
        before = incidents.load(tx, incident, lock=True)
        after: Incident = reduce(evolve, [*closing, ev.PhaseEntered(**who, phase=Phase.CLOSED)], before)
        incidents.append(tx, before, after, [*closing, ev.PhaseEntered(**who, phase=Phase.CLOSED)], at=over)
    return incident


def looked_at(store: Store, incident: IncidentId, at: datetime) -> KeptReview:
    with store.write() as tx:
        return reviews_owed.look(tx, incident, at)
