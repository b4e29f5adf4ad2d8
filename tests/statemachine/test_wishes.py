"""What a student asked for sorts and is recorded; it holds up no page, no higher level of risk, no call for a life."""

from dataclasses import replace
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis import commands as cmd
from crisis import events as ev
from crisis import page_commands as pcmd
from crisis import page_events as pev
from crisis.commands import Actor
from crisis.errors import Refused
from crisis.statemachine.evolve import evolve
from crisis.statemachine.ground import Wishes
from crisis.statemachine.incident import Incident
from crisis.statemachine.steps import standing
from crisis.vocabulary import PersonId, Role, StepId, StepState, Tier, Urgency
from tests.factories import (
    CLINICIAN,
    COLLEAGUE,
    COUNSELOR,
    GROUND,
    PRINCIPAL,
    WORDS,
    an_incident,
    decision,
    happens,
    screen,
    suicide_risk,
    tier,
)

PEOPLE = [PersonId(name) for name in ("a", "b", "c", "d")]
WISHES = st.builds(
    Wishes,
    skills=st.frozensets(st.sampled_from(("woman", "language:es"))),
    named=st.frozensets(st.sampled_from(PEOPLE), max_size=1),
    avoided=st.frozensets(st.sampled_from(PEOPLE), max_size=1),
    ours=st.frozensets(st.sampled_from(PEOPLE), max_size=2),
    can=st.dictionaries(st.sampled_from(PEOPLE), st.frozensets(st.sampled_from(("woman", "language:es")))),
)
CALM = Wishes(supports=frozenset({"pictures", "more_time"}))
ASSESS = StepId("assess")


def given_all(incident: Incident, wishes: Wishes, *orders: cmd.Command) -> Incident:
    ground = replace(GROUND, wishes=wishes)
    return reduce(lambda now, order: reduce(evolve, happens(now, order, ground=ground), now), orders, incident)


def made(incident: Incident, wishes: Wishes, order: cmd.Command) -> list[ev.Event]:
    return happens(incident, order, ground=replace(GROUND, wishes=wishes))


def supports(*here: str, without: bool = False) -> cmd.RecordSupports:
    return cmd.RecordSupports(by=COUNSELOR, step=ASSESS, here=frozenset(here), without=WORDS if without else None)


@given(WISHES, st.lists(st.sampled_from(PEOPLE), unique=True, max_size=3))
def test_whoever_is_asked_sooner_has_a_wish_that_nobody_of_the_first_has_pr_16(
    wishes: Wishes, first: list[PersonId]
) -> None:
    after = [each for each in PEOPLE if each not in first]

    sooner = wishes.sooner(first, after)

    assert set(sooner) <= set(after)
    assert all(set(wishes.met(each)) - {had for one in first for had in wishes.met(one)} for each in sooner)
    assert all(set(wishes.met(each)).isdisjoint(wishes.unmet(each)) for each in PEOPLE)
    assert wishes.none == (not wishes.unmet(PersonId("z")) and not wishes.met(PersonId("z")))


def test_whoever_takes_the_page_has_it_and_what_was_not_met_is_on_record_pr_16() -> None:
    assert CLINICIAN.id is not None
    incident = an_incident(pcmd.RequestPage(by=COUNSELOR, role=Role.ONCALL_CLINICIAN, urgency=Urgency.U1))
    (page,) = (each.id for each in incident.pages.values())
    wishes = Wishes(skills=frozenset({"woman", "language:es"}), can={CLINICIAN.id: frozenset({"language:es"})})

    taken = made(incident, wishes, pcmd.AcceptPage(by=CLINICIAN, page=page, eta_minutes=10))
    without = made(incident, Wishes(), pcmd.AcceptPage(by=CLINICIAN, page=page, eta_minutes=10))

    (weighed,) = (each for each in taken if isinstance(each, pev.PreferencesWeighed))
    assert (weighed.met, weighed.unmet) == (("language:es",), ("woman",))
    assert [each for each in taken if each is not weighed] == without


def test_an_assessment_waits_for_the_support_that_was_asked_for_or_for_the_reason_pr_76() -> None:
    incident = an_incident(screen("nnnn-"))
    with pytest.raises(Refused, match="PR-76"):
        made(incident, CALM, tier(Tier.LOW))
    with pytest.raises(Refused, match="PR-76"):
        made(incident, CALM, supports("pictures"))  # and the rest?
    with pytest.raises(Refused, match="PR-76"):
        made(incident, CALM, supports("speech_device", without=True))  # not on record
    with pytest.raises(Refused, match="PR-76"):
        made(incident, Wishes(), supports("pictures"))

    said = given_all(incident, CALM, supports("pictures", without=True), tier(Tier.LOW))
    whole = given_all(incident, CALM, supports("pictures", "more_time"), tier(Tier.LOW))

    for after in (said, whole):
        assert standing(after, suicide_risk())[ASSESS] is StepState.DONE


def test_a_higher_level_of_risk_is_recorded_at_once_and_the_step_stays_open_until_it_is_said_pr_76() -> None:
    raised = given_all(an_incident(screen("nnnn-")), CALM, tier(Tier.HIGH))
    open_ = standing(raised, suicide_risk())[ASSESS]

    signed = given_all(raised, CALM, cmd.SignTier(by=PRINCIPAL, step=ASSESS)) if raised.tier_awaiting else raised
    done = given_all(signed, CALM, supports("pictures", "more_time"))

    assert (raised.effective_tier, open_) == (Tier.HIGH, StepState.OPEN)
    assert standing(signed, suicide_risk())[ASSESS] is StepState.OPEN
    assert standing(done, suicide_risk())[ASSESS] is StepState.DONE


def test_a_new_assessment_asks_for_the_support_again_pr_76() -> None:
    done = given_all(an_incident(screen("nnnn-")), CALM, supports("pictures", "more_time"), tier(Tier.LOW))

    again = given_all(done, CALM, cmd.ReopenAssessment(by=COUNSELOR, reason=WORDS))

    assert (done.supports_said, again.supports_said) == (True, False)


@pytest.mark.parametrize("by", [COLLEAGUE, PRINCIPAL])
def test_before_the_police_are_called_the_lead_decides_and_for_a_life_nobody_waits_pr_19(by: Actor) -> None:
    incident = given_all(
        an_incident(screen("nnyny")), Wishes(), cmd.AssignLead(by=COUNSELOR, to=COUNSELOR.id or PersonId(""))
    )
    asked = Wishes(lead_first=True)
    danger = given_all(incident, asked, cmd.RaiseEmergency(by=by, dangers=frozenset(), called_911=False))

    with pytest.raises(Refused, match="PR-19"):
        made(incident, asked, decision("police_last_resort", by=by))

    answered = [
        made(incident, asked, decision("police_last_resort", by=COUNSELOR)),
        made(danger, asked, decision("police_last_resort", by=by)),
        made(incident, Wishes(), decision("police_last_resort", by=by)),
    ]
    assert [type(each[0]) for each in answered] == [ev.DecisionAnswered] * 3
    assert all(isinstance(each[0], ev.DecisionAnswered) and each[0].reason == WORDS for each in answered)
    assert made(incident, asked, decision("call_911", by=by))


def test_one_of_their_own_community_is_asked_sooner_and_whoever_else_comes_comes() -> None:
    """Field 15: a person whom they named, and nothing of who anybody is."""
    a, b, c, _ = PEOPLE
    wishes = Wishes(ours=frozenset({c}))

    assert (wishes.sooner([a], [b, c]), wishes.sooner([c], [a, b]), Wishes().sooner([a], [b, c])) == ([c], [], [])
    assert (wishes.met(c), wishes.unmet(a)) == (("own_community",), ("own_community",))
