"""One queue, many workers: each job is held by one, and what is urgent goes first."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from crisis.effects import Effect, NotifyPerson, NotifyRole, OpenLinked, PageLevel, StartTimer
from crisis.statemachine.incident import Incident
from crisis.store import outbox
from crisis.store.engine import Store
from crisis.store.outbox import Job
from crisis.vocabulary import IncidentId, Mode, PageId, PersonId, Role, Urgency
from tests.store.a_log import AT, opened

LEASE = timedelta(seconds=30)
TELL = NotifyRole(role=Role.ADMIN, subject="x", mode=Mode.LIVE)


def a_page(urgency: Urgency) -> PageLevel:
    return PageLevel(page=PageId("g-1"), role=Role.NURSE, urgency=urgency, level=0, mode=Mode.LIVE)


def waiting(store: Store, *effects: Effect) -> Incident:
    incident = opened(store)
    with store.write() as tx:
        outbox.put(tx, incident, [(1, effect) for effect in effects], AT)
    return incident


def claimed(store: Store, worker: str = "one", *, limit: int = 10, later: timedelta = timedelta()) -> list[Job]:
    with store.write() as tx:
        return outbox.claim(tx, worker, AT + later, limit=limit, lease=LEASE)


def test_what_keeps_a_page_going_comes_before_what_only_tells(store: Store) -> None:
    alarm = StartTimer(name="page_unanswered", key="g-1:0", due_at=AT)
    deadline = StartTimer(name="deadline", key="k", due_at=AT)
    linked = OpenLinked(protocol="missing_student", crisis_type="missing", parent=IncidentId("i-1"))
    person = NotifyPerson(person=PersonId("p-1"), subject="x", mode=Mode.LIVE)
    waiting(store, TELL, deadline, person, alarm, a_page(Urgency.U3), a_page(Urgency.U1), linked)

    effects = [job.effect for job in claimed(store)]

    assert effects == [a_page(Urgency.U1), linked, alarm, a_page(Urgency.U3), deadline, TELL, person]


def test_a_timer_is_not_claimed_before_it_is_due(store: Store) -> None:
    timer = StartTimer(name="deadline", key="k", due_at=AT + timedelta(minutes=5))
    waiting(store, timer)

    assert claimed(store, later=timedelta(minutes=4, seconds=59)) == []
    (job,) = claimed(store, later=timedelta(minutes=5))
    assert (job.effect, job.due_at, job.attempts, job.fence) == (timer, timer.due_at, 1, 1)


def test_what_was_due_before_it_was_written_waits_since_it_was_written(store: Store) -> None:
    """A deadline can have passed when its step opens; no worker has let it lie (I2)."""
    waiting(store, StartTimer(name="deadline", key="k", due_at=AT - timedelta(minutes=30)))

    [job] = claimed(store)

    assert job.due_at == AT
    assert job.effect == StartTimer(name="deadline", key="k", due_at=AT - timedelta(minutes=30))


def test_a_job_whose_worker_died_is_taken_by_another_when_the_lease_ends(store: Store) -> None:
    waiting(store, TELL)
    (dead,) = claimed(store, "dead")

    assert claimed(store, "other", later=LEASE - timedelta(seconds=1)) == []
    (taken,) = claimed(store, "other", later=LEASE)

    assert (taken.id, taken.attempts, taken.fence) == (dead.id, 2, 2)
    with store.write() as tx:
        assert not outbox.retry_at(tx, dead, AT)
        assert outbox.finish(tx, taken, AT)
        assert not outbox.finish(tx, taken, AT)  # once


def test_a_job_that_failed_comes_again_when_it_was_asked_to(store: Store) -> None:
    waiting(store, TELL)
    (job,) = claimed(store)
    with store.write() as tx:
        assert outbox.retry_at(tx, job, AT + timedelta(seconds=5))

    assert claimed(store, later=timedelta(seconds=4)) == []
    assert [again.attempts for again in claimed(store, later=timedelta(seconds=5))] == [2]


def test_what_is_hastened_while_it_is_done_is_due_again_also_in_the_very_moment_it_was_taken(store: Store) -> None:
    """A failure that is heard of before the send has come back must not be slept through."""
    waiting(store, TELL)
    (job,) = claimed(store)
    with store.write() as tx:
        outbox.hasten(tx, job.id, AT)
        outbox.retry_at(tx, job, AT + timedelta(minutes=2))

    assert [again.id for again in claimed(store)] == [job.id]


def test_a_row_that_cannot_be_read_does_not_keep_the_others(store: Store) -> None:
    """It is put aside for a minute; a claim finds what comes after it, and a worker is not kept busy by it."""
    waiting(store, a_page(Urgency.U1), TELL)
    with store.write() as tx:
        tx.execute(text("UPDATE outbox SET body = 'not what it was' WHERE kind = 'PageLevel'"))

    assert [job.effect for job in claimed(store)] == [TELL]
    with store.read() as tx:
        assert not outbox.any_free(tx, AT)
        assert outbox.any_free(tx, AT + outbox.ASIDE)


def test_the_same_effect_of_the_same_event_is_written_once(store: Store) -> None:
    incident = waiting(store, TELL)

    with pytest.raises(IntegrityError), store.write() as tx:
        outbox.put(tx, incident, [(1, TELL)], AT)


def test_many_workers_share_the_work_and_nothing_is_done_twice(store: Store) -> None:
    waiting(store, *[TELL] * 100)

    def work(worker: str) -> list[int]:
        done: list[int] = []
        while jobs := claimed(store, worker, limit=3):
            for job in jobs:
                with store.write() as tx:
                    assert outbox.finish(tx, job, AT)
                done.append(job.id)
        return done

    with ThreadPoolExecutor(6) as pool:
        done = [job for part in pool.map(work, "abcdef") for job in part]

    assert len(done) == 100
    assert max(Counter(done).values()) == 1


def test_a_claim_does_not_read_what_is_not_due(store: Store) -> None:
    """With 100,000 waiting timers a claim that read them all took 40 ms instead of 0.4."""
    far = [StartTimer(name="deadline", key=str(day), due_at=AT + timedelta(days=day)) for day in range(1, 2001)]
    waiting(store, *far)
    prefix = "EXPLAIN QUERY PLAN " if store.dialect == "sqlite" else "EXPLAIN "
    with store.write() as tx:
        tx.execute(text("ANALYZE outbox"))
    with store.read() as tx:
        plan = tx.execute(
            text(f"{prefix} SELECT id FROM outbox WHERE done_at IS NULL AND due_at <= :at ORDER BY urgency, due_at"),
            {"at": "2026-10-06 14:00:00.000000"},
        ).all()

    assert "ix_outbox_next" in str(plan)
    assert claimed(store) == []
