"""`/api/v1/students/{student}/names`: by which names a student wants to be called; for the same people as the page."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter

from crisis.policy.naming import NameToUse
from crisis.privacy_words import InstructionSource
from crisis.record_words import NameCaution, NameContext
from crisis.store import names
from crisis.store.names import KeptName
from crisis.vocabulary import PersonId
from web import name_orders
from web.api.orders import Body, Id, Words
from web.api.reading import sent_of_student
from web.deps import NamePath, StudentPath, TokenHolder

router = APIRouter(prefix="/api/v1/students", tags=["names"])


@dataclass(frozen=True, slots=True, kw_only=True)
class NameView:
    """`name` null: its key was destroyed. `guardians`: in whose hearing it may be said."""

    id: str
    name: str | None
    pronouns: str | None
    contexts: list[NameContext]
    guardians: list[PersonId]
    source: InstructionSource | None
    recorded_by: PersonId
    confirmed_at: datetime
    stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesView:
    caution: NameCaution
    names: list[NameView]


class NameBody(Body):
    """A name and where it may be used; it stands nowhere else. `guardians` goes with the context of that word."""

    name: Words
    pronouns: Words | None = None
    contexts: frozenset[NameContext]
    guardians: frozenset[Id] = frozenset()
    source: InstructionSource


class CautionBody(Body):
    caution: NameCaution


@router.get("/{student}/names")
def of_student(desk: TokenHolder, student: StudentPath) -> NamesView:
    """For counselors, psychologists and social workers of the school, and the privacy officer; on record."""
    name_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        kept, caution = names.of_student(tx, desk.store.keys, student), names.caution_of(tx, student).caution
        sent_of_student(tx, desk, student, "names viewed", sent="names")
    return NamesView(caution=caution, names=[_view(each, desk.at) for each in kept])


@router.post("/{student}/names", status_code=201)
def add(desk: TokenHolder, student: StudentPath, body: NameBody) -> NamesView:
    """For the same people as the list."""
    use = NameToUse(
        name=body.name,
        pronouns=body.pronouns,
        contexts=body.contexts,
        guardians=frozenset(PersonId(each) for each in body.guardians),
        source=body.source,
    )
    name_orders.add(desk, student, use)
    return of_student(desk, student)


@router.post("/{student}/names/caution")
def set_caution(desk: TokenHolder, student: StudentPath, body: CautionBody) -> NamesView:
    """What to mind; refused where the law that is in force does not permit it. For the same people as the list."""
    name_orders.caution(desk, student, body.caution)
    return of_student(desk, student)


@router.post("/{student}/names/{name}/confirm")
def confirm(desk: TokenHolder, student: StudentPath, name: NamePath) -> NamesView:
    """It still holds. For the same people as the list."""
    name_orders.confirm(desk, student, name)
    return of_student(desk, student)


@router.post("/{student}/names/{name}/end")
def end(desk: TokenHolder, student: StudentPath, name: NamePath) -> NamesView:
    """It holds no longer. For the same people as the list."""
    name_orders.end(desk, student, name)
    return of_student(desk, student)


def _view(kept: KeptName, at: datetime) -> NameView:
    use = kept.use
    return NameView(
        id=kept.id,
        name=None if use is None else use.name,
        pronouns=None if use is None else use.pronouns,
        contexts=[] if use is None else sorted(use.contexts),
        guardians=[] if use is None else sorted(use.guardians),
        source=None if use is None else use.source,
        recorded_by=kept.recorded_by,
        confirmed_at=kept.confirmed_at,
        stale=kept.stale(at),
    )
