"""I-9 to I-13: the family is reached in a language understood, or somebody stands in their place for a reason."""

from datetime import timedelta

import pytest

from crisis import commands as cmd
from crisis import events as ev
from crisis import report_commands as tcmd
from crisis.effects import StartTimer
from crisis.errors import Refused
from crisis.protocols import loader
from crisis.statemachine.incident import Incident
from crisis.statemachine.react import react
from crisis.statemachine.steps import standing
from crisis.vocabulary import (
    ContactMethod,
    ContactOutcome,
    LanguageHelp,
    ObligationKind,
    PersonId,
    ReleaseTo,
    StepId,
    StepState,
    Tier,
)
from tests.factories import (
    COLLEAGUE,
    COUNSELOR,
    GROUND,
    MORNING,
    NURSE,
    PRINCIPAL,
    SYSTEM,
    WORDS,
    an_incident,
    contact,
    exception,
    happens,
    having,
    interview,
    release,
    screen,
    suicide_risk,
    tier,
)

CONTACT = StepId("guardian_contact")


def rules(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {reason.rule for reason in refused.value.reasons}


def moderate(*more: cmd.Command) -> Incident:
    return an_incident(screen("ynnnn"), interview("non_urgent_follow_up"), tier(Tier.MODERATE), *more)


@pytest.mark.parametrize("outcome", [ContactOutcome.MESSAGE_LEFT, ContactOutcome.NO_ANSWER, ContactOutcome.DECLINED])
def test_only_a_talk_that_was_understood_counts_as_reached_i_9(outcome: ContactOutcome) -> None:
    tried = moderate(contact(outcome))
    reached = having(tried, contact())

    assert tried.guardian_reached_at is None
    assert standing(tried, suicide_risk())[CONTACT] is StepState.OPEN
    assert reached.guardian_reached_at is not None
    assert standing(reached, suicide_risk())[CONTACT] is StepState.DONE


def test_reached_without_understanding_is_an_attempt_i_9() -> None:
    assert moderate(contact(understood=False)).guardian_reached_at is None


@pytest.mark.parametrize(
    "changes",
    [
        {"language": None},
        {"language_help": None},
        {"language_help": LanguageHelp.WAIVED, "waiver": None},
    ],
)
def test_a_talk_with_a_guardian_says_how_it_was_understood_i_13(changes: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        happens(moderate(), contact(**changes))

    assert rules(refused) == {"I-13"}


def test_somebody_who_is_no_guardian_only_passes_on_a_call_i_12() -> None:
    with pytest.raises(Refused) as refused:
        happens(moderate(), contact(guardian=False))

    assert rules(refused) == {"I-12"}
    assert len(moderate(contact(ContactOutcome.REACHED_OTHER, guardian=False)).contact_attempts) == 1


def test_the_one_with_the_student_does_not_call_as_well_unless_alone_i_1() -> None:
    with pytest.raises(Refused) as refused:
        happens(moderate(), contact(by=COUNSELOR))

    assert rules(refused) == {"I-1"}
    assert moderate(contact(by=COUNSELOR, alone=WORDS)).guardian_reached_at is not None
    assert moderate(contact(by=COUNSELOR, method=ContactMethod.IN_PERSON)).guardian_reached_at is not None


def test_a_contraindication_blocks_the_guardians_and_owes_two_reports_i_10_i_11() -> None:
    incident = moderate(exception("contraindicated"))

    with pytest.raises(Refused) as refused:
        happens(incident, contact())

    assert rules(refused) == {"I-10"}
    assert standing(incident, suicide_risk())[CONTACT] is StepState.SUBSTITUTED
    assert {(report.kind, report.owner) for report in incident.obligations.values()} == {
        (ObligationKind.MANDATED_REPORT, COUNSELOR.id),
        (ObligationKind.WRITTEN_REPORT, COUNSELOR.id),
    }


def test_no_release_to_the_family_while_it_is_blocked_i_10() -> None:
    with pytest.raises(Refused) as refused:
        happens(moderate(exception("contraindicated")), release(ReleaseTo.GUARDIAN))

    assert "I-10" in rules(refused)


def test_an_expired_block_still_blocks_and_says_so_again_i_10() -> None:
    declared = moderate(exception("contraindicated"))
    later = MORNING + timedelta(days=2)
    due = cmd.TimerDue(by=SYSTEM, name="exception_expires", key="contraindicated")

    events = happens(declared, due, at=later)
    expired = having(declared, due, at=later)
    effects = [effect for _seq, effect in react(declared, events, expired, suicide_risk(), GROUND)]

    assert expired.exceptions["contraindicated"].expired
    with pytest.raises(Refused):
        happens(expired, contact(), at=later)
    assert any(isinstance(effect, StartTimer) and effect.name == "exception_expires" for effect in effects)


def test_lifting_the_block_takes_two_people_and_leaves_the_reports_i_10_i_11() -> None:
    lift = {"exception": "contraindicated", "reason": WORDS}
    asked = moderate(exception("contraindicated"), cmd.LiftException(by=COUNSELOR, **lift))  # type: ignore[arg-type]

    with pytest.raises(Refused) as refused:
        happens(asked, cmd.LiftException(by=COUNSELOR, **lift))  # type: ignore[arg-type]
    lifted = having(asked, cmd.LiftException(by=PRINCIPAL, **lift))  # type: ignore[arg-type]

    assert rules(refused) == {"I-10"}
    assert "contraindicated" in asked.exceptions
    assert "contraindicated" not in lifted.exceptions
    assert len(lifted.obligations) == 2


def test_a_report_is_filed_by_the_one_who_suspects_and_nobody_else_i_11() -> None:
    incident = moderate(exception("contraindicated"))
    report = next(iter(incident.obligations))

    for other in (PRINCIPAL, NURSE):
        with pytest.raises(Refused) as refused:
            happens(incident, tcmd.FileReport(by=other, obligation=report, agency="cps", number=WORDS))
        assert rules(refused) == {"I-11"}
    filed = having(incident, tcmd.FileReport(by=COUNSELOR, obligation=report, agency="cps", number=WORDS))
    assert filed.obligations[report].filed_at is not None


def test_a_report_is_delegated_only_where_the_state_allows_i_11() -> None:
    incident = moderate(exception("contraindicated"))
    report = next(iter(incident.obligations))
    order = tcmd.DelegateReport(by=COUNSELOR, obligation=report, to=PersonId("p-principal"))
    allowed = loader.protocol("suicide_risk", "US-MA").parameters["mandated_report_delegation"].value
    forbidden = loader.protocol("suicide_risk", "US-CT").parameters["mandated_report_delegation"].value

    assert (allowed, forbidden) == (True, False)
    if suicide_risk().parameters["mandated_report_delegation"].value is False:
        with pytest.raises(Refused) as refused:
            happens(incident, order)
        assert rules(refused) == {"I-11"}


def test_a_late_report_is_loud_until_it_is_filed_i_11() -> None:
    incident = moderate(exception("contraindicated"))
    report = next(iter(incident.obligations.values()))
    due = cmd.TimerDue(by=SYSTEM, name="obligation", key=report.id)
    late = report.due_at + timedelta(minutes=1)

    events = happens(incident, due, at=late)
    missed = having(incident, due, at=late)
    again = cmd.TimerDue(by=SYSTEM, name="overdue", key=f"obligation:{report.id}#1")

    assert [type(event) for event in events] == [ev.DeadlineMissed]
    assert [type(event) for event in happens(missed, again, at=late)] == [ev.Reminded]


def test_unreachable_is_declared_only_after_three_attempts_i_12() -> None:
    tries = [contact(ContactOutcome.NO_ANSWER)] * 2

    with pytest.raises(Refused) as refused:
        happens(moderate(*tries), exception("unreachable", by=COLLEAGUE))

    assert "I-12" in rules(refused)
    assert "unreachable" in moderate(*tries, contact(ContactOutcome.NO_ANSWER), exception("unreachable")).exceptions
