"""Whom incidents name, as rows beside their state, so that a list is one statement (`crisis/policy/sight.py`)."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    cast,
    exists,
    false,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from crisis.access_words import Involvement, Sight
from crisis.commands import Actor
from crisis.policy.compartments import OPEN
from crisis.policy.involvement import involvements
from crisis.policy.sight import RULES, About, Rule, about, held, may_ask
from crisis.statemachine.incident import Incident
from crisis.store import compartment_clauses, compartments, conflicts, glass, marks, sealed
from crisis.store.access_tables import BREAK_GLASS, CONFLICT, INCIDENT_PERSON
from crisis.store.compartment_tables import COMPARTMENT
from crisis.store.people_tables import TIE
from crisis.store.tables import INCIDENT
from crisis.vocabulary import IncidentId, PersonId, Relation

_ROW = INCIDENT_PERSON.c
_PUT = {
    dialect: row.on_conflict_do_update(index_elements=["incident", "person", "how"], set_={"until": row.excluded.until})
    for dialect, row in (
        ("postgresql", postgres_insert(INCIDENT_PERSON)),
        ("sqlite", sqlite_insert(INCIDENT_PERSON)),
    )
}

_INCIDENT, _STUDENT = (
    bindparam("incident", type_=INCIDENT.c.id.type),
    bindparam("student", type_=INCIDENT.c.student.type),
)
_NO_END = cast(None, BREAK_GLASS.c.ends_at.type)
_ABOUT = union_all(  # each order asks it: one statement, built once
    select(literal("conflict").label("what"), CONFLICT.c.person, _NO_END.label("until")).where(
        CONFLICT.c.ended_at.is_(None), or_(CONFLICT.c.incident == _INCIDENT, CONFLICT.c.student == _STUDENT)
    ),
    select(literal("conflict"), TIE.c.person, _NO_END).where(
        TIE.c.student == _STUDENT, *(TIE.c.relation != each for each in sorted(set(Relation) - conflicts.KIN))
    ),
    select(literal("glass"), BREAK_GLASS.c.person, BREAK_GLASS.c.ends_at).where(
        BREAK_GLASS.c.incident == _INCIDENT, BREAK_GLASS.c.over_at.is_(None)
    ),
    select(literal("apart"), COMPARTMENT.c.id, _NO_END)
    .join(INCIDENT, INCIDENT.c.id == COMPARTMENT.c.incident)
    .where(COMPARTMENT.c.ended_at.is_(None), or_(INCIDENT.c.id == _INCIDENT, INCIDENT.c.student == _STUDENT)),
)


def write(tx: Connection, before: Incident | None, after: Incident, at: datetime) -> None:
    """What differs from before, which is nothing most of the time. What is over ends now and stays written."""
    old, new = {} if before is None else involvements(before), involvements(after)
    gone = dict.fromkeys(old.keys() - new.keys(), at)
    differing = {key: ends for key, ends in new.items() if key not in old or old[key] != ends} | gone
    if not differing:
        return
    rows = [{"incident": after.id, "person": who, "how": how, "until": ends} for (who, how), ends in differing.items()]
    tx.execute(_PUT[tx.dialect.name], rows)  # who left and came back has a row already


def about_of(tx: Connection, incident: Incident) -> About:
    """All that access asks of it."""
    conflicted, broken, apart = set[PersonId](), dict[PersonId, datetime](), False
    for what, person, until in tx.execute(_ABOUT, {"incident": incident.id, "student": incident.student}):
        match what:
            case "conflict":
                conflicted.add(PersonId(person))
            case "apart":
                apart = True
            case _:
                broken[PersonId(person)] = max(until, broken.get(PersonId(person), until))
    compartment = compartments.of_many(tx, [incident])[incident.id] if apart else OPEN
    known = about(incident, frozenset(conflicted), broken, compartment)
    if incident.closed_at is None:
        return known
    gone = bool(tx.execute(select(sealed.destroyed(incident.id))).scalar_one())
    return replace(known, marks=marks.of(tx, incident.id), destroyed=gone)


def seen_by(actor: Actor, at: datetime, least: Sight = Sight.WHOLE) -> ColumnElement[bool]:
    """Which rows of incidents this person sees at least so much of: the rules of `sight`, asked of the database."""
    if not may_ask(actor, actor.district):
        return false()
    fitting = (rule for rule in RULES if not rule.broke_glass and rule.gives >= least and held(rule, actor))
    rules = [_clause(rule, actor, at) for rule in fitting]
    there = ~sealed.destroyed(INCIDENT.c.id)
    beyond = [] if actor.id is None else [~compartment_clauses.across(actor.id)]
    return and_(INCIDENT.c.district == actor.district, or_(false(), *rules), there, *beyond)


def seen_of(tx: Connection, actor: Actor, these: Collection[IncidentId], at: datetime) -> frozenset[IncidentId]:
    """Those of these incidents that this person sees whole."""
    query = select(INCIDENT.c.id).where(INCIDENT.c.id.in_(these), seen_by(actor, at))
    return frozenset(IncidentId(each) for each in tx.execute(query).scalars())


def destroyed_of(tx: Connection, these: Collection[IncidentId]) -> frozenset[IncidentId]:
    """Those of them of which nothing is left but that they were."""
    query = select(INCIDENT.c.id).where(INCIDENT.c.id.in_(these), sealed.destroyed(INCIDENT.c.id))
    return frozenset(IncidentId(each) for each in tx.execute(query).scalars())


def was_asked(person: PersonId | None) -> ColumnElement[bool]:
    """Which incidents have paged them, whatever became of it."""
    mine = (_ROW.incident == INCIDENT.c.id, _ROW.person == person, _ROW.how == Involvement.PAGED)
    return exists(select(_ROW.incident).where(*mine).correlate(INCIDENT))


def _clause(rule: Rule, actor: Actor, at: datetime) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [true()]
    if rule.own_school:
        parts.append(INCIDENT.c.school.in_(actor.schools_of(rule.posts)))
    if rule.involved is not None:
        mine = (_ROW.incident == INCIDENT.c.id, _ROW.person == actor.id, _ROW.how == rule.involved)
        holds = or_(_ROW.until.is_(None), _ROW.until > at.astimezone(UTC))
        parts.append(exists(select(_ROW.incident).where(*mine, holds).correlate(INCIDENT)))
    if not rule.despite_conflict and actor.id is not None:
        parts.append(~conflicts.of_person(actor.id))
    if not rule.kept_apart:
        parts.append(~compartment_clauses.kept())
    if rule.admitted:
        parts.append(compartment_clauses.admits(actor.id))
    if rule.ended_by:
        parts.append(~marks.standing(INCIDENT.c.id, rule.ended_by))
    return and_(*parts)


def ended(tx: Connection, people: Collection[PersonId], since: datetime, until: datetime) -> set[tuple[PersonId, str]]:
    """What ended for whom between the two times, by itself or by a conflict of interest that somebody entered."""
    over = select(_ROW.person, _ROW.incident).where(_ROW.person.in_(people), _ROW.until > since, _ROW.until <= until)
    queries = (over, conflicts.entered(people, since, until), glass.over(people, since, until))
    found = {(PersonId(row[0]), row[1]) for query in queries for row in tx.execute(query)}
    return found | compartments.ended(tx, people, since, until)
