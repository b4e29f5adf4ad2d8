"""A store in memory: the same tables as far as paging needs them, with transactions that are undone when they fail.

What the process dies with is gone, as in a database that keeps its promise. `tests/simulation/test_memory.py` plays the
same universes on the real store and compares everything that was written.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush

from crisis import failpoints
from crisis.effects import Effect
from crisis.events import Event
from crisis.statemachine.incident import Incident
from crisis.store.calls_out import CallOut
from crisis.store.inbox import Received
from crisis.store.outgoing import Outgoing
from crisis.store.page_codes import Coded
from crisis.store.signs import Sign
from crisis.store.watch import Called
from crisis.vocabulary import Channel, IncidentId, Mode, PageId
from tests.simulation.district import District
from tests.simulation.replacing import in_memory

Undo = Callable[[], object]


@dataclass(slots=True)
class Row:
    """Of the outbox."""

    id: int
    incident: IncidentId
    seq: int
    turn: int
    mode: Mode
    urgency: int
    effect: Effect
    due_at: datetime
    claimed_until: datetime | None = None
    fence: int = 0
    attempts: int = 0
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """`look_at` is when its provider is to be asked about it."""

    out: Outgoing
    state_at: datetime
    look_at: datetime | None = None


@dataclass(slots=True)
class Memory:
    """`changed` is called with the incidents of each transaction, once it is durable."""

    district: District
    ring: Callable[[bool], None] = lambda _told: None  # false: who wrote died first, and the poll has to find it
    changed: Callable[[list[IncidentId]], None] = lambda _incidents: None
    looked: Callable[[datetime], None] = lambda _at: None  # a provider is to be asked about something then
    dialect: str = "sqlite"
    keys: None = None
    incidents: dict[IncidentId, Incident] = field(default_factory=dict)
    events: dict[IncidentId, list[Event]] = field(default_factory=dict)
    rows: dict[int, Row] = field(default_factory=dict)  # not done
    of_incident: dict[IncidentId, dict[int, Row]] = field(default_factory=dict)  # of these, by incident
    inbox: dict[tuple[str, str], tuple[Received, datetime | None]] = field(default_factory=dict)
    codes: dict[tuple[str, PageId], Coded] = field(default_factory=dict)
    keys_used: dict[tuple[str, str], tuple[str, IncidentId, int]] = field(default_factory=dict)
    signs: dict[str, Sign] = field(default_factory=dict)
    used: dict[tuple[str, str, datetime], int] = field(default_factory=dict)  # of allowances
    ringing: dict[tuple[str, str], CallOut] = field(default_factory=dict)  # by account and the provider's name
    no_texts: dict[str, bool] = field(default_factory=dict)  # numbers whose owners wrote STOP
    outgoing: dict[str, Sent] = field(default_factory=dict)
    sent_to: dict[str, list[str]] = field(default_factory=dict)  # what went to each telephone, by reference
    bad: dict[tuple[str, Channel], bool] = field(default_factory=dict)  # numbers that a provider found fault with
    calls: dict[IncidentId, tuple[int, list[Called]]] = field(
        default_factory=dict
    )  # how far it was read, what was found
    position: int = 0
    numbered: int = 0
    open: "Tx | None" = None
    _last: "Tx | None" = None
    _ready: set[int] = field(default_factory=set)
    _future: list[tuple[datetime, int]] = field(default_factory=list)

    @contextmanager
    def read(self) -> Iterator["Tx"]:
        assert self.open is None, "a read inside a write would see another moment"
        yield Tx(self)

    @contextmanager
    def write(self) -> Iterator["Tx"]:
        assert self.open is None, "a transaction inside a transaction"
        tx = self.open = self._last = Tx(self)
        try:
            yield tx
            failpoints.hit("store.before_commit")
        except BaseException:
            for undo in reversed(tx.undo):
                undo()
            raise
        finally:
            self.open = None
        told = False
        try:
            failpoints.hit("store.after_commit")
            told = True
        finally:
            if tx.info:
                self.ring(told)

    write_unhurried = write

    def durable(self) -> None:
        """Called at the failpoint behind the commit."""
        if self._last is not None and self._last.touched:
            self.changed(list(self._last.touched))

    def keep(self, row: Row) -> None:
        """Puts the row where it is looked for, by when it is due."""
        self.rows[row.id] = row
        self.of_incident.setdefault(row.incident, {})[row.id] = row
        self._ready.discard(row.id)
        heappush(self._future, (row.due_at, row.id))

    def drop(self, row: Row) -> None:
        del self.rows[row.id]
        del self.of_incident[row.incident][row.id]

    def due(self, at: datetime) -> list[Row]:
        """Rows that are due and not done, claimed or not."""
        while self._future and self._future[0][0] <= at:
            self._ready.add(heappop(self._future)[1])
        found = []
        for number in sorted(self._ready):
            row = self.rows.get(number)
            if row is not None and row.due_at <= at:
                found.append(row)
            else:
                self._ready.discard(number)
        return found

    def next_claim(self, at: datetime) -> datetime | None:
        """When a row can be claimed next: now, when it is due, or when somebody's lease ends."""
        times = [row.claimed_until for row in self.due(at) if row.claimed_until is not None and row.claimed_until > at]
        if len(times) < len(self._ready):
            return at
        while self._future and not self._stands(*self._future[0]):
            heappop(self._future)
        return min([*times, *(each[0] for each in self._future[:1])], default=None)

    @contextmanager
    def installed(self) -> Iterator[None]:
        with in_memory():
            yield

    def written(self) -> dict[str, object]:
        """All that must be the same as on the real store."""
        waiting = [
            (row.incident, row.seq, row.turn, row.effect, row.due_at, row.attempts, row.claimed_until)
            for _number, row in sorted(self.rows.items())
        ]
        names = sorted(self.incidents)
        logs = {each: self.events[each] for each in names}
        return {"logs": logs, "states": {each: self.incidents[each] for each in names}, "waiting": waiting}

    def _stands(self, due_at: datetime, number: int) -> bool:
        row = self.rows.get(number)
        return row is not None and row.due_at == due_at and number not in self._ready


class Tx:
    """In the place of a connection: what was written in it, and how to take it back."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.undo: list[Undo] = []
        self.touched: dict[IncidentId, None] = {}
        self.info: dict[str, object] = {}

    def put(self, table: dict[object, object], key: object, value: object) -> None:
        if key in table:
            before = table[key]
            self.undo.append(lambda: table.__setitem__(key, before))
        else:
            self.undo.append(lambda: table.pop(key))
        table[key] = value

    def change(self, row: Row, **values: object) -> None:
        before = {name: getattr(row, name) for name in values}
        was_done = row.done_at is not None

        def back() -> None:
            for name, value in before.items():
                setattr(row, name, value)
            if not was_done:
                self.memory.keep(row)

        self.undo.append(back)
        for name, value in values.items():
            setattr(row, name, value)
        if row.done_at is not None:
            self.memory.drop(row)
        elif "due_at" in values:
            self.memory.keep(row)
