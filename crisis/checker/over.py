"""Steps that are over for good: done, or not needed whatever comes. No rule tells the two apart, so no state does.

Only plain steps that a new assessment does not ask for again. What was answered in a decision counts as long as a step
that reads it is not over, or as the police may take the student because of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crisis.protocols.schema import Condition, Protocol, Step
from crisis.statemachine.conditions import holds
from crisis.statemachine.incident import Incident
from crisis.vocabulary import StepId, StepType

_PLAIN = frozenset({StepType.ACT, StepType.NOTIFY, StepType.DOCUMENT, StepType.MEETING, StepType.DECISION})


@dataclass(frozen=True, slots=True)
class Over:
    plain: Mapping[StepId, Step]
    readers: Mapping[StepId, frozenset[StepId]]  # of a decision: the steps whose conditions ask for its answer

    def steps(self, incident: Incident) -> frozenset[StepId]:
        return frozenset(name for name, step in self.plain.items() if self._is_over(step, incident))

    def _is_over(self, step: Step, incident: Incident) -> bool:
        record = incident.steps.get(step.id)
        if record is not None and record.done_at is not None:
            return True
        if step.when is None or not self._of_answers(step.when):
            return False
        return holds(step.when, incident, lambda _step: False) is False

    def _of_answers(self, condition: Condition) -> bool:
        """Whether it asks for nothing but answers that stand once they are given."""
        if condition.answer is not None:
            return all(step in self.plain for step in condition.answer)
        parts = [*(condition.all or ()), *(condition.any or ()), *(condition.none or ())]
        return bool(parts) and all(self._of_answers(part) for part in parts)

    def is_heard(self, decision: StepId, over: frozenset[StepId]) -> bool:
        """Whether nothing asks any more what was answered."""
        return self.readers.get(decision, frozenset()) <= over


def what_ends(protocol: Protocol) -> Over:
    family = set() if protocol.guardians_when is None else set(_answers(protocol.guardians_when))
    plain = {
        step.id: step
        for step in protocol.steps
        if step.type in _PLAIN and not (step.reopens or step.exceptions or step.custody or step.id in family)
    }
    asked = [(decision, step.id) for step in protocol.steps for decision in _asked(step)]
    readers = {decision: frozenset(reader for other, reader in asked if other == decision) for decision, _ in asked}
    return Over(plain, readers)


def _asked(step: Step) -> Iterator[StepId]:
    conditions = [step.when, step.ready_when, *(deadline.when for deadline in step.deadlines)]
    conditions += [choice.needs.condition for choice in step.choices if choice.needs is not None]
    if step.sign is not None:
        conditions.append(step.sign.second_when)
    for condition in conditions:
        if condition is not None:
            yield from _answers(condition)


def _answers(condition: Condition) -> Iterator[StepId]:
    yield from condition.answer or {}
    for part in (*(condition.all or ()), *(condition.any or ()), *(condition.none or ())):
        yield from _answers(part)
