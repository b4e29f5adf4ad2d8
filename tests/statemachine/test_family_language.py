"""Who interprets, when the family is tried again, and through whom nobody counts as informed."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from crisis import commands as cmd
from crisis import events as ev
from crisis.effects import StartTimer
from crisis.errors import Refused
from crisis.message_words import InterpreterKind
from crisis.policy.contact import Adult
from crisis.policy.understanding import against_understanding
from crisis.protocols import loader
from crisis.protocols.plain_yaml import ProtocolFault
from crisis.statemachine.incident import Incident
from crisis.statemachine.next_attempt import next_attempt_at
from crisis.statemachine.react import react
from crisis.vocabulary import ContactOutcome, LanguageHelp, PersonId, Tier
from tests.factories import (
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
    screen,
    suicide_risk,
    tier,
)
from tests.statemachine.test_family import CONTACT, rules

GAP = timedelta(minutes=15)
NO_ANSWER = contact(ContactOutcome.NO_ANSWER)
SERVICE = InterpreterKind.SERVICE


def moderate(*more: cmd.Command) -> Incident:
    return an_incident(screen("ynnnn"), interview("non_urgent_follow_up"), tier(Tier.MODERATE), *more)


def through(kind: InterpreterKind | None, **changes: object) -> cmd.RecordContact:
    said = {"language": "ht", "language_help": LanguageHelp.INTERPRETER, "interpreter": WORDS}
    return contact(**(said | {"interpreted_by": kind} | changes))


def last(incident: Incident) -> datetime:
    return incident.contact_attempts[-1]


def danger() -> cmd.RaiseEmergency:
    return cmd.RaiseEmergency(by=COUNSELOR, dangers=frozenset({"weapon"}), called_911=True)


@pytest.mark.parametrize("kind", [InterpreterKind.STAFF, InterpreterKind.SERVICE])
def test_through_a_named_interpreter_a_guardian_is_informed_pr_75(kind: InterpreterKind) -> None:
    assert moderate(through(kind)).guardian_reached_at is not None


@pytest.mark.parametrize("changes", [{"interpreted_by": None}, {"interpreter": None}])
def test_an_interpreter_has_a_kind_and_a_name_pr_75(changes: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        happens(moderate(), through(SERVICE, **changes))

    assert rules(refused) == {"PR-75"}


def test_a_child_does_not_interpret_pr_74() -> None:
    with pytest.raises(Refused) as refused:
        happens(moderate(), through(InterpreterKind.CHILD, waiver=WORDS))

    assert rules(refused) == {"PR-74"}


def test_in_danger_a_child_may_with_a_reason_and_nobody_is_informed_by_it_pr_74() -> None:
    incident = moderate(danger())
    with pytest.raises(Refused, match="Say why nobody qualified"):
        happens(incident, through(InterpreterKind.CHILD))

    tried = having(incident, through(InterpreterKind.CHILD, waiver=WORDS))

    assert tried.guardian_reached_at is None
    assert next_attempt_at(tried, suicide_risk()) == last(tried) + GAP
    assert having(tried, through(SERVICE)).guardian_reached_at is not None


def test_what_a_relative_passes_on_is_an_attempt_with_its_reason_pr_74() -> None:
    with pytest.raises(Refused, match="Say why nobody qualified"):
        happens(moderate(), through(InterpreterKind.FAMILY_ADULT))

    assert moderate(through(InterpreterKind.FAMILY_ADULT, waiver=WORDS)).guardian_reached_at is None


def test_whoever_refuses_an_interpreter_is_informed_with_the_reason_on_record_pr_75() -> None:
    waived = contact(language="en", language_help=LanguageHelp.WAIVED, waiver=WORDS)

    assert moderate(waived).guardian_reached_at is not None


@pytest.mark.parametrize("kind", [InterpreterKind.CHILD, InterpreterKind.FAMILY_ADULT])
def test_the_search_for_an_interpreter_ends_with_a_qualified_one_pr_74(kind: InterpreterKind) -> None:
    def arranged(by: InterpreterKind) -> cmd.ArrangeInterpreter:
        return cmd.ArrangeInterpreter(by=NURSE, step=CONTACT, language="ht", kind=by, interpreter=WORDS)

    with pytest.raises(Refused) as refused:
        happens(moderate(), arranged(kind))
    found = moderate(arranged(SERVICE))

    assert rules(refused) == {"PR-74"}
    assert (found.interpreters["ht"].kind, found.interpreters["ht"].by) == (SERVICE, NURSE.id)


def test_an_interpreter_is_arranged_before_the_step_opens_and_changes_no_step() -> None:
    """In parallel with the first contact: nobody waits for one to begin with the other."""
    early = an_incident()
    order = cmd.ArrangeInterpreter(by=NURSE, step=CONTACT, language="ht", kind=SERVICE, interpreter=WORDS)

    (event,) = happens(early, order)

    assert isinstance(event, ev.InterpreterArranged)
    assert having(early, order).steps == early.steps


def test_the_next_attempt_is_due_after_the_protocols_gap() -> None:
    assert next_attempt_at(moderate(), suicide_risk()) is None
    once = moderate(NO_ANSWER)
    twice = having(once, NO_ANSWER, at=MORNING + GAP)

    assert next_attempt_at(once, suicide_risk()) == last(once) + GAP
    assert next_attempt_at(twice, suicide_risk()) == last(twice) + GAP
    assert last(twice) > last(once)
    assert next_attempt_at(having(twice, contact()), suicide_risk()) is None
    assert next_attempt_at(having(twice, exception("contraindicated")), suicide_risk()) is None


def timers(before: Incident, *orders: cmd.Command) -> list[StartTimer]:
    events = [event for order in orders for event in happens(before, order)]
    effects = react(before, events, having(before, *orders), suicide_risk(), GROUND)
    return [effect for _, effect in effects if isinstance(effect, StartTimer) and effect.key.startswith("attempt")]


def test_who_is_tried_and_not_reached_is_spoken_of_when_the_gap_is_over() -> None:
    before = moderate()
    (timer,) = timers(before, NO_ANSWER)

    assert (timer.name, timer.key) == ("overdue", "attempt:1#1")
    assert timer.due_at == last(having(before, NO_ANSWER)) + GAP
    assert timers(moderate(), contact()) == []


def due(incident: Incident, key: str = "attempt:1#1") -> list[ev.Event]:
    return happens(incident, cmd.TimerDue(by=SYSTEM, name="overdue", key=key))


def test_a_reminder_falls_silent_with_the_next_attempt_and_when_the_guardian_is_reached() -> None:
    once = moderate(NO_ANSWER)

    assert [event.about for event in due(once) if isinstance(event, ev.Reminded)] == ["attempt:1"]
    assert due(having(once, NO_ANSWER)) == []
    assert due(having(once, contact())) == []
    assert due(having(once, exception("contraindicated"))) == []


def test_when_nobody_stands_in_the_familys_place_any_more_the_next_attempt_is_spoken_of_again() -> None:
    """The reminder came due meanwhile and found nothing to say."""
    replaced = having(moderate(NO_ANSWER), exception("contraindicated"))
    lift = cmd.LiftException(by=COUNSELOR, exception="contraindicated", reason=WORDS)
    half, other = having(replaced, lift), replace(lift, by=PRINCIPAL)

    (timer,) = timers(half, other)

    assert (timer.name, timer.key) == ("overdue", "attempt:1#1")
    assert timer.due_at == last(half) + GAP
    assert timers(having(half, other), NO_ANSWER)[0].key == "attempt:2#1"


def test_the_gap_is_the_protocols_and_an_overlay_may_change_it() -> None:
    text = (loader.LIBRARY / "suicide_risk.yaml").read_text()
    own = "parameters:\n  contact_gap: {value: %s, source: D}\nreview:\n"
    hour = loader.protocol_from_text(text.replace("review:\n", own % "PT1H"), "own")

    once = moderate(NO_ANSWER)

    assert next_attempt_at(once, hour) == last(once) + timedelta(hours=1)
    with pytest.raises(ProtocolFault, match="a length of time such as PT15M"):
        loader.protocol_from_text(text.replace("review:\n", own % "soon"), "own")


MOTHER = Adult(person=PersonId("p-m"), guardian=True, reads=("ht",), speaks="ht")


@pytest.mark.parametrize(
    ("adult", "language", "how", "refused"),
    [
        (MOTHER, "en", LanguageHelp.SHARED, True),
        (MOTHER, "ht", LanguageHelp.SHARED, False),  # one of us speaks it
        (MOTHER, "ht-HT", LanguageHelp.SHARED, False),
        (MOTHER, "en", LanguageHelp.WAIVED, False),
        (MOTHER, "ht", LanguageHelp.INTERPRETER, False),
        (None, "en", LanguageHelp.SHARED, False),
        (Adult(person=PersonId("p-f"), guardian=True, speaks="en"), "en", LanguageHelp.SHARED, False),
        (Adult(person=PersonId("p-f"), guardian=True, speaks=None), "en", LanguageHelp.SHARED, False),
        (Adult(person=PersonId("p-f"), guardian=True, interpreter=True), "en", LanguageHelp.SHARED, True),
        (Adult(person=PersonId("p-f"), guardian=True, interpreter=True, speaks="ase"), "en", LanguageHelp.SHARED, True),
    ],
)
def test_what_the_record_says_about_an_interpreter_is_held_against_a_talk_without_pr_75(
    adult: Adult | None, language: str, how: LanguageHelp, refused: bool
) -> None:
    found = against_understanding(adult, language, how, frozenset({"en"}))

    assert (found is not None and found.rule == "PR-75") == refused
