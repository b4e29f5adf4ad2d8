"""Ending all of somebody's access at once: signing in, programs, sockets, turns on call (PR-62)."""

from datetime import datetime

from sqlalchemy import Connection

from crisis.statemachine.incident import Incident
from crisis.store import accounts, incidents, people, roster
from crisis.vocabulary import IncidentId, PersonId


def end_access(
    tx: Connection,
    person: PersonId,
    *,
    at: datetime,
    by: PersonId | None,
    instead: PersonId | None = None,
    leave_gap: bool = False,
) -> None:
    """From here on nothing knows them: no session, no token, no turn; what they did stays on record.

    Raises `Refused` where they alone are on call at a level, nobody takes their place (F56), and `leave_gap` does not
    say that it may stay empty. Then it shows in red, and those who plan are told.
    """
    roster.switch_off(tx, person, at=at, by=by, instead=instead, leave_gap=leave_gap)
    accounts.shut_out(tx, person, at=at, by=by)


def left_behind(tx: Connection, person: PersonId) -> list[IncidentId]:
    """Open incidents in which something still waits for them, for somebody else to take over."""
    district = people.actor(tx, person).district
    return [each.id for each in incidents.current(tx, district) if waits_for(each, person)]


def waits_for(incident: Incident, person: PersonId) -> bool:
    """They lead it, are or were asked to be with the student, or hold a task or a report that is not done."""
    tasks = [each for each in incident.steps.values() if each.done_at is None and not each.waived]
    reports = [each for each in incident.obligations.values() if each.filed_at is None]
    holders = {incident.lead, incident.adult, incident.custody_offered_to}
    holders |= {each.assigned_to for each in tasks} | {each.owner for each in reports}
    return person in holders | {each.delegate for each in reports}
