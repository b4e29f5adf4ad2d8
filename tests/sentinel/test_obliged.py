"""Random stories, in which every timer that comes due is given to the rules: then none is ever missing."""

import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import reduce

import pytest

from crisis import commands as cmd
from crisis import page_commands as pcmd
from crisis.checker.moves import FIRST, SECOND, Move, pages
from crisis.checker.space import space
from crisis.commands import Command
from crisis.effects import StartTimer
from crisis.errors import Refused
from crisis.protocols.schema import Protocol
from crisis.sentinel.obliged import missing, reminder_of_next
from crisis.statemachine.decide import decide, decide_open
from crisis.statemachine.evolve import evolve, fold
from crisis.statemachine.incident import Incident
from crisis.statemachine.react import react
from crisis.vocabulary import AttemptOutcome, Channel, IncidentId, PageState, Role, Urgency
from tests.factories import DISTRICT, GROUND, MORNING, SCHOOL, SYSTEM, opening, suicide_risk

ORDERS, STORIES = 20, 3  # 80 orders in 30 stories were played when this was written

JUMPS = [timedelta(seconds=30), timedelta(minutes=4), timedelta(minutes=7)]


@dataclass(slots=True)
class Story:
    """An incident with its timers, as the outbox would hold them."""

    protocol: Protocol
    at: datetime = MORNING
    timers: list[StartTimer] = field(default_factory=list)
    incident: Incident = field(init=False)

    def __post_init__(self) -> None:
        order = ours(opening(by=FIRST))
        assert isinstance(order, cmd.OpenIncident)
        events = decide_open(order, self.protocol, GROUND, IncidentId("i-1"), self.at)
        self.incident = fold(events)
        self._keep(react(None, events, self.incident, self.protocol, GROUND))

    def _keep(self, effects: list[tuple[int, object]]) -> None:
        self.timers += [effect for _, effect in effects if isinstance(effect, StartTimer)]

    def give(self, command: Command) -> None:
        try:
            events = decide(self.incident, self.protocol, GROUND, command, self.at)
        except Refused:
            return
        before, self.incident = self.incident, reduce(evolve, events, self.incident)
        if events:
            self._keep(react(before, events, self.incident, self.protocol, GROUND))

    def until(self, at: datetime) -> None:
        """What comes due meanwhile, each at its time."""
        while due := min(
            (timer for timer in self.timers if timer.due_at <= at), key=lambda it: it.due_at, default=None
        ):
            self.at = max(self.at, due.due_at)
            self.give(cmd.TimerDue(by=SYSTEM, name=due.name, key=due.key))
            self.timers.remove(due)
        self.at = at

    def _next(self, at: datetime) -> StartTimer | None:
        return min((timer for timer in self.timers if timer.due_at <= at), key=lambda it: it.due_at, default=None)

    def lost(self) -> list[StartTimer]:
        if self.incident.closed_at is not None:
            return []
        rows = [(timer, timer.due_at) for timer in self.timers]
        return missing(self.incident, self.protocol, GROUND, rows, self.at)


def ours(command: Command) -> Command:
    return replace(command, by=replace(command.by, district=DISTRICT, schools=frozenset({SCHOOL})))


def answers(story: Story) -> list[Move]:
    """What telephones and the worker say of pages, and a page that somebody asks for."""
    found: list[Move] = [("asks", (pcmd.RequestPage(by=FIRST, role=Role.NURSE, urgency=Urgency.U1),))]
    for page in story.incident.pages.values():
        called = pcmd.RecordPageAttempt(
            by=SYSTEM,
            page=page.id,
            person=SECOND.id or FIRST.id,  # type: ignore[arg-type]  # both have ids
            channel=Channel.TEXT,
            outcome=AttemptOutcome.ACCEPTED,
            attempt=f"a-{story.incident.seq}",
            level=page.level,
        )
        takes = pcmd.AcceptPage(by=SECOND, page=page.id, eta_minutes=10)
        found += [("called", (called,)), ("takes", (called, takes)), ("late", (called, takes))]
        if page.state is PageState.ACCEPTED:
            found += [
                ("later", (pcmd.DelayPage(by=SECOND, page=page.id, eta_minutes=9),)),
                ("lets go", (pcmd.DeclinePage(by=SECOND, page=page.id),)),
                ("offers", (pcmd.OfferPage(by=SECOND, page=page.id, to=FIRST.id),)),  # type: ignore[arg-type]
            ]
    return found


@pytest.mark.parametrize("seed", range(STORIES))
def test_no_timer_is_missing_as_long_as_none_is_lost(seed: int) -> None:
    story, chance = Story(suicide_risk()), random.Random(seed)
    states = space(story.protocol)
    for _order in range(ORDERS):
        moves = [*states.moves(story.incident), *pages(story.incident), *answers(story)]
        for command in chance.choice(moves)[1]:
            story.give(command if command.by is SYSTEM else ours(command))
        assert story.lost() == [], story.incident.seq
        story.until(story.at + chance.choice([*JUMPS, timedelta(hours=30)]))
        assert story.lost() == [], story.incident.seq


@pytest.mark.parametrize("seed", range(2))
def test_each_timer_that_is_taken_away_is_missed_or_would_have_found_nothing(seed: int) -> None:
    """Without the rule that says what is owed this finds nothing; with one that says too much the test above fails."""
    story, chance = Story(suicide_risk()), random.Random(seed)
    states, missed = space(story.protocol), 0
    for _order in range(8):
        for command in chance.choice([*states.moves(story.incident), *answers(story)])[1]:
            story.give(command if command.by is SYSTEM else ours(command))
        for taken in list(story.timers):
            story.timers.remove(taken)
            missed += bool(story.lost())
            if not story.lost() and story.incident.closed_at is None:
                assert harmless(story, taken), taken
            story.timers.append(taken)
        story.until(story.at + timedelta(minutes=2))

    assert missed > 5


def harmless(story: Story, taken: StartTimer) -> bool:
    """It would find nothing, or another of the same kind says the same."""
    due = cmd.TimerDue(by=SYSTEM, name=taken.name, key=taken.key)
    found = decide(story.incident, story.protocol, GROUND, due, max(story.at, taken.due_at))
    about = taken.key.rpartition("#")[0] or taken.key
    return not found or any(other.name == taken.name and other.key.startswith(about) for other in story.timers)


def test_an_incident_without_a_timer_is_woken_about_its_first_open_step() -> None:
    story = Story(suicide_risk())

    reminder = reminder_of_next(story.incident, story.protocol, story.at)

    assert reminder is not None
    told = decide(
        story.incident, story.protocol, GROUND, cmd.TimerDue(by=SYSTEM, name="overdue", key=reminder.key), story.at
    )
    assert [type(event).__name__ for event in told] == ["Reminded"]
