"""In every journey, whatever it plays: the log that was written, read back, replays to the state that was recorded.

At each event, not at the end alone: what is shown of a past minute is what was true in it. Asked in the transaction
that writes, so it holds for every incident and drill of a journey and costs one more reading of what is new.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import Connection

from crisis.events import Event, IncidentOpened
from crisis.statemachine.evolve import begin, evolve
from crisis.statemachine.incident import Incident
from crisis.store import incidents
from crisis.vocabulary import IncidentId

APPEND = incidents.append


class Replays:
    """Keeps how far each log was replayed; a transaction that is rolled back makes it read that log from its start."""

    def __init__(self) -> None:
        self.states: dict[IncidentId, Incident] = {}
        self.events, self.wrong = 0, list[str]()

    def append(
        self, tx: Connection, before: Incident | None, after: Incident, events: Sequence[Event], **more: Any
    ) -> int:
        position = APPEND(tx, before, after, events, **more)
        replayed = self._until(tx, after.id, before.seq if before is not None else 0)
        recorded = before
        seq = 0 if before is None else before.seq
        for event, stored in zip(events, incidents.events_of(tx, after.id, after=seq), strict=True):
            recorded, replayed = _next(recorded, event), _next(replayed, stored.event)
            self._same(replayed, recorded, f"{after.id} after event {stored.seq}")
            self.events += 1
        self._same(replayed, after, f"{after.id} as the order left it")
        self._same(incidents.load(tx, after.id), after, f"{after.id} as its row says")
        assert replayed is not None
        self.states[after.id] = replayed
        return position

    def _until(self, tx: Connection, incident: IncidentId, seq: int) -> Incident | None:
        known = self.states.get(incident)
        if seq == 0 or (known is not None and known.seq == seq):
            return known if seq else None
        found: Incident | None = None
        for stored in incidents.events_of(tx, incident):
            if stored.seq <= seq:
                found = _next(found, stored.event)
        return found

    def _same(self, replayed: Incident | None, recorded: Incident | None, where: str) -> None:
        if replayed != recorded:
            self.wrong.append(where)


def _next(state: Incident | None, event: Event) -> Incident:
    if state is None:
        assert isinstance(event, IncidentOpened)
        return begin(event)
    return evolve(state, event)


@pytest.fixture(autouse=True)
def replays(monkeypatch: pytest.MonkeyPatch) -> Iterator[Replays]:
    """At the end, since a server in another thread would answer an error and go on."""
    watching = Replays()
    monkeypatch.setattr(incidents, "append", watching.append)
    yield watching
    assert watching.wrong == []
