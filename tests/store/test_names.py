"""By which names a student wants to be called: sealed, shown by context, and what the law lets be recorded."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crisis.errors import NotFound, Refused
from crisis.policy.naming import NameToUse
from crisis.privacy_words import InstructionSource
from crisis.protocols import loader
from crisis.record_words import NameCaution, NameContext
from crisis.store import audit, names, people, policy_packs, roster, sealed
from crisis.store.engine import Store
from crisis.store.instructions import STALE
from crisis.store.people import StudentView
from crisis.store.policy_packs import Counsel
from crisis.vocabulary import Guardian, PersonId, Relation, StudentId
from tests.factories import DISTRICT, SCHOOL, STUDENT
from tests.web.district import COUNSELOR, NURSE, OFFICER, a_district

PERMITS = "  do_not_volunteer: {value: true, source: D}\n"
AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
MOTHER, STUDENT_2 = PersonId("p-mother"), StudentId("st-2")
VAL = NameToUse(
    name="Valdivia",
    pronouns="they/them",
    contexts=frozenset({NameContext.FACE_TO_FACE, NameContext.STAFF_CONSOLE}),
    source=InstructionSource.STUDENT,
)


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, MOTHER, ("Elena", "Quetzal"), staff=False, language="es")
        roster.tie(tx, STUDENT, MOTHER, Relation.PARENT, guardian=Guardian.YES)
    return store


def student(store: Store) -> StudentView:
    with store.read() as tx:
        return people.student(tx, STUDENT)


def kept(store: Store, use: NameToUse = VAL) -> str:
    with store.write() as tx:
        return names.add(tx, store.keys, people.student(tx, STUDENT), use, by=COUNSELOR, at=AT)


def refused(store: Store, use: NameToUse) -> list[str]:
    with pytest.raises(Refused) as found:
        kept(store, use)
    return [reason.rule for reason in found.value.reasons]


def test_its_words_are_sealed_under_the_student_and_end_with_the_key(place: Store) -> None:
    kept(place)
    known = student(place)
    with place.write() as tx:
        tables = ("student_name", "name_place", "words", "audit", "student")
        stored = str([tx.exec_driver_sql(f"SELECT * FROM {table}").all() for table in tables])
        sealed.destroy_key(tx, STUDENT, AT)
    with place.read() as tx:
        (one,) = names.of_student(tx, place.keys, STUDENT)
        seen, _ = names.seen_by(tx, place.keys, people.actor(tx, COUNSELOR), known)

    assert "Valdivia" not in stored
    assert (one.use, seen.goes_by) == (None, None)


def test_who_looks_for_a_student_finds_them_by_the_name_that_they_may_see_and_by_no_other_pr_9(place: Store) -> None:
    with place.write() as tx:
        roster.add_student(tx, (DISTRICT, SCHOOL), STUDENT_2, ("Maria", "Serrano"), goes_by="Rio")
    kept(place)
    with place.write() as tx:
        hidden = replace(VAL, name="Marek", contexts=frozenset({NameContext.FACE_TO_FACE}))
        names.add(tx, place.keys, people.student(tx, STUDENT_2), hidden, by=COUNSELOR, at=AT)
    with place.read() as tx:
        actor = people.actor(tx, COUNSELOR)
        answers = {
            query: [(each.name, each.goes_by) for each in names.found(tx, place.keys, actor, SCHOOL, query)]
            for query in ("valdi", "quetz", "marek", "rio", "serrano", " ")
        }

    assert answers == {
        "valdi": [("Ximena Quetzal", "Valdivia")],
        "quetz": [("Ximena Quetzal", "Valdivia")],
        "marek": [],
        "rio": [],  # of the roster, before anybody had asked the student
        "serrano": [("Maria Serrano", None)],
        " ": [],
    }


def test_what_cannot_act_is_refused_with_its_rule(place: Store) -> None:
    listed = frozenset({NameContext.GUARDIAN})

    assert refused(place, replace(VAL, name="  ")) == ["PR-9"]
    assert refused(place, replace(VAL, name="x" * 81)) == ["PR-9"]
    assert refused(place, replace(VAL, contexts=frozenset())) == ["PR-9"]
    assert refused(place, replace(VAL, contexts=listed)) == ["PR-10"]
    assert refused(place, replace(VAL, contexts=listed, guardians=frozenset({NURSE}))) == ["PR-10"]
    kept(place, replace(VAL, contexts=listed, guardians=frozenset({MOTHER})))


def test_the_law_that_is_in_force_decides_and_a_change_of_it_is_looked_at_by_people_pr_11(place: Store) -> None:
    known = student(place)
    with place.write() as tx, pytest.raises(Refused, match="PR-11"):
        names.set_caution(tx, known, NameCaution.DO_NOT_VOLUNTEER, by=COUNSELOR, at=AT)
    with place.write() as tx:
        permits = loader.pack_text("us-ct").replace("parameters:\n", f"parameters:\n{PERMITS}")
        pack = policy_packs.propose(tx, DISTRICT, permits, by=COUNSELOR, at=AT)
        counsel = Counsel(name="A. Lawyer", reviewed_on=AT.date())
        policy_packs.approve(tx, DISTRICT, pack, counsel, by=OFFICER, at=AT, today=AT.date())
        names.set_caution(tx, known, NameCaution.DO_NOT_VOLUNTEER, by=COUNSELOR, at=AT)
        before = names.to_review(tx, DISTRICT, AT)
        policy_packs.end(tx, DISTRICT, pack, by=OFFICER, at=AT)
        after, still = names.to_review(tx, DISTRICT, AT), names.caution_of(tx, STUDENT)

    assert (before, after) == ([], [known])
    assert still.caution is NameCaution.DO_NOT_VOLUNTEER  # nothing is undone silently
    assert (still.pack or "").startswith("us-ct ")
    listed = frozenset({NameContext.GUARDIAN})
    assert refused(place, replace(VAL, contexts=listed, guardians=frozenset({MOTHER}))) == ["PR-11"]


def test_after_a_year_it_asks_to_be_confirmed_and_what_was_ended_is_gone_pr_81(place: Store) -> None:
    one, known, year = kept(place), student(place), AT + STALE
    with place.read() as tx:
        (found,) = names.of_student(tx, place.keys, STUDENT)
    with place.write() as tx:
        names.confirm(tx, known, one, by=COUNSELOR, at=year)
        (confirmed,) = names.of_student(tx, place.keys, STUDENT)
        names.end(tx, known, one, by=NURSE, at=year)
        left = names.of_student(tx, place.keys, STUDENT)

    assert [found.stale(year - timedelta(seconds=1)), found.stale(year), confirmed.stale(year)] == [False, True, False]
    assert left == []
    with place.write() as tx, pytest.raises(NotFound):
        names.confirm(tx, known, one, by=NURSE, at=year)
    with place.read() as tx:
        assert audit.verify(tx).ok
