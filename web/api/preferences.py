"""`/api/v1/students/{student}/preferences`: what a student and a family asked for, for the same people as the page."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter

from crisis.policy import access
from crisis.policy.preferences import ONLY_FOR_LEADS
from crisis.privacy_words import InstructionSource
from crisis.record_words import Preference, PreferenceKind, Strength
from crisis.store import preferences
from crisis.store.preferences import Asked, KeptPreference
from crisis.vocabulary import PersonId
from web import record_orders, wish_orders
from web.api.orders import Body, Id
from web.api.reading import sent_of_student
from web.deps import PreferencePath, StudentPath, TokenHolder

router = APIRouter(prefix="/api/v1/students", tags=["preferences"])


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceView:
    """`strength`: what it may hold up; only `block` holds up anything, and never help."""

    id: str
    preference: Preference
    kind: PreferenceKind
    strength: Strength
    person: PersonId | None
    source: InstructionSource
    recorded_by: PersonId
    confirmed_at: datetime
    stale: bool


class PreferenceBody(Body):
    """`person` only with the wishes about one clinician."""

    preference: Preference
    person: Id | None = None
    source: InstructionSource


@router.get("/{student}/preferences")
def of_student(desk: TokenHolder, student: StudentPath) -> list[PreferenceView]:
    """For the crisis team of the student's school and the posts of the district; every look is on record."""
    record_orders.must_keep(desk, student)
    leads = access.may_keep_policy(desk.actor)
    with desk.store.write() as tx:
        found = preferences.of_student(tx, student)
        sent_of_student(tx, desk, student, "preferences viewed", sent="preferences")
    return [_view(each, desk.at) for each in found if leads or each.kind not in ONLY_FOR_LEADS]


@router.post("/{student}/preferences", status_code=201)
def add(desk: TokenHolder, student: StudentPath, body: PreferenceBody) -> list[PreferenceView]:
    """For the same people as the list."""
    person = None if body.person is None else PersonId(body.person)
    wish_orders.add(desk, student, Asked(preference=body.preference, person=person, source=body.source))
    return of_student(desk, student)


@router.post("/{student}/preferences/{preference}/confirm")
def confirm(desk: TokenHolder, student: StudentPath, preference: PreferencePath) -> list[PreferenceView]:
    """It still holds. For the same people as the list."""
    wish_orders.confirm(desk, student, preference)
    return of_student(desk, student)


@router.post("/{student}/preferences/{preference}/end")
def end(desk: TokenHolder, student: StudentPath, preference: PreferencePath) -> list[PreferenceView]:
    """It holds no longer. For the same people as the list."""
    wish_orders.end(desk, student, preference)
    return of_student(desk, student)


def _view(kept: KeptPreference, at: datetime) -> PreferenceView:
    return PreferenceView(
        id=kept.id,
        preference=kept.preference,
        kind=kept.kind,
        strength=kept.strength,
        person=kept.person,
        source=kept.source,
        recorded_by=kept.recorded_by,
        confirmed_at=kept.confirmed_at,
        stale=kept.stale(at),
    )
