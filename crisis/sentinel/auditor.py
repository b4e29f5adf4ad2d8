"""The auditor: one look every ten seconds, the chain walked piece by piece, and what was found."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from crisis import clock
from crisis.sentinel.auditing import SKEW, Finding, findings
from crisis.sentinel.looking import Look, look
from crisis.store import audit, incidents
from crisis.store.audit import Checkpoint
from crisis.store.engine import Store
from crisis.vocabulary import IncidentId

SLOW = timedelta(seconds=2)  # I20: what takes longer does not watch
ROWS = 1000  # of the chain at a time
FOLDED = 4  # incidents whose log is read anew each time
OF_OTHERS = frozenset({"I19"})  # without it the heartbeat could never begin again


@dataclass(frozen=True, slots=True)
class Report:
    """`look` is what was seen; `clean` is what a heartbeat may be sent for."""

    look: Look
    took: timedelta
    findings: tuple[Finding, ...]

    @property
    def at(self) -> datetime:
        return self.look.at

    @property
    def clean(self) -> bool:
        return all(found.partial or found.invariant in OF_OTHERS for found in self.findings)

    def counts(self) -> dict[str, int]:
        names = [found.invariant for found in self.findings]
        return {name: names.count(name) for name in sorted(set(names))}


@dataclass(slots=True)
class Auditor:
    """Remembers how far it has walked the chain; a new one begins at the beginning."""

    store: Store
    now: Callable[[], datetime] = clock.now
    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], datetime] = clock.now
    _fresh: Checkpoint = field(default_factory=Checkpoint)
    _again: Checkpoint = field(default_factory=Checkpoint)
    _folded: dict[IncidentId, int] = field(default_factory=dict)
    _clocks: tuple[datetime, float] | None = None
    _position: int = 0
    _since: datetime | None = None

    def audit(self) -> Report:
        began, self._since = self.monotonic(), self._since or self.now()
        with self.store.read() as tx:
            seen = look(tx, self.now(), self.wall(), self._since)
            found = [*findings(seen), *self._chain(tx), *self._states(tx, seen), *self._since_before(seen, began)]
        took = timedelta(seconds=self.monotonic() - began)
        if took > SLOW:
            found.append(Finding(invariant="I20", subject="audit", what=f"it took {took.total_seconds():.1f} s"))
        return Report(seen, took, tuple(found))

    def _chain(self, tx: Connection) -> list[Finding]:
        """I6: what is new since the last look, and behind that the whole chain, over and over."""
        before = self._fresh
        self._fresh, problem = audit.walk(tx, self._fresh, ROWS)
        if problem is None and self._fresh.number - before.number < ROWS:
            again, problem = audit.walk(tx, self._again, ROWS)
            self._again = Checkpoint() if again.number == self._fresh.number else again
        return [] if problem is None else [Finding(invariant="I6", subject="chain", what=problem)]

    def _states(self, tx: Connection, seen: Look) -> list[Finding]:
        """I6: the log, told anew, is the state: first where something happened, then those it is longest ago of."""
        known = {each.incident.id: each.incident for each in seen.open}
        changed = sorted(known, key=lambda each: (self._folded.get(each) == known[each].seq, self._order(each)))
        found = []
        for incident in changed[:FOLDED]:
            self._folded.pop(incident, None)
            self._folded[incident] = known[incident].seq
            if incidents.refold(tx, incident) != known[incident]:
                found.append(_of(incident, "its state is not what its log says"))
        self._folded = {each: seq for each, seq in self._folded.items() if each in known}
        return found

    def _order(self, incident: IncidentId) -> int:
        """The one that was read longest ago comes first."""
        return list(self._folded).index(incident) if incident in self._folded else -1

    def _since_before(self, seen: Look, began: float) -> list[Finding]:
        """I14, I15: between two looks the log only grows, and our clock goes as time does."""
        found = []
        if seen.ends.head_position < self._position:
            found.append(Finding(invariant="I14", subject="head", what="the log is shorter than it was"))
        if self._clocks is not None:
            passed = timedelta(seconds=began - self._clocks[1])
            if abs(seen.at - self._clocks[0] - passed) > SKEW:
                found.append(Finding(invariant="I15", subject="clock", what="the clock of this machine was moved"))
        self._position, self._clocks = seen.ends.head_position, (seen.at, began)
        return found


def _of(incident: IncidentId, what: str) -> Finding:
    return Finding(invariant="I6", subject=incident, what=what, incident=incident)
