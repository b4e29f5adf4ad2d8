"""A protocol on paper says what the console would ask, by when, and what it would refuse."""

import pytest

from crisis.protocols import loader
from crisis.protocols.paper import Blank, Paper, PaperStep, paper
from crisis.protocols.paper_words import Room
from crisis.vocabulary import StepType


def of(name: str, language: str = "en") -> Paper:
    return paper(loader.protocol(name), language)


def steps(form: Paper) -> dict[str, PaperStep]:
    return {step.title: step for _, found in form.phases for step in found}


@pytest.mark.parametrize("name", loader.names())
def test_each_step_stands_on_the_form_once_with_its_answers(name: str) -> None:
    protocol = loader.protocol(name)
    form = paper(protocol, "es")
    lines = [step for _, found in form.phases for step in found]

    assert sorted(line.title for line in lines) == sorted(step.title.es for step in protocol.steps)
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    assert len(form.at_once) + len(form.afterwards) == len(lines)
    printed = {box.split(" · ")[0] for line in lines for blank in line.blanks for box in blank.boxes}
    asked = {field.label.es for step in protocol.steps for field in step.evidence}
    assert {choice.label.es for step in protocol.steps for choice in step.choices} <= printed
    assert asked <= {blank.label for line in lines for blank in line.blanks}


def test_minutes_count_from_the_opening_and_the_rest_is_said_in_words() -> None:
    found = steps(of("suicide_risk"))

    assert (found["Stay with the student"].minutes, found["Stay with the student"].must) == (1, True)
    screen = found["Ask the screening questions"]
    assert (screen.minutes, screen.must) == (30, False)
    assert screen.later == ("by the end of the school day of the opening (must)",)
    decision = found["Decide: 911, mobile crisis or clinician"]
    assert (decision.minutes, decision.needed_when) == (None, "there was acute danger")
    assert decision.shortly == "within 5 minutes of the first acute danger (must)"


def test_the_level_of_risk_has_room_for_a_second_signature() -> None:
    assess = steps(of("suicide_risk"))["Assess and decide the level of risk"]

    assert assess.blanks == (
        Blank(label="Level of risk", room=Room.BOXES, boxes=("none", "low", "moderate", "high", "imminent")),
        Blank(label="What it rests on", room=Room.LINES),
        Blank(label="Signed (name, post)", room=Room.LINE),
        Blank(label="Second signature, needed if the level of risk is high or above", room=Room.LINE),
    )


def test_a_month_of_weeks_has_four_lines() -> None:
    assert steps(of("suicide_risk"))["Check in every week for a month"].blanks[0].times == 4


def test_what_must_not_be_done_follows_from_the_protocol() -> None:
    home = "Call nobody at home, and let nobody else do it, until child protection says so and two people lift it."
    alone = "Never leave the student alone, not even for a moment, until they are handed to a safe adult."

    assert home in of("abuse_disclosure").never
    assert home not in of("suicide_risk").never
    assert (
        "Do not call home where this is so: Calling the family would put the student in danger."
        in of("suicide_risk").never
    )
    assert "Call nobody at home until “Is anybody at home meant?” is done." in of("sexual_assault").never
    assert any(line.startswith("Not at once: Call the police, as a last resort") for line in of("acute_distress").never)
    assert of("postvention_death").never == (
        "The cause is not named without the family's consent. Record it first under “What is known”",
    )
    assert {name for name in loader.names() if alone in of(name).never} == {
        name for name in loader.names() if any(s.custody == "taken" for s in loader.protocol(name).steps)
    }


def test_a_notice_has_no_room_for_words() -> None:
    form = of("handle_with_care")
    boxes = [blank for _, found in form.phases for step in found for blank in step.blanks]
    kinds = {field.label.en for step in loader.protocol("handle_with_care").steps for field in step.evidence}

    assert form.never == ("Do not ask or write down what happened: a notice holds no words.",)
    assert {blank.label for blank in boxes if blank.room is not Room.BOXES} <= kinds
    assert not any(step.type is StepType.DOCUMENT for step in loader.protocol("handle_with_care").steps)
