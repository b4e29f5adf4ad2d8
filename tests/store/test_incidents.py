"""State, log, outbox and audit chain, on both databases."""

from contextlib import closing, nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from crisis.effects import NotifyRole, PageLevel, StartTimer
from crisis.errors import Conflict, NotFound
from crisis.store import audit, idempotency, inbox, incidents, outbox, sealed
from crisis.store.engine import Store, open_store
from crisis.vocabulary import (
    IncidentId,
    Mode,
    PageId,
    Role,
    Urgency,
    WordsId,
)
from tests.cluster import as_owner
from tests.store.a_log import AT, noted, opened


def test_what_was_written_is_read_back_and_the_log_stands_for_it(store: Store) -> None:
    incident = noted(store, opened(store), "w-1", "w-2")

    with store.read() as tx:
        assert incidents.load(tx, incident.id) == incident == incidents.refold(tx, incident.id)
        assert [stored.seq for stored in incidents.events_of(tx, incident.id)] == [1, 2, 3]


def test_positions_are_dense_over_all_incidents(store: Store) -> None:
    first, second = opened(store, "i-1"), opened(store, "i-2")
    noted(store, first, "w-1")
    noted(store, second, "w-2", "w-3")

    with store.read() as tx:
        ticks = incidents.since(tx, 0)
        assert [tick.position for tick in ticks] == [1, 2, 3, 4, 5]
        assert [(tick.incident, tick.seq) for tick in ticks[2:]] == [("i-1", 2), ("i-2", 2), ("i-2", 3)]
        assert incidents.head(tx) == 5


def test_the_slower_of_two_writers_is_refused(store: Store) -> None:
    before = opened(store)
    noted(store, before, "w-1")

    with pytest.raises(Conflict):
        noted(store, before, "w-2")


def test_an_unknown_incident_is_not_found(store: Store) -> None:
    with store.read() as tx, pytest.raises(NotFound):
        incidents.load(tx, IncidentId("nobody"))


@pytest.mark.parametrize("statement", ["UPDATE event SET name = 'x'", "DELETE FROM event", "DELETE FROM audit"])
def test_the_log_cannot_be_changed(store: Store, statement: str) -> None:
    opened(store)

    with pytest.raises(DBAPIError, match="append-only"), store.write() as tx:
        tx.execute(text(statement))


def test_the_mode_of_an_incident_is_fixed_i_22(store: Store) -> None:
    opened(store)

    with pytest.raises(DBAPIError, match="fixed"), store.write() as tx:
        tx.execute(text("UPDATE incident SET mode = 'drill'"))


def test_a_held_student_has_exactly_one_adult_i_1(store: Store) -> None:
    opened(store)

    with pytest.raises(DBAPIError), store.write() as tx:
        tx.execute(text("UPDATE incident SET custody = 'held', adult = NULL"))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("UPDATE event SET body = replace(body, 'w-2', 'w-9')", "the events written with this row were changed"),
        ("UPDATE audit SET actor = 'p-2' WHERE number = 1", "the row was changed"),
        ("DELETE FROM audit WHERE number = 1", "a row is missing"),
        ("DELETE FROM audit WHERE number = 2", "the end of the chain was cut off"),
        ("DELETE FROM event WHERE position = 3", "the events written with this row were changed"),
    ],
)
def test_the_chain_finds_what_was_changed_behind_its_back(
    store: Store, database_url: str, key_file: Path, change: str, reason: str
) -> None:
    noted(store, opened(store), "w-1", "w-2")
    with store.read() as tx:
        assert audit.verify(tx) == audit.AuditReport(True, 2)

    behind = nullcontext(store) if store.dialect == "sqlite" else closing(open_store(as_owner(database_url), key_file))
    with behind as owner, owner.write() as tx:
        for statement in _guards_off(store):
            tx.execute(text(statement))
        tx.execute(text(change))
        found = audit.verify(tx)

    assert (found.ok, found.reason) == (False, reason)


def _guards_off(store: Store) -> list[str]:
    if store.dialect == "postgresql":
        return ["ALTER TABLE event DISABLE TRIGGER USER", "ALTER TABLE audit DISABLE TRIGGER USER"]
    return [f"DROP TRIGGER {table}_no_{verb}" for table in ("event", "audit") for verb in ("update", "delete")]


def test_the_most_urgent_is_claimed_first_and_only_once(store: Store) -> None:
    incident = opened(store)
    timer = StartTimer(name="deadline", key="k", due_at=AT + timedelta(minutes=5))
    tell = NotifyRole(role=Role.ADMIN, subject="incident_opened", mode=Mode.LIVE)
    page = PageLevel(page=PageId("i-1-1"), role=Role.ONCALL_CLINICIAN, urgency=Urgency.U1, level=0, mode=Mode.LIVE)
    with store.write() as tx:
        outbox.put(tx, incident, [(1, timer), (1, tell), (1, page)], AT)

    with store.write() as tx:
        jobs = outbox.claim(tx, "one", AT, limit=10, lease=timedelta(seconds=10))
        again = outbox.claim(tx, "two", AT, limit=10, lease=timedelta(seconds=10))
        due = outbox.next_due(tx)

    assert [job.effect for job in jobs] == [page, tell]
    assert again == []
    assert due == AT


def test_a_late_worker_cannot_finish_what_another_took_over(store: Store) -> None:
    incident = opened(store)
    with store.write() as tx:
        outbox.put(tx, incident, [(1, NotifyRole(role=Role.ADMIN, subject="x", mode=Mode.LIVE))], AT)
        (slow,) = outbox.claim(tx, "slow", AT, limit=1, lease=timedelta(seconds=10))
    later = AT + timedelta(seconds=11)
    with store.write() as tx:
        (quick,) = outbox.claim(tx, "quick", later, limit=1, lease=timedelta(seconds=10))

    with store.write() as tx:
        assert not outbox.finish(tx, slow, later)
        assert outbox.finish(tx, quick, later)
        assert outbox.next_due(tx) is None


def test_what_comes_twice_is_recorded_once(store: Store) -> None:
    with store.write() as tx:
        first = inbox.receive(tx, store.keys, "text", "SM1", {"Body": "47A 12"}, at=AT)
        second = inbox.receive(tx, store.keys, "text", "SM1", {"Body": "47A 12"}, at=AT)
        waiting = inbox.unanswered(tx, store.keys, 10)
        inbox.done(tx, "text", "SM1", AT)

        assert (first, second) == (True, False)
        assert [each.body for each in waiting] == [{"Body": "47A 12"}]
        assert inbox.unanswered(tx, store.keys, 10) == []


def test_words_are_unreadable_without_their_key_and_gone_with_it(store: Store) -> None:
    with store.write() as tx:
        sealed.put(tx, store.keys, "i-1", {WordsId("w-1"): "Room 112"})
        stored = tx.execute(text("SELECT sealed FROM words")).scalar_one()
        read = sealed.read(tx, store.keys, [WordsId("w-1")])
        gone = sealed.destroy_key(tx, "i-1", AT)

        assert b"Room" not in stored
        assert read == {WordsId("w-1"): "Room 112"}
        assert gone
        assert sealed.read(tx, store.keys, [WordsId("w-1")]) == {}
        with pytest.raises(sealed.KeyFault, match="destroyed"):
            sealed.put(tx, store.keys, "i-1", {WordsId("w-2"): "more"})


def test_a_key_leads_to_one_incident_and_is_not_used_for_something_else(store: Store) -> None:
    with store.write() as tx:
        idempotency.remember(tx, "key", "p-1", "digest", IncidentId("i-1"), position=3)

        assert idempotency.earlier(tx, "key", "p-1", "digest") == ("i-1", 3)
        assert idempotency.earlier(tx, "key", "p-2", "digest") is None
        with pytest.raises(Exception, match="used for something else"):
            idempotency.earlier(tx, "key", "p-1", "other")


def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(DBAPIError), store.read() as tx:
        tx.execute(text("UPDATE head SET position = 7"))


def test_a_commit_wakes_whoever_listens(store: Store) -> None:
    rung: list[bool] = []
    end = store.on_commit_wake(lambda: rung.append(True))

    opened(store)
    end()
    opened(store, "i-2")

    assert rung == [True] if store.dialect == "sqlite" else rung
