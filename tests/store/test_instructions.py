"""What to do for one student: what must not be done first, sealed, confirmed once a year, never in the way."""

from datetime import UTC, datetime, timedelta

import pytest

from crisis.errors import NotFound, Refused
from crisis.privacy_words import InstructionKind, InstructionSource
from crisis.store import audit, instructions, sealed
from crisis.store.engine import Store
from crisis.store.instructions import LONGEST, STALE, Instruction, Told
from crisis.vocabulary import StudentId
from tests.factories import DISTRICT, STUDENT
from tests.web.district import COUNSELOR, ELSEWHERE, NURSE, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
HELPS = Told(kind=InstructionKind.HELPS, source=InstructionSource.FAMILY, text="A walk outside")


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    return store


def kept(store: Store, told: Told = HELPS, student: StudentId = STUDENT) -> str:
    with store.write() as tx:
        return instructions.add(tx, store.keys, (DISTRICT, student), told, by=COUNSELOR, at=AT)


def of_student(store: Store) -> list[Instruction]:
    with store.read() as tx:
        return instructions.of_student(tx, store.keys, STUDENT)


def test_what_must_not_be_done_comes_first_and_the_students_own_word_before_the_familys(place: Store) -> None:
    for kind, source, text in (
        (InstructionKind.HELPS, InstructionSource.FAMILY, "A walk"),
        (InstructionKind.HELPS, InstructionSource.STUDENT, "Music"),
        (InstructionKind.MAKES_WORSE, InstructionSource.STAFF, "Many people"),
        (InstructionKind.DO_NOT_SAY, InstructionSource.FAMILY, "That her brother died"),
    ):
        kept(place, Told(kind=kind, source=source, text=text))

    assert [each.text for each in of_student(place)] == ["That her brother died", "Many people", "Music", "A walk"]


def test_its_words_are_sealed_under_the_student(place: Store) -> None:
    kept(place)
    with place.read() as tx:
        stored = str(
            [tx.exec_driver_sql(f"SELECT * FROM {table}").all() for table in ("instruction", "words", "audit")]
        )
    with place.write() as tx:
        sealed.destroy_key(tx, STUDENT, AT)

    assert "walk" not in stored
    assert [each.text for each in of_student(place)] == [None]


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (LONGEST + 1)])
def test_nothing_empty_and_nothing_that_nobody_would_read(place: Store, text: str) -> None:
    with pytest.raises(Refused):
        kept(place, Told(kind=InstructionKind.HELPS, source=InstructionSource.STAFF, text=text))

    assert of_student(place) == []


def test_after_a_year_it_asks_to_be_confirmed_and_is_shown_all_the_same_pr_81(place: Store) -> None:
    one = kept(place)
    before, after = AT + STALE - timedelta(seconds=1), AT + STALE
    (found,) = of_student(place)
    with place.write() as tx:
        instructions.confirm(tx, DISTRICT, one, by=NURSE, at=after)
    (confirmed,) = of_student(place)

    assert [found.stale(before), found.stale(after), confirmed.stale(after)] == [False, True, False]
    assert (confirmed.recorded_by, confirmed.text) == (COUNSELOR, "A walk outside")


def test_what_was_ended_is_shown_no_more_and_stays_ended(place: Store) -> None:
    one = kept(place)
    with place.write() as tx:
        instructions.end(tx, DISTRICT, one, by=NURSE, at=AT)

    assert of_student(place) == []
    with place.write() as tx, pytest.raises(NotFound):
        instructions.confirm(tx, DISTRICT, one, by=NURSE, at=AT)
    with place.read() as tx:
        assert audit.verify(tx).ok


def test_another_district_does_not_touch_it(place: Store) -> None:
    one = kept(place)

    with place.write() as tx, pytest.raises(NotFound):
        instructions.end(tx, ELSEWHERE, one, by=NURSE, at=AT)
    assert len(of_student(place)) == 1
