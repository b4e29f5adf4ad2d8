"""What the auditor reads: every open incident of every district with what waits for it, without a window of time."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import ValidationError
from sqlalchemy import Connection, func, select, text

from crisis.effects import Effect, PageLevel, StartTimer
from crisis.page_events import PageAttempted
from crisis.statemachine.incident import Incident
from crisis.store import codec
from crisis.store.tables import AUDIT, EVENT, HEAD, INBOX, INCIDENT, OUTBOX
from crisis.vocabulary import AttemptOutcome, Channel, IncidentId, Mode, PageId, PersonId

LATELY = 5000  # events that are looked through for calls to the provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A row of the outbox that is not done; `effect` is None where it cannot be read."""

    id: int
    incident: IncidentId
    seq: int  # of the event that obliges it
    turn: int  # which of that event's effects it is, from 1
    mode: Mode
    effect: Effect | None
    due_at: datetime
    attempts: int
    claimed_until: datetime | None

    @property
    def timer(self) -> StartTimer | None:
        return self.effect if isinstance(self.effect, StartTimer) else None

    @property
    def level(self) -> PageLevel | None:
        return self.effect if isinstance(self.effect, PageLevel) else None


@dataclass(frozen=True, slots=True)
class Called:
    """One word of the log on a call about a page."""

    at: datetime
    page: PageId
    person: PersonId
    channel: Channel
    outcome: AttemptOutcome
    attempt: str
    level: int | None


@dataclass(frozen=True, slots=True)
class Logged:
    """How many events an incident has, and the number of the last."""

    count: int
    last: int


@dataclass(frozen=True, slots=True)
class Ends:
    """How far the head says that log and chain go, and how far they go."""

    head_position: int
    head_number: int
    position: int
    number: int


def count_open(tx: Connection) -> int:
    query = select(func.count()).select_from(INCIDENT).where(INCIDENT.c.closed_at.is_(None))
    return int(tx.execute(query).scalar_one())


def all_open(tx: Connection) -> list[tuple[Incident, int]]:
    """Each with the version that its row has beside the state; one that cannot be read is left out, and so missed."""
    query = select(INCIDENT.c.state, INCIDENT.c.seq).where(INCIDENT.c.closed_at.is_(None)).order_by(INCIDENT.c.id)
    found = []
    for row in tx.execute(query):
        with suppress(ValidationError):
            found.append((codec.incident_from_text(row.state), row.seq))
    return found


def waiting(tx: Connection, incident: IncidentId | None = None) -> list[Waiting]:
    """Everything in the outbox that is not done: of one incident, or of all, the closed ones too."""
    query = select(OUTBOX).where(OUTBOX.c.done_at.is_(None)).order_by(OUTBOX.c.id)
    return [
        Waiting(
            id=row.id,
            incident=IncidentId(row.incident),
            seq=row.seq,
            turn=row.turn,
            mode=row.mode,
            effect=codec.effect_if_readable(row.kind, row.body),
            due_at=row.due_at,
            attempts=row.attempts,
            claimed_until=row.claimed_until,
        )
        for row in tx.execute(query if incident is None else query.where(OUTBOX.c.incident == incident))
    ]


def logged(tx: Connection) -> dict[IncidentId, Logged]:
    """Of the open incidents."""
    query = (
        select(EVENT.c.incident, func.count().label("count"), func.max(EVENT.c.seq).label("last"))
        .join_from(EVENT, INCIDENT, INCIDENT.c.id == EVENT.c.incident)
        .where(INCIDENT.c.closed_at.is_(None))
        .group_by(EVENT.c.incident)
    )
    return {IncidentId(row.incident): Logged(row._mapping["count"], row.last) for row in tx.execute(query)}


def calls(tx: Connection, incidents: Sequence[IncidentId]) -> dict[IncidentId, list[Called]]:
    """What the log says of the calls of these incidents, in order."""
    found: defaultdict[IncidentId, list[Called]] = defaultdict(list)
    query = (
        select(EVENT.c.incident, EVENT.c.name, EVENT.c.body)
        .where(EVENT.c.incident.in_(incidents), EVENT.c.name == PageAttempted.__name__)
        .order_by(EVENT.c.incident, EVENT.c.seq)
    )
    for row in tx.execute(query):
        found[IncidentId(row.incident)].append(_called(codec.event_from_text(row.name, row.body)))
    return found


def _called(event: object) -> Called:
    assert isinstance(event, PageAttempted)
    return Called(event.at, event.page, event.person, event.channel, event.outcome, event.attempt, event.level)


def outcomes(tx: Connection, *, since: datetime, most: int) -> dict[Mode, list[AttemptOutcome]]:
    """What became of the latest calls to the provider, the newest last, by the line that they took."""
    head = tx.execute(select(HEAD.c.position)).scalar_one()
    query = (
        select(EVENT.c.mode, EVENT.c.name, EVENT.c.body)
        .where(EVENT.c.position > head - LATELY, EVENT.c.name == PageAttempted.__name__, EVENT.c.at >= since)
        .order_by(EVENT.c.position)
    )
    found: defaultdict[Mode, list[AttemptOutcome]] = defaultdict(list)
    for row in tx.execute(query):
        called = _called(codec.event_from_text(row.name, row.body))
        if called.channel is not Channel.CONSOLE:
            found[row.mode].append(called.outcome)
    return {mode: made[-most:] for mode, made in found.items()}


def ends(tx: Connection) -> Ends:
    head = tx.execute(select(HEAD.c.position, HEAD.c.audit_number)).one()
    last = [tx.execute(select(func.max(key))).scalar_one() or 0 for key in (EVENT.c.position, AUDIT.c.number)]
    return Ends(head.position, head.audit_number, *last)


def unread(tx: Connection, before: datetime) -> int:
    """How many words from outside came before this time and were not dealt with."""
    query = select(func.count()).select_from(INBOX)
    return int(tx.execute(query.where(INBOX.c.done_at.is_(None), INBOX.c.received_at < before)).scalar_one())


def mixed_up(tx: Connection) -> list[IncidentId]:
    """Incidents of which something waits under another mode than theirs."""
    query = (
        select(OUTBOX.c.incident)
        .join_from(OUTBOX, INCIDENT, INCIDENT.c.id == OUTBOX.c.incident)
        .where(OUTBOX.c.done_at.is_(None), OUTBOX.c.mode != INCIDENT.c.mode)
    )
    return sorted({IncidentId(found) for found in tx.execute(query).scalars()})


def clock_apart(tx: Connection, at: datetime) -> timedelta:
    """How far the clock of the database is from ours; SQLite has none of its own."""
    if tx.dialect.name != "postgresql":
        return timedelta(0)
    theirs: datetime = tx.execute(text("SELECT clock_timestamp()")).scalar_one()
    return abs(theirs - at)
