"""What people change in the record of a student: who may do it is asked here, once for the page and the API."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlalchemy import Connection

from crisis.errors import NotFound
from crisis.policy import access
from crisis.policy.sight import for_district
from crisis.store import (
    audit,
    conflicts,
    contact_record,
    instructions,
    intake,
    names,
    people,
    restrictions,
    second_look,
)
from crisis.store.contact_record import Wish
from crisis.store.instructions import Told
from crisis.store.intake import WaitingSheet
from crisis.store.restrictions import Entry
from crisis.store.second_look import Waits
from crisis.vocabulary import PersonId, StaffRole, StudentId
from web.deps import Desk

Row = TypeVar("Row")


def must_keep(desk: Desk, student: StudentId) -> people.StudentView:
    """Raises `NotFound` also for a student who is not this person's to look after."""
    with desk.store.read() as tx:
        known = people.student(tx, student)
        conflicted = conflicts.related(tx, student)
    access.must_keep_record(desk.actor, known.district, known.school)
    if desk.person in conflicted:
        raise NotFound
    return known


def restrict(desk: Desk, entry: Entry) -> None:
    must_keep(desk, entry.student)
    with desk.store.write() as tx:
        restrictions.enter(tx, entry, by=desk.person, at=desk.at)


def check(desk: Desk, student: StudentId, restriction: str) -> None:
    known = must_keep(desk, student)
    with desk.store.write() as tx:
        restrictions.check(tx, restriction, known.district, by=desk.person, at=desk.at)


def ask_to_lift(desk: Desk, student: StudentId, restriction: str) -> None:
    known = must_keep(desk, student)
    with desk.store.write() as tx:
        restrictions.ask_to_lift(tx, restriction, known.district, by=desk.person, at=desk.at)


def lift(desk: Desk, student: StudentId, restriction: str) -> None:
    known = must_keep(desk, student)
    desk.must_be_fresh()
    with desk.store.write() as tx:
        restrictions.lift(tx, restriction, known.district, by=desk.person, at=desk.at)


def keep(desk: Desk, student: StudentId, restriction: str) -> None:
    known = must_keep(desk, student)
    with desk.store.write() as tx:
        restrictions.keep(tx, restriction, known.district, by=desk.person, at=desk.at)


def wish(desk: Desk, student: StudentId, person: PersonId, wanted: Wish, seen: int | None) -> None:
    must_keep(desk, student)
    with desk.store.write() as tx:
        contact_record.set_wish(tx, student, person, wanted, by=desk.person, at=desk.at, seen=seen)


def instruct(desk: Desk, student: StudentId, told: Told) -> None:
    known = must_keep(desk, student)
    with desk.store.write() as tx:
        whose = (known.district, student)
        instructions.add(tx, desk.store.keys, whose, told, by=desk.person, at=desk.at)


def confirm_instruction(desk: Desk, student: StudentId, instruction: str) -> None:
    known = must_keep(desk, student)
    with desk.store.write() as tx:
        instructions.confirm(tx, known.district, instruction, by=desk.person, at=desk.at)


def end_instruction(desk: Desk, student: StudentId, instruction: str) -> None:
    known = must_keep(desk, student)
    with desk.store.write() as tx:
        instructions.end(tx, known.district, instruction, by=desk.person, at=desk.at)


def sheets_to_look_at(desk: Desk) -> list[WaitingSheet]:
    """What families of the district have written and nobody has taken over."""
    access.must_keep_policy(desk.actor)
    with desk.store.read() as tx:
        return theirs(tx, desk, intake.waiting(tx, desk.actor.district), lambda each: each.student)


def theirs(tx: Connection, desk: Desk, found: Iterable[Row], student: Callable[[Row], StudentId]) -> list[Row]:
    """Without those of students to whom this person is related, or who are across from them (PR-43, PR-54)."""
    return [each for each in found if desk.person not in conflicts.related(tx, student(each))]


def names_to_look_at(desk: Desk) -> list[people.StudentView]:
    """Whose caution about a name the law permits no more: for the privacy officer, and empty for everybody else."""
    if StaffRole.PRIVACY_OFFICER not in for_district(desk.actor):
        return []
    with desk.store.read() as tx:
        return theirs(tx, desk, names.to_review(tx, desk.actor.district, desk.at), lambda each: each.id)


def to_look_at(desk: Desk) -> list[Waits]:
    """Of the whole district, for those who answer for its records. Raises `NotFound` for everybody else."""
    access.must_keep_policy(desk.actor)
    with desk.store.write() as tx:
        waiting = second_look.waiting(tx, desk.actor.district)
        found = theirs(tx, desk, waiting, lambda each: each.kept.entry.student)
        audit.record(tx, at=desk.at, actor=desk.person, action="restrictions listed", subject=desk.actor.district)
    return found
