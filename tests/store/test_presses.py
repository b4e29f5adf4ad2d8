"""A form that was sent, as all processes of the console know it. On both databases."""

from datetime import UTC, datetime, timedelta

from crisis.store import presses
from crisis.store.engine import Store
from crisis.store.presses import KEPT, PATIENCE, Begun

AT = datetime(2026, 9, 21, 15, 0, tzinfo=UTC)


def begun(store: Store, at: datetime = AT, digest: str = "d") -> Begun | None:
    with store.write() as tx:
        return presses.begin(tx, digest, at)


def ended(store: Store, location: str | None) -> None:
    with store.write() as tx:
        presses.ended(tx, "d", location)


def test_who_comes_second_hears_that_it_is_on_its_way_and_then_where_it_led(store: Store) -> None:
    assert begun(store) is None
    assert begun(store) == Begun(None)
    assert begun(store, digest="another") is None

    ended(store, "/agencies/1")

    assert begun(store, AT + PATIENCE) == Begun("/agencies/1")


def test_what_did_nothing_may_be_sent_again(store: Store) -> None:
    begun(store)

    ended(store, None)

    assert begun(store) is None


def test_one_that_never_came_to_an_end_is_taken_over_once(store: Store) -> None:
    begun(store)

    assert begun(store, AT + PATIENCE - timedelta(seconds=1)) == Begun(None)
    assert begun(store, AT + PATIENCE) is None
    assert begun(store, AT + PATIENCE) == Begun(None)


def test_it_is_forgotten_after_an_hour(store: Store) -> None:
    begun(store)
    ended(store, "/agencies/1")

    for after, known in ((KEPT, Begun("/agencies/1")), (KEPT + timedelta(seconds=1), None)):
        with store.write() as tx:
            presses.forget(tx, AT + after)
        assert begun(store, AT + after) == known
