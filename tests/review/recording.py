"""Writes down what people do at the second they do it, by the real rules; the log is what the review reads."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce

from crisis import commands as cmd
from crisis.commands import Actor, TimerDue
from crisis.events import Event
from crisis.protocols import loader
from crisis.protocols.schema import Protocol
from crisis.statemachine.decide import decide, decide_open
from crisis.statemachine.evolve import evolve, fold
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident
from crisis.vocabulary import IncidentId
from tests.factories import GROUND, SYSTEM, opening


@dataclass(slots=True)
class Recording:
    protocol: Protocol
    ground: Ground = GROUND
    log: list[Event] = field(default_factory=list)

    def opens(self, at: datetime, **changes: object) -> None:
        named = {
            "crisis_type": next(iter(self.protocol.crisis_types)),
            "protocol": self.protocol.id,
            "version": self.protocol.version,
            "protocol_hash": loader.content_hash(self.protocol),
        }
        self.log = decide_open(opening(**named | changes), self.protocol, self.ground, IncidentId("i-1"), at)

    @property
    def incident(self) -> Incident:
        return fold(self.log)

    def does(self, at: datetime, *orders: cmd.Command) -> None:
        """All of them in that second."""
        for order in orders:
            self.log += decide(self.incident, self.protocol, self.ground, order, at)

    def happens(self, *events: Event) -> None:
        """What a worker writes."""
        assert reduce(evolve, events, self.incident)
        self.log += events

    def timer(self, at: datetime, name: str, key: str, by: Actor = SYSTEM) -> None:
        self.does(at, TimerDue(by=by, name=name, key=key))


def seconds(log: Sequence[Event]) -> list[float]:
    return [(event.at - log[0].at).total_seconds() for event in log]
