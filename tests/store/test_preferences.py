"""What a student and a family asked for: closed words, kept until somebody ends them, read anew for each order."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from crisis.errors import NotFound, Refused
from crisis.policy.preferences import COMPANY, KIND_OF, OF_A_PERSON, SKILLS, STRENGTH
from crisis.privacy_words import InstructionSource
from crisis.record_words import Preference, PreferenceKind, Strength
from crisis.statemachine.ground import AVOIDED, NAMED, OURS
from crisis.store import asked_for, audit, preferences, skills
from crisis.store.engine import Store
from crisis.store.instructions import STALE
from crisis.store.preference_tables import PREFERENCE
from crisis.store.preferences import Asked
from crisis.vocabulary import PersonId
from tests.factories import DISTRICT, STUDENT
from tests.web.district import COUNSELOR, ELSEWHERE, NURSE, STRANGER, TEACHER, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    return store


def kept(store: Store, preference: Preference, person: PersonId | None = None) -> str:
    asked = Asked(preference=preference, person=person, source=InstructionSource.FAMILY)
    with store.write() as tx:
        return preferences.add(tx, (DISTRICT, STUDENT), asked, by=COUNSELOR, at=AT)


def test_every_wish_has_its_kind_and_weight_and_only_a_support_holds_anything_up_pr_16() -> None:
    assert set(KIND_OF) == set(Preference)
    assert set(STRENGTH) == set(PreferenceKind)
    assert [kind for kind, strength in STRENGTH.items() if strength is Strength.BLOCK] == [PreferenceKind.SUPPORT]
    assert {NAMED, AVOIDED, OURS} == {each.value for each in OF_A_PERSON - COMPANY}
    assert not SKILLS & OF_A_PERSON


def test_the_rules_read_it_as_it_is_at_that_moment(place: Store) -> None:
    with place.write() as tx:
        skills.set_skills(tx, DISTRICT, TEACHER, ["woman", "language:es-MX"], at=AT, by=None)
    for preference, person in (
        (Preference.WOMAN, None),
        (Preference.NOT_THIS_CLINICIAN, NURSE),
        (Preference.PICTURES, None),
        (Preference.ASK_LEAD_BEFORE_AGENCIES, None),
    ):
        kept(place, preference, person)
    with place.write() as tx:
        wishes = asked_for.of_student(tx, DISTRICT, STUDENT)
        for each in preferences.of_student(tx, STUDENT):
            preferences.end(tx, DISTRICT, each.id, by=NURSE, at=AT)
        after = asked_for.of_student(tx, DISTRICT, STUDENT)

    assert (wishes.skills, wishes.avoided, wishes.supports) == ({"woman"}, {NURSE}, {"pictures"})
    assert (wishes.lead_first, wishes.met(TEACHER), wishes.unmet(NURSE)) == (
        True,
        ("not_this_clinician", "woman"),
        ("not_this_clinician", "woman"),
    )
    assert (after.none, after.supports, after.lead_first) == (True, frozenset(), False)


def test_a_wish_about_one_person_names_one_of_ours_and_no_other_wish_does(place: Store) -> None:
    for preference, person in (
        (Preference.NAMED_CLINICIAN, None),
        (Preference.NAMED_CLINICIAN, STRANGER),
        (Preference.WOMAN, NURSE),
    ):
        with pytest.raises(Refused):
            kept(place, preference, person)
    kept(place, Preference.WOMAN)
    with pytest.raises(Refused, match="on record already"):
        kept(place, Preference.WOMAN)
    row = {"recorded_by": COUNSELOR, "recorded_at": AT, "confirmed_by": COUNSELOR, "confirmed_at": AT}
    whose = {"id": "x", "district": DISTRICT, "student": STUDENT, "source": InstructionSource.STUDENT}
    with pytest.raises(IntegrityError), place.write() as tx:
        tx.execute(insert(PREFERENCE).values(preference=Preference.NAMED_CLINICIAN, **whose, **row))


def test_after_a_year_it_asks_to_be_confirmed_and_acts_all_the_same_pr_81(place: Store) -> None:
    one, year = kept(place, Preference.MORE_TIME), AT + STALE
    with place.write() as tx:
        (found,) = preferences.of_student(tx, STUDENT)
        preferences.confirm(tx, DISTRICT, one, by=NURSE, at=year)
        (confirmed,) = preferences.of_student(tx, STUDENT)

    assert [found.stale(year - timedelta(seconds=1)), found.stale(year), confirmed.stale(year)] == [False, True, False]
    with place.write() as tx, pytest.raises(NotFound):
        preferences.end(tx, ELSEWHERE, one, by=NURSE, at=AT)
    with place.read() as tx:
        assert audit.verify(tx).ok


@pytest.mark.parametrize("code", ["haitian", "muslim", "from_a_church", "latina", "race_black", "native_american"])
def test_what_somebody_is_by_origin_or_faith_is_no_skill_pr_46(place: Store, code: str) -> None:
    with place.write() as tx, pytest.raises(Refused, match="depends on no origin"):
        skills.set_skills(tx, DISTRICT, TEACHER, ["woman", code], at=AT, by=NURSE)

    with place.write() as tx:
        skills.set_skills(tx, DISTRICT, TEACHER, ["language:ht", "embrace", "trace_work"], at=AT, by=NURSE)
        assert skills.of_district(tx, DISTRICT)[TEACHER] == ("embrace", "language:ht", "trace_work")
