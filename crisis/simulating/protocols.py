"""A protocol tried out: an incident in memory, by the very rules, with a clock that goes where somebody puts it.

Nobody is called and nothing is stored. What was chosen is a list of keys; the same keys always give the same story.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import reduce

from crisis import commands as cmd
from crisis.checker.moves import (
    AT_STEP,
    GROUND,
    START,
    SYSTEM,
    closes,
    declares,
    finds,
    learns,
    loses,
    offers,
    pages,
    raises_emergency,
    releases,
    resolves_emergency,
    signs,
    takes,
)
from crisis.checker.space import space
from crisis.commands import Command
from crisis.errors import Reason, Refused
from crisis.protocols.explain import Explanation, explain
from crisis.protocols.schema import Protocol, Step
from crisis.simulating.protocol_words import choice_in_words, missed_in_words, title_of
from crisis.statemachine.closing import obstacles
from crisis.statemachine.decide import decide
from crisis.statemachine.evolve import evolve
from crisis.statemachine.incident import Incident
from crisis.statemachine.paging import LIVE
from crisis.statemachine.steps import open_steps
from crisis.statemachine.timers import LiveDeadline, live_deadlines
from crisis.vocabulary import Custody, Emergency, ReleaseTo, StepId, StepType

DEED = timedelta(minutes=3)  # what anything takes that somebody does
MOST = 120  # keys of one story
WAIT, MISS = "wait", "miss"  # until just before the next deadline; until it has passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What may happen next. `order` is the last of its orders, `after` the incident that it makes."""

    key: str
    text: str
    order: Command
    after: Incident
    step: StepId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    since: timedelta
    text: str
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A step that is next: why, who and by when. `due` is when its next deadline falls, since the beginning."""

    step: Step
    told: Explanation
    due: timedelta | None
    choices: Sequence[Choice]


@dataclass(slots=True)
class Play:
    """One story. `keys` are what was chosen so far; one that the rules do not take ends the replay there."""

    protocol: Protocol
    language: str
    incident: Incident = field(init=False)
    at: datetime = START
    lines: list[Line] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.incident = space(self.protocol).start()

    def through(self, keys: Sequence[str]) -> "Play":
        for key in keys[:MOST]:
            if not self.does(key):
                break
        return self

    def does(self, key: str) -> bool:
        """Whether that could happen, and did."""
        if len(self.keys) >= MOST:
            return False
        done = self._waits(key) if key in (WAIT, MISS) else self._chooses(key)
        if done:
            self.keys.append(key)
            self._miss()
        return done

    @property
    def now(self) -> timedelta:
        return self.at - START

    @property
    def closed(self) -> bool:
        return self.incident.closed_at is not None

    def asked(self, choices: Sequence[Choice]) -> list[Asked]:
        due = {live.step.id: live.due_at - START for live in reversed(self.due())}
        return [
            Asked(
                step=step,
                told=explain(self.protocol, step, self.language),
                due=due.get(step.id),
                choices=[each for each in choices if each.step == step.id],
            )
            for step in open_steps(self.incident, self.protocol)
        ]

    def against_closing(self) -> list[Reason]:
        """Why it cannot be closed at this moment."""
        return list(obstacles(self.incident, self.protocol, self.at + DEED))

    def choices(self) -> list[Choice]:
        """All that people and phones may do now, and that the rules take."""
        found = (self._choice(key, orders, step) for key, orders, step in self._moves())
        return [each for each in found if each is not None]

    def due(self) -> list[LiveDeadline]:
        """What can still be missed, soonest first."""
        over = {(each.step, each.deadline, each.due_at) for each in self.incident.missed}
        live = live_deadlines(self.incident, self.protocol, GROUND)
        return [each for each in live if (each.step.id, each.name, each.due_at) not in over]

    def times(self) -> list[tuple[str, timedelta]]:
        """How time may pass, and to which moment since the beginning."""
        first = next(iter(self.due()), None)
        if first is None:
            return []
        passes = (MISS, first.due_at - START)
        return [(WAIT, first.due_at - DEED - START), passes] if first.due_at - DEED > self.at else [passes]

    def _choice(self, key: str, orders: Sequence[Command], step: StepId | None) -> Choice | None:
        after = self._after(orders)
        if after is None:
            return None
        text = choice_in_words(orders[-1], after, self.protocol, self.language)
        return Choice(key=key, text=text, order=orders[-1], after=after, step=step)

    def _moves(self) -> Iterator[tuple[str, Sequence[Command], StepId | None]]:
        if self.closed:
            return
        for step in open_steps(self.incident, self.protocol):
            for number, (_told, orders) in enumerate(self._at(step)):
                yield f"{step.id}.{number}", orders, step.id
            for rule in step.exceptions:
                if rule.id not in self.incident.exceptions:
                    orders = declares(step, rule, len(self.incident.contact_attempts))[1]
                    yield f"{step.id}.{rule.id}", orders, step.id
        for number, (_told, orders) in enumerate(pages(self.incident)):
            yield f"page.{number}", orders, None
        yield from self._beside()

    def _at(self, step: Step) -> Iterator[tuple[str, tuple[Command, ...]]]:
        if self.incident.tier_awaiting is not None and step.type is StepType.ASSESS:
            return iter([signs(step)])
        if step.type is StepType.HANDOFF:
            return offers(step, self.incident, self.protocol)
        if step.type is StepType.CUSTODY:
            return iter([releases(to) for to in ReleaseTo] if step.custody == "released" else [takes()])
        if step.type is StepType.REVIEW:
            return iter([closes(self.incident)])
        if step.type is StepType.PAGE and any(page.state in LIVE for page in self.incident.pages.values()):
            return iter(())
        made = AT_STEP.get(step.type)
        return iter(()) if made is None else made(step, self.incident)

    def _beside(self) -> Iterator[tuple[str, Sequence[Command], StepId | None]]:
        active = self.incident.emergency is Emergency.ACTIVE
        yield ("over", resolves_emergency()[1], None) if active else ("danger", raises_emergency()[1], None)
        if self.incident.custody is Custody.HELD:
            yield "lost", loses()[1], None
        if self.incident.custody is Custody.LOST:
            yield "found", finds()[1], None
        for fact in self.protocol.facts:
            for value in fact.values if fact.id not in self.incident.facts else ():
                yield f"fact.{fact.id}.{value}", learns(fact.id, value)[1], None

    def _after(self, orders: Sequence[Command]) -> Incident | None:
        """None where the rules refuse one of them."""
        changed = self.incident
        for order in orders:
            try:
                changed = reduce(evolve, decide(changed, self.protocol, GROUND, order, self.at + DEED), changed)
            except Refused:
                return None
        return None if changed is self.incident else changed

    def _chooses(self, key: str) -> bool:
        found = next((each for each in self.choices() if each.key == key), None)
        if found is None:
            return False
        self.incident, self.at = found.after, self.at + DEED
        title = "" if found.step is None else f"{title_of(found.step, self.protocol, self.language)}: "
        self.lines.append(Line(since=self.now, text=title + found.text))
        return True

    def _waits(self, key: str) -> bool:
        until = dict(self.times()).get(key)
        if until is None:
            return False
        self.at = max(self.at, START + until)
        return True

    def _miss(self) -> None:
        """A miss tells people, and advances nothing."""
        for live in self.due():
            if live.due_at > self.at:
                continue
            order = cmd.TimerDue(by=SYSTEM, name="deadline", key=live.key)
            events = decide(self.incident, self.protocol, GROUND, order, self.at)
            self.incident = reduce(evolve, events, self.incident)
            if events:
                text = missed_in_words(live, self.protocol, self.language)
                self.lines.append(Line(since=live.due_at - START, text=text, late=True))
