"""What a rule says in the reader's language, with what the protocol calls its steps and fields in it."""

import pytest

from crisis.statemachine.closing import obstacles
from crisis.statemachine.steps import not_open
from crisis.statemachine.working import wrong_evidence
from crisis.vocabulary import StepId
from tests.factories import MORNING, an_incident, suicide_risk
from web.pages.reasons import in_words
from web.rendering import Language

PROTOCOL = suicide_risk()
SCREEN, MEANS = (PROTOCOL.step(StepId(name)) for name in ("screen", "clear_means"))


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_refusal_calls_a_step_by_its_name_in_the_readers_language(language: Language) -> None:
    assert SCREEN is not None
    assert MEANS is not None
    incident = an_incident()
    blocked = [each for step in PROTOCOL.steps if (each := not_open(incident, PROTOCOL, step)) and each.values]

    first = in_words(blocked[0], language).words
    undone = [in_words(each, language).words for each in obstacles(incident, PROTOCOL, MORNING)]
    field = in_words(wrong_evidence(MEANS, {}, PROTOCOL)[0], language).words

    assert any(step.title.in_language(language) in first for step in PROTOCOL.steps)
    assert any(SCREEN.title.in_language(language) in each for each in undone)
    assert MEANS.evidence[0].label.in_language(language) in field
    if language == "es":
        spoken = " ".join((first, field, *undone))
        assert not any(step.title.en in spoken for step in PROTOCOL.steps)
