"""`crisis protocol check`: proves what a protocol promises over every reachable state, or tells the story of a failure.

Proved: no dead end; every open state has a live deadline or an owner; close is reachable from everywhere, and only
through what I-19 demands; every role it needs is in the district; the longest time without a human prompt is bounded.
An assessment is reopened once; what is tried in one order only, and why, stands in `crisis/checker/space.py`.
"""

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

from crisis.checker.moves import GROUND, LATER, START
from crisis.checker.space import Key, Space, space
from crisis.protocols.schema import Protocol
from crisis.protocols.wellformed import faults
from crisis.statemachine.closing import obstacles, was_high
from crisis.statemachine.incident import Incident
from crisis.statemachine.steps import SETTLED, standing
from crisis.statemachine.timers import live_deadlines
from crisis.vocabulary import Anchor, Custody, DeadlineKind, PageState, Role, SafetyClass, StepId, StepState, StepType

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

    @property
    def holds(self) -> bool:
        return not self.findings


@dataclass(slots=True)
class _Graph:
    """Reached states with the first way to each, and who can reach whom."""

    parents: dict[Key, tuple[Key, str] | None] = field(default_factory=dict)
    backward: dict[Key, list[Key]] = field(default_factory=dict)
    ends: set[Key] = field(default_factory=set)
    opened: set[StepId] = field(default_factory=set)
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
    *,
    quick: bool = False,
) -> Proof:
    """Explores the protocol. `people` counts who holds each role in the district; None leaves that question out.

    `quick` ends with the first finding and leaves out what follows a reopened assessment: enough to refuse a protocol.
    """
    written = [Finding("FILE", text) for text in faults(protocol)]
    if written:
        return Proof(0, 0, 0, tuple(written))
    found = (*_roles(protocol, people), *_clocks(protocol))
    if found and quick:
        return Proof(0, 0, 0, found)
    walked = _walked(_Shape(shape(protocol), quick, protocol, progress or (lambda _states: None)))
    return replace(walked, findings=(*found, *walked.findings))


def at_once(protocol: Protocol) -> tuple[Finding, ...]:
    """What needs no walk: faults of the file, roles that nobody counts, silences that are too long."""
    return tuple(Finding("FILE", text) for text in faults(protocol)) or (*_roles(protocol, None), *_clocks(protocol))


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a walk depends on, so that jurisdictions that differ in lengths of time alone are walked once."""

    text: str
    quick: bool
    protocol: Protocol = field(compare=False)
    progress: Callable[[int], None] = field(compare=False)


def shape(protocol: Protocol) -> str:
    """Without lengths: they say when a timer is due, and the walk lets every time pass at any moment.

    Without words and sources as well, which no rule reads. Of the parameters only those by which a jurisdiction allows
    an answer or does not.
    """
    left_out = {"version", "parameters", "jurisdiction", "citations", "review"}
    values = _wordless(protocol.model_dump(mode="json", exclude=left_out))
    asked = {choice.only_after_if for step in protocol.steps for choice in step.choices if choice.only_after_if}
    values["allowed"] = {name: protocol.parameters[name].value for name in sorted(asked)}
    for step in values["steps"]:
        for deadline in step["deadlines"]:
            deadline.update(within=None, days=None)
    return json.dumps(values, sort_keys=True)


def _wordless(value: Any) -> Any:
    if isinstance(value, list):
        return [_wordless(each) for each in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"en", "es"}:
        return None
    return {key: _wordless(each) for key, each in value.items() if key != "source"}


@lru_cache(maxsize=16)
def _walked(shape: _Shape) -> Proof:
    graph = _Graph()
    found = _explore(space(shape.protocol, reopening=not shape.quick), graph, shape.progress, shape.quick)
    if not (found and shape.quick):
        found += [*_dead_ends(graph), *_never_open(shape.protocol, graph)]
    return Proof(len(graph.parents), graph.moves, len(graph.ends), tuple(found))


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


def _explore(start: Space, graph: _Graph, progress: Callable[[int], None], quick: bool) -> list[Finding]:
    first = start.start()
    graph.parents[start.key(first)] = None
    queue = deque([(start, first)])
    found: dict[str, Finding] = {}
    while queue and not (quick and found):
        states, incident = queue.popleft()
        here = states.key(incident)
        for finding in _in_state(states.protocol, incident, graph, here):
            found.setdefault(f"{finding.rule}{finding.text}", finding)
        if incident.closed_at is not None:
            graph.ends.add(here)
            continue
        for told, onward, after in states.next(incident):
            graph.moves += 1
            there = onward.key(after)
            graph.backward.setdefault(there, []).append(here)
            if there not in graph.parents:
                graph.parents[there] = (here, told)
                queue.append((onward, after))
                if len(graph.parents) % 1000 == 0:
                    progress(len(graph.parents))
        if len(graph.parents) > MOST_STATES:
            found["SIZE"] = Finding("SIZE", f"more than {MOST_STATES:,} states; make the protocol simpler")
            break
    return list(found.values())


def _in_state(protocol: Protocol, incident: Incident, graph: _Graph, here: Key) -> Iterator[Finding]:
    if incident.closed_at is not None:
        yield from _closed_rightly(incident, protocol, graph, here)
        return
    now = standing(incident, protocol)
    graph.opened |= {step for step, state in now.states.items() if state is StepState.OPEN}
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
    """I-7: from the first acute moment the decision between 911, mobile crisis and clinician is asked for.

    It is the one that counts from that moment; where none does, any decision will do.
    """
    every = [step for step in protocol.steps if step.type is StepType.DECISION]
    from_then = [step for step in every if any(known.anchor is Anchor.ACUTE for known in step.deadlines)]
    decisions = from_then or every
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


def _never_open(protocol: Protocol, graph: _Graph) -> Iterator[Finding]:
    """A step that no story opens is written in vain, and an ambulance may be the only way past it."""
    for step in protocol.steps:
        if step.id not in graph.opened:
            yield Finding("NEVER", f"“{step.title.en}” never opens, whatever happens")


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
