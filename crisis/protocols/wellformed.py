"""What the shape alone cannot say of a protocol: that everything it names exists and fits. Lists all faults at once."""

from collections import Counter
from collections.abc import Iterable, Iterator

from pydantic import TypeAdapter, ValidationError

from crisis.protocols.schema import Condition, Duration, Protocol, Step
from crisis.vocabulary import Anchor, DeadlineKind, Phase, StepId, StepType

DEFAULT = "D"  # a design default, where no source sets a value
_DURATION: TypeAdapter[Duration] = TypeAdapter(Duration)


def faults(protocol: Protocol) -> list[str]:
    """Sentences that say where and what; empty when the protocol is well formed."""
    return [
        *_twice("step", (step.id for step in protocol.steps)),
        *_twice("exception", (rule.id for step in protocol.steps for rule in step.exceptions)),
        *_twice("fact", (fact.id for fact in protocol.facts)),
        *(fault for step in protocol.steps for fault in _step(step, protocol)),
        *_circles(protocol),
        *_conditions(protocol),
        *_obligations(protocol),
        *_frame(protocol),
    ]


def _twice(what: str, names: Iterable[str]) -> Iterator[str]:
    return (f"the {what} “{name}” stands {count} times; give each its own id"
            for name, count in Counter(names).items() if count > 1)  # fmt: skip


def _step(step: Step, protocol: Protocol) -> Iterator[str]:
    steps = {other.id for other in protocol.steps}
    keys = {citation.key for citation in protocol.citations} | {DEFAULT}
    where = f"step “{step.id}”"
    yield from (f"{where} waits for “{other}”, which does not exist" for other in step.after if other not in steps)
    yield from _twice(f"deadline of {where}", (deadline.id for deadline in step.deadlines))
    yield from _twice(f"choice of {where}", (choice.id for choice in step.choices))
    yield from _twice(f"evidence of {where}", (field.name for field in step.evidence))
    if not set(step.source.split()) <= keys:
        yield f"{where}: source “{step.source}” is not among the citations"
    if step.phase is Phase.CLOSED:
        yield f"{where} cannot stand in the phase “closed”"
    for deadline in step.deadlines:
        if not set(deadline.source.split()) <= keys:
            yield f"{where}: deadline “{deadline.id}” has the source “{deadline.source}”, which is not cited"
        unlisted = set(deadline.on_miss) - set(protocol.roles)
        if unlisted:
            yield f"{where}: deadline “{deadline.id}” tells {sorted(unlisted)}, not in the roles of the protocol"
        if deadline.anchor is Anchor.PREVIOUS and step.series is None:
            yield f"{where}: deadline “{deadline.id}” counts from the contact before, but the step is no series"
    if step.type is StepType.DECISION and not any(known.kind is DeadlineKind.HARD for known in step.deadlines):
        yield f"{where}: a decision needs a hard deadline (I-7)"


def _circles(protocol: Protocol) -> Iterator[str]:
    """Steps that wait for themselves in a circle would never open."""
    waits = {step.id: set(step.after) for step in protocol.steps}
    free: set[StepId] = set()
    while True:
        opened = {step for step, others in waits.items() if step not in free and others & set(waits) <= free}
        if not opened:
            break
        free |= opened
    stuck = sorted(set(waits) - free)
    if stuck:
        yield f"these steps wait for each other in a circle: {', '.join(stuck)}"


def all_conditions(protocol: Protocol) -> Iterator[tuple[str, Condition]]:
    """Every condition with the step it belongs to, the nested ones too."""
    for step in protocol.steps:
        queue = [step.when, step.ready_when, *(deadline.when for deadline in step.deadlines)]
        queue += [step.sign.second_when] if step.sign is not None else []
        while queue:
            condition = queue.pop()
            if condition is not None:
                yield step.id, condition
                queue += [*(condition.all or ()), *(condition.any or ()), *(condition.none or ())]


def _conditions(protocol: Protocol) -> Iterator[str]:
    steps = {step.id: step for step in protocol.steps}
    facts = {fact.id: fact for fact in protocol.facts}
    rules = {rule.id for step in protocol.steps for rule in step.exceptions}
    for where, condition in all_conditions(protocol):
        named = [*([condition.done] if condition.done else []), *(condition.answer or {})]
        yield from (
            f"step “{where}”: condition on “{name}”, which does not exist" for name in named if name not in steps
        )
        for name, choices in (condition.answer or {}).items():
            offered = {choice.id for choice in steps[name].choices} if name in steps else set(choices)
            if not set(choices) <= offered:
                yield f"step “{where}”: condition on an answer that “{name}” does not offer"
        for fact, value in (condition.fact or {}).items():
            if fact not in facts or value not in facts[fact].values:
                yield f"step “{where}”: condition on the fact “{fact}” = “{value}”, which does not exist"
        unknown = [name for name in condition.exception or () if name not in rules]
        yield from (f"step “{where}”: condition on the exception “{name}”, which does not exist" for name in unknown)


def _obligations(protocol: Protocol) -> Iterator[str]:
    for step in protocol.steps:
        for rule in step.exceptions:
            if rule.obligation is None:
                continue
            wanted = (rule.obligation.oral, rule.obligation.written, rule.obligation.delegation)
            missing = [name for name in wanted if name not in protocol.parameters]
            yield from (f"exception “{rule.id}”: the parameter “{name}” is missing" for name in missing)
            if not missing:
                yield from _clocks(protocol, rule.id, wanted)


def _clocks(protocol: Protocol, rule: str, wanted: tuple[str, str, str]) -> Iterator[str]:
    for name in wanted[:2]:
        try:
            _DURATION.validate_python(protocol.parameters[name].value)
        except ValidationError:
            yield f"exception “{rule}”: the parameter “{name}” is no length of time such as PT48H"
    if not isinstance(protocol.parameters[wanted[2]].value, bool):
        yield f"exception “{rule}”: the parameter “{wanted[2]}” is true or false"


def _frame(protocol: Protocol) -> Iterator[str]:
    reviews = [step for step in protocol.steps if step.type is StepType.REVIEW]
    if len(reviews) != 1:
        yield f"there is exactly one step of type review, where the incident closes; this has {len(reviews)}"
    ends = {step.custody for step in protocol.steps if step.custody is not None}
    if len(ends) == 1:
        yield "custody that is taken is released, and the other way round: one of the two steps is missing (I-1)"
    named = {role for step in protocol.steps for role in (*step.roles, *([step.pages] if step.pages else []))}
    unlisted = named - set(protocol.roles)
    if unlisted:
        yield f"steps need {', '.join(sorted(unlisted))}, which the protocol does not list among its roles"
    if not any(step.phase is Phase.FOLLOW_UP for step in protocol.steps):
        yield "there is no step in the follow-up, where an incident closes"
