"""What people change in how a student is called: who may do it is asked here, once for the page and the API."""

from crisis.errors import NotFound
from crisis.policy import access
from crisis.policy.naming import NameToUse
from crisis.record_words import NameCaution
from crisis.store import conflicts, names, people
from crisis.store.people import StudentView
from crisis.vocabulary import StudentId
from web.deps import Desk


def must_keep(desk: Desk, student: StudentId) -> StudentView:
    """Raises `NotFound` also for a student whose names are not this person's to keep."""
    with desk.store.read() as tx:
        known = people.student(tx, student)
        related = desk.person in conflicts.related(tx, student)
    access.must_keep_names(desk.actor, known.district, known.school)
    if related:
        raise NotFound
    return known


def add(desk: Desk, student: StudentId, use: NameToUse) -> None:
    known = must_keep(desk, student)
    with desk.store.write() as tx:
        names.add(tx, desk.store.keys, known, use, by=desk.person, at=desk.at)


def confirm(desk: Desk, student: StudentId, name: str) -> None:
    known = must_keep(desk, student)
    with desk.store.write() as tx:
        names.confirm(tx, known, name, by=desk.person, at=desk.at)


def end(desk: Desk, student: StudentId, name: str) -> None:
    known = must_keep(desk, student)
    with desk.store.write() as tx:
        names.end(tx, known, name, by=desk.person, at=desk.at)


def caution(desk: Desk, student: StudentId, wanted: NameCaution) -> None:
    known = must_keep(desk, student)
    with desk.store.write() as tx:
        names.set_caution(tx, known, wanted, by=desk.person, at=desk.at)
