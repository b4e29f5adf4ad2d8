"""`crisis protocol check`: proves what a protocol promises over every reachable state, or tells the story of a failure.

Proved: no dead end; every open state has a live deadline or an owner; close is reachable from everywhere, and only
through what I-19 demands; every role it needs is in the district; the longest time without a human prompt is bounded.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from crisis.checker.moves import GROUND, LATER, START, disturbs
from crisis.checker.space import Key, Space, forgetful, space
from crisis.protocols.schema import Protocol
from crisis.protocols.wellformed import faults
from crisis.statemachine.closing import obstacles, was_high
from crisis.statemachine.incident import Incident
from crisis.statemachine.steps import SETTLED, standing
from crisis.statemachine.timers import live_deadlines
from crisis.vocabulary import Custody, DeadlineKind, PageState, Role, SafetyClass, StepId, StepState, StepType

MOST_STATES = 400_000
LONGEST_SILENCE = timedelta(days=35)  # the longest follow-up interval that a source asks for, with its reminder


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold. `story` is how to get there, a line a move; empty where no story is needed."""

    rule: str
    text: str
    story: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"{self.rule}: {self.text}", *(f"  {n}. {line}" for n, line in enumerate(self.story, start=1))]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Proof:
    """What was explored and what was found; no findings means proved, for this protocol and these rules."""

    states: int
    moves: int
    closed: int
    findings: tuple[Finding, ...]
    disturbances: int | None = None  # how many a story could have; None: as many as there are

    @property
    def holds(self) -> bool:
        return not self.findings


@dataclass(slots=True)
class _Graph:
    """Reached states with the first way to each, and who can reach whom."""

    parents: dict[Key, tuple[Key, str] | None] = field(default_factory=dict)
    backward: dict[Key, list[Key]] = field(default_factory=dict)
    ends: set[Key] = field(default_factory=set)
    moves: int = 0

    def story(self, state: Key) -> tuple[str, ...]:
        lines = []
        step = self.parents[state]
        while step is not None:
            state, told = step
            lines.append(told)
            step = self.parents[state]
        return ("somebody raises a concern; nobody is with the student yet", *reversed(lines))


def check(
    protocol: Protocol,
    people: Mapping[Role, int] | None = None,
    progress: Callable[[int], None] | None = None,
    disturbances: int | None = None,
) -> Proof:
    """Explores the protocol. `people` counts who holds each role in the district; None leaves that question out.

    `disturbances` bounds how often a story is crossed by what nobody plans: an emergency, a lost student, an early
    release, an exception declared or taken back, a cancelled page, a declined handoff, a reopened assessment. None
    explores every story there is.
    """
    written = [Finding("FILE", text) for text in faults(protocol)]
    if written:
        return Proof(0, 0, 0, tuple(written))
    found = [*_roles(protocol, people), *_clocks(protocol)]
    graph = _Graph()
    found += _explore(space(protocol), graph, progress or (lambda _states: None), disturbances)
    found += _dead_ends(graph)
    return Proof(len(graph.parents), graph.moves, len(graph.ends), tuple(found), disturbances)


def _roles(protocol: Protocol, people: Mapping[Role, int] | None) -> Iterator[Finding]:
    for step in protocol.steps:
        missing = set(step.roles) - set(protocol.roles)
        if missing:
            yield Finding(
                "ROLE", f"“{step.title.en}” needs {', '.join(sorted(missing))}, which the protocol does not list"
            )
    for role, least in protocol.roles.items():
        if people is not None and people.get(role, 0) < least:
            yield Finding("ROLE", f"the district has {people.get(role, 0)} people as {role.value}, {least} are needed")


def _clocks(protocol: Protocol) -> Iterator[Finding]:
    """The longest time without a human prompt: of each deadline, from its anchor."""
    for step in protocol.steps:
        for deadline in step.deadlines:
            length = deadline.within if deadline.within is not None else timedelta(days=deadline.days or 0)
            if length > LONGEST_SILENCE:
                yield Finding(
                    "SILENCE", f"“{step.title.en}” is silent for {length.days} days, more than a prompt may wait"
                )


def _explore(states: Space, graph: _Graph, progress: Callable[[int], None], most: int | None) -> list[Finding]:
    """Stories with fewer disturbances first, so that each state is met with the fewest that lead to it."""
    start = forgetful(states.start())
    graph.parents[states.key(start)] = None
    queue = deque([(start, 0)])
    met: set[Key] = set()
    found: dict[str, Finding] = {}
    while queue and len(met) <= MOST_STATES:
        incident, crossed = queue.popleft()
        here = states.key(incident)
        if here in met:
            continue
        met.add(here)
        for finding in _in_state(states.protocol, incident, graph, here):
            found.setdefault(f"{finding.rule}{finding.text}", finding)
        for crossing, after in _onward(states, incident, graph, most, crossed):
            (queue.appendleft if crossing == crossed else queue.append)((after, crossing))
        if len(met) % 1000 == 0:
            progress(len(met))
    if queue:
        found["SIZE"] = Finding("SIZE", f"more than {MOST_STATES:,} states; bound the disturbances")
    return list(found.values())


def _onward(
    states: Space, incident: Incident, graph: _Graph, most: int | None, crossed: int
) -> Iterator[tuple[int, Incident]]:
    """Where each move leads, with the disturbances so far; notes the way in the graph."""
    here = states.key(incident)
    if incident.closed_at is not None:
        graph.ends.add(here)
        return
    for told, orders in states.moves(incident):
        crossing = crossed + disturbs(incident, orders)
        reached = None if most is not None and crossing > most else states.after(incident, *orders)
        if reached is None:
            continue
        after = forgetful(reached)
        there = states.key(after)
        graph.moves += 1
        graph.backward.setdefault(there, []).append(here)
        graph.parents.setdefault(there, (here, told))
        yield crossing, after


def _in_state(protocol: Protocol, incident: Incident, graph: _Graph, here: Key) -> Iterator[Finding]:
    if incident.closed_at is not None:
        yield from _closed_rightly(incident, protocol, graph, here)
        return
    now = standing(incident, protocol)
    yield from _unprompted(incident, protocol, now.states, graph, here)
    if incident.acute_at is not None and incident.custody is not Custody.RELEASED:
        yield from _acute(protocol, now.states, graph, here)


def _unprompted(
    incident: Incident, protocol: Protocol, states: Mapping[StepId, StepState], graph: _Graph, here: Key
) -> Iterator[Finding]:
    """An open hard step without a clock, or an open incident that asks nobody for anything, would fall silent."""
    clocked = {live.step.id for live in live_deadlines(incident, protocol, GROUND)}
    pages = any(page.state in (PageState.PAGING, PageState.EXHAUSTED) for page in incident.pages.values())
    open_steps = [step for step in protocol.steps if states[step.id] is StepState.OPEN]
    for step in open_steps:
        if step.safety is SafetyClass.HARD and step.type is not StepType.REVIEW and step.id not in clocked:
            yield Finding("I-19", f"“{step.title.en}” is open and has no live deadline", graph.story(here))
    if not clocked and not pages and not open_steps:
        yield Finding("I-19", "an open incident has no live deadline, no page and no open step", graph.story(here))


def _acute(protocol: Protocol, states: Mapping[StepId, StepState], graph: _Graph, here: Key) -> Iterator[Finding]:
    """I-7: from the first acute moment the decision between 911, mobile crisis and clinician is asked for."""
    decisions = [step for step in protocol.steps if step.type is StepType.DECISION]
    if decisions and all(states[step.id] is StepState.NOT_NEEDED for step in decisions):
        yield Finding("I-7", "acute danger, and no decision step asks for an answer", graph.story(here))
    for step in decisions:
        hard = any(deadline.kind is DeadlineKind.HARD for deadline in step.deadlines)
        if not hard and states[step.id] is StepState.OPEN:
            yield Finding("I-7", f"“{step.title.en}” has no hard deadline", graph.story(here))


def _closed_rightly(incident: Incident, protocol: Protocol, graph: _Graph, here: Key) -> Iterator[Finding]:
    """Asked anew of the closed state, by the promises themselves: whatever let it close must have kept them."""
    for reason in obstacles(incident, protocol, START + LATER + LATER):
        yield Finding(reason.rule, f"closed although: {reason}", graph.story(here))
    now = standing(incident, protocol)
    types = {step.type for step in protocol.steps if step.type is not StepType.REVIEW}
    if any(now[step.id] not in SETTLED for step in protocol.steps):
        yield Finding("I-19", "closed with a step undone", graph.story(here))
    if StepType.CONTACT in types and incident.guardian_reached_at is None and not incident.exceptions:
        yield Finding("I-9", "closed although nobody reached a guardian or somebody in their place", graph.story(here))
    if was_high(incident) and not any(step.type is StepType.HANDOFF for step in protocol.steps):
        yield Finding("I-15", "closed after high risk without a handoff to anybody", graph.story(here))
    if was_high(incident) and not incident.follow_up_transferred and StepType.FOLLOW_UP not in types:
        yield Finding("I-18", "closed after high risk without a follow-up", graph.story(here))


def _dead_ends(graph: _Graph) -> Iterator[Finding]:
    """Every state from which no way leads to a close; the shortest story is told."""
    if not graph.ends:
        yield Finding("I-19", "close cannot be reached at all", graph.story(next(reversed(graph.parents))))
        return
    reaching = set(graph.ends)
    queue = deque(graph.ends)
    while queue:
        for before in graph.backward.get(queue.popleft(), []):
            if before not in reaching:
                reaching.add(before)
                queue.append(before)
    stuck = next((state for state in graph.parents if state not in reaching), None)  # first found is nearest
    if stuck is not None:
        yield Finding("DEAD-END", "from here the incident can never be closed", graph.story(stuck))
