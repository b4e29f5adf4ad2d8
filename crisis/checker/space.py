"""The reachable states of a protocol: the real rules, run against every answer that the environment can give.

A state is an incident without its times, words and numbers: what the rules cannot tell apart is one state.
"""

from collections.abc import Iterator, Mapping
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
from crisis.statemachine.closing import GUARDIAN_BASES, was_high
from crisis.statemachine.decide import decide, decide_open
from crisis.statemachine.evolve import evolve, fold
from crisis.statemachine.incident import Incident, StepRecord
from crisis.statemachine.paging import LIVE
from crisis.statemachine.steps import Standing, standing
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
    answers: Mapping[tuple[StepId, str], Key]  # two answers that every condition treats alike are one
    facts: frozenset[str]
    releases: Mapping[ReleaseTo, Key]  # and so are two hands into which a student is released
    exceptions: Mapping[str, Key]
    screens: bool
    emergency: bool


def what_is_read(protocol: Protocol) -> Read:
    found = [condition for _step, condition in all_conditions(protocol)]
    choices = [(step.id, choice) for step in protocol.steps for choice in step.choices]
    rules = [(step.id, rule) for step in protocol.steps for rule in step.exceptions]
    return Read(
        steps=frozenset(condition.done for condition in found if condition.done is not None),
        answers={
            (step, choice.id): (choice.police, *(choice.id in (known.answer or {}).get(step, ()) for known in found))
            for step, choice in choices
        },
        facts=frozenset(fact for condition in found for fact in condition.fact or {}),
        releases={to: (to is ReleaseTo.EMS, *(to in (known.released_to or ()) for known in found)) for to in ReleaseTo},
        exceptions={
            rule.id: (step, *_alike(rule), *(rule.id in (known.exception or ()) for known in found))
            for step, rule in rules
        },
        screens=any(condition.screen is not None for condition in found),
        emergency=any(condition.emergency is not None for condition in found),
    )


def _alike(rule: ExceptionRule) -> Key:
    """What the rules themselves ask of an exception."""
    return (
        rule.substitutes,
        rule.basis in GUARDIAN_BASES,
        rule.blocks_guardians,
        rule.obligation is not None,
        rule.expires is not None,
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
        yield from self._first_open(incident, now)
        yield from custody(incident)
        yield from emergency(incident)
        yield from handoffs(incident)
        yield from self._lifts(incident)
        yield from self._facts(incident)
        yield from _after_release(incident)
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

    def _first_open(self, incident: Incident, now: Standing) -> Iterator[Move]:
        """The open steps one after the other, in the order of the protocol, each with all that can become of it.

        An open step stays open until it is settled: by its own outcome, by an exception, or because a condition no
        longer asks for it. Other steps neither take its outcomes away nor add to them, so their order cannot matter;
        what cuts in between, custody and the emergency, is tried at every point.
        """
        for step in self.protocol.steps:
            if now[step.id] is not StepState.OPEN or (step.type not in AT_STEP and not step.exceptions):
                continue
            yield from AT_STEP.get(step.type, _nothing)(step, incident)
            for rule in step.exceptions:
                if rule.id not in incident.exceptions:
                    order = cmd.DeclareException(by=FIRST, step=step.id, exception=rule.id, reason=WORDS)
                    yield f"declares “{rule.label.en}”", (order,)
            if step.type in AT_STEP:
                return

    def _lifts(self, incident: Incident) -> Iterator[Move]:
        """Both people at once: between the two nothing has changed for anybody else."""
        for rule in (
            rule for step in self.protocol.steps for rule in step.exceptions if rule.id in incident.exceptions
        ):
            asks = cmd.LiftException(by=FIRST, exception=rule.id, reason=WORDS)
            lifts = cmd.LiftException(by=SECOND, exception=rule.id, reason=WORDS)
            yield f"lifts the exception {rule.id}", (asks, lifts) if rule.two_to_lift else (asks,)

    def _facts(self, incident: Incident) -> Iterator[Move]:
        for fact in self.protocol.facts:
            for value in fact.values:
                if fact.id in self.read.facts and fact.id not in incident.facts:
                    yield f"finds out: {fact.id} is {value}", (cmd.SetFact(by=FIRST, fact=fact.id, value=value),)

    def key(self, incident: Incident) -> Key:
        """What the rules can tell apart; times, ids and counts that no rule compares are left out."""
        return (*_student_key(incident, self.read), *_response_key(incident, self.read))


def _after_release(incident: Incident) -> Iterator[Move]:
    if incident.custody is not Custody.RELEASED or incident.follow_up_transferred:
        return
    transfer = cmd.TransferFollowUp(by=FIRST, to=None, organisation=WORDS, accepted=True)
    yield "passes the follow-up on to a named owner", (transfer,)
    if not any(record.times for record in incident.steps.values()):
        yield "finds new risk and reopens the assessment", (cmd.ReopenAssessment(by=FIRST, reason=WORDS),)


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


def _student_key(incident: Incident, read: Read) -> Key:
    """Once the level is decided, of the floor and the screen only what closing and the conditions ask is left."""
    assessing = incident.tier is None or incident.tier_awaiting is not None
    released = None if incident.released_to is None else read.releases[incident.released_to]
    return (
        incident.phase,
        incident.custody,
        incident.emergency if read.emergency else incident.emergency is Emergency.ACTIVE,
        incident.effective_tier,
        incident.tier_awaiting,
        incident.floor if assessing else incident.floor is not None,
        incident.tier is not None,
        incident.screen if assessing or read.screens else incident.screen in _POSITIVE,
        was_high(incident),
        released,
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
        frozenset((read.exceptions[active.id], active.expired) for active in incident.exceptions.values()),
        frozenset((page.step, page.state if page.state in LIVE else None) for page in incident.pages.values()),
        any(known.state is HandoffState.OFFERED for known in incident.handoffs.values()),
        any(report.filed_at is None for report in incident.obligations.values()),
    )


def _step_key(step: StepId, record: StepRecord, read: Read) -> Key:
    answered = record.choice is not None and read.answers.get((step, record.choice), True)
    return (step, record.done_at is not None, answered, len(record.times))


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
