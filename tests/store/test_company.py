"""Who of those whom a student trusts can be asked to come: read anew each time, and nobody who is kept out (PR-54)."""

from datetime import UTC, datetime, timedelta

import pytest

from crisis.access_words import ConflictKind
from crisis.errors import Refused
from crisis.privacy_words import InstructionSource
from crisis.record_commands import AskToCome
from crisis.record_words import Preference
from crisis.statemachine.incident import Incident
from crisis.store import company, conflicts, overrides, people, preferences
from crisis.store.company import Trusted
from crisis.store.engine import Store
from crisis.store.overrides import Away
from crisis.store.preferences import Asked
from crisis.submit import open_incident, submit
from crisis.vocabulary import PersonId
from tests.factories import DISTRICT, STUDENT, opening
from tests.web.district import COUNSELOR, NURSE, TEACHER, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    return store


def says(store: Store, preference: Preference, person: PersonId, source: InstructionSource) -> None:
    asked = Asked(preference=preference, person=person, source=source)
    with store.write() as tx:
        preferences.add(tx, (DISTRICT, STUDENT), asked, by=COUNSELOR, at=AT)


def an_incident(store: Store) -> Incident:
    with store.read() as tx:
        by = people.actor(tx, COUNSELOR)
    return open_incident(store, opening(by=by), at=AT, words={}).incident


def trusted(store: Store, incident: Incident) -> tuple[Trusted, ...]:
    with store.read() as tx:
        return company.of_incident(tx, incident, AT)


def test_only_the_student_says_whom_they_trust(place: Store) -> None:
    with pytest.raises(Refused, match="Only the student says"):
        says(place, Preference.TRUSTED_ADULT, TEACHER, InstructionSource.FAMILY)


def test_who_is_kept_out_is_nowhere_and_who_is_away_is_not_asked_pr_54(place: Store) -> None:
    says(place, Preference.TRUSTED_ADULT, TEACHER, InstructionSource.STUDENT)
    says(place, Preference.TRUSTED_ADULT, NURSE, InstructionSource.STUDENT)
    incident = an_incident(place)
    before = trusted(place, incident)
    with place.write() as tx:
        gone = Away(id="a-1", person=NURSE, starts_at=AT, ends_at=AT + timedelta(hours=3), told_by=NURSE)
        overrides.add_absence(tx, DISTRICT, gone, at=AT)
        conflicts.enter(tx, incident, TEACHER, ConflictKind.NAMED, by=COUNSELOR, at=AT)
        by = people.actor(tx, COUNSELOR)

    assert {each.person: each.away for each in before} == {TEACHER: False, NURSE: False}
    assert trusted(place, incident) == (Trusted(person=NURSE, at_once=False, away=True),)
    for person in (TEACHER, NURSE):
        with pytest.raises(Refused):
            submit(place, incident.id, AskToCome(by=by, to=person), at=AT)


def test_their_own_wish_asks_them_when_the_incident_opens_and_not_who_is_kept_out(place: Store) -> None:
    says(place, Preference.TRUSTED_ADULT_AT_ONCE, TEACHER, InstructionSource.STUDENT)
    first = an_incident(place)
    with place.write() as tx:
        conflicts.enter(tx, first, TEACHER, ConflictKind.RELATED, by=COUNSELOR, at=AT)

    assert set(first.company) == {TEACHER}
    assert dict(an_incident(place).company) == {}
