"""A story of one incident of any protocol, purely or through the one door; the invariants hold after each order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from functools import reduce

from crisis import clock
from crisis import commands as cmd
from crisis import follow_up_commands as ucmd
from crisis import page_commands as pcmd
from crisis.commands import Actor
from crisis.errors import Refused
from crisis.protocols import loader
from crisis.protocols.schema import Protocol
from crisis.statemachine.closing import obstacles
from crisis.statemachine.decide import decide, decide_open
from crisis.statemachine.evolve import evolve, fold
from crisis.statemachine.incident import Incident
from crisis.statemachine.paging import LIVE
from crisis.statemachine.steps import open_steps, standing
from crisis.statemachine.timers import live_deadlines
from crisis.store import incidents, protocols, roster
from crisis.store.engine import Store
from crisis.submit import open_incident, submit
from crisis.vocabulary import (
    Anchor,
    Custody,
    IncidentId,
    PageId,
    PersonId,
    SafetyClass,
    StepId,
    StepState,
    StepType,
    WordsId,
)
from tests.factories import COLLEAGUE, COUNSELOR, DISTRICT, GROUND, MORNING, NURSE, PRINCIPAL, WORDS, opening
from tests.web.district import a_district

MINUTE = timedelta(minutes=1)
LATER = timedelta(days=40)  # past the least length of a follow-up after high risk
LEAST = timedelta(days=90)  # past the least length of a series without an end


class Elsewhere:
    """Where a story is played that names no store: by the rules alone, or through the door of a store of its own."""

    new_store: Callable[[], Store] | None = None


@dataclass(slots=True)
class Story:
    protocol: Protocol
    store: Store | None = None
    now: datetime = MORNING
    incident: Incident = field(init=False)

    def begins(self, **changes: object) -> "Story":
        order = self._opening(**changes)
        if self.store is None and Elsewhere.new_store is not None:
            self.store = Elsewhere.new_store()
        if self.store is None:
            self.incident = fold(decide_open(order, self.protocol, GROUND, IncidentId("i-1"), self.now))
        else:
            self._peopled(self.store)
            self.incident = open_incident(self.store, order, at=self.now).incident
        return self

    def _opening(self, **changes: object) -> cmd.OpenIncident:
        return replace(
            opening(),
            crisis_type=next(iter(self.protocol.crisis_types)),
            protocol=self.protocol.id,
            version=self.protocol.version,
            protocol_hash=loader.content_hash(self.protocol),
            place=None,
            **changes,  # type: ignore[arg-type]
        )

    def another(self, name: str, **changes: object) -> "Story":
        """Opened for the same student in the same district, now; what follows by itself is for `works` to do."""
        assert self.store is not None
        made = Story(loader.protocol(name), self.store, self.now)
        with self.store.write() as tx:
            protocols.publish(tx, made.protocol, self.now)
        order = made._opening(**changes)
        made.incident = open_incident(self.store, order, at=self.now).incident
        return made

    def reads(self) -> Incident:
        """As it stands: the system may have changed it since."""
        assert self.store is not None
        with self.store.read() as tx:
            self.incident = incidents.load(tx, self.incident.id)
        return self.incident

    def _peopled(self, store: Store) -> None:
        a_district(store)
        with store.write() as tx:
            for each in (COLLEAGUE, PRINCIPAL):
                roster.add_person(tx, DISTRICT, PersonId(str(each.id)), ("Given", str(each.id).title()), staff=True)
            protocols.publish(tx, self.protocol, self.now)

    def does(self, *orders: cmd.Command) -> None:
        """Each a minute after the one before."""
        for order in orders:
            self.now += MINUTE
            self.incident = self._after(order)
            invariants_hold(self.incident, self.protocol, self.now)

    def _after(self, order: cmd.Command) -> Incident:
        if self.store is not None:
            order, words = written(order)
            return submit(self.store, self.incident.id, order, at=self.now, words=words).incident
        return reduce(evolve, decide(self.incident, self.protocol, GROUND, order, self.now), self.incident)

    def refuses(self, order: cmd.Command) -> set[str]:
        """The rules that say no; nothing has changed."""
        before = self.incident
        try:
            self._after(order)
        except Refused as refused:
            assert self.incident == before
            return {reason.rule for reason in refused.reasons}
        return set()

    def state(self, step: str) -> StepState:
        return standing(self.incident, self.protocol)[StepId(step)]

    def clocks(self, step: str) -> dict[str, timedelta]:
        """Of what counts now, how long after the opening it is due."""
        found = live_deadlines(self.incident, self.protocol, GROUND)
        return {live.deadline.id: live.due_at - MORNING for live in found if live.step.id == step}

    def needed(self) -> set[str]:
        return {step for step, state in standing(self.incident, self.protocol).states.items() if state in _TO_DO}

    def completes(self, *steps: str, by: Actor = COUNSELOR, **evidence: str) -> None:
        for name in steps:
            self.does(cmd.CompleteStep(by=by, step=StepId(name), evidence=self._evidence(name, evidence)))

    def _evidence(self, name: str, said: dict[str, str]) -> dict[str, str | bool]:
        step = self.protocol.step(StepId(name))
        assert step is not None
        found: dict[str, str | bool] = {}
        for asked in (each for each in step.evidence if each.required or each.kind != "person"):
            least: str | bool = True if asked.kind == "yes_no" else next(iter(asked.options or {}), "w-2")
            found[asked.name] = said.get(asked.name, least)
        return found | said

    def answers(self, step: str, choice: str, by: Actor = COUNSELOR) -> None:
        self.does(answer(step, choice, by))

    def follows_up_and_closes(self) -> Incident:
        """Whatever is still open, each at its time, until nothing is left but the close; then two people close it."""
        self.now += LATER
        while left := [step for step in open_steps(self.incident, self.protocol) if step.type is not StepType.REVIEW]:
            self.does(_ordinary(left[0].type, left[0].id, self))
        if self.incident.emergency == "active":
            self.does(cmd.ResolveEmergency(by=NURSE, outcome=cmd.WordsId("w-3")))
        for page in [page for page in self.incident.pages.values() if page.state in LIVE]:
            self.does(cancelled(page.id))
        self.does(cmd.DecideReview(by=PRINCIPAL, hold=True), cmd.SignClose(by=COUNSELOR))
        self.does(cmd.CloseIncident(by=PRINCIPAL))
        assert self.refuses(cmd.TakeCustody(by=COUNSELOR)) == {"I-20"}
        return self.incident


def written(order: cmd.Command) -> tuple[cmd.Command, dict[WordsId, str]]:
    """What stands for words in the order gets words of its own, to be sealed with it."""
    said = {each.name: getattr(order, each.name) for each in fields(order)}
    fresh = {
        name: WordsId(clock.new_id())
        for name, value in said.items()
        if isinstance(value, str) and value in PLACEHOLDERS
    }
    return replace(order, **fresh), dict.fromkeys(fresh.values(), "what was said")  # type: ignore[arg-type]


PLACEHOLDERS = frozenset({WORDS, *(f"w-{n}" for n in range(1, 10))})
_TO_DO = frozenset({StepState.OPEN, StepState.BLOCKED})


def answer(step: str, choice: str, by: Actor = COUNSELOR) -> cmd.AnswerDecision:
    return cmd.AnswerDecision(by=by, step=StepId(step), choice=choice, reason=cmd.WordsId("w-4"))


def cancelled(page: str) -> cmd.Command:
    return pcmd.CancelPage(by=PRINCIPAL, page=PageId(page), reason=cmd.WordsId("w-5"))


def _ordinary(kind: StepType, step: StepId, story: Story) -> cmd.Command:
    match kind:
        case StepType.FOLLOW_UP:
            if _goes_on_without_end(step, story):
                story.now += LEAST
                return ucmd.EndFollowUp(by=COUNSELOR, step=step, reason=cmd.WordsId("w-7"))
            story.now += _until_the_next(step, story)
            return cmd.RecordFollowUp(by=COUNSELOR, step=step, outcome=cmd.FollowUpOutcome.COMPLETED)
        case StepType.PAGE:
            return cmd.WaiveStep(by=PRINCIPAL, step=step, reason=cmd.WordsId("w-6"))
        case _:
            by = PRINCIPAL if step == "reentry_meeting" else COUNSELOR
            return cmd.CompleteStep(by=by, step=step, evidence=story._evidence(step, {}))


def _until_the_next(name: StepId, story: Story) -> timedelta:
    """Each contact but the first in its time; before it, it counts for nothing."""
    step, record = story.protocol.step(name), story.incident.steps.get(name)
    assert step is not None
    assert step.series is not None
    return timedelta(days=step.series.days if record is not None and record.times else 0)


def _goes_on_without_end(name: StepId, story: Story) -> bool:
    step = story.protocol.step(name)
    assert step is not None
    assert step.series is not None
    record = story.incident.steps.get(name)
    return bool(step.series.ended_by) and record is not None and len(record.times) >= step.series.count


def invariants_hold(incident: Incident, protocol: Protocol, at: datetime) -> None:
    """What no protocol and no order may break (protocols.md 6.2), asked of one state."""
    assert (incident.custody in (Custody.HELD, Custody.OFFERED)) == (incident.adult is not None), "I-1"
    if incident.floor is not None and incident.tier is not None and incident.tier_awaiting is None:
        assert incident.below_floor_signed or incident.tier.rank >= incident.floor.rank, "I-5"
    if incident.closed_at is not None:
        assert obstacles(incident, protocol, at) == [], "I-19"
        return
    now = standing(incident, protocol)
    _nothing_falls_silent(incident, protocol, now.states)
    if incident.acute_at is not None and incident.custody is not Custody.RELEASED:
        acute = [step for step in protocol.steps if any(each.anchor is Anchor.ACUTE for each in step.deadlines)]
        decisions = [step for step in acute if step.type is StepType.DECISION]
        assert any(now[step.id] is not StepState.NOT_NEEDED for step in decisions), "I-7"


def _nothing_falls_silent(incident: Incident, protocol: Protocol, states: dict[StepId, StepState]) -> None:
    clocked = {live.step.id for live in live_deadlines(incident, protocol, GROUND)}
    hard: Sequence[StepId] = [
        step.id
        for step in protocol.steps
        if step.safety is SafetyClass.HARD and step.type is not StepType.REVIEW and states[step.id] is StepState.OPEN
    ]
    assert [step for step in hard if step not in clocked] == [], "I-19"
