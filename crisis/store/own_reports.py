"""The mandated reports that somebody owes, or passed on, whatever else they see of the incident (I-11).

They know of it: they suspect it, or took the report over. Nothing of the incident is here but its code and its school.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from crisis.access_words import Involvement
from crisis.events import ReportFiled
from crisis.protocols.schema import Protocol
from crisis.statemachine.incident import Incident, Obligation
from crisis.store import codec, incidents, people, protocols, sealed
from crisis.store.access_tables import INCIDENT_PERSON
from crisis.store.people import SchoolView
from crisis.store.sealed import KeyRing
from crisis.store.tables import INCIDENT
from crisis.vocabulary import DistrictId, IncidentId, Mode, PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReport:
    """`agency`, `how` and `form` are what the jurisdiction says, in English; `number` is back from the delegate."""

    incident: IncidentId
    mode: Mode
    school: SchoolView
    report: Obligation
    agency: str
    how: str
    form: str
    may_pass_on: bool
    number: str | None = None


def of_person(tx: Connection, keys: KeyRing, district: DistrictId, person: PersonId) -> list[OwnReport]:
    """Of open incidents, what is due first; those that are filed last, since a number may have come back."""
    named = select(INCIDENT_PERSON.c.incident).where(
        INCIDENT_PERSON.c.person == person, INCIDENT_PERSON.c.how == Involvement.CALLED_IN
    )
    query = select(INCIDENT.c.state).where(
        INCIDENT.c.district == district,
        INCIDENT.c.closed_at.is_(None),
        INCIDENT.c.id.in_(named),
        ~sealed.destroyed(INCIDENT.c.id),
    )
    states = [codec.incident_from_text(each) for each in tx.execute(query).scalars()]
    found = [each for state in states for each in _of_incident(tx, keys, state, person)]
    return sorted(found, key=lambda each: (each.report.filed_at is not None, each.report.due_at))


def _of_incident(tx: Connection, keys: KeyRing, incident: Incident, person: PersonId) -> Iterator[OwnReport]:
    mine = [each for each in incident.obligations.values() if person in (each.owner, each.delegate)]
    if not mine:
        return
    protocol, school = protocols.by_hash(tx, incident.protocol_hash), people.school(tx, incident.school)
    for report in mine:
        yield OwnReport(
            incident=incident.id,
            mode=incident.mode,
            school=school,
            report=report,
            agency=_said(protocol, "mandated_report_agency"),
            how=_said(protocol, "mandated_report_oral_words"),
            form=_said(protocol, "mandated_report_form"),
            may_pass_on=_may_pass_on(protocol) and report.owner == person,
            number=_number(tx, keys, incident, report) if report.filed_at is not None else None,
        )


def _said(protocol: Protocol, name: str) -> str:
    known = protocol.parameters.get(name)
    return "" if known is None else str(known.value)


def _may_pass_on(protocol: Protocol) -> bool:
    known = protocol.parameters.get("mandated_report_delegation")
    return known is not None and known.value is True


def _number(tx: Connection, keys: KeyRing, incident: Incident, report: Obligation) -> str | None:
    events = (stored.event for stored in incidents.events_of(tx, incident.id))
    filed = [each for each in events if isinstance(each, ReportFiled) and each.obligation == report.id]
    return next(iter(sealed.read(tx, keys, [each.number for each in filed]).values()), None)
