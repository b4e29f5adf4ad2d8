"""What a row of the outbox must have said: its event, given to the rules once more."""

from functools import reduce

from sqlalchemy import Connection

from crisis.effects import Effect
from crisis.events import Event, IncidentOpened
from crisis.statemachine.evolve import begin, evolve
from crisis.statemachine.incident import Incident
from crisis.statemachine.react import react
from crisis.store import incidents, people, protocols
from crisis.store.watch import Waiting


def owed_by(tx: Connection, row: Waiting) -> Effect | None:
    """None where the event obliges to fewer things than that: such a row was put there by hand, or for lost ones."""
    log = [stored.event for stored in incidents.events_of(tx, row.incident)]
    if not 1 <= row.seq <= len(log):
        return None
    at = log[row.seq - 1].at
    first = next(number for number in range(row.seq - 1, -1, -1) if number == 0 or log[number - 1].at != at)
    last = next(number for number in range(row.seq, len(log) + 1) if number == len(log) or log[number].at != at)
    before, batch = _told(log[:first]), log[first:last]  # what was written at one moment was decided together
    after = _told(log[:last])
    assert after is not None
    protocol, ground = protocols.by_hash(tx, after.protocol_hash), people.ground(tx, after.school)
    effects = [effect for number, effect in react(before, batch, after, protocol, ground) if number == row.seq]
    return effects[row.turn - 1] if row.turn <= len(effects) else None


def _told(log: list[Event]) -> Incident | None:
    if not log:
        return None
    opened = log[0]
    assert isinstance(opened, IncidentOpened)
    return reduce(evolve, log[1:], begin(opened))
