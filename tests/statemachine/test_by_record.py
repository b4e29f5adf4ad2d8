"""What is decided because of the record: whether a parent is told, and what the student said before anything leaves."""

import pytest

from crisis import commands as cmd
from crisis import record_commands as ccmd
from crisis import referral_commands as rcmd
from crisis.commands import Actor
from crisis.errors import Refused
from crisis.record_events import TaskOpened
from crisis.record_words import Assent, RecordTask
from crisis.referral_words import AgencyId, Care
from crisis.statemachine.closing import obstacles
from crisis.statemachine.incident import Incident
from crisis.vocabulary import Emergency, HandoffState, LegalBasis, PersonId, Tier
from tests.factories import (
    COLLEAGUE,
    COUNSELOR,
    GUARDIAN,
    MORNING,
    PRINCIPAL,
    TEACHER,
    WORDS,
    an_incident,
    happens,
    having,
    offer,
    suicide_risk,
)
from tests.protocols.test_suicide_risk import LEVELS

LED = cmd.AssignLead(by=COUNSELOR, to=COUNSELOR.id or PersonId(""))


def decides(by: Actor, *, tell: bool) -> ccmd.DecideOnContact:
    return ccmd.DecideOnContact(by=by, contact=GUARDIAN, tell=tell, reason=WORDS)


def test_the_lead_decides_and_the_last_word_counts() -> None:
    incident = an_incident(LED)

    told = having(incident, decides(COUNSELOR, tell=True))
    assert told.contact_decided == {GUARDIAN: True}
    assert having(told, decides(PRINCIPAL, tell=False)).contact_decided == {GUARDIAN: False}


@pytest.mark.parametrize("by", [COLLEAGUE, TEACHER])
def test_nobody_else_does(by: Actor) -> None:
    with pytest.raises(Refused, match="The lead of this incident decides"):
        having(an_incident(LED), decides(by, tell=True))


ITEMS = frozenset(suicide_risk().disclosure_items)
BY_CONSENT = offer(basis=LegalBasis.CONSENT, threat=None)


def says(answer: Assent, *, agreed: frozenset[str] = frozenset(), reason: bool = False) -> ccmd.RecordAssent:
    return ccmd.RecordAssent(by=COUNSELOR, answer=answer, agreed=agreed, reason=WORDS if reason else None)


@pytest.mark.parametrize(
    "said", [says(Assent.AGREED, agreed=ITEMS), says(Assent.DISAGREED), says(Assent.UNSAFE, reason=True)]
)
def test_before_anything_first_leaves_the_student_is_told_or_why_not_is_said_pr_27(said: ccmd.RecordAssent) -> None:
    incident = an_incident(*LEVELS[Tier.MODERATE])

    with pytest.raises(Refused, match="Tell the student first what leaves"):
        having(incident, BY_CONSENT)
    told = having(incident, said, BY_CONSENT)

    assert [each.state for each in told.handoffs.values()] == [HandoffState.OFFERED]
    assert told.assent is not None
    assert (told.assent.answer, told.assent.agreed) == (said.answer, said.agreed)


def test_a_life_is_never_delayed_by_it() -> None:
    incident = an_incident(*LEVELS[Tier.MODERATE])
    raised = having(incident, cmd.RaiseEmergency(by=COUNSELOR, dangers=frozenset(), called_911=True))

    assert raised.emergency is Emergency.ACTIVE
    assert all(having(each, order).handoffs for each, order in ((incident, offer()), (raised, BY_CONSENT)))


def test_where_nothing_is_disclosed_there_is_nothing_to_tell() -> None:
    reason = next(iter(suicide_risk().withhold_reasons))
    nothing = offer(basis=LegalBasis.CONSENT, disclosed=frozenset(), withheld=dict.fromkeys(ITEMS, reason))

    assert having(an_incident(*LEVELS[Tier.MODERATE]), nothing).handoffs


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (says(Assent.UNSAFE), "Say why the student was not told"),
        (says(Assent.NOT_ABLE), "Say why the student was not told"),
        (says(Assent.DISAGREED, agreed=ITEMS), "nothing that they agreed to"),
        (says(Assent.AGREED, agreed=frozenset({"shoe_size"})), "Choose from the items"),
    ],
)
def test_an_answer_that_says_nothing_is_refused(said: ccmd.RecordAssent, why: str) -> None:
    with pytest.raises(Refused, match=why):
        having(an_incident(), said)


TELL = RecordTask.TELL_TITLE_IX


def test_the_coordinator_is_to_be_told_exactly_once_and_the_incident_waits_for_it_pr_43() -> None:
    said = ccmd.OpenTask(by=TEACHER, task=TELL)
    referral = rcmd.DraftReferral(by=COUNSELOR, agency=AgencyId("a-1"), care=Care.SEXUAL_HARM)
    done = ccmd.FinishTask(by=COUNSELOR, task=TELL, note=WORDS)

    def waits(incident: Incident) -> bool:
        return "PR-43" in {each.rule for each in obstacles(incident, suicide_risk(), MORNING)}

    opened = [each for each in happens(an_incident(), said) if isinstance(each, TaskOpened)]
    twice = having(an_incident(), said, said, referral)
    by_referral = having(an_incident(), referral, said)
    told = having(twice, done)

    assert len(opened) == 1
    assert set(twice.tasks) == set(by_referral.tasks) == {TELL}
    assert happens(told, said) == []
    assert [waits(an_incident()), waits(twice), waits(by_referral), waits(told)] == [False, True, True, False]
    with pytest.raises(Refused, match="done before"):
        having(told, done)
    with pytest.raises(Refused, match="Nobody has said"):
        having(an_incident(), done)


def test_a_referral_for_something_else_opens_nothing_pr_43() -> None:
    referral = rcmd.DraftReferral(by=COUNSELOR, agency=AgencyId("a-1"), care=Care.GRIEF)

    assert having(an_incident(), referral).tasks == {}
