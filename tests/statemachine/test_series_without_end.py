"""A follow-up that goes on until a qualified person ends it, not before its time, or until somebody takes it over."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce

import pytest

from crisis import commands as cmd
from crisis import events as ev
from crisis import follow_up_commands as ucmd
from crisis.errors import Refused
from crisis.protocols import loader
from crisis.protocols.schema import Protocol, Runs, Series
from crisis.protocols.wellformed import faults
from crisis.statemachine.closing import obstacles
from crisis.statemachine.decide import decide, decide_open
from crisis.statemachine.evolve import evolve, fold
from crisis.statemachine.follow_up import least_days
from crisis.statemachine.incident import Incident, StepRecord
from crisis.statemachine.steps import standing
from crisis.statemachine.timers import live_deadlines
from crisis.vocabulary import Clockwork, FollowUpOutcome, IncidentId, Phase, Role, StepId, StepState
from tests.factories import COUNSELOR, GROUND, MORNING, NURSE, PRINCIPAL, TEACHER, WORDS, opening

REVIEWS, LEVEL, RELEASE = StepId("reviews"), StepId("threat_level"), StepId("custody_release")
DAY = timedelta(days=1)
END = ucmd.EndFollowUp(by=PRINCIPAL, step=REVIEWS, reason=WORDS)


def reviewing(level: str | None = "substantive") -> Incident:
    """The student has left the school's care this morning; nothing but the reviews is asked about."""
    protocol = loader.protocol("threat_others")
    order = opening(crisis_type="threat_to_others", protocol=protocol.id, version=protocol.version)
    begun = fold(decide_open(order, protocol, GROUND, IncidentId("i-1"), MORNING))
    steps = {RELEASE: StepRecord(done_at=MORNING), LEVEL: StepRecord(done_at=MORNING, choice=level)}
    return replace(begun, steps=steps, released_at=MORNING, phase=Phase.FOLLOW_UP)


def after(incident: Incident, order: cmd.Command, at: datetime) -> Incident:
    return reduce(evolve, decide(incident, loader.protocol("threat_others"), GROUND, order, at), incident)


def review(by: cmd.Actor = COUNSELOR, outcome: FollowUpOutcome = FollowUpOutcome.COMPLETED) -> cmd.RecordFollowUp:
    return cmd.RecordFollowUp(by=by, step=REVIEWS, outcome=outcome)


def refused(incident: Incident, order: cmd.Command, at: datetime) -> set[str]:
    with pytest.raises(Refused) as no:
        decide(incident, loader.protocol("threat_others"), GROUND, order, at)
    return {reason.rule for reason in no.value.reasons}


def due(incident: Incident) -> list[timedelta]:
    found = live_deadlines(incident, loader.protocol("threat_others"), GROUND)
    return [live.due_at - MORNING for live in found if live.step.id == REVIEWS]


def test_it_is_due_again_after_each_and_is_never_done_by_itself_i_18() -> None:
    incident = reviewing()
    first = due(incident)
    for month in range(1, 6):
        incident = after(incident, review(), MORNING + month * 30 * DAY)

    assert [each.days for each in first] == [30]
    assert [each.days for each in due(incident)] == [180]
    assert standing(incident, loader.protocol("threat_others"))[REVIEWS] is StepState.OPEN
    assert "I-19" in {reason.rule for reason in obstacles(incident, loader.protocol("threat_others"), MORNING)}


@pytest.mark.parametrize(("level", "days"), [("transient", 30), ("substantive", 60), ("very_serious", 90)])
def test_it_ends_with_a_reason_after_the_time_of_its_level_and_not_a_day_before_i_18(level: str, days: int) -> None:
    incident = after(reviewing(level), review(), MORNING + 20 * DAY)

    assert refused(incident, END, MORNING + (days - 1) * DAY) == {"I-18"}
    events = decide(incident, loader.protocol("threat_others"), GROUND, END, MORNING + days * DAY)
    assert [type(event) for event in events[:2]] == [ev.FollowUpEnded, ev.StepCompleted]
    ended = reduce(evolve, events, incident)
    assert standing(ended, loader.protocol("threat_others"))[REVIEWS] is StepState.DONE
    assert due(ended) == []


def test_a_level_that_nobody_set_is_the_longest_i_3() -> None:
    step = loader.protocol("threat_others").step(REVIEWS)
    assert step is not None

    assert least_days(step, reviewing(None)) == 90


def test_only_those_whom_the_protocol_names_end_it_and_only_after_one_was_held_i_18() -> None:
    at = MORNING + 100 * DAY
    missed = after(reviewing(), review(outcome=FollowUpOutcome.NO_SHOW), at)
    held = after(reviewing(), review(), at)

    assert refused(missed, END, at) == {"I-18"}
    assert refused(held, replace(END, by=NURSE), at) == {"ROLE"}
    assert refused(held, replace(END, by=TEACHER), at) == {"ROLE"}
    assert after(held, END, at).steps[REVIEWS].done_at == at
    assert refused(after(held, END, at), END, at) == {"STEP"}


def test_a_named_owner_who_has_accepted_takes_it_over_at_any_time_i_19() -> None:
    passed = cmd.TransferFollowUp(by=COUNSELOR, to=None, organisation=WORDS, accepted=True)
    incident = reviewing()

    assert refused(incident, replace(passed, accepted=False), MORNING + DAY) == {"I-15"}
    over = after(incident, passed, MORNING + DAY)
    assert standing(over, loader.protocol("threat_others"))[REVIEWS] is StepState.SUBSTITUTED


def test_a_new_worry_in_a_review_goes_back_to_the_assessment_and_keeps_the_reviews() -> None:
    order = replace(review(), safety_concern=True, note=WORDS)
    events = decide(reviewing(), loader.protocol("threat_others"), GROUND, order, MORNING + 10 * DAY)
    again = reduce(evolve, events, reviewing())

    assert any(isinstance(event, ev.AssessmentReopened) for event in events)
    assert again.steps[REVIEWS].done_at is None
    assert len(again.steps[REVIEWS].times) == 1


def test_an_ordinary_series_still_ends_with_its_last_contact_and_not_by_order_i_18() -> None:
    protocol = loader.protocol("threat_target")
    order = opening(crisis_type="threat_target", protocol=protocol.id, version=protocol.version)
    begun = fold(decide_open(order, protocol, GROUND, IncidentId("i-1"), MORNING))

    with pytest.raises(Refused) as no:
        decide(begun, protocol, GROUND, replace(END, step=StepId("check_ins")), MORNING)

    assert [reason.rule for reason in no.value.reasons] == ["I-18"]


def with_series(series: Series, **changes: object) -> Protocol:
    protocol = loader.protocol("threat_others")
    steps = tuple(
        step.model_copy(update={"series": series, **changes}) if step.id == REVIEWS else step for step in protocol.steps
    )
    return protocol.model_copy(update={"steps": steps})


def test_a_file_that_would_let_it_fall_silent_or_run_for_nobodys_answer_is_faulty() -> None:
    good = Series(count=1, days=30, clock=Clockwork.CALENDAR_DAY, ended_by=(Role.ADMIN,))
    wrong = Runs(decision=LEVEL, days={"transient": 30})
    days = {"transient": 30, "substantive": 60, "very_serious": 90}
    runs = Runs(decision=LEVEL, days=days)

    assert faults(with_series(good)) == []
    assert any("from the contact before" in each for each in faults(with_series(good, deadlines=())))
    assert any("for each answer" in each for each in faults(with_series(good.model_copy(update={"runs": wrong}))))
    ending = good.model_copy(update={"runs": runs, "ended_by": ()})
    assert any("`runs` goes with `ended_by`" in each for each in faults(with_series(ending)))
    stranger = good.model_copy(update={"ended_by": (Role.SRO,)})
    assert any("names the role sro" in each for each in faults(with_series(stranger)))
