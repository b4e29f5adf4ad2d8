"""What the store keeps for answers to a page: links, calls that go on, and how often something was done."""

from datetime import timedelta

from crisis.call_words import CallState
from crisis.store import allowances, calls_out, page_links
from crisis.store.calls_out import CallOut
from crisis.store.engine import Store
from crisis.vocabulary import IncidentId, Mode, PageId, PersonId
from tests.store.a_log import AT, opened

INCIDENT, PAGE, ANA, BEN = IncidentId("i-1"), PageId("i-1-2"), PersonId("p-ana"), PersonId("p-ben")
TABLES = ("page_link", "call_out", "allowance")


def test_a_link_is_one_for_a_person_and_a_page(store: Store) -> None:
    opened(store)

    with store.write() as tx:
        first, again, other = (
            page_links.give(tx, store.keys, INCIDENT, PAGE, person, at=AT) for person in (ANA, ANA, BEN)
        )
        found = page_links.of_token(tx, other, AT + timedelta(hours=11))

    assert (first == again, first == other) == (True, False)
    assert found is not None
    assert (found.person, found.page, found.until) == (BEN, PAGE, AT + timedelta(hours=12))


def test_so_many_in_a_window_and_no_more(store: Store) -> None:
    hour = allowances.this_hour(AT + timedelta(minutes=59))

    with store.write() as tx:
        taken = [allowances.take(tx, "guess", "+16175550103", 2, since=hour) for _turn in range(4)]
        others = [
            allowances.take(tx, "guess", "+16175550104", 2, since=hour),
            allowances.take(tx, "other", "+16175550103", 2, since=hour),
            allowances.take(tx, "guess", "+16175550103", 2, since=hour + timedelta(hours=1)),
        ]
        used = allowances.used(tx, "guess", "+16175550103", since=hour)
        rows = str(tx.exec_driver_sql("SELECT * FROM allowance").all())

    assert (hour, taken, others, used) == (AT, [True, True, False, False], [True] * 3, 2)
    assert "6175550103" not in rows


def test_a_call_never_goes_back_and_is_not_ended_twice_f31(store: Store) -> None:
    opened(store)
    call = CallOut(
        account="AC1",
        sid="CA1",
        attempt="1-p-ana-voice-1",
        incident=INCIDENT,
        page=PAGE,
        person=ANA,
        mode=Mode.LIVE,
        state=CallState.ANSWERED,
        made_at=AT,
    )
    old = CallOut(**{**_values(call), "sid": "CA0", "made_at": AT - timedelta(hours=1)})

    with store.write() as tx:
        calls_out.note(tx, call)
        calls_out.note(tx, CallOut(**{**_values(call), "state": CallState.PLACED}))
        calls_out.note(tx, old)
        going = calls_out.going_on(tx, PAGE, AT)
        calls_out.note(tx, CallOut(**{**_values(call), "state": CallState.OVER}))
        left = calls_out.going_on(tx, PAGE, AT)

    assert (going, left) == ([call], [])


def test_what_nobody_will_ask_about_is_forgotten(store: Store) -> None:
    opened(store)
    call = CallOut(
        account="AC1",
        sid="CA1",
        attempt="1-p-ana-voice-1",
        incident=INCIDENT,
        page=PAGE,
        person=ANA,
        mode=Mode.LIVE,
        state=CallState.PLACED,
        made_at=AT,
    )

    with store.write() as tx:
        page_links.give(tx, store.keys, INCIDENT, PAGE, ANA, at=AT)
        calls_out.note(tx, call)
        for since in (AT, allowances.FOR_GOOD):
            allowances.take(tx, "guess", "+16175550103", 2, since=since)
        left = []
        for days in (1, 8):
            for kept in (page_links, calls_out, allowances):
                kept.forget(tx, AT + timedelta(days=days))
            left.append([len(tx.exec_driver_sql(f"SELECT * FROM {table}").all()) for table in TABLES])

    assert left == [[1, 1, 2], [0, 0, 1]]


def _values(call: CallOut) -> dict[str, object]:
    return {name: getattr(call, name) for name in CallOut.__dataclass_fields__}
