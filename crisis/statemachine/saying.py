"""The words of a step's statement as they may be said now: a cause of death only while the family agrees (I-24)."""

from crisis.protocols.schema import Paragraph, Protocol, Step, Text
from crisis.statemachine.conditions import holds
from crisis.statemachine.incident import Incident
from crisis.statemachine.steps import standing
from crisis.vocabulary import StepState

_MAY_BE_SAID = frozenset({StepState.OPEN, StepState.DONE})


def words_of(step: Step, incident: Incident, protocol: Protocol) -> tuple[Text, ...]:
    """Empty before the step is open: nothing goes out before it is known to be true."""
    if step.statement is None or standing(incident, protocol)[step.id] not in _MAY_BE_SAID:
        return ()
    return tuple(_said(each, incident, protocol) for each in step.statement.paragraphs)


def _said(paragraph: Paragraph, incident: Incident, protocol: Protocol) -> Text:
    if paragraph.when is None or paragraph.instead is None:
        return paragraph.text
    true = holds(paragraph.when, incident, standing(incident, protocol).settled) is True
    return paragraph.text if true else paragraph.instead
