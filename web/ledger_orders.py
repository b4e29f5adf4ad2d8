"""Looking into the ledger of a student: who may, and on record; once for the page and the API."""

from enum import StrEnum

from sqlalchemy import Connection

from crisis.errors import NotFound
from crisis.policy import records
from crisis.policy.sight import for_district
from crisis.store import conflicts, disclosures, involved, outflows, people
from crisis.store.disclosures import Line
from crisis.vocabulary import StaffRole, StudentId
from web.deps import Desk


class Log(StrEnum):
    """Which rows: the ledger holds all, a law's own log is a part of it (34 CFR 99.32)."""

    ALL = "all"
    FERPA = "ferpa"
    STATE = "state"


def must_see(tx: Connection, desk: Desk, student: StudentId) -> people.StudentView:
    """Raises `NotFound` also for a student who is not this person's to answer for."""
    known = people.student(tx, student)
    leads = outflows.leads_of(tx, student)
    records.must_see_ledger(desk.actor, known.district, known.school, leads)
    if desk.person in conflicts.related(tx, student):
        raise NotFound
    return known


def lines(tx: Connection, desk: Desk, student: StudentId, log: Log) -> list[Line]:
    """A row of an incident is for whoever sees the incident whole: not of the other side of a Title IX matter (PR-43),
    nor of what was sealed. Of what was destroyed, whose row alone is left, the privacy officer's (PR-32).
    """
    found = disclosures.of_student(tx, desk.store.keys, student)
    about = {each.incident for each in found if each.incident is not None}
    shown = {None} | involved.seen_of(tx, desk.actor, about, desk.at)
    if StaffRole.PRIVACY_OFFICER in for_district(desk.actor):
        shown |= involved.destroyed_of(tx, about)
    found = [each for each in found if each.incident in shown]
    if log is Log.FERPA:
        return [each for each in found if each.ferpa_log]
    return [each for each in found if each.state_log or log is Log.ALL]
