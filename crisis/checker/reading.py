"""What the conditions of a protocol can see of an incident; everything else they cannot tell apart."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crisis.protocols.schema import Condition, Protocol
from crisis.protocols.wellformed import all_conditions
from crisis.statemachine.assessment import POSITIVE
from crisis.statemachine.closing import GUARDIAN_BASES
from crisis.vocabulary import ReleaseTo, ScreenResult, StepId

Answer = tuple[StepId, str | None]
Seen = tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What an exception does to an incident: the step it settles, the guardian it stands in for, the block it sets."""

    step: StepId
    substitutes: bool
    instead: bool
    blocks: bool
    seen: Seen


@dataclass(frozen=True, slots=True)
class Read:
    """For screens, releases and answers: which conditions each value fulfils, so that equal ones are one state."""

    screens: Mapping[ScreenResult, Seen]
    releases: Mapping[ReleaseTo, Seen]
    answers: Mapping[Answer, Seen]
    police: frozenset[Answer]  # answers by which the police may take the student
    facts: frozenset[str]
    exceptions: Mapping[str, "Effect"]  # those that a rule or a condition can see
    against: frozenset[StepId]  # steps that a condition wants undone
    custody: bool
    emergency: bool


def what_is_read(protocol: Protocol) -> Read:
    found = [condition for _step, condition in all_conditions(protocol)]
    screens = [condition.screen for condition in found if condition.screen is not None]
    releases = [condition.released_to for condition in found if condition.released_to is not None]
    wanted = [known for condition in found for known in (condition.answer or {}).items()]
    choices = [(step.id, choice) for step in protocol.steps for choice in step.choices]
    return Read(
        screens={each: (each in POSITIVE, *(each in some for some in screens)) for each in ScreenResult},
        releases={each: (each is ReleaseTo.EMS, *(each in some for some in releases)) for each in ReleaseTo},
        answers={
            (step, choice.id): tuple(step == other and choice.id in some for other, some in wanted)
            for step, choice in choices
        },
        police=frozenset((step, choice.id) for step, choice in choices if choice.police),
        facts=frozenset(fact for condition in found for fact in condition.fact or {}),
        exceptions=_effects(protocol, found),
        against=frozenset(step for condition in _top(protocol) for step in _unwanted(condition, wanted=True)),
        custody=any(step.custody is not None for step in protocol.steps) or any(c.custody for c in found),
        emergency=any(condition.emergency for condition in found),
    )


def _effects(protocol: Protocol, conditions: list[Condition]) -> dict[str, Effect]:
    """An exception without any effect only leaves a report, which can always be filed."""
    named = [condition.exception for condition in conditions if condition.exception is not None]
    found = {
        rule.id: Effect(
            step=step.id,
            substitutes=rule.substitutes,
            instead=rule.basis in GUARDIAN_BASES,
            blocks=rule.blocks_guardians,
            seen=tuple(rule.id in names for names in named),
        )
        for step in protocol.steps
        for rule in step.exceptions
    }
    return {
        name: effect
        for name, effect in found.items()
        if effect.substitutes or effect.instead or effect.blocks or any(effect.seen)
    }


def _top(protocol: Protocol) -> Iterator[Condition]:
    for step in protocol.steps:
        needs = [choice.needs.condition for choice in step.choices if choice.needs is not None]
        places = (step.when, step.ready_when, *(deadline.when for deadline in step.deadlines), *needs)
        yield from (condition for condition in places if condition is not None)


def _unwanted(condition: Condition, wanted: bool) -> Iterator[StepId]:
    """The steps whose being done makes the condition fail."""
    if condition.done is not None and not wanted:
        yield condition.done
    for part in (*(condition.all or ()), *(condition.any or ())):
        yield from _unwanted(part, wanted)
    for part in condition.none or ():
        yield from _unwanted(part, not wanted)
