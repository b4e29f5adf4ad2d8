"""What a protocol says to whoever stands beside a student is easy to read, in both languages."""

import pytest

from crisis.protocols import loader
from crisis.protocols.reading_level import HARDEST_GRADE, LEAST_EASE, english, spanish


@pytest.mark.parametrize("name", loader.names())
def test_why_a_step_is_done_is_said_at_sixth_grade_level(name: str) -> None:
    whys = [step.why for step in loader.protocol(name).steps]

    assert english("\n".join(each.en for each in whys)).grade <= HARDEST_GRADE
    assert spanish("\n".join(each.es for each in whys)).ease >= LEAST_EASE
