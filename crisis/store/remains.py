"""What is deleted with a record and what stays of it, empty: asked of the database itself, so no table is forgotten.

A table that refers to a student or an incident goes with them, and so does what refers to that, unless it is named
here with the reason why its rows have to stay. Those hold ids, codes and times; what was in clear in them is emptied.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, Engine, MetaData, Table, delete, exists, or_, select, update

from crisis.policy.inspection import HIDDEN
from crisis.store.channel_tables import EMAIL
from crisis.store.disclosure_tables import CONSENT
from crisis.store.people_tables import ACCOUNT, PERSON, PHONE, POST, SKILL, STUDENT, TIE
from crisis.store.privacy_tables import RESTRICTION
from crisis.vocabulary import IncidentId, PersonId, StudentId

STAYS: Mapping[str, str] = {
    "incident": "that there was one, and its events, from which the chain is computed; ids, codes and times",
    "event": "the log: the chain covers it, and nobody can change it",
    "disclosure": "the ledger: its digests stand in the chain; what it says in words goes with the key",
    "consent": "what the ledger refers to",
    "student": "an id without a name",
    "incident_mark": "who said what of it and when",
    "break_glass": "how staff used emergency access is answered for",
    "legal_hold": "who kept what and who released it",
    "destruction": "the certificate",
}
ROOTS = {"student": STUDENT.name, "incident": "incident"}


@dataclass(frozen=True, slots=True)
class Whose:
    """`student` None: the incident of nobody."""

    student: StudentId | None
    incidents: Collection[IncidentId]


def erase(tx: Connection, whose: Whose) -> int:
    """Deletes the rows of a record and empties what stays; how many rows that were. The keys are not its business."""
    family = [] if whose.student is None else _family(tx, whose.student)
    done = _delete(tx, whose)
    if whose.student is not None:
        paper = update(CONSENT).where(CONSENT.c.student == whose.student).values(document="-", language="und")
        done += tx.execute(paper).rowcount + _empty_student(tx, whose.student)
    return done + sum(_empty_adult(tx, each) for each in family if not _needed(tx, each))


def _delete(tx: Connection, whose: Whose) -> int:
    going = _going(tx, whose)
    return sum(tx.execute(delete(table).where(which)).rowcount for table, which in reversed(list(going.items())))


def _going(tx: Connection, whose: Whose) -> dict[Table, ColumnElement[bool]]:
    """Which rows of which tables, those that others refer to first."""
    going: dict[Table, ColumnElement[bool]] = {}
    for table in schema_of(tx).sorted_tables:
        if table.name not in STAYS and (which := _which(table, whose, going)):
            going[table] = or_(*which)
    return going


_SCHEMAS: WeakKeyDictionary[Engine, MetaData] = WeakKeyDictionary()  # to read one takes a quarter of a second


def schema_of(tx: Connection) -> MetaData:
    if tx.engine not in _SCHEMAS:
        known = MetaData()
        known.reflect(bind=tx)
        _SCHEMAS[tx.engine] = known
    return _SCHEMAS[tx.engine]


def _which(table: Table, whose: Whose, going: Mapping[Table, ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column in table.columns:
        about = {ROOTS.get(column.name), *(each.column.table.name for each in column.foreign_keys)}
        if STUDENT.name in about and whose.student is not None:
            found.append(column == whose.student)
        elif "incident" in about:
            found.append(column.in_(list(whose.incidents)))
    for key in table.foreign_key_constraints:
        mine, parent = list(key.elements), key.referred_table
        if parent in going and len(mine) == 1:
            found.append(mine[0].parent.in_(select(mine[0].column).where(going[parent])))
    return found


def _empty_student(tx: Connection, student: StudentId) -> int:
    nothing = ("source_id", "preferred_given", "preferred_family", "grade", "birth_date", "language")
    values = {"given": HIDDEN, "family": HIDDEN, "search": "", "active": False, **dict.fromkeys(nothing)}
    return tx.execute(update(STUDENT).where(STUDENT.c.id == student).values(**values)).rowcount


def _family(tx: Connection, student: StudentId) -> list[PersonId]:
    """Adults who are here for the student alone, as far as they are no staff."""
    query = select(TIE.c.person).join(PERSON, PERSON.c.id == TIE.c.person)
    theirs = query.where(TIE.c.student == student, ~PERSON.c.staff)
    barred = select(RESTRICTION.c.person).join(PERSON, PERSON.c.id == RESTRICTION.c.person)
    also = barred.where(RESTRICTION.c.student == student, ~PERSON.c.staff)
    return sorted({PersonId(each) for each in (*tx.execute(theirs).scalars(), *tx.execute(also).scalars())})


def _needed(tx: Connection, person: PersonId) -> bool:
    """For another student's record, also one that only bars them there, or because they work here or sign in."""
    about = [each for each in schema_of(tx).tables.values() if {"student", "person"} <= set(each.columns.keys())]
    others = [each for each in about if each.name not in STAYS]
    found = [exists(select(each).where(each.c.person == person)) for each in (*others, POST, ACCOUNT)]
    return bool(tx.execute(select(or_(*found))).scalar_one())


def _empty_adult(tx: Connection, person: PersonId) -> int:
    values = {"given": HIDDEN, "family": HIDDEN, "source_id": None, "language": None, "active": False}
    done = sum(tx.execute(delete(each).where(each.c.person == person)).rowcount for each in (PHONE, SKILL, EMAIL))
    return done + tx.execute(update(PERSON).where(PERSON.c.id == person).values(**values)).rowcount
