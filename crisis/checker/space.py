"""The reachable states of a protocol: the real rules, run against every answer that the environment can give.

A state is an incident without its times, words and numbers: what the rules cannot tell apart is one state.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce
from typing import TypeAlias

from crisis import commands as cmd
from crisis.checker.moves import (
    AT_STEP,
    FIRST,
    GROUND,
    LATER,
    SCHOOL,
    SECOND,
    START,
    STUDENT,
    WORDS,
    WORK,
    Move,
    custody,
    emergency,
    ending,
    handoffs,
    pages,
    works,
)
from crisis.commands import Command
from crisis.errors import Refused
from crisis.protocols.schema import ExceptionRule, Protocol, Step
from crisis.protocols.wellformed import all_conditions
from crisis.statemachine.closing import was_high
from crisis.statemachine.decide import decide, decide_open
from crisis.statemachine.evolve import evolve, fold
from crisis.statemachine.incident import Incident, StepRecord
from crisis.statemachine.steps import SETTLED, Standing, standing
from crisis.vocabulary import (
    Beside,
    Custody,
    Emergency,
    HandoffState,
    IncidentId,
    Mode,
    ProtocolHash,
    ReleaseTo,
    ScreenResult,
    StepId,
    StepState,
    StepType,
)

Key: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """What the conditions of a protocol look at; everything else of a state they cannot tell apart."""

    steps: frozenset[StepId]
    answers: frozenset[StepId]
    facts: frozenset[str]
    releases: frozenset[ReleaseTo]
    screens: bool


def what_is_read(protocol: Protocol) -> Read:
    found = [condition for _step, condition in all_conditions(protocol)]
    return Read(
        steps=frozenset(condition.done for condition in found if condition.done is not None),
        answers=frozenset(step for condition in found for step in condition.answer or {}),
        facts=frozenset(fact for condition in found for fact in condition.fact or {}),
        releases=frozenset(to for condition in found for to in condition.released_to or ()) | {ReleaseTo.EMS},
        screens=any(condition.screen is not None for condition in found),
    )


@dataclass(frozen=True, slots=True)
class Space:
    """A protocol with the moves that its environment can make.

    What no rule and no condition can read is left out of a state, and moves whose order cannot matter are tried in one
    order. Both keep every dead end and every way to close: nothing is left out that another move could depend on.
    """

    protocol: Protocol
    free: frozenset[StepId]  # steps of work that nothing else can help or hinder
    read: Read

    def start(self) -> Incident:
        order = cmd.OpenIncident(
            by=FIRST,
            mode=Mode.LIVE,
            school=SCHOOL,
            crisis_type=next(iter(self.protocol.crisis_types)),
            protocol=self.protocol.id,
            version=self.protocol.version,
            protocol_hash=ProtocolHash("checked"),
            place=None,
            student=STUDENT,
            beside=Beside.NOBODY,
        )
        return fold(decide_open(order, self.protocol, GROUND, IncidentId("checked"), START))

    def after(self, incident: Incident, *commands: Command) -> Incident | None:
        """The incident after the orders; None where the rules refuse one, or nothing changes."""
        at = START if incident.released_at is None else START + LATER
        changed = incident
        for command in commands:
            try:
                events = decide(changed, self.protocol, GROUND, self._whole(command), at)
            except Refused:
                return None
            changed = reduce(evolve, events, changed)
        return None if changed is incident else changed

    def _whole(self, command: Command) -> Command:
        """An offer says of every item of this protocol whether it crosses; otherwise none would ever be made (I-16)."""
        if isinstance(command, cmd.OfferHandoff):
            return replace(command, disclosed=frozenset(self.protocol.disclosure_items))
        return command

    def moves(self, incident: Incident) -> Iterator[Move]:
        """All that people, phones and time can do next, each with the words of the story."""
        now = standing(incident, self.protocol)
        alone = list(self._alone(incident, now))
        if alone:
            yield from alone
            return
        if _following_up(incident):
            yield from self._follow_ups(incident, now)
            return
        yield from self._steps(incident, now)
        yield from custody(incident)
        yield from emergency(incident)
        yield from handoffs(incident)
        yield from self._exceptions(incident, now)
        yield from self._facts(incident)
        if all(step.type is StepType.REVIEW or now.settled(step.id) for step in self.protocol.steps):
            yield from ending(incident)

    def _alone(self, incident: Incident, now: Standing) -> Iterator[Move]:
        """Moves that can be made before all others without losing any story: their order cannot matter."""
        paged = list(pages(incident))
        if paged:
            yield from paged
            return
        for step in self.protocol.steps:
            if step.id in self.free and now[step.id] is StepState.OPEN:
                yield from works(step, incident)
                return

    def _steps(self, incident: Incident, now: Standing) -> Iterator[Move]:
        for step in self.protocol.steps:
            if now[step.id] is StepState.OPEN:
                yield from AT_STEP.get(step.type, _nothing)(step, incident)
        if incident.custody is Custody.RELEASED and not incident.follow_up_transferred:
            yield _transfer()
            if not any(record.times for record in incident.steps.values()):
                yield "finds new risk and reopens the assessment", (cmd.ReopenAssessment(by=FIRST, reason=WORDS),)

    def _follow_ups(self, incident: Incident, now: Standing) -> Iterator[Move]:
        """Once a follow-up was made: the open steps one after the other, since none of them hinders another."""
        opened = [step for step in self.protocol.steps if now[step.id] is StepState.OPEN and step.type in AT_STEP]
        yield from (move for step in opened[:1] for move in AT_STEP[step.type](step, incident))
        yield from handoffs(incident)
        yield from self._exceptions(incident, now)
        if not incident.follow_up_transferred:
            yield _transfer()
        if incident.returned_at is None:
            yield from custody(incident)
        if incident.emergency is Emergency.ACTIVE:
            yield from emergency(incident)
        if all(step.type is StepType.REVIEW or now.settled(step.id) for step in self.protocol.steps):
            yield from ending(incident)

    def _exceptions(self, incident: Incident, now: Standing) -> Iterator[Move]:
        for step in self.protocol.steps:
            for rule in step.exceptions:
                if rule.id in incident.exceptions:
                    yield from _lifts(rule)
                elif now[step.id] not in SETTLED:
                    order = cmd.DeclareException(by=FIRST, step=step.id, exception=rule.id, reason=WORDS)
                    yield f"declares “{rule.label.en}”", (order,)

    def _facts(self, incident: Incident) -> Iterator[Move]:
        for fact in self.protocol.facts:
            for value in fact.values:
                if fact.id in self.read.facts and fact.id not in incident.facts:
                    yield f"finds out: {fact.id} is {value}", (cmd.SetFact(by=FIRST, fact=fact.id, value=value),)

    def key(self, incident: Incident) -> Key:
        """What the rules can tell apart; times, ids and counts that no rule compares are left out."""
        return (*_student_key(incident, self.read), *_response_key(incident, self.read))


def _following_up(incident: Incident) -> bool:
    """A first follow-up contact was made: what can disturb the incident was tried in the state before it."""
    return incident.custody is Custody.RELEASED and any(record.times for record in incident.steps.values())


def _transfer() -> Move:
    order = cmd.TransferFollowUp(by=FIRST, to=None, organisation=WORDS, accepted=True)
    return "passes the follow-up on to a named owner", (order,)


def space(protocol: Protocol) -> Space:
    read = what_is_read(protocol)
    free = frozenset(
        step.id
        for step in protocol.steps
        if step.type in WORK and step.when is None and step.ready_when is None and step.id not in read.steps
    )
    return Space(protocol, free, read)


def _nothing(_step: Step, _incident: Incident) -> Iterator[Move]:
    return iter(())


def _lifts(rule: ExceptionRule) -> Iterator[Move]:
    """Both people at once: between the two nothing has changed for anybody else."""
    asks = cmd.LiftException(by=FIRST, exception=rule.id, reason=WORDS)
    lifts = cmd.LiftException(by=SECOND, exception=rule.id, reason=WORDS)
    yield f"lifts the exception {rule.id}", (asks, lifts) if rule.two_to_lift else (asks,)


def _student_key(incident: Incident, read: Read) -> Key:
    """Once the level is decided, of the floor and the screen only what closing and the conditions ask is left."""
    assessing = incident.tier is None or incident.tier_awaiting is not None
    released = incident.released_to if incident.released_to in read.releases else incident.released_to is not None
    return (
        incident.phase,
        incident.custody,
        incident.emergency,
        incident.effective_tier,
        incident.tier_awaiting,
        incident.floor if assessing else incident.floor is not None,
        incident.tier is not None,
        incident.screen if assessing or read.screens else incident.screen in _POSITIVE,
        was_high(incident),
        released,
        incident.returned_at is not None,
        incident.acute_at is not None,
        tuple(sorted((name, fact.value) for name, fact in incident.facts.items() if name in read.facts)),
    )


_POSITIVE = (ScreenResult.NON_ACUTE_POSITIVE, ScreenResult.ACUTE_POSITIVE, ScreenResult.INCOMPLETE)


def _response_key(incident: Incident, read: Read) -> Key:
    settled_contact = incident.guardian_reached_at is not None
    return (
        0 if settled_contact else min(len(incident.contact_attempts), 3),
        settled_contact,
        incident.follow_up_transferred,
        incident.review_held,
        len(incident.close_signed_by),
        incident.closed_at is not None,
        frozenset(_step_key(step, record, read) for step, record in incident.steps.items()),
        frozenset((active.id, active.expired) for active in incident.exceptions.values()),
        frozenset((page.step, page.state) for page in incident.pages.values()),
        frozenset(known.state for known in incident.handoffs.values() if known.state is not HandoffState.DECLINED),
        any(report.filed_at is None for report in incident.obligations.values()),
    )


def _step_key(step: StepId, record: StepRecord, read: Read) -> Key:
    answered = record.choice if step in read.answers else record.choice is not None
    return (step, record.done_at is not None, answered, record.choice == "police_last_resort", len(record.times))


def forgetful(incident: Incident) -> Incident:
    """The same state with its history cut, so that exploring does not carry ever longer logs along."""
    latest = {page.step: page for page in incident.pages.values()}
    unanswered = {name: known for name, known in incident.handoffs.items() if known.state is not HandoffState.DECLINED}
    return replace(
        incident,
        missed=incident.missed[-1:],
        contact_attempts=incident.contact_attempts[-3:],
        pages={page.id: page for page in latest.values()},
        handoffs=unanswered,
        close_signed_by=incident.close_signed_by[-2:],
    )
