"""A log as a row of moments: what happened, and what was true right before and right after it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from crisis.events import Event, IncidentOpened
from crisis.statemachine.evolve import begin, evolve
from crisis.statemachine.incident import Incident


@dataclass(frozen=True, slots=True)
class Moment:
    """`before` is None for the opening."""

    event: Event
    before: Incident | None
    after: Incident

    @property
    def at(self) -> datetime:
        """When it happened: the time that a person claimed where it was written down later, else the server's. UTC."""
        return self.event.occurred_at or self.event.at


def moments(log: Sequence[Event]) -> Iterator[Moment]:
    """In the order of the log. Raises `TypeError` where it does not begin with an opening."""
    first, *rest = log
    if not isinstance(first, IncidentOpened):
        raise TypeError("a log begins with IncidentOpened")
    now = begin(first)
    yield Moment(first, None, now)
    for event in rest:
        before, now = now, evolve(now, event)
        yield Moment(event, before, now)


def by_order(row: Sequence[Moment]) -> Iterator[Moment]:
    """What one order did is one moment: between its events nothing was ever true."""
    for _, together in groupby(row, key=lambda moment: moment.event.at):
        events = list(together)
        yield Moment(events[-1].event, events[0].before, events[-1].after)


def as_it_was(log: Sequence[Event], at: datetime) -> Incident | None:
    """The incident as everybody saw it at that moment: what was recorded by then, whatever time it claims. None: not
    opened yet.
    """
    known = [event for event in log if event.at <= at]
    return None if not known else next(iter(reversed(list(moments(known))))).after
