"""Who must not interpret for a family: the student, a child, and whoever the adult asked not to have (PR-74). Pure.

Whoever is named is compared with the names on record; a kind of interpreter alone would let a child through.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crisis.errors import Reason
from crisis.message_words import InterpreterKind

Words = frozenset[str]  # of one name, without case and accents


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Names on record. `children` are the student, and brothers and sisters who are not known to be of age."""

    children: Sequence[Words] = ()
    adults: Sequence[Words] = ()  # of the family
    refused: Sequence[Words] = ()  # whom an adult does not want to interpret


def misnamed(kind: InterpreterKind | None, named: Words, around: Around) -> Reason | None:
    """Why a talk through them is not recorded so; what really happened can be, as what it was."""
    if kind is not InterpreterKind.CHILD and _one_of(named, around.children):
        return Reason("PR-74", "This is the student, or a child of the family: no child interprets, whatever they say")
    if kind not in (InterpreterKind.CHILD, InterpreterKind.FAMILY_ADULT) and _wholly_one_of(named, around.adults):
        return Reason("PR-74", "This is an adult of the family: record them as a relative, and look for an interpreter")
    return None


def unwanted(named: Words, around: Around, *, emergency: bool) -> Reason | None:
    """They asked for somebody else; where somebody is in danger nobody waits for that."""
    if emergency or not _one_of(named, around.refused):
        return None
    return Reason("PR-74", "They asked not to have this interpreter; find another one")


def _one_of(named: Words, known: Iterable[Words]) -> bool:
    """All of a known name is in what was written, or all that was written is in the name."""
    return bool(named) and any(each and (each <= named or named <= each) for each in known)


def _wholly_one_of(named: Words, known: Iterable[Words]) -> bool:
    """Many people are called Ana: an adult is known by the whole name."""
    return any(each and each <= named for each in known)
