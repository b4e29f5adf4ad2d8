"""What a protocol about a notice may ask for: nothing but a short list, and an end (protocols.md 1 h, 6.1)."""

from collections.abc import Iterator

from crisis.protocol_words import Subject
from crisis.protocols.fault import Fault
from crisis.protocols.schema import Protocol, Step
from crisis.vocabulary import StepType

STEPS = frozenset({StepType.ACT, StepType.NOTIFY, StepType.DECISION, StepType.REVIEW})
FIELDS = frozenset({"person", "when", "choice", "yes_no"})  # what is written in one's own words tells what happened


def of_notice(protocol: Protocol) -> Iterator[Fault]:
    if protocol.subject is not Subject.NOTICE:
        if protocol.expires_after is not None:
            yield Fault(("expires_after",), "only a notice ends by itself; what else there is a person closes (I-19)")
        return
    if protocol.expires_after is None:
        yield Fault(("subject",), "a notice ends by itself: say `expires_after`, such as P30D")
    for n, step in enumerate(protocol.steps):
        yield from _step(n, step)


def _step(number: int, step: Step) -> Iterator[Fault]:
    place, where = ("steps", number), f"step “{step.id}”"
    if step.type not in STEPS:
        text = f"{where} is of type {step.type}; a notice has steps of type {', '.join(sorted(STEPS))}, and no others"
        yield Fault((*place, "type"), text)
    if step.exceptions:
        yield Fault((*place, "exceptions"), f"{where} has exceptions; nothing of a notice is done another way")
    for n, field in enumerate(step.evidence):
        if field.kind not in FIELDS:
            text = f"“{field.name}” of {where} takes words; a notice keeps none, ask for a choice, a person or a time"
            yield Fault((*place, "evidence", n), text)
    for n, choice in enumerate(step.choices):
        if choice.reason_needed or choice.police:
            text = f"answer “{choice.id}” of {where} wants a reason, and a notice keeps no words"
            yield Fault((*place, "choices", n), text)
