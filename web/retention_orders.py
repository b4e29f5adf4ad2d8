"""What is kept, held and destroyed, as the privacy officer and the district crisis lead decide it; who may, is here."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from crisis.errors import NotFound
from crisis.policy import access
from crisis.store import audit, conflicts, destruction, gone, holds, incidents, kept_records, people
from crisis.store.destruction import Asked, Certificate
from crisis.store.holds import Hold
from crisis.store.kept_records import Kept
from crisis.vocabulary import PersonId
from web.deps import Desk

log = logging.getLogger(__name__)
MOST = 100  # records on the page


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What is due first, first. `more` are not shown. `names` of students and staff, by id."""

    kept: Sequence[Kept]
    more: int
    waiting: frozenset[str]
    certificates: Sequence[Certificate]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One record. `name` None: of an incident of nobody. `asked`: its destruction waits for a second person."""

    kept: Kept
    name: str | None
    zone: str
    holds: Sequence[Hold]
    asked: Asked | None
    names: Mapping[str, str]


def overview(desk: Desk) -> Overview:
    """Of the whole district; on record. Whoever has a conflict of interest is shown nothing of it."""
    access.must_keep_policy(desk.actor)
    with desk.store.write() as tx:
        kept = kept_records.of_district(tx, desk.actor.district, desk.at)
        shown = [each for each in kept[:MOST] if desk.person not in _concerned(tx, each)]
        waiting = destruction.waiting(tx, desk.actor.district)
        made = destruction.certificates(tx, desk.actor.district)[:MOST]
        audit.record(tx, at=desk.at, actor=desk.person, action="retention listed", subject=desk.actor.district)
        return Overview(
            kept=shown,
            more=max(0, len(kept) - MOST),
            waiting=frozenset(each.subject for each in waiting),
            certificates=made,
            names={each.student: people.student(tx, each.student).name for each in shown if each.student is not None},
        )


def opened(desk: Desk, subject: str) -> Opened:
    with desk.store.write() as tx:
        kept = must_open(tx, desk, subject)
        found, asked = holds.of_record(tx, desk.store.keys, kept), destruction.waiting_for(tx, subject)
        by = {person for each in found for person in (each.placed_by, each.release_asked_by) if person is not None}
        by |= set() if asked is None else {asked.asked_by}
        audit.record(tx, at=desk.at, actor=desk.person, action="retention viewed", subject=subject)
        return Opened(
            kept=kept,
            name=None if kept.student is None else people.student(tx, kept.student).name,
            zone=people.school(tx, kept.school).zone,
            holds=found,
            asked=asked,
            names={str(person): name for person, name in people.names(tx, by).items()},
        )


def must_open(tx: Connection, desk: Desk, subject: str) -> Kept:
    """Raises `NotFound` also for another district's, and for whoever has a conflict of interest in it."""
    access.must_keep_policy(desk.actor)
    kept = kept_records.of_subject(tx, desk.actor.district, subject, desk.at)
    if desk.person in _concerned(tx, kept):
        raise NotFound
    return kept


def _concerned(tx: Connection, kept: Kept) -> frozenset[PersonId]:
    if kept.student is not None:
        return conflicts.related(tx, kept.student)
    return conflicts.people(tx, incidents.load(tx, kept.incidents[0]))


def student_left(desk: Desk, subject: str, left_on: date) -> None:
    with desk.store.write() as tx:
        kept = must_open(tx, desk, subject)
        kept_records.student_left(tx, kept, left_on, by=desk.person, at=desk.at)


def hold(desk: Desk, subject: str, why: str) -> str:
    """At once: that comes before every proof of who it is."""
    access.must_hold(desk.actor)
    with desk.store.write() as tx:
        kept = must_open(tx, desk, subject)
        return holds.place(tx, desk.store.keys, kept, why, by=desk.person, at=desk.at)


def ask_release(desk: Desk, subject: str, hold_id: str) -> None:
    with desk.store.write() as tx:
        _must_be_of(tx, desk, subject, hold_id)
        holds.ask_release(tx, desk.actor.district, hold_id, by=desk.person, at=desk.at)


def keep_hold(desk: Desk, subject: str, hold_id: str) -> None:
    with desk.store.write() as tx:
        _must_be_of(tx, desk, subject, hold_id)
        holds.keep(tx, desk.actor.district, hold_id, by=desk.person, at=desk.at)


def release(desk: Desk, subject: str, hold_id: str) -> None:
    with desk.store.write() as tx:
        _must_be_of(tx, desk, subject, hold_id)
        desk.must_be_fresh()
        holds.release(tx, desk.actor.district, hold_id, by=desk.person, at=desk.at)


def _must_be_of(tx: Connection, desk: Desk, subject: str, hold_id: str) -> None:
    kept = must_open(tx, desk, subject)
    if hold_id not in {each.id for each in holds.of_record(tx, desk.store.keys, kept)}:
        raise NotFound


def ask(desk: Desk, subject: str, told_on: date | None) -> None:
    access.must_keep_policy(desk.actor)
    desk.must_be_fresh()
    with desk.store.write() as tx:
        kept = must_open(tx, desk, subject)
        destruction.ask(tx, kept, told_on, by=desk.person, at=desk.at)


def withdraw(desk: Desk, subject: str, asked: str) -> None:
    with desk.store.write() as tx:
        _must_wait(tx, desk, subject, asked)
        destruction.withdraw(tx, desk.actor.district, asked, by=desk.person, at=desk.at)


def confirm(desk: Desk, subject: str, asked: str) -> None:
    """For ever (PR-61, PR-65)."""
    access.must_keep_policy(desk.actor)
    desk.must_be_fresh()
    with desk.store.write() as tx:
        _must_wait(tx, desk, subject, asked)
        destruction.confirm(tx, desk.actor.district, asked, by=desk.person, at=desk.at)
    desk.store.scrub()
    try:
        gone.write_down(desk.store)
    except OSError:  # the worker tries again; the record is destroyed, whatever is written beside the key
        log.warning("what was destroyed could not be written beside the key file")


def _must_wait(tx: Connection, desk: Desk, subject: str, asked: str) -> None:
    must_open(tx, desk, subject)
    found = destruction.waiting_for(tx, subject)
    if found is None or found.id != asked:
        raise NotFound


def certificate(desk: Desk, asked: str) -> tuple[Certificate, Mapping[PersonId, str]]:
    """With the names of those who did it, for those who answer for the records."""
    access.must_keep_policy(desk.actor)
    with desk.store.write() as tx:
        made = destruction.certificate(tx, desk.actor.district, asked)
        audit.record(tx, at=desk.at, actor=desk.person, action="certificate viewed", subject=asked)
        return made, people.names(tx, {each for each in (made.asked_by, made.confirmed_by) if each is not None})
