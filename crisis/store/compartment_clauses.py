"""What `crisis.policy.compartments` says of an incident, asked of the database for lists (PR-43)."""

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from crisis.access_words import Involvement
from crisis.store.access_tables import BREAK_GLASS, INCIDENT_PERSON
from crisis.store.compartment_tables import ADMISSION, COMPARTMENT
from crisis.store.tables import INCIDENT
from crisis.vocabulary import PersonId

_MINE, _OTHER = COMPARTMENT.alias("mine"), COMPARTMENT.alias("other")
_HERS = INCIDENT.alias("hers")  # the incident that is kept apart; the student's others are kept from the other side too


def kept() -> ColumnElement[bool]:
    """Of the rows of incidents that a query reads: whether the incident itself is kept apart."""
    mine = (_MINE.c.incident == INCIDENT.c.id, _MINE.c.ended_at.is_(None))
    return exists(select(_MINE.c.id).where(*mine).correlate(INCIDENT))


def admits(person: PersonId | None) -> ColumnElement[bool]:
    """Whether its side admits them, or it is theirs to coordinate."""
    if person is None:
        return false()
    side = (ADMISSION.c.matter == _MINE.c.matter, ADMISSION.c.side == _MINE.c.side)
    put = exists(select(ADMISSION.c.id).where(*side, *_stands(person)).correlate(_MINE))
    # the coordinators of a matter see all of it
    others = select(_OTHER.c.id).where(
        _OTHER.c.matter == _MINE.c.matter, _OTHER.c.ended_at.is_(None), _OTHER.c.coordinator == person
    )
    here = (_MINE.c.incident == INCIDENT.c.id, _MINE.c.ended_at.is_(None))
    return exists(select(_MINE.c.id).where(*here, or_(put, exists(others.correlate(_MINE)))).correlate(INCIDENT))


def across(person: PersonId) -> ColumnElement[bool]:
    """Whether they are on the other side of it."""
    matter = and_(
        _MINE.c.ended_at.is_(None),
        _OTHER.c.ended_at.is_(None),
        _OTHER.c.matter == _MINE.c.matter,
        _OTHER.c.side != _MINE.c.side,
        _HERS.c.id == _MINE.c.incident,
        or_(_HERS.c.id == INCIDENT.c.id, _HERS.c.student == INCIDENT.c.student),
    )
    coordinates = exists(
        select(COMPARTMENT.c.id)
        .where(
            COMPARTMENT.c.matter == _MINE.c.matter,
            COMPARTMENT.c.ended_at.is_(None),
            COMPARTMENT.c.coordinator == person,
        )
        .correlate(_MINE)
    )
    found = select(_MINE.c.id).where(matter, _on_the_other(person), ~coordinates)
    return exists(found.select_from(_MINE, _OTHER, _HERS).correlate(INCIDENT))


def _on_the_other(person: PersonId) -> ColumnElement[bool]:
    of = ADMISSION.c.matter == _OTHER.c.matter
    put = exists(
        select(ADMISSION.c.id).where(of, ADMISSION.c.side == _OTHER.c.side, *_stands(person)).correlate(_OTHER)
    )
    decided = exists(select(ADMISSION.c.id).where(of, *_stands(person)).correlate(_OTHER))
    called = exists(
        select(INCIDENT_PERSON.c.incident)
        .where(
            INCIDENT_PERSON.c.incident == _OTHER.c.incident,
            INCIDENT_PERSON.c.person == person,
            INCIDENT_PERSON.c.how == Involvement.CALLED_IN,
        )
        .correlate(_OTHER)
    )
    broke = exists(
        select(BREAK_GLASS.c.id)
        .where(BREAK_GLASS.c.incident == _OTHER.c.incident, BREAK_GLASS.c.person == person)
        .correlate(_OTHER)
    )
    return or_(put, and_(~decided, or_(called, broke)))


def _stands(person: PersonId) -> tuple[ColumnElement[bool], ...]:
    return ADMISSION.c.person == person, ADMISSION.c.ended_at.is_(None)
