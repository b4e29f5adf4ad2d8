"""Records requests as the privacy officer and the district crisis lead answer them; who may is asked here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from crisis.errors import NotFound, Reason, Refused
from crisis.policy import access
from crisis.policy.inspection import Choice
from crisis.store import audit, compartments, conflicts, disclosures, marks, people, records_requests, statements
from crisis.store.disclosures import DisclosureRefused
from crisis.store.people import SchoolView, StudentView
from crisis.store.records_requests import Asked, Kept
from crisis.vocabulary import PersonId, StaffRole, StudentId
from web.deps import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """`today` by the calendar of each student's school; `names` of students and of those who ask."""

    kept: Sequence[Kept]
    names: Mapping[str, str]
    today: Mapping[str, date]


def waiting(desk: Desk) -> Waiting:
    access.must_keep_policy(desk.actor)
    with desk.store.write() as tx:
        every = records_requests.of_district(tx, desk.actor.district)
        kept = [each for each in every if desk.person not in conflicts.related(tx, each.asked.student)]
        audit.record(tx, at=desk.at, actor=desk.person, action="records requests listed", subject=desk.actor.district)
        return Waiting(kept=kept, names=names_of(tx, kept), today={each.id: today_of(tx, desk, each) for each in kept})


def names_of(tx: Connection, kept: Sequence[Kept]) -> dict[str, str]:
    askers = people.names(tx, {each.asked.person for each in kept if each.asked.person is not None})
    found: dict[str, str] = {each.asked.student: people.student(tx, each.asked.student).name for each in kept}
    return found | {str(person): name for person, name in askers.items()}


def today_of(tx: Connection, desk: Desk, kept: Kept) -> date:
    zone = people.school(tx, people.student(tx, kept.asked.student).school).zone
    return desk.at.astimezone(ZoneInfo(zone)).date()


def must_answer(tx: Connection, desk: Desk, student: StudentId) -> StudentView:
    """Raises `NotFound` also for another district's student, and for a relative of this person (PR-54)."""
    access.must_keep_policy(desk.actor)
    known = people.student(tx, student)
    if known.district != desk.actor.district or desk.person in conflicts.related(tx, student):
        raise NotFound
    _must_see_whole(tx, desk, student)
    return known


def _must_see_whole(tx: Connection, desk: Desk, student: StudentId) -> None:
    """What is sealed, or kept apart for Title IX, the privacy officer alone goes through."""
    if StaffRole.PRIVACY_OFFICER in desk.actor.posts:
        return
    if marks.sealed_in(tx, student):
        raise Refused(Reason("ACCESS", "A sealed incident is in this record: the privacy officer answers the request"))
    if compartments.closed_to(tx, student, desk.person):
        raise Refused(
            Reason("ACCESS", "An incident of this record is kept apart: the privacy officer answers the request")
        )


def askers(desk: Desk, student: StudentId) -> tuple[StudentView, SchoolView, list[tuple[str, str]]]:
    """The adults on the student's record: whether one has the right is for the rules to say."""
    with desk.store.write() as tx:
        known = must_answer(tx, desk, student)
        family = [(str(each.person), each.name) for each in people.contacts_of(tx, student)]
        audit.record(tx, at=desk.at, actor=desk.person, action="contacts viewed", subject=student)
        return known, people.school(tx, known.school), family


def record(desk: Desk, asked: Asked) -> str:
    """Who has no right to see it is refused, and that is in the ledger too (PR-31)."""
    try:
        with desk.store.write() as tx:
            known = must_answer(tx, desk, asked.student)
            return records_requests.record(tx, known.district, asked, by=desk.actor, at=desk.at)
    except DisclosureRefused as refusal:
        disclosures.log_refused(desk.store, refusal, at=desk.at, by=desk.person)
        raise


def opened(tx: Connection, desk: Desk, request: str) -> Kept:
    access.must_keep_policy(desk.actor)
    kept = records_requests.one(tx, desk.actor.district, request)
    must_answer(tx, desk, kept.asked.student)
    return kept


def prepare(desk: Desk, request: str, choices: Mapping[str, Choice]) -> None:
    with desk.store.write() as tx:
        kept = opened(tx, desk, request)
        records_requests.prepare(tx, desk.store.keys, kept, choices, by=desk.actor, at=desk.at)


def check(desk: Desk, request: str) -> None:
    desk.must_be_fresh()
    with desk.store.write() as tx:
        records_requests.check(tx, opened(tx, desk, request), by=desk.actor, at=desk.at)


def withdraw(desk: Desk, request: str) -> None:
    with desk.store.write() as tx:
        records_requests.withdraw(tx, opened(tx, desk, request), by=desk.actor, at=desk.at)


def state(desk: Desk, student: StudentId, person: PersonId | None, text: str) -> None:
    """`person` None: the student says it."""
    with desk.store.write() as tx:
        known = must_answer(tx, desk, student)
        statements.add(tx, desk.store.keys, (known.district, student), (person, text), by=desk.person, at=desk.at)
