"""How an adult wants to be interpreted for; and that a brother who is not known to be 18 counts as a child."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from crisis.errors import NotFound, Refused
from crisis.message_words import InterpreterNeed
from crisis.store import contact_record, interpreting, people, roster
from crisis.store.engine import Store
from crisis.store.instructions import STALE
from crisis.store.interpreting import InterpreterWish
from crisis.store.tables import WORDS
from crisis.vocabulary import Guardian, PersonId, Relation, StudentId
from tests.factories import DISTRICT, SCHOOL, STUDENT
from tests.web.district import COUNSELOR, STRANGER, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
MOTHER, WORKER = PersonId("p-mother"), PersonId("p-worker")
WISH = InterpreterWish(need=InterpreterNeed.SIGN, woman=True, not_own_community=True, not_these=("Mrs Vega",))


def student(name: str) -> StudentId:
    return StudentId(f"st-{name}")


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    born = {"young": date(2012, 5, 1), "grown": date(2008, 10, 6), "unknown": None, "other": date(2012, 5, 1)}
    with store.write() as tx:
        for person, relation in ((MOTHER, Relation.PARENT), (WORKER, Relation.CASEWORKER)):
            roster.add_person(tx, DISTRICT, person, (str(person), "Quetzal"), staff=False, language="es")
            roster.tie(tx, STUDENT, person, relation, guardian=Guardian.UNKNOWN, priority=1)
        for name, day in born.items():
            roster.add_student(tx, (DISTRICT, SCHOOL), student(name), (name, "Quetzal"), birth_date=day)
            shared = WORKER if name == "other" else MOTHER
            kind = Relation.CASEWORKER if name == "other" else Relation.PARENT
            roster.tie(tx, student(name), shared, kind, guardian=Guardian.UNKNOWN, priority=1)
    return store


def test_brothers_and_sisters_are_children_unless_they_are_known_to_be_of_age_pr_74(place: Store) -> None:
    with place.read() as tx:
        found = interpreting.around(tx, place.keys, STUDENT, AT)
        day_before = interpreting.around(tx, place.keys, STUDENT, AT.replace(day=5))

    def named(words: object) -> set[str]:
        return {name for each in words for name in each} - {"quetzal"}  # type: ignore[attr-defined]

    assert {"young", "unknown"} <= named(found.children)
    assert "grown" in named(found.adults)
    assert "grown" in named(day_before.children)
    assert "other" not in named(found.children) | named(found.adults)  # they share a caseworker alone


def test_the_last_word_counts_and_its_names_are_sealed_and_gone_with_it_pr_81(place: Store) -> None:
    def words() -> int:
        with place.read() as tx:
            return int(tx.execute(select(func.count()).select_from(WORDS)).scalar_one())

    before = words()
    with place.write() as tx:
        known = people.student(tx, STUDENT)
        interpreting.set_wish(tx, place.keys, known, MOTHER, WISH, by=COUNSELOR, at=AT)
        interpreting.set_wish(tx, place.keys, known, MOTHER, WISH, by=COUNSELOR, at=AT)
        found = interpreting.wishes(tx, place.keys, STUDENT)
        needs = [each.person for each in contact_record.of_student(tx, STUDENT).adults if each.interpreter]
    kept = words()
    with place.write() as tx:
        interpreting.set_wish(tx, place.keys, known, MOTHER, None, by=COUNSELOR, at=AT)
        with pytest.raises(NotFound):
            interpreting.set_wish(tx, place.keys, known, STRANGER, WISH, by=COUNSELOR, at=AT)
        many = InterpreterWish(not_these=tuple("abcdef"))
        with pytest.raises(Refused, match="At most five"):
            interpreting.set_wish(tx, place.keys, known, MOTHER, many, by=COUNSELOR, at=AT)

    assert (found, needs, found[MOTHER].stale(AT + STALE)) == ({MOTHER: WISH}, [MOTHER], True)
    assert [kept - before, words() - before] == [1, 0]
