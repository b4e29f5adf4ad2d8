"""The draft of a family's sheet: sealed, sent once, erased with the look of whoever settles it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from crisis.errors import NotFound, Refused
from crisis.record_words import IntakeQuestion, Settled
from crisis.store import audit, intake
from crisis.store.engine import Store
from crisis.store.intake_tables import INTAKE_ANSWER
from crisis.vocabulary import StudentId
from tests.factories import DISTRICT, STUDENT
from tests.web.district import COUNSELOR, ELSEWHERE, NURSE, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    return store


def handed(store: Store) -> str:
    with store.write() as tx:
        return intake.hand_over(tx, (DISTRICT, STUDENT), "es", by=COUNSELOR, at=AT)


def sent(store: Store, token: str, **answers: str) -> bool:
    with store.write() as tx:
        said = {IntakeQuestion(name): text for name, text in answers.items()}
        return intake.send(tx, store.keys, token, said, at=AT)


def test_what_is_sent_is_sealed_once_and_gone_when_somebody_has_settled_it(place: Store) -> None:
    token = handed(place)

    first, second = sent(place, token, calms="Caminar", name=" ", order="x" * 900), sent(place, token, calms="Otra vez")
    with place.write() as tx:
        found = intake.drafts(tx, place.keys, STUDENT)
        tables = ("intake_sheet", "intake_answer", "words", "audit")
        stored = str([tx.exec_driver_sql(f"SELECT * FROM {table}").all() for table in tables])
        (waits,) = intake.waiting(tx, DISTRICT)
        for each in found:
            intake.settle(tx, STUDENT, (each.sheet, each.question), Settled.LEFT_OUT, by=NURSE, at=AT)
        left = tx.exec_driver_sql("SELECT count(*) FROM words").scalar_one()

    assert (first, second) == (True, False)
    assert [(each.question, len(each.text or "")) for each in found] == [
        (IntakeQuestion.ORDER, intake.LONGEST),
        (IntakeQuestion.CALMS, 7),
    ]
    assert (waits.answers, token in stored, "Caminar" in stored, left) == (2, False, False, 0)
    with place.read() as tx:
        assert (intake.drafts(tx, place.keys, STUDENT), intake.waiting(tx, DISTRICT)) == ([], [])
        assert audit.verify(tx).ok


def test_a_new_sheet_ends_the_one_before_and_only_its_own_student_settles_it(place: Store) -> None:
    old, new = handed(place), handed(place)
    sent(place, new, calms="Caminar")

    with place.write() as tx:
        (draft,) = intake.drafts(tx, place.keys, STUDENT)
        assert intake.of_token(tx, old, AT) is None
        answer = (draft.sheet, draft.question)
        with pytest.raises(NotFound):
            intake.settle(tx, StudentId("st-9"), answer, Settled.TAKEN, by=NURSE, at=AT)
        with pytest.raises(Refused):
            intake.hand_over(tx, (DISTRICT, STUDENT), "fr", by=COUNSELOR, at=AT)
        assert intake.waiting(tx, ELSEWHERE) == []


def test_the_database_keeps_no_words_of_what_was_settled(place: Store) -> None:
    sent(place, handed(place), calms="Caminar")

    settled = {"settled": Settled.TAKEN, "settled_by": NURSE, "settled_at": AT}

    with pytest.raises(IntegrityError), place.write() as tx:
        tx.execute(update(INTAKE_ANSWER).values(**settled))
