"""Referrals as closed loops: every move is drawn, every end says why, and none is forgotten (I-15, I-18)."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis import commands as cmd
from crisis import referral_commands as rcmd
from crisis.effects import NotifyRole, StartTimer
from crisis.errors import Refused
from crisis.events import Reminded
from crisis.referral_words import AgencyId, Care, ReferralId, ReferralReason, ReferralState
from crisis.sentinel.obliged import missing
from crisis.statemachine.closing import obstacles
from crisis.statemachine.evolve import evolve
from crisis.statemachine.incident import Incident, Referral
from crisis.statemachine.lifecycle import REFERRAL
from crisis.statemachine.react import react
from crisis.statemachine.referral import ASKED_AGAIN, ENDED, LATEST, TRIGGERS, can_move, ended, stale
from crisis.vocabulary import LegalBasis, Role, WordsId
from tests.factories import COUNSELOR, GROUND, SYSTEM, TEACHER, an_incident, happens, having, suicide_risk
from tests.factories import MORNING as AT

State = ReferralState
NOTE, NAMED = WordsId("w-note"), WordsId("w-named")
DRAFT = rcmd.DraftReferral(by=COUNSELOR, agency=AgencyId("a-1"), care=Care.COUNSELING)
WHOLE: dict[str, object] = {"reason": ReferralReason.WAITLIST, "said_by": NAMED, "note": NOTE}
REFERRING = (Role.CARE_COORDINATOR, Role.INCIDENT_LEAD)


def one(incident: Incident) -> Referral:
    (found,) = incident.referrals.values()
    return found


def move(incident: Incident, to: ReferralState, **changes: object) -> rcmd.MoveReferral:
    told = {**WHOLE, "basis": LegalBasis.CONSENT, **changes}
    return rcmd.MoveReferral(by=COUNSELOR, referral=one(incident).id, to=to, **told)  # type: ignore[arg-type]


def moved(*states: ReferralState) -> Incident:
    incident = an_incident(DRAFT)
    for state in states:
        incident = having(incident, move(incident, state))
    return incident


def test_the_loop_closes_from_the_draft_to_what_came_of_it() -> None:
    incident = moved(State.REQUESTED, State.RECEIVED, State.ACCEPTED, State.IN_PROGRESS, State.COMPLETED)

    assert (one(incident).state, one(incident).check_at, one(incident).note) == (State.COMPLETED, None, NOTE)


@given(st.lists(st.sampled_from(list(TRIGGERS)), max_size=8))
def test_no_order_makes_a_move_that_is_not_drawn_and_every_open_one_is_asked_about_again(
    states: list[ReferralState],
) -> None:
    incident = an_incident(DRAFT)
    for state in states:
        before = one(incident)
        try:
            incident = having(incident, move(incident, state))
        except Refused:
            assert state not in can_move(before)
        else:
            assert REFERRAL.allows(before.state, TRIGGERS[state])
        assert (one(incident).check_at is None) is (one(incident).state in ENDED) is ended(one(incident))


@pytest.mark.parametrize(
    ("to", "lacks", "rule"),
    [
        (State.RECEIVED, "said_by", "I-15"),
        (State.ACCEPTED, "said_by", "I-15"),
        (State.REJECTED, "said_by", "I-15"),
        (State.REJECTED, "reason", "REFERRAL"),
        (State.CANCELLED, "reason", "REFERRAL"),
        (State.FAILED, "reason", "REFERRAL"),
    ],
)
def test_what_they_said_has_a_name_and_each_end_its_reason_i_15(to: ReferralState, lacks: str, rule: str) -> None:
    asked = moved(State.REQUESTED)

    with pytest.raises(Refused) as refused:
        having(asked, move(asked, to, **{lacks: None}))

    assert [reason.rule for reason in refused.value.reasons] == [rule]


def test_completed_says_what_came_of_it_and_another_reason_is_said_in_words() -> None:
    accepted = moved(State.REQUESTED, State.ACCEPTED)

    for order in (
        move(accepted, State.COMPLETED, note=None),
        move(accepted, State.FAILED, reason=ReferralReason.OTHER, note=None),
    ):
        with pytest.raises(Refused):
            having(accepted, order)


def test_nothing_is_asked_for_without_a_basis_and_an_emergency_is_none_pr_24() -> None:
    draft = moved()

    for basis, rule in ((None, "I-16"), (LegalBasis.EMERGENCY, "PR-24")):
        with pytest.raises(Refused) as refused:
            having(draft, move(draft, State.REQUESTED, basis=basis))
        assert [reason.rule for reason in refused.value.reasons] == [rule]


@pytest.mark.parametrize("check_at", [AT, AT - timedelta(days=1), AT + LATEST + timedelta(minutes=2)])
def test_the_time_to_ask_again_is_to_come_and_not_too_far_off(check_at: datetime) -> None:
    draft = moved()

    with pytest.raises(Refused):
        having(draft, move(draft, State.REQUESTED, check_at=check_at), at=AT)


def test_a_draft_is_not_asked_for_by_whoever_may_not_refer_and_none_is_made_a_draft_again() -> None:
    draft = moved()

    with pytest.raises(Refused):
        having(draft, rcmd.MoveReferral(by=TEACHER, referral=one(draft).id, to=State.REQUESTED))
    with pytest.raises(Refused):
        having(draft, replace(move(draft, State.REQUESTED), referral=ReferralId("none")))
    with pytest.raises(Refused):
        having(draft, move(draft, State.DRAFT))


def test_of_a_referral_of_which_nobody_hears_people_are_told_every_day_in_school_time_i_18() -> None:
    before = moved(State.REQUESTED)
    known = one(before)
    assert known.check_at is not None
    key = f"referral:{known.id}:1#1"

    early = happens(before, cmd.TimerDue(by=SYSTEM, name="overdue", key=key), at=known.check_at - timedelta(1))
    events = happens(before, cmd.TimerDue(by=SYSTEM, name="overdue", key=key), at=known.check_at)
    after = reduce(evolve, events, before)
    effects = [effect for _, effect in react(before, events, after, suicide_risk(), GROUND)]

    assert early == []
    assert [type(event) for event in events] == [Reminded]
    assert stale(known, known.check_at)
    assert [effect.role for effect in effects if isinstance(effect, NotifyRole)] == list(REFERRING)
    (again,) = [effect for effect in effects if isinstance(effect, StartTimer)]
    assert again.key == f"referral:{known.id}:1#2"
    assert timedelta(hours=20) <= again.due_at - known.check_at <= timedelta(days=4)


def test_the_reminder_of_an_earlier_state_finds_nothing_to_do() -> None:
    incident = moved(State.REQUESTED)
    before = one(incident)
    incident = having(incident, move(incident, State.RECEIVED))
    later = AT + timedelta(days=50)

    events = happens(incident, cmd.TimerDue(by=SYSTEM, name="overdue", key=f"referral:{before.id}:1#1"), at=later)

    assert events == []


def test_the_auditor_puts_a_lost_reminder_back() -> None:
    incident = moved(State.REQUESTED)
    protocol = suicide_risk()

    def lost(rows: list[tuple[StartTimer, datetime]]) -> list[str]:
        return [timer.key for timer in missing(incident, protocol, GROUND, rows, AT) if "referral" in timer.key]

    key = f"referral:{one(incident).id}:1#1"
    check_at = one(incident).check_at
    assert check_at is not None

    assert lost([]) == [key]
    assert lost([(StartTimer(name="overdue", key=key, due_at=check_at), check_at)]) == []


def test_an_incident_does_not_close_over_an_open_referral_i_18() -> None:
    def says(incident: Incident) -> bool:
        found = obstacles(incident, suicide_risk(), AT)
        return any("referral is still open" in reason.text for reason in found)

    assert says(moved(State.REQUESTED))
    assert not says(moved(State.REQUESTED, State.REJECTED))


def test_every_state_that_is_open_has_its_time() -> None:
    assert ASKED_AGAIN.keys() == set(State) - ENDED
    assert {state for state in State if not any(REFERRAL.allows(state, each) for each in TRIGGERS.values())} == ENDED
