"""How a page climbs: its own ladder, levels that ring together after a standstill, and several people for one need."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest

from crisis import commands as cmd
from crisis import page_commands as pcmd
from crisis import page_events as pev
from crisis.commands import Actor, ActorKind
from crisis.effects import ConfirmPage, Effect, PageLevel, StartTimer
from crisis.errors import Refused
from crisis.events import Event
from crisis.ladders import LADDERS, Ladder
from crisis.statemachine.evolve import evolve, fold
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident, Page
from crisis.statemachine.places import spared
from crisis.statemachine.react import react
from crisis.vocabulary import AttemptOutcome, Channel, DeclineReason, PageState, Phase, Role, Urgency
from tests.factories import (
    CLINICIAN,
    COUNSELOR,
    GROUND,
    MORNING,
    SYSTEM,
    a_person,
    an_incident,
    happens,
    opened,
    suicide_risk,
)

BACKUP, THIRD = a_person("p-backup", Role.ONCALL_CLINICIAN), a_person("p-third", Role.ONCALL_CLINICIAN)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
USUAL = Ground(calendar=GROUND.calendar)
WEDNESDAY_NIGHT = datetime(2026, 10, 7, 3, 0, tzinfo=UTC)  # Tuesday, eleven at night at the school
WEDNESDAY_BELL = datetime(2026, 10, 7, 12, 0, tzinfo=UTC)


def told(incident: Incident, order: cmd.Command, at: datetime, ground: Ground = USUAL) -> tuple[Incident, list[Event]]:
    events = happens(incident, order, at=at, ground=ground)
    return reduce(evolve, events, incident), events


def asked_for(
    urgency: Urgency, at: datetime = MORNING, ground: Ground = USUAL, people: int = 1
) -> tuple[Incident, list[Effect]]:
    before = an_incident()
    order = pcmd.RequestPage(by=COUNSELOR, role=Role.ONCALL_CLINICIAN, urgency=urgency, people=people)
    after, events = told(before, order, at, ground)
    return after, [effect for _, effect in react(before, events, after, suicide_risk(), ground)]


def pages(incident: Incident) -> list[Page]:
    return [each for each in incident.pages.values() if each.role is Role.ONCALL_CLINICIAN]


def rung(incident: Incident, page: Page, who: Actor) -> Incident:
    assert who.id is not None
    made = pcmd.RecordPageAttempt(
        by=SYSTEM,
        page=page.id,
        person=who.id,
        channel=Channel.TEXT,
        outcome=AttemptOutcome.ACCEPTED,
        attempt=f"{page.id}-{who.id}",
        level=page.level,
    )
    return told(incident, made, MORNING)[0]


def over(incident: Incident, at: datetime) -> tuple[Incident, list[Event], list[Effect]]:
    """The timer of the present level comes."""
    page = pages(incident)[-1]
    due = cmd.TimerDue(by=SYSTEM, name="page_unanswered", key=f"{page.id}:{page.level}")
    after, events = told(incident, due, at)
    return after, events, [effect for _, effect in react(incident, events, after, suicide_risk(), USUAL)]


def levels(effects: list[Effect]) -> list[int]:
    return [effect.level for effect in effects if isinstance(effect, PageLevel)]


@pytest.mark.parametrize(
    ("urgency", "exhausted"), [(Urgency.U1, 480 * SECOND), (Urgency.U2, 16 * MINUTE), (Urgency.U3, 45 * MINUTE)]
)
def test_a_page_that_nobody_answers_is_an_alarm_when_the_usual_ladder_says_so(
    urgency: Urgency, exhausted: timedelta
) -> None:
    """`paging.md` 6.5."""
    incident, effects = asked_for(urgency)
    at = MORNING
    while pages(incident)[0].state is PageState.PAGING:
        (timer,) = (each for each in effects if isinstance(each, StartTimer) and each.name == "page_unanswered")
        at = timer.due_at
        incident, _, effects = over(incident, at)

    assert at - MORNING == exhausted


def test_a_ladder_that_is_changed_moves_no_page_that_is_under_way() -> None:
    incident, _ = asked_for(Urgency.U1)
    slower = Ground(
        calendar=GROUND.calendar, default_ladder=Ladder(answer_within=(50 * MINUTE,), repeat_alarm=50 * MINUTE)
    )
    page = pages(incident)[0]
    due = cmd.TimerDue(by=SYSTEM, name="page_unanswered", key=f"{page.id}:0")

    after, _ = told(incident, due, MORNING + 2 * MINUTE, slower)

    assert (pages(after)[0].level, pages(after)[0].state) == (1, PageState.PAGING)
    assert page.ladder is not None
    assert page.ladder.answer_within == LADDERS[Urgency.U1].answer_within


@pytest.mark.parametrize(
    ("urgency", "late", "level", "called"),
    [
        (Urgency.U1, 20 * SECOND, 1, [1]),  # a busy worker
        (Urgency.U1, 90 * SECOND, 1, [1]),
        (Urgency.U1, 3 * MINUTE, 2, [1, 2]),  # the second level's two minutes are over as well
        (Urgency.U1, 5 * MINUTE + SECOND, 3, [1, 2, 3]),  # all ring together
        (Urgency.U1, timedelta(days=2), 3, [1, 2, 3]),
        (Urgency.U2, 6 * MINUTE, 2, [1, 2]),
        (Urgency.U2, timedelta(hours=1), 3, [1, 2, 3]),
        (Urgency.U3, timedelta(hours=1), 1, [1]),
    ],
)
def test_after_a_standstill_the_levels_that_should_have_begun_begin_together(
    urgency: Urgency, late: timedelta, level: int, called: list[int]
) -> None:
    """`paging.md` 6.10: no backlog is played back, and nobody is alarmed before somebody had a chance to answer."""
    incident, _ = asked_for(urgency)
    ends = MORNING + LADDERS[urgency].within(0)

    after, events, effects = over(incident, ends + late)

    (escalated,) = events
    assert isinstance(escalated, pev.PageEscalated)
    assert (pages(after)[0].level, levels(effects), len(pages(after)[0].began)) == (level, called, level + 1)
    assert (escalated.due_at is not None) == (late > 30 * SECOND and urgency is not Urgency.U3)
    (timer,) = (each for each in effects if isinstance(each, StartTimer))
    assert timer.due_at - escalated.at >= MINUTE


def test_an_alarm_that_comes_late_says_so() -> None:
    incident, _ = asked_for(Urgency.U1)
    for level in range(1, 4):
        incident, _, _ = over(incident, MORNING + level * 2 * MINUTE)

    _, (exhausted,), _ = over(incident, MORNING + timedelta(hours=1))

    assert isinstance(exhausted, pev.PageExhausted)
    assert exhausted.due_at == MORNING + 8 * MINUTE


def test_a_page_for_today_waits_for_the_school_day_and_an_urgent_one_never_does() -> None:
    """`paging.md` 6.5."""
    waiting, later = asked_for(Urgency.U3, WEDNESDAY_NIGHT)
    _, now = asked_for(Urgency.U2, WEDNESDAY_NIGHT)

    (first,) = (each for each in later if isinstance(each, PageLevel))
    (ends,) = (each for each in later if isinstance(each, StartTimer) and each.name == "page_unanswered")
    assert (first.not_before, ends.due_at) == (WEDNESDAY_BELL, WEDNESDAY_BELL + 15 * MINUTE)
    assert pages(waiting)[0].level_since == WEDNESDAY_BELL
    assert [each.not_before for each in now if isinstance(each, PageLevel)] == [None]


def by_phone(who: Actor) -> Actor:
    return replace(who, kind=ActorKind.PHONE)


def two_needed() -> Incident:
    incident, _ = asked_for(Urgency.U1, people=2)
    for who in (CLINICIAN, BACKUP, THIRD):
        incident = rung(incident, pages(incident)[0], who)
    return incident


def accepts(incident: Incident, who: Actor, page: Page) -> tuple[Incident, list[Event]]:
    return told(incident, pcmd.AcceptPage(by=who, page=page.id, eta_minutes=10), MORNING + MINUTE)


def test_where_two_are_needed_the_first_is_thanked_and_the_search_goes_on_where_it_stood() -> None:
    incident = two_needed()
    (first,) = pages(incident)

    after, events = accepts(incident, CLINICIAN, first)

    effects = [effect for _, effect in react(incident, events, after, suicide_risk(), USUAL)]
    taken, more = pages(after)
    assert [type(each).__name__ for each in events] == ["PageAccepted", "PageRequested"]
    assert (taken.accepted_by, more.state, more.people, more.beside) == (CLINICIAN.id, PageState.PAGING, 1, first.id)
    assert [each.outcome for each in effects if isinstance(each, ConfirmPage)] == ["you_have_it"]  # nobody sent home
    assert [(each.page, each.level) for each in effects if isinstance(each, PageLevel)] == [(more.id, 0)]
    assert spared(after, more) == {CLINICIAN.id}


def test_the_second_may_answer_with_the_code_of_the_first_page_and_the_third_is_told_the_truth() -> None:
    incident = two_needed()
    (first,) = pages(incident)
    one, _ = accepts(incident, CLINICIAN, first)

    both, events = accepts(one, by_phone(BACKUP), first)
    here, (arrived,) = told(both, pcmd.Arrive(by=by_phone(BACKUP), page=first.id), MORNING + 5 * MINUTE)

    assert isinstance(arrived, pev.PageArrived)
    assert [each.arrived_at is not None for each in pages(here)] == [False, True]
    assert [each.accepted_by for each in pages(both)] == [CLINICIAN.id, BACKUP.id]
    assert [type(each).__name__ for each in events] == ["PageAccepted"]
    with pytest.raises(Refused, match="Somebody else has taken"):
        accepts(both, by_phone(THIRD), first)


def test_one_person_is_not_two() -> None:
    one, _ = accepts(two_needed(), CLINICIAN, pages(two_needed())[0])

    with pytest.raises(Refused, match="somebody else is needed beside you"):
        accepts(one, CLINICIAN, pages(one)[1])


def test_who_lets_go_is_replaced_and_the_other_one_stays() -> None:
    incident = two_needed()
    one, _ = accepts(incident, CLINICIAN, pages(incident)[0])
    both, _ = accepts(one, BACKUP, pages(one)[1])
    gone = pcmd.DeclinePage(by=CLINICIAN, page=pages(both)[0].id, reason=DeclineReason.TOO_FAR)

    after, events = told(both, gone, MORNING + 2 * MINUTE)

    assert "PageRequested" not in [type(each).__name__ for each in events]
    assert [each.state for each in pages(after)] == [PageState.PAGING, PageState.ACCEPTED]
    again, events = accepts(after, THIRD, pages(after)[0])
    assert [type(each).__name__ for each in events] == ["PageAccepted"]  # two were needed, not three
    assert [each.accepted_by for each in pages(again)] == [THIRD.id, BACKUP.id]


@pytest.mark.parametrize(("people", "prefers"), [(0, ()), (6, ()), (1, ("Sign language",))])
def test_what_cannot_be_asked_for_is_refused(people: int, prefers: tuple[str, ...]) -> None:
    order = pcmd.RequestPage(
        by=COUNSELOR, role=Role.ONCALL_CLINICIAN, urgency=Urgency.U1, people=people, prefers=prefers
    )
    with pytest.raises(Refused):
        happens(an_incident(), order)


def test_a_closed_incident_pages_nobody_any_more_and_the_new_one_that_is_linked_to_it_pages_anew() -> None:
    """F79: an incident is never opened again; what is learned later begins with timers and pages of its own (I-20)."""
    before, _ = asked_for(Urgency.U1)
    closed = replace(before, closed_at=MORNING, phase=Phase.CLOSED)
    (page,) = pages(closed)

    with pytest.raises(Refused) as refused:
        happens(closed, pcmd.RequestPage(by=COUNSELOR, role=Role.ONCALL_CLINICIAN, urgency=Urgency.U1))
    late = happens(closed, cmd.TimerDue(by=SYSTEM, name="page_unanswered", key=f"{page.id}:0"))
    again = fold(opened(linked_to=closed.id))
    order = pcmd.RequestPage(by=COUNSELOR, role=Role.ONCALL_CLINICIAN, urgency=Urgency.U1)
    after, events = told(again, order, MORNING)
    effects = [effect for _, effect in react(again, events, after, suicide_risk(), USUAL)]

    assert [each.rule for each in refused.value.reasons] == ["I-20"]
    assert late == []
    assert after.linked_to == closed.id
    assert [each.level for each in effects if isinstance(each, PageLevel)] == [0]
    assert any(isinstance(each, StartTimer) and each.name == "page_unanswered" for each in effects)
