"""Questionnaires, age and language at a step: what they ask for, and what they never decide."""

from dataclasses import replace

import pytest

from crisis import commands as cmd
from crisis import events as ev
from crisis import instrument_commands as icmd
from crisis.errors import Refused
from crisis.instrument_events import QuestionnaireRecorded
from crisis.instrument_words import ItemAnswer
from crisis.protocols.questionnaires import SCALES
from crisis.statemachine.closing import obstacles
from crisis.statemachine.evolve import evolve
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident
from crisis.statemachine.kit import Kit
from crisis.vocabulary import LanguageHelp, ScreenResult, StepId, Tier
from tests.factories import (
    COUNSELOR,
    GROUND,
    MORNING,
    TEACHER,
    an_incident,
    happens,
    having,
    interview,
    screen,
    suicide_risk,
    tier,
)

EVERY = frozenset({"cssrs", "phq_a", "gad_7", "psc_17", "safe_t"})
SCREEN = StepId("screen")


def with_kit(**kit: object) -> Ground:
    return replace(GROUND, kit=Kit(**{"in_use": EVERY, **kit}))  # type: ignore[arg-type]  # names are checked by Kit


def filled(instrument: str = "phq_a", **answers: ItemAnswer) -> icmd.RecordQuestionnaire:
    calm = dict.fromkeys(SCALES[instrument].items, ItemAnswer.ZERO)
    return icmd.RecordQuestionnaire(
        by=COUNSELOR,
        step=SCREEN,
        instrument=instrument,
        answers={**calm, **answers},
        language="en",
        language_help=LanguageHelp.SHARED,
    )


def taken() -> Incident:
    return an_incident(cmd.TakeCustody(by=COUNSELOR))


def after(incident: Incident, command: cmd.Command, ground: Ground) -> Incident:
    for event in happens(incident, command, ground=ground):
        incident = evolve(incident, event)
    return incident


def reasons(incident: Incident, command: cmd.Command, ground: Ground = GROUND) -> str:
    with pytest.raises(Refused) as refused:
        happens(incident, command, ground=ground)
    return " ".join(reason.text for reason in refused.value.reasons)


def test_a_positive_ninth_question_sets_no_level_and_makes_nothing_urgent_i_5() -> None:
    before = taken()

    found = happens(before, filled(q9=ItemAnswer.THREE), ground=with_kit())
    later = after(before, filled(q9=ItemAnswer.THREE), with_kit())

    assert [type(event) for event in found] == [QuestionnaireRecorded]
    assert (later.floor, later.tier, later.acute_at, later.screen, later.steps) == (
        before.floor,
        before.tier,
        before.acute_at,
        before.screen,
        before.steps,
    )
    assert later.screen_owed


def test_the_level_waits_for_the_screening_that_it_asks_for_and_a_higher_one_does_not_i_6() -> None:
    negative = having(taken(), screen("nnnn-"))
    owed = after(negative, filled(q9=ItemAnswer.ONE), with_kit())

    assert "hold it before you decide the level" in reasons(owed, tier(Tier.LOW))
    assert any("asked for a suicide screening" in reason.text for reason in obstacles(owed, suicide_risk(), MORNING))
    assert isinstance(happens(owed, tier(Tier.IMMINENT))[0], ev.TierSet)
    assert isinstance(happens(having(owed, screen("nnnn-")), tier(Tier.LOW))[0], ev.TierSet)
    assert isinstance(happens(having(owed, interview("no_further_intervention")), tier(Tier.LOW))[0], ev.TierSet)
    assert having(owed, screen("nnnm-")).screen_owed  # not finished is not held


@pytest.mark.parametrize("instrument", ["gad_7", "psc_17"])
def test_the_others_ask_for_nothing_whatever_their_sum(instrument: str) -> None:
    scale = SCALES[instrument]
    worst = dict.fromkeys(scale.items, ItemAnswer(str(scale.top)))

    assert not after(taken(), filled(instrument, **worst), with_kit()).screen_owed


def test_a_questionnaire_does_no_step_and_is_used_only_where_the_district_has_it() -> None:
    assert SCREEN not in after(taken(), filled(), with_kit()).steps
    assert "Choose one of the instruments of this step" in reasons(taken(), filled())
    assert "This is for the" in reasons(taken(), replace(filled(), by=TEACHER), with_kit())


def test_an_instrument_of_the_district_decides_like_one_of_the_protocol() -> None:
    high = replace(screen("nnn"), instrument="cssrs", answers={"q4": screen("y").answers["q1"]})

    found = happens(taken(), high, ground=with_kit())

    kinds = [type(event) for event in found]
    assert [ev.ScreenRecorded, ev.FloorRaised, ev.StepCompleted] == kinds[:3]
    assert after(taken(), high, with_kit()).acute_at is not None


@pytest.mark.parametrize(("age", "asked"), [(7, False), (8, True), (None, True)])
def test_nobody_under_eight_is_screened_with_the_asq(age: int | None, asked: bool) -> None:
    ground = with_kit(age=age)

    if asked:
        assert happens(taken(), screen("nnnn-"), ground=ground)
    else:
        assert "too young for these questions" in reasons(taken(), screen("nnnn-"), ground)


def test_a_full_evaluation_takes_the_place_of_the_screening_and_no_risk_is_out_of_reach_i_3_i_6() -> None:
    young = icmd.RecordTooYoung(by=COUNSELOR, step=SCREEN, instrument="asq")
    later = after(taken(), young, with_kit(age=7))

    assert later.screen is ScreenResult.TOO_YOUNG
    assert later.steps[SCREEN].done_at is not None
    assert "record the interview before you decide" in reasons(later, tier(Tier.LOW))
    heard = having(later, interview("no_further_intervention"))
    assert "“No risk” needs a completed screen" in reasons(heard, tier(Tier.NONE))
    assert isinstance(happens(heard, tier(Tier.LOW))[0], ev.TierSet)
    assert "old enough" in reasons(taken(), young, with_kit(age=8))


@pytest.mark.parametrize(
    ("spoken", "form", "by", "result"),
    [
        ("en", "en", LanguageHelp.SHARED, ScreenResult.NEGATIVE),
        ("es", "en", LanguageHelp.INTERPRETER, ScreenResult.NEGATIVE),
        ("es", "es", LanguageHelp.SHARED, ScreenResult.NEGATIVE),
        ("es-MX", "es", LanguageHelp.SHARED, ScreenResult.NEGATIVE),
        ("es", "en", LanguageHelp.SHARED, ScreenResult.INCOMPLETE),  # somebody's own translation is no instrument
        ("es", "en", LanguageHelp.WAIVED, ScreenResult.INCOMPLETE),
    ],
)
def test_all_no_in_a_language_without_form_or_interpreter_is_not_negative_i_6(
    spoken: str, form: str, by: LanguageHelp, result: ScreenResult
) -> None:
    order = replace(screen("nnnn-"), language=spoken, form_language=form, language_help=by)
    ground = with_kit(languages={"asq": frozenset({"en", "es"})})

    recorded = happens(taken(), order, ground=ground)[0]

    assert isinstance(recorded, ev.ScreenRecorded)
    assert (recorded.result, recorded.language_help, recorded.form_language) == (result, by, form)


def test_a_yes_counts_in_whatever_language_and_no_form_is_made_up() -> None:
    alone = replace(screen("ynnnn"), language="ht", language_help=LanguageHelp.WAIVED)
    made_up = replace(screen("nnnn-"), language="ht", form_language="ht")

    assert after(taken(), alone, with_kit()).floor is Tier.MODERATE
    assert "no official form in this language" in reasons(taken(), made_up, with_kit())
