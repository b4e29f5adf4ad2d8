"""What an opening, an answer and a task put in force is checked before a protocol is published."""

import pytest

from crisis.protocols import loader
from crisis.protocols.schema import AtOpening, ObligationRule, Protocol
from crisis.protocols.wellformed import faults
from crisis.record_words import RecordTask
from crisis.vocabulary import ObligationKind, StepId

REPORT = ObligationRule(kind=ObligationKind.MANDATED_REPORT, oral="nowhere", written="nowhere", delegation="nowhere")


def assault(**changes: object) -> Protocol:
    return loader.protocol("sexual_assault").model_copy(update=changes)


def with_step(name: str, **changes: object) -> Protocol:
    whole = assault()
    return assault(
        steps=tuple(each.model_copy(update=changes) if each.id == StepId(name) else each for each in whole.steps)
    )


def test_the_built_in_ones_are_well_formed() -> None:
    assert faults(assault()) == faults(loader.protocol("abuse_disclosure")) == []


@pytest.mark.parametrize(
    ("protocol", "said"),
    [
        (assault(at_opening=AtOpening(declares=("nothing",))), "which is put in force here, does not exist"),
        (assault(at_opening=AtOpening(report=REPORT)), "takes its clock from the parameter “nowhere”"),
        (with_step("apart", task=RecordTask.TELL_TITLE_IX), "it asks for who was told, in words"),
    ],
)
def test_what_does_not_exist_is_named(protocol: Protocol, said: str) -> None:
    assert any(said in fault for fault in faults(protocol))
