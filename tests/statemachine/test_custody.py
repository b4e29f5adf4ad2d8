"""I-1 to I-4: exactly one adult is with the student, from identification to release."""

import pytest

from crisis import commands as cmd
from crisis import events as ev
from crisis import record_commands as ccmd
from crisis.effects import NotifyRole, OpenLinked
from crisis.errors import Refused
from crisis.record_events import TaskOpened
from crisis.record_words import RecordTask
from crisis.statemachine.closing import obstacles
from crisis.statemachine.react import react
from crisis.vocabulary import Beside, Custody, PersonId, ReleaseTo, Role, Tier
from tests.factories import (
    COUNSELOR,
    GROUND,
    MORNING,
    NURSE,
    PRINCIPAL,
    TEACHER,
    WORDS,
    an_incident,
    happens,
    having,
    interview,
    release,
    screen,
    suicide_risk,
    tier,
)


def rules(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {reason.rule for reason in refused.value.reasons}


def test_the_one_who_opens_beside_the_student_is_the_accountable_adult() -> None:
    incident = an_incident(beside=Beside.ME)

    assert (incident.custody, incident.adult, incident.custody_gap) == (Custody.HELD, COUNSELOR.id, False)


@pytest.mark.parametrize("beside", [Beside.NOBODY, Beside.UNKNOWN])
def test_nobody_beside_the_student_or_not_knowing_is_a_gap_from_the_start(beside: Beside) -> None:
    incident = an_incident(beside=beside)

    assert (incident.custody, incident.adult, incident.custody_gap) == (Custody.UNHELD, None, True)


def test_a_transfer_is_complete_only_when_the_other_accepts_i_1() -> None:
    offered = an_incident(cmd.OfferCustody(by=COUNSELOR, to=PersonId("p-nurse")))
    accepted = having(offered, cmd.AcceptCustody(by=NURSE))

    assert (offered.custody, offered.adult) == (Custody.OFFERED, COUNSELOR.id)
    assert (accepted.custody, accepted.adult) == (Custody.HELD, NURSE.id)


def test_a_declined_offer_leaves_the_student_with_the_one_who_offered_i_1() -> None:
    incident = an_incident(cmd.OfferCustody(by=COUNSELOR, to=PersonId("p-nurse")), cmd.DeclineCustody(by=NURSE))

    assert (incident.custody, incident.adult) == (Custody.HELD, COUNSELOR.id)


def test_only_the_one_who_was_asked_can_accept_i_1() -> None:
    offered = an_incident(cmd.OfferCustody(by=COUNSELOR, to=PersonId("p-nurse")))

    with pytest.raises(Refused) as refused:
        happens(offered, cmd.AcceptCustody(by=TEACHER))

    assert rules(refused) == {"I-1"}


def test_a_second_adult_cannot_take_a_student_who_is_held_i_1() -> None:
    with pytest.raises(Refused) as refused:
        happens(an_incident(), cmd.TakeCustody(by=NURSE))

    assert "Another adult is with the student" in str(refused.value)


def test_taking_a_student_twice_changes_nothing() -> None:
    assert happens(an_incident(), cmd.TakeCustody(by=COUNSELOR)) == []


@pytest.mark.parametrize("to", [ReleaseTo.CLASS, ReleaseTo.GUARDIAN, ReleaseTo.AUTHORISED_ADULT])
def test_a_student_of_unknown_risk_is_not_released_i_3(to: ReleaseTo) -> None:
    with pytest.raises(Refused) as refused:
        happens(an_incident(), release(to))

    assert "I-3" in rules(refused)


def test_an_ambulance_does_not_wait_for_the_assessment_i_2() -> None:
    incident = an_incident(release(ReleaseTo.EMS))

    assert (incident.custody, incident.released_to) == (Custody.RELEASED, ReleaseTo.EMS)


@pytest.mark.parametrize(
    ("to", "tasks"), [(ReleaseTo.CHILD_PROTECTION, {RecordTask.CHECK_ICWA}), (ReleaseTo.EMS, set[RecordTask]())]
)
def test_where_the_state_takes_the_student_its_caseworker_is_asked_once_about_the_act(
    to: ReleaseTo, tasks: set[RecordTask]
) -> None:
    """Field 18; of whomever, because the software knows nobody's tribe."""
    begun = an_incident(ccmd.OpenTask(by=COUNSELOR, task=RecordTask.CHECK_ICWA))

    waits = {each.rule for each in obstacles(an_incident(release(to)), suicide_risk(), MORNING)}
    done = having(begun, ccmd.FinishTask(by=COUNSELOR, task=RecordTask.CHECK_ICWA, note=WORDS))

    assert set(an_incident(release(to)).tasks) == tasks
    assert ("FIELD-18" in waits) is bool(tasks)
    assert "FIELD-18" not in {each.rule for each in obstacles(done, suicide_risk(), MORNING)}
    assert not any(isinstance(each, TaskOpened) for each in happens(begun, release(to)))


@pytest.mark.parametrize(
    ("level", "disposition"), [(Tier.MODERATE, "non_urgent_follow_up"), (Tier.HIGH, "further_evaluation")]
)
def test_nobody_goes_back_to_class_at_moderate_risk_or_above_i_2(level: Tier, disposition: str) -> None:
    incident = an_incident(screen("ynnnn"), interview(disposition), tier(level))

    with pytest.raises(Refused) as refused:
        happens(incident, release(ReleaseTo.CLASS))

    assert "I-2" in rules(refused)


def test_a_guardian_is_chosen_from_the_record_and_checked_i_2() -> None:
    unchecked = cmd.ReleaseCustody(by=COUNSELOR, to=ReleaseTo.GUARDIAN, contact=PersonId("p-guardian"))
    incident = an_incident(screen("nnnn-"), tier(Tier.LOW))

    with pytest.raises(Refused) as refused:
        happens(incident, unchecked)

    assert "I-2" in rules(refused)


def test_police_take_over_only_after_a_decision_or_in_an_emergency_i_14() -> None:
    calm = an_incident()
    emergency = having(calm, cmd.RaiseEmergency(by=TEACHER, dangers=frozenset(), called_911=True))

    with pytest.raises(Refused) as refused:
        happens(calm, release(ReleaseTo.POLICE))

    assert "I-14" in rules(refused)
    assert any(isinstance(event, ev.CustodyReleased) for event in happens(emergency, release(ReleaseTo.POLICE)))


def test_a_lost_student_is_told_to_the_leaders_and_opens_a_child_incident_at_once_i_4() -> None:
    held = an_incident()
    events = happens(held, cmd.ReportCustodyLost(by=COUNSELOR, last_seen=WORDS))
    lost = having(held, cmd.ReportCustodyLost(by=COUNSELOR, last_seen=WORDS))

    effects = [effect for _seq, effect in react(held, events, lost, suicide_risk(), GROUND)]

    assert (lost.custody, lost.adult, lost.custody_gap) == (Custody.LOST, None, True)
    assert OpenLinked(protocol="missing_student", crisis_type="missing_student", parent=held.id) in effects
    assert {effect.role for effect in effects if isinstance(effect, NotifyRole)} >= {Role.ADMIN, Role.INCIDENT_LEAD}


def test_the_one_who_finds_the_student_holds_the_student_i_4() -> None:
    incident = an_incident(cmd.ReportCustodyLost(by=COUNSELOR, last_seen=WORDS), cmd.ReportStudentFound(by=TEACHER))

    assert (incident.custody, incident.adult) == (Custody.HELD, TEACHER.id)


def test_all_reasons_come_at_once() -> None:
    unknown_risk_and_nobody_named = cmd.ReleaseCustody(by=PRINCIPAL, to=ReleaseTo.GUARDIAN)

    with pytest.raises(Refused) as refused:
        happens(an_incident(), unknown_risk_and_nobody_named)

    assert {"I-2", "I-3"} <= rules(refused)
