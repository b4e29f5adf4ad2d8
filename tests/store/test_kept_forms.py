"""What was typed when a session ran out: for the same person, in that browser, for half an hour. On both databases."""

from datetime import UTC, datetime, timedelta

import pytest

from crisis.store import kept_forms, sessions, transient
from crisis.store.engine import Store
from crisis.store.kept_forms import KEPT_FOR, KeptForm
from tests.web.district import NURSE, TEACHER, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
FORM = KeptForm("/incidents/i-1/note", {"words": ("She told me in the hall",), "about": ("a", "b")})
BEFORE, AFTER = "the secret of a session", "the secret of the next one"


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    with store.write() as tx:
        kept_forms.keep(tx, store.keys, BEFORE, NURSE, FORM, at=AT)
    return store


def rows(store: Store) -> str:
    with store.read() as tx:
        return str(tx.exec_driver_sql("SELECT * FROM kept_form").all())


def test_it_comes_back_to_the_same_person_in_the_session_that_follows(place: Store) -> None:
    with place.write() as tx:
        waited = kept_forms.waits(tx, BEFORE, AT)
        moved = kept_forms.move(tx, BEFORE, AFTER, NURSE, AT)
        found = [kept_forms.show(tx, place.keys, AFTER, NURSE, AT) for _ in range(2)]
        old = kept_forms.show(tx, place.keys, BEFORE, NURSE, AT)
        again = kept_forms.move(tx, AFTER, "one more", NURSE, AT)

    assert (waited, moved, old) == (True, True, None)
    assert found == [FORM, FORM]  # also where the first page broke off
    assert again is False  # it was shown
    assert rows(place) == "[]"


def test_whoever_else_signs_in_there_gets_nothing_and_erases_it(place: Store) -> None:
    with place.write() as tx:
        moved = kept_forms.move(tx, BEFORE, AFTER, TEACHER, AT)
        found = kept_forms.show(tx, place.keys, AFTER, TEACHER, AT)

    assert (moved, found) == (False, None)
    assert rows(place) == "[]"


def test_it_is_sealed_and_neither_its_words_nor_its_place_can_be_read(place: Store) -> None:
    found = rows(place)

    assert not [each for each in ("hall", "incidents", BEFORE) if each in found]


def test_after_half_an_hour_it_is_gone(place: Store) -> None:
    over = AT + KEPT_FOR
    with place.write() as tx:
        late = kept_forms.waits(tx, BEFORE, over), kept_forms.move(tx, BEFORE, AFTER, NURSE, over)
    assert late == (False, False)
    assert rows(place) == "[]"


def test_the_worker_forgets_it_also_where_nobody_signs_in(place: Store) -> None:
    with place.write() as tx:
        due = transient.is_due(tx, AT + KEPT_FOR - timedelta(seconds=1)), transient.is_due(tx, AT + KEPT_FOR)
        transient.forget(tx, AT + KEPT_FOR)

    assert due == (False, True)
    assert rows(place) == "[]"


def test_the_last_of_a_session_counts_and_it_is_no_session(place: Store) -> None:
    with place.write() as tx:
        kept_forms.keep(tx, place.keys, BEFORE, NURSE, KeptForm("/b", {"a": ("x y",)}), at=AT)
        kept_forms.move(tx, BEFORE, AFTER, NURSE, AT)
        found = kept_forms.show(tx, place.keys, AFTER, NURSE, AT)

        assert sessions.locked_holder(tx, AFTER, AT) is None
    assert found is not None
    assert found.path == "/b"
