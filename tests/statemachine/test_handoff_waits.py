"""A handoff that nobody answers: it times out, people are told, they may still accept, and nobody is let go before."""

from datetime import timedelta
from functools import reduce

import pytest

from crisis import commands as cmd
from crisis import referral_commands as rcmd
from crisis.effects import NotifyRole, StartTimer
from crisis.errors import Refused
from crisis.referral_events import BriefGiven, HandoffTimedOut
from crisis.referral_words import Audience, BriefField, BriefWay
from crisis.sentinel.obliged import missing
from crisis.statemachine.evolve import evolve
from crisis.statemachine.handoff import answer_by
from crisis.statemachine.incident import Handoff, Incident
from crisis.statemachine.react import react
from crisis.vocabulary import HandoffState, LegalBasis, ReleaseTo, Tier, WordsId
from tests.factories import (
    COUNSELOR,
    GROUND,
    SYSTEM,
    accepted,
    an_incident,
    happens,
    having,
    offer,
    release,
    suicide_risk,
)
from tests.protocols.test_suicide_risk import LEVELS

WITHIN = timedelta(minutes=10)


def offered() -> Incident:
    return an_incident(*LEVELS[Tier.MODERATE], offer())


def latest(incident: Incident) -> Handoff:
    return list(incident.handoffs.values())[-1]


def due(incident: Incident) -> cmd.TimerDue:
    return cmd.TimerDue(by=SYSTEM, name="handoff_unanswered", key=latest(incident).id)


def silent() -> Incident:
    before = offered()
    return reduce(evolve, happens(before, due(before), at=answer_by(latest(before), suicide_risk())), before)


def test_it_times_out_by_the_protocols_deadline_and_not_a_moment_before_i_15() -> None:
    before = offered()
    over = latest(before).offered_at + WITHIN

    early = happens(before, due(before), at=over - timedelta(microseconds=1))
    events = happens(before, due(before), at=over)
    after = reduce(evolve, events, before)
    effects = [effect for _, effect in react(before, events, after, suicide_risk(), GROUND)]

    assert early == []
    assert [type(event) for event in events] == [HandoffTimedOut]
    assert latest(after).state is HandoffState.TIMED_OUT
    assert len([effect for effect in effects if isinstance(effect, NotifyRole)]) == 2
    assert [effect.name for effect in effects if isinstance(effect, StartTimer)] == ["overdue"]


def test_one_that_was_answered_does_not_time_out() -> None:
    incident = offered()
    incident = having(incident, accepted(incident))

    assert happens(incident, due(incident), at=latest(incident).offered_at + 2 * WITHIN) == []


def test_they_may_still_accept_after_it_and_another_may_be_asked() -> None:
    late = silent()

    assert latest(having(late, accepted(late))).state is HandoffState.ACCEPTED
    assert latest(having(late, offer())).state is HandoffState.OFFERED


def test_it_is_spoken_of_again_until_somebody_else_was_asked() -> None:
    late = silent()
    order = cmd.TimerDue(by=SYSTEM, name="overdue", key=f"handoff:{latest(late).id}#1")
    again = having(late, offer(), at=latest(late).offered_at + WITHIN)

    assert happens(late, order)
    assert happens(again, order) == []


def test_the_auditor_puts_the_lost_timer_of_an_offer_back() -> None:
    incident = offered()

    found = missing(incident, suicide_risk(), GROUND, [], latest(incident).offered_at)

    assert latest(incident).id in {timer.key for timer in found if timer.name == "handoff_unanswered"}


def test_no_clinician_takes_the_student_before_somebody_there_has_accepted_i_15() -> None:
    incident = offered()
    order = release(ReleaseTo.CLINICIAN)

    with pytest.raises(Refused) as refused:
        happens(incident, order)
    after = having(incident, accepted(incident))

    assert "I-15" in {reason.rule for reason in refused.value.reasons}
    with pytest.raises(Refused) as other:  # what the protocol wants first is a reason of its own
        happens(after, order)
    assert "I-15" not in {reason.rule for reason in other.value.reasons}


def brief(audience: Audience, **changes: object) -> rcmd.GiveBrief:
    fields: dict[str, object] = {"way": BriefWay.READ_ALOUD, "recipient": WordsId("w-dr"), **changes}
    return rcmd.GiveBrief(  # type: ignore[arg-type]
        by=COUNSELOR, audience=audience, fields=frozenset({BriefField.NAME}), **fields
    )


def test_a_brief_says_who_got_it_and_on_the_ground_of_its_handoff_i_16() -> None:
    incident = offered()
    (given,) = happens(incident, brief(Audience.CLINICIAN, handoff=latest(incident).id))

    assert isinstance(given, BriefGiven)
    assert (given.basis, given.recipient) == (LegalBasis.EMERGENCY, "w-dr")
    for wrong in (brief(Audience.CLINICIAN), brief(Audience.CLINICIAN, handoff=latest(silent()).id)):
        with pytest.raises(Refused):
            happens(silent(), wrong)


def test_the_emergency_brief_is_for_the_emergency_alone_and_needs_its_words_pr_24() -> None:
    calm = an_incident()
    alarmed = having(calm, cmd.RaiseEmergency(by=COUNSELOR, dangers=frozenset({"weapon"}), called_911=False))
    whole = brief(Audience.EMERGENCY, threat=WordsId("w-threat"))

    for incident, order in ((calm, whole), (alarmed, brief(Audience.EMERGENCY))):
        with pytest.raises(Refused) as refused:
            happens(incident, order)
        assert {reason.rule for reason in refused.value.reasons} == {"PR-24"}
    assert len(happens(alarmed, whole)) == 1
