"""One queue for now and for later: effects and timers, written with the event that obliges them.

A claim is a lease with a fence. A worker that was too slow cannot finish what another one took over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Integer, Row, and_, bindparam, case, func, insert, not_, or_, select, update

from crisis.effects import (
    CallPerson,
    ConfirmPage,
    Effect,
    EndCalls,
    LinkSameStudent,
    LookAtTexts,
    MoveAdult,
    NotifyPerson,
    NotifyRole,
    OpenLinked,
    PageLevel,
    SendGuardianText,
    StartTimer,
)
from crisis.statemachine.incident import Incident
from crisis.store import codec, wake
from crisis.store.tables import OUTBOX
from crisis.vocabulary import IncidentId, Mode, Urgency

Numbered = tuple[int, Effect]
TELLING, DRILL = 3, 10  # the urgency of what only tells people; what is added to a drill's
_URGENT_TIMERS = frozenset({"page_unanswered", "page_alarm"})
ASIDE = timedelta(minutes=1)  # before a row that could not be read is looked at again


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed row. `fence` must still be the row's when the job is finished."""

    id: int
    incident: IncidentId
    seq: int
    effect: Effect
    due_at: datetime
    attempts: int
    fence: int


def urgency_of(effect: Effect) -> int:
    """0 is the most urgent: what keeps a page going comes before what only tells people, and drills come last."""
    match effect:
        case PageLevel(urgency=Urgency.U1) | CallPerson() | OpenLinked(student=None):
            return 0
        case PageLevel() | EndCalls():
            return 1
        case StartTimer():
            return 1 if effect.name in _URGENT_TIMERS else 2
        case OpenLinked():  # for many students at once: never before somebody's page
            return 2
        case SendGuardianText() | LookAtTexts() | LinkSameStudent() | MoveAdult():
            return 2
        case ConfirmPage() | NotifyRole() | NotifyPerson():
            return TELLING


def put(tx: Connection, incident: Incident, effects: Sequence[Numbered], at: datetime) -> None:
    """Rows for the effects of events, in order; timers are due later, the rest now."""
    if not effects:
        return
    turns: dict[int, int] = {}
    rows = []
    for seq, effect in effects:
        turns[seq] = turns.get(seq, 0) + 1
        rows.append(_row(incident, seq, turns[seq], effect, at))
    tx.execute(insert(OUTBOX), rows)
    wake.wanted(tx)


def put_again(tx: Connection, incident: Incident, seq: int, effect: Effect, at: datetime) -> None:
    """One more row for what an event obliges, where the first one was lost."""
    same = (OUTBOX.c.incident == incident.id, OUTBOX.c.seq == seq)
    last = tx.execute(select(func.max(OUTBOX.c.turn)).where(*same)).scalar_one()
    tx.execute(insert(OUTBOX).values(**_row(incident, seq, (last or 0) + 1, effect, at)))
    wake.wanted(tx)


def _row(incident: Incident, seq: int, turn: int, effect: Effect, at: datetime) -> dict[str, object]:
    return {
        "incident": incident.id,
        "district": incident.district,
        "seq": seq,
        "turn": turn,
        "mode": incident.mode,
        "urgency": urgency_of(effect) + (DRILL if incident.mode is Mode.DRILL else 0),
        "kind": type(effect).__name__,
        "body": codec.effect_text(effect),
        "due_at": _due(effect, at),
    }


def _due(effect: Effect, at: datetime) -> datetime:
    """Never before it was written: a deadline that had passed when its step opened has kept no worker waiting (I2)."""
    match effect:
        case StartTimer(due_at=due):
            return max(due, at)
        case PageLevel(not_before=datetime() as begins):
            return max(begins, at)
        case _:
            return at


# Built once: they are asked all the time, and to build one takes longer than to ask it.
_AT = bindparam("at", type_=OUTBOX.c.due_at.type)
_UNHELD = or_(OUTBOX.c.claimed_until.is_(None), OUTBOX.c.claimed_until <= _AT)
_FREE = and_(OUTBOX.c.done_at.is_(None), OUTBOX.c.due_at <= _AT, _UNHELD)
_ANY_FREE = select(OUTBOX.c.id).where(_FREE).limit(1)
_ORDER = (OUTBOX.c.urgency, OUTBOX.c.due_at, OUTBOX.c.id)
_TELLS = OUTBOX.c.urgency % DRILL >= TELLING
_DUE = {
    notices: select(OUTBOX.c.id)
    .where(_FREE, *wanted)
    .order_by(*_ORDER)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
    .cte("due")  # in a plain subquery PostgreSQL may look for them twice, and find more
    for notices, wanted in ((None, ()), (True, (_TELLS,)), (False, (not_(_TELLS),)))
}
_CLAIM = {
    notices: update(OUTBOX)
    .where(OUTBOX.c.id.in_(select(due.c.id)))
    .values(
        claimed_by=bindparam("worker"),
        claimed_until=bindparam("until"),
        fence=OUTBOX.c.fence + 1,
        attempts=OUTBOX.c.attempts + 1,
    )
    .returning(OUTBOX)
    for notices, due in _DUE.items()
}
_ASIDE = (
    update(OUTBOX).where(OUTBOX.c.id.in_(bindparam("rows", expanding=True))).values(claimed_until=bindparam("until"))
)
_JOB = and_(OUTBOX.c.id == bindparam("job"), OUTBOX.c.fence == bindparam("held"))
_MINE = and_(_JOB, OUTBOX.c.done_at.is_(None))
_FINISH = update(OUTBOX).where(_MINE).values(done_at=bindparam("at"), claimed_until=None)
_NOT_HASTENED = OUTBOX.c.due_at == bindparam("before")
_AGAIN = (
    update(OUTBOX)
    .where(_MINE)
    .values(
        due_at=case((_NOT_HASTENED, bindparam("when", type_=OUTBOX.c.due_at.type)), else_=OUTBOX.c.due_at),
        claimed_until=None,
    )
)
_HELD = select(OUTBOX.c.id).where(_JOB, OUTBOX.c.claimed_until > _AT)


def any_free(tx: Connection, at: datetime) -> bool:
    """Whether a claim would find something; asked before one, which locks."""
    return tx.execute(_ANY_FREE, {"at": at}).first() is not None


def claim(
    tx: Connection, worker: str, at: datetime, *, limit: int, lease: timedelta, notices: bool | None = None
) -> list[Job]:
    """Due rows that nobody holds, the most urgent first; they are this worker's until the lease ends.

    `notices`: only those that tell people something, or only the rest. A row that cannot be read is put aside for a
    while: the sentinel finds it, and writes it again from the log.
    """
    rows = tx.execute(_CLAIM[notices], {"at": at, "most": limit, "worker": worker, "until": at + lease}).all()
    rows = sorted(rows, key=lambda row: (row.urgency, row.due_at, row.id))
    jobs = [job for job in map(_job, rows) if job is not None]
    unreadable = {row.id for row in rows} - {job.id for job in jobs}
    if unreadable:
        tx.execute(_ASIDE, {"rows": list(unreadable), "until": at + ASIDE})
    return jobs


def _job(row: Row[tuple[object, ...]]) -> Job | None:
    """None for a row that this version cannot read: it must not keep the others from being claimed."""
    effect = codec.effect_if_readable(row.kind, row.body)
    if effect is None:
        return None
    return Job(
        id=row.id,
        incident=IncidentId(row.incident),
        seq=row.seq,
        effect=effect,
        due_at=row.due_at,
        attempts=row.attempts,
        fence=row.fence,
    )


def finish(tx: Connection, job: Job, at: datetime) -> bool:
    """False if another worker has taken the job over since."""
    return tx.execute(_FINISH, {"job": job.id, "held": job.fence, "at": at}).rowcount == 1


def retry_at(tx: Connection, job: Job, when: datetime) -> bool:
    """Gives the job back, not to be taken before `when`, unless it was hastened; False if it was taken over."""
    values = {"job": job.id, "held": job.fence, "before": job.due_at, "when": when}
    return tx.execute(_AGAIN, values).rowcount == 1


def held(tx: Connection, job: Job, at: datetime) -> bool:
    """Whether the job is still this worker's: one that was stopped for longer than its lease must not send (F11)."""
    return tx.execute(_HELD, {"job": job.id, "held": job.fence, "at": at}).first() is not None


def hasten(tx: Connection, job_id: int, at: datetime) -> None:
    """Makes a job that is not done due now; one that is being done is due again when it is given back.

    A moment earlier than now, so that it differs from the time at which it was taken, even where the clock stood still.
    """
    waits = (OUTBOX.c.id == job_id, OUTBOX.c.done_at.is_(None))
    tx.execute(update(OUTBOX).where(*waits).values(due_at=at - timedelta(microseconds=1)))
    wake.wanted(tx)


def write_again(tx: Connection, row: int, effect: Effect) -> None:
    """What could not be read, as its event obliges it; due at once, whoever has put it aside."""
    whole = {"kind": type(effect).__name__, "body": codec.effect_text(effect), "claimed_until": None}
    tx.execute(update(OUTBOX).where(OUTBOX.c.id == row, OUTBOX.c.done_at.is_(None)).values(**whole))
    wake.wanted(tx)


def give_up(tx: Connection, row: int, at: datetime) -> None:
    """Done without having been done: another row does it."""
    tx.execute(update(OUTBOX).where(OUTBOX.c.id == row, OUTBOX.c.done_at.is_(None)).values(done_at=at))


def next_due(tx: Connection) -> datetime | None:
    """When the next row is due that nobody has finished, held or not; None when there is none."""
    query = select(OUTBOX.c.due_at).where(OUTBOX.c.done_at.is_(None)).order_by(OUTBOX.c.due_at).limit(1)
    found: datetime | None = tx.execute(query).scalar_one_or_none()
    return found


def page_is_due(tx: Connection, at: datetime) -> bool:
    """Whether a real page waits to go out, or is going out: what is less urgent lets it pass."""
    urgent = (OUTBOX.c.done_at.is_(None), OUTBOX.c.due_at <= at, OUTBOX.c.kind == PageLevel.__name__)
    return tx.execute(select(OUTBOX.c.id).where(*urgent, OUTBOX.c.mode == Mode.LIVE).limit(1)).first() is not None


def waiting(tx: Connection, at: datetime) -> int:
    """How many rows are overdue: the one number that says whether the worker keeps up."""
    query = select(OUTBOX.c.id).where(OUTBOX.c.done_at.is_(None), OUTBOX.c.due_at <= at).limit(10_000)
    return len(tx.execute(query).all())
