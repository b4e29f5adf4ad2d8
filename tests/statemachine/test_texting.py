"""Texts to guardians by the rules alone: in order, never backwards, never twice, and nobody is informed by one."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from crisis import commands as cmd
from crisis import family_commands as fcmd
from crisis.effects import NotifyPerson, NotifyRole, SendGuardianText
from crisis.errors import Refused
from crisis.message_words import GuardianTextId, PhoneId, Rung, SendState
from crisis.statemachine.decide import decide
from crisis.statemachine.evolve import evolve
from crisis.statemachine.incident import GuardianText, Incident
from crisis.statemachine.react import react
from crisis.vocabulary import Mode, PersonId, Role, StepId
from tests.factories import (
    COUNSELOR,
    GROUND,
    GUARDIAN,
    MORNING,
    SYSTEM,
    TEACHER,
    WORDS,
    an_incident,
    having,
    suicide_risk,
)

LATER = MORNING + timedelta(hours=1)
ORDER = fcmd.TextGuardian(
    by=COUNSELOR,
    step=StepId("guardian_contact"),
    person=GUARDIAN,
    phone=PhoneId("ph-1"),
    message="f1",
    language="es",
    rung=Rung.EXACT,
    shown="0" * 32,
)


def acute() -> Incident:
    return having(an_incident(), cmd.RaiseEmergency(by=COUNSELOR, dangers=frozenset({"weapon"}), called_911=False))


def after(incident: Incident, *commands: cmd.Command, at: datetime = LATER) -> Incident:
    for command in commands:
        for event in decide(incident, suicide_risk(), GROUND, command, at):
            incident = evolve(incident, event)
    return incident


def ordered(order: fcmd.TextGuardian = ORDER) -> tuple[Incident, GuardianTextId]:
    incident = after(acute(), order)
    return incident, list(incident.texts)[-1]


def text(incident: Incident) -> GuardianText:
    return list(incident.texts.values())[-1]


def rules(incident: Incident, command: cmd.Command, at: datetime = LATER) -> list[str]:
    with pytest.raises(Refused) as refused:
        decide(incident, suicide_risk(), GROUND, command, at)
    return [each.rule for each in refused.value.reasons]


def test_only_from_the_open_step_and_by_its_people() -> None:
    assert rules(an_incident(), ORDER) == ["STEP"]
    assert rules(acute(), replace(ORDER, by=TEACHER)) == ["ROLE"]
    assert rules(acute(), replace(ORDER, by=SYSTEM)) == ["ROLE"]
    assert rules(acute(), replace(ORDER, step=StepId("assess"))) == ["STEP"]


def test_in_a_drill_only_to_oneself_i_22() -> None:
    drill = replace(acute(), mode=Mode.DRILL)

    assert rules(drill, ORDER) == ["I-22"]
    assert text(after(drill, replace(ORDER, person=PersonId(COUNSELOR.id or "")))).state is SendState.ORDERED


def test_one_at_a_time_to_a_number_and_given_once_pr_23() -> None:
    incident, this = ordered()
    give = fcmd.GiveText(by=SYSTEM, text=this)
    given = after(incident, give)

    assert rules(incident, ORDER) == ["PR-23"]
    assert rules(given, ORDER) == ["PR-23"]
    assert decide(given, suicide_risk(), GROUND, give, LATER) == []
    assert after(incident, replace(ORDER, phone=PhoneId("ph-2"))).seq == incident.seq + 1
    assert rules(incident, give, LATER + timedelta(minutes=11)) == ["PR-14"]


def test_what_is_heard_of_it_never_goes_backwards_and_nothing_of_what_never_left() -> None:
    incident, this = ordered()

    def moved(state: SendState) -> fcmd.RecordTextOutcome:
        return fcmd.RecordTextOutcome(by=SYSTEM, text=this, state=state)

    given = after(incident, fcmd.GiveText(by=SYSTEM, text=this))
    stopped = after(incident, fcmd.StopText(by=SYSTEM, text=this, rules=frozenset({"PR-1"})))
    every = [SendState.TAKEN, SendState.UNKNOWN, SendState.DELIVERED, SendState.FAILED, SendState.TAKEN]
    assert text(after(given, *map(moved, every))).state is SendState.DELIVERED
    assert text(after(incident, moved(SendState.DELIVERED))).state is SendState.ORDERED
    assert text(after(stopped, moved(SendState.DELIVERED))).state is SendState.STOPPED
    assert text(after(stopped, fcmd.GiveText(by=SYSTEM, text=this))).state is SendState.STOPPED
    assert not text(after(stopped, fcmd.RecordTextOutrun(by=SYSTEM, text=this, rules=frozenset({"PR-1"})))).outrun


def test_delivered_and_answered_informs_nobody_and_counts_as_no_attempt_pr_75() -> None:
    incident, this = ordered()
    answered = after(
        incident,
        fcmd.GiveText(by=SYSTEM, text=this),
        fcmd.RecordTextOutcome(by=SYSTEM, text=this, state=SendState.DELIVERED),
        fcmd.RecordGuardianReply(by=SYSTEM, text=this, words=WORDS, answer=True),
    )

    assert text(answered).answered
    assert (answered.guardian_reached_at, answered.contact_attempts) == (None, ())
    assert rules(answered, fcmd.RecordGuardianReply(by=SYSTEM, text=this, words=WORDS, answer=True)) == ["PR-23"]


def test_after_stop_or_to_a_stranger_nothing_more_but_one_apology_pr_15() -> None:
    incident, this = ordered()
    delivered = after(
        incident,
        fcmd.GiveText(by=SYSTEM, text=this),
        fcmd.RecordTextOutcome(by=SYSTEM, text=this, state=SendState.DELIVERED),
    )
    apology = replace(ORDER, message="f14")
    stranger = after(delivered, fcmd.MarkWrongNumber(by=COUNSELOR, text=this))
    told = after(stranger, apology)
    told = after(told, fcmd.GiveText(by=SYSTEM, text=list(told.texts)[-1]))
    told = after(told, fcmd.RecordTextOutcome(by=SYSTEM, text=list(told.texts)[-1], state=SendState.TAKEN))

    assert rules(after(delivered, fcmd.RecordTextsRefused(by=SYSTEM, text=this)), ORDER) == ["PR-15"]
    assert rules(delivered, apology) == ["PR-23"]
    assert rules(told, apology) == ["PR-23"]
    assert rules(delivered, fcmd.MarkWrongNumber(by=COUNSELOR, text=GuardianTextId("no"))) == ["STEP"]


def obliged(incident: Incident, command: cmd.Command) -> list[object]:
    events = decide(incident, suicide_risk(), GROUND, command, LATER)
    then = incident
    for event in events:
        then = evolve(then, event)
    return [effect for _seq, effect in react(incident, events, then, suicide_risk(), GROUND)]


def test_whoever_ordered_it_hears_at_once_when_they_have_to_call_and_the_lead_what_went_wrong_pr_5() -> None:
    incident, this = ordered()
    given = after(incident, fcmd.GiveText(by=SYSTEM, text=this))
    call = NotifyPerson(person=PersonId(COUNSELOR.id or ""), subject="call_family", mode=Mode.LIVE)
    why = frozenset({"PR-1"})

    assert SendGuardianText(text=this, mode=Mode.LIVE) in obliged(acute(), ORDER)
    assert call in obliged(incident, fcmd.StopText(by=SYSTEM, text=this, rules=why))
    assert call in obliged(given, fcmd.RecordTextOutcome(by=SYSTEM, text=this, state=SendState.FAILED))
    assert call in obliged(given, fcmd.RecordTextOutcome(by=SYSTEM, text=this, state=SendState.UNKNOWN))
    assert obliged(given, fcmd.RecordTextOutcome(by=SYSTEM, text=this, state=SendState.DELIVERED)) == []
    assert call in obliged(given, fcmd.RecordTextsRefused(by=SYSTEM, text=this))
    assert obliged(given, fcmd.RecordTextOutrun(by=SYSTEM, text=this, rules=why)) == [
        NotifyRole(role=role, subject="text_outrun", mode=Mode.LIVE) for role in (Role.INCIDENT_LEAD, Role.ADMIN)
    ]


def test_when_the_incident_is_closed_only_what_they_write_is_still_heard() -> None:
    incident, this = ordered()
    given = after(incident, fcmd.GiveText(by=SYSTEM, text=this))
    closed = replace(given, closed_at=LATER)

    assert text(after(closed, fcmd.RecordGuardianReply(by=SYSTEM, text=this, words=WORDS))).replies == 1
    assert rules(closed, ORDER) == ["I-20"]
    moved = fcmd.RecordTextOutcome(by=SYSTEM, text=this, state=SendState.FAILED)
    assert decide(closed, suicide_risk(), GROUND, moved, LATER) == []
