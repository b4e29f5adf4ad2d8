"""Which name of a student stands where: pure, by the context of whoever looks (PR-9, PR-10).

A name is shown where its owner wants it and nowhere else; what is shown instead is no other name but the one under
which the student is enrolled, or nothing. The law's pack decides what may be recorded (PR-11).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crisis.commands import Actor
from crisis.errors import Reason
from crisis.policy.packs import Pack
from crisis.privacy_words import InstructionSource
from crisis.record_words import NameCaution, NameContext
from crisis.vocabulary import PersonId, StaffRole

IN_SCHOOL = frozenset({NameContext.FACE_TO_FACE, NameContext.STAFF_CONSOLE})
ON_REQUEST = frozenset({NameContext.GUARDIAN, NameContext.RECORDS})  # what a parent is sent, or may ask to see
OUTSIDE = frozenset({StaffRole.CLINICIAN, StaffRole.OPERATOR})  # posts of people who do not work at a school
_FIRST = (InstructionSource.STUDENT, InstructionSource.FAMILY, InstructionSource.STAFF)


@dataclass(frozen=True, slots=True, kw_only=True)
class NameToUse:
    """`guardians`: those in whose hearing it may be said; only where `contexts` holds `GUARDIAN`."""

    name: str
    pronouns: str | None = None
    contexts: frozenset[NameContext]
    guardians: frozenset[PersonId] = frozenset()
    source: InstructionSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """`on_roster` is what the school's list calls the student; it counts until somebody has asked the student."""

    on_roster: str | None = None
    names: Sequence[NameToUse] = ()
    caution: NameCaution = NameCaution.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What one context may know. `caution` is told to staff of the schools alone."""

    context: NameContext
    name: str | None = None
    pronouns: str | None = None
    caution: NameCaution = NameCaution.NONE


def context_of(actor: Actor) -> NameContext:
    """Where somebody who is signed in stands: a clinician of a partner is not the school's staff."""
    if actor.partner or not actor.posts - OUTSIDE:
        return NameContext.EXTERNAL_CLINICIAN
    return NameContext.STAFF_CONSOLE


def called(naming: Naming, context: NameContext, guardian: PersonId | None = None) -> Called:
    """The student's own word before the family's. `guardian` is whom it is said to, where the context is a guardian."""
    caution = naming.caution if context in IN_SCHOOL else NameCaution.NONE
    if not naming.names:
        return Called(context=context, name=naming.on_roster if context in IN_SCHOOL else None, caution=caution)
    if naming.caution is NameCaution.DO_NOT_VOLUNTEER and context in ON_REQUEST:
        return Called(context=context)
    fitting = [each for each in naming.names if _fits(each, context, guardian)]
    if not fitting:
        return Called(context=context, caution=caution)
    best = min(fitting, key=lambda each: _FIRST.index(each.source))
    pronouns = best.pronouns if context in IN_SCHOOL or context is NameContext.EXTERNAL_CLINICIAN else None
    return Called(context=context, name=best.name, pronouns=pronouns, caution=caution)


def _fits(name: NameToUse, context: NameContext, guardian: PersonId | None) -> bool:
    if context is NameContext.GUARDIAN:
        return context in name.contexts and guardian is not None and guardian in name.guardians
    return context in name.contexts


def against_caution(caution: NameCaution, pack: Pack) -> Reason | None:
    """Why the law that is in force does not let this be recorded; the federal floor does not (PR-11)."""
    if caution is not NameCaution.DO_NOT_VOLUNTEER or pack.do_not_volunteer:
        return None
    text = "The law that is in force here does not let the school keep a name from parents; ask the privacy officer"
    return Reason("PR-11", text)
