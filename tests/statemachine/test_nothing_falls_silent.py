"""What the simulation found: reminders and waits that ended with a step, and did not come back with it."""

from dataclasses import replace
from datetime import timedelta
from functools import reduce

from crisis import commands as cmd
from crisis import events as ev
from crisis import page_commands as pcmd
from crisis.effects import StartTimer
from crisis.statemachine.evolve import evolve
from crisis.statemachine.incident import Incident, same_but_for_pages
from crisis.statemachine.react import react
from crisis.statemachine.steps import Standing, standing
from crisis.vocabulary import Custody, DeadlineKind, PageState, Phase, Role, StepId, Urgency, WordsId
from tests.factories import COUNSELOR, GROUND, MORNING, an_incident, exception, happens, having, suicide_risk


def timers(before: Incident, *events: ev.Event) -> list[StartTimer]:
    after = reduce(evolve, events, before)
    found = react(before, list(events), after, suicide_risk(), GROUND)
    return [effect for _seq, effect in found if isinstance(effect, StartTimer)]


def test_a_step_that_is_open_again_after_its_deadline_was_missed_is_spoken_of_again() -> None:
    """An exception took its place, its reminder found nothing to say meanwhile, and the exception was lifted."""
    at = MORNING + timedelta(hours=3)
    missed = ev.DeadlineMissed(
        at=MORNING,
        by=None,
        step=StepId("guardian_contact"),
        deadline="same_day:0",
        kind=DeadlineKind.HARD,
        due_at=due_of("guardian_contact", "same_day"),
    )
    blocked = having(evolve(an_incident(), missed), exception("contraindicated"))
    lift = cmd.LiftException(by=COUNSELOR, exception="contraindicated", reason=WordsId("w"))
    other = replace(lift, by=replace(COUNSELOR, id="p-other"))  # type: ignore[arg-type]
    half = having(blocked, lift)

    found = timers(half, *happens(half, other, at=at))

    assert ("overdue", "step:guardian_contact#1") in [(each.name, each.key) for each in found]


def due_of(step: str, deadline: str):  # type: ignore[no-untyped-def]  # a time
    from crisis.statemachine.timers import live_deadlines  # noqa: PLC0415

    known = live_deadlines(an_incident(), suicide_risk(), GROUND)
    return next(each.due_at for each in known if (each.step.id, each.deadline.id) == (step, deadline))


def test_who_took_a_page_and_never_came_is_waited_for_again_when_the_student_is_back() -> None:
    page_of = an_incident(pcmd.RequestPage(by=COUNSELOR, role=Role.ONCALL_CLINICIAN, urgency=Urgency.U1))
    page = next(iter(page_of.pages.values()))
    taken = replace(page, state=PageState.ACCEPTED, accepted_by=COUNSELOR.id, due_here_at=MORNING)
    away = replace(page_of, pages={page.id: taken}, custody=Custody.RELEASED, phase=Phase.SAFETY_ASSESSMENT, adult=None)

    found = timers(away, ev.CustodyTaken(at=MORNING + timedelta(days=1), by=COUNSELOR.id, adult=COUNSELOR.id))

    assert [each.name for each in found].count("page_arrival") == 3


def test_steps_do_not_stand_otherwise_because_of_a_page() -> None:
    """What lets the standing of a version be kept for the next one, which most often is a call."""
    before = an_incident()
    paged = having(before, pcmd.RequestPage(by=COUNSELOR, role=Role.NURSE, urgency=Urgency.U2))

    assert same_but_for_pages(before, paged)
    assert standing(paged, suicide_risk()).states == Standing(paged, suicide_risk()).states
    assert not same_but_for_pages(before, replace(paged, custody=Custody.LOST))
