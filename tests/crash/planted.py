"""Faults that only a crash brings to light: the harness must find them, or finding nothing proves nothing."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, text

from crisis import submit
from crisis.notify import worker
from crisis.notify.performing import Performing
from crisis.statemachine.incident import Incident
from crisis.store import outbox
from crisis.store.outbox import Job, Numbered


def done_before_it_is_sent() -> None:
    """At most once: what was in flight when the process died is gone."""

    def perform(self: worker.Worker, job: Job) -> bool:
        with self.store.write() as tx:
            tx.execute(text("UPDATE outbox SET done_at = due_at WHERE id = :id"), {"id": job.id})
        again = Performing(self.store, self.lines, self.now).perform(job)
        with self.store.write() as tx:
            if again is not None:
                tx.execute(text("UPDATE outbox SET done_at = NULL WHERE id = :id"), {"id": job.id})
                outbox.retry_at(tx, job, again)
        return True

    worker.Worker.perform = perform  # type: ignore[method-assign]


def effects_after_the_commit() -> None:
    """The event is in one transaction and what it obliges in the next."""
    put, in_one_transaction = outbox.put, submit._in_one_transaction
    later: list[tuple[Incident, Sequence[Numbered], object]] = []

    def remember(_tx: Connection, incident: Incident, effects: Sequence[Numbered], at: object) -> None:
        later.append((incident, effects, at))

    def in_two(store, once, *, repeatable):  # type: ignore[no-untyped-def]
        result = in_one_transaction(store, once, repeatable=repeatable)
        with store.write() as tx:
            while later:
                put(tx, *later.pop(0))  # type: ignore[arg-type]
        return result

    outbox.put = remember  # type: ignore[assignment]
    submit._in_one_transaction = in_two


PLANTS: dict[str, Callable[[], None]] = {
    each.__name__: each for each in (done_before_it_is_sent, effects_after_the_commit)
}
