"""The parts of a student's record that somebody asked for, as whoever asks to see the record gets them (34 CFR 99.10).

What betrays most about a family takes two people to hand out (`privacy-and-culture.md` 2.3; PR-39, PR-64).
"""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from crisis.policy.inspection import Part
from crisis.store import authorities, directives, family_plan, hours, interpreting, names, own_care, preferences
from crisis.store.sealed import KeyRing
from crisis.vocabulary import StudentId

There = Callable[[Connection, KeyRing, StudentId], bool]

VERY_RESTRICTED = frozenset({"names", "preferences", "call_order"})
THERE: Mapping[str, There] = {
    "authorities": lambda tx, _, student: bool(authorities.of_student(tx, student)),
    "call_order": lambda tx, _, student: _family(tx, student),
    "directives": lambda tx, _, student: bool(directives.of_student(tx, student)),
    "interpreters": lambda tx, keys, student: bool(interpreting.wishes(tx, keys, student)),
    "names": lambda tx, keys, student: bool(names.of_student(tx, keys, student)),
    "preferences": lambda tx, _, student: bool(preferences.of_student(tx, student)),
    "times": lambda tx, _, student: bool(hours.of_student(tx, student) or hours.ways(tx, student)),
}


def parts(tx: Connection, keys: KeyRing, student: StudentId) -> list[Part]:
    """Only what exists."""
    found = [name for name, there in THERE.items() if there(tx, keys, student)]
    return [Part(key=name, very_restricted=name in VERY_RESTRICTED) for name in found]


def _family(tx: Connection, student: StudentId) -> bool:
    """Also where only the wish about a tribe is kept, or that they agreed to their own care."""
    plan = family_plan.of_student(tx, student)
    known = plan.order or plan.conditions or plan.status or plan.first
    others = (family_plan.tribal_wish_of(tx, student), own_care.of_student(tx, student))
    return bool(known) or any(each is not None for each in others)
