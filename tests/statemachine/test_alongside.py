"""Two incidents of one student by the rules alone: nobody is called twice, and the higher risk counts in both."""

from dataclasses import replace
from datetime import timedelta
from functools import reduce

import pytest

from crisis import commands as cmd
from crisis import events as ev
from crisis import linked_commands as lcmd
from crisis import linked_events as lev
from crisis.errors import Refused
from crisis.statemachine.evolve import evolve
from crisis.statemachine.ground import Elsewhere, Ground, Talk
from crisis.statemachine.incident import Incident
from crisis.vocabulary import IncidentId, ReleaseTo, StepId, Tier
from tests.factories import (
    COUNSELOR,
    GROUND,
    GUARDIAN,
    MORNING,
    SYSTEM,
    TEACHER,
    an_incident,
    contact,
    exception,
    happens,
    having,
    release,
    screen,
    tier,
)

THERE, LATER = IncidentId("i-2"), MORNING + timedelta(hours=1)
TALK = Talk(contact=GUARDIAN, at=MORNING - timedelta(minutes=20))
COUNT = lcmd.CountContact(by=COUNSELOR, step=StepId("guardian_contact"), other=THERE)


def ground(**changes: object) -> Ground:
    return replace(GROUND, elsewhere=Elsewhere(**changes))  # type: ignore[arg-type]  # names are checked by the class


def assessed(level: Tier = Tier.LOW) -> Incident:
    return having(an_incident(), screen("nnnn-"), tier(level))


def rules(incident: Incident, order: cmd.Command, known: Ground) -> set[str]:
    try:
        happens(incident, order, LATER, known)
    except Refused as refused:
        return {each.rule for each in refused.reasons}
    return set()


def hears(incident: Incident, floor: Tier) -> list[ev.Event]:
    return happens(incident, lcmd.HearRisk(by=SYSTEM, other=THERE, floor=floor), LATER)


def test_a_talk_counts_here_when_somebody_says_so_with_the_time_of_the_first_i_9() -> None:
    told, *more = happens(assessed(), COUNT, LATER, ground(talks={THERE: TALK}))
    after = reduce(evolve, [told, *more], assessed())

    assert isinstance(told, lev.ContactCounted)
    assert (told.contact, told.reached_at, told.at) == (GUARDIAN, TALK.at, LATER)
    assert after.guardian_reached_at == TALK.at
    assert after.contact_attempts == ()


def test_only_what_was_understood_counts_and_never_past_a_block_i_9_i_10() -> None:
    assert rules(assessed(), COUNT, ground()) == {"I-9"}
    assert rules(assessed(), replace(COUNT, by=TEACHER), ground(talks={THERE: TALK})) == {"ROLE"}
    assert rules(assessed(), COUNT, ground(talks={THERE: TALK}, guardians_blocked=True)) == {"I-10"}
    assert "STEP" in rules(having(assessed(), exception("adult_student")), COUNT, ground(talks={THERE: TALK}))


def test_a_block_elsewhere_refuses_the_call_and_the_release_i_10() -> None:
    blocked = ground(guardians_blocked=True)

    assert rules(assessed(), contact(), blocked) == {"I-10"}
    assert "I-10" in rules(assessed(), release(ReleaseTo.GUARDIAN), blocked)
    assert rules(assessed(), release(ReleaseTo.CHILD_PROTECTION), blocked) == set()


@pytest.mark.parametrize(
    ("here", "there", "after"),
    [
        (Tier.LOW, Tier.HIGH, Tier.HIGH),
        (Tier.HIGH, Tier.MODERATE, Tier.HIGH),
        (Tier.MODERATE, Tier.MODERATE, Tier.MODERATE),
    ],
)
def test_the_higher_risk_counts_in_both_and_is_never_lowered_by_the_other_i_5(
    here: Tier, there: Tier, after: Tier
) -> None:
    incident = an_incident() if here is Tier.HIGH else assessed(here)
    if here is Tier.HIGH:
        incident = having(incident, screen("ynnny"))  # an acute screening sets it
    heard = reduce(evolve, hears(incident, there), incident)
    known = heard.effective_tier

    assert known is not None
    assert known.rank >= after.rank
    assert (known.rank > (incident.effective_tier or Tier.NONE).rank) == (there.rank > here.rank)


def test_what_was_heard_is_acute_here_too_and_heard_once_i_7() -> None:
    heard = reduce(evolve, hears(assessed(), Tier.HIGH), assessed())

    assert heard.acute_at == LATER
    assert hears(heard, Tier.HIGH) == []


def test_below_what_the_other_found_a_second_person_signs_and_the_student_goes_nowhere_alone_i_2_i_5() -> None:
    """Also in the seconds before it is heard: both are asked in the transaction of the order."""
    there = ground(tier=Tier.HIGH)
    told = happens(having(an_incident(), screen("nnnn-")), tier(Tier.LOW), LATER, there)

    assert [each.second_needed for each in told if isinstance(each, ev.TierSet)] == [True]
    assert "I-2" in rules(assessed(), release(ReleaseTo.CLASS), there)
    assert "I-2" not in rules(assessed(), release(ReleaseTo.CLASS), GROUND)
