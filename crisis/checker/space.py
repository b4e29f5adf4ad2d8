"""The reachable states of a protocol: the real rules, run against every answer that the environment can give.

A state is an incident without its times, words and numbers: what the rules cannot tell apart is one state. Of moves
whose order cannot matter one order is tried. The common ground for that: doing a step only ever helps, since rules and
conditions ask whether it is done; so an open step may wait, and of two open steps either may come first. Where a
condition wants a step undone, that step is tried beside the others. Of what follows a reopened assessment only the way
without further disturbance is explored, from every level of risk.
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
    START,
    STUDENT,
    Move,
    closes,
    declares,
    finds,
    learns,
    lifts,
    loses,
    offers,
    pages,
    raises_emergency,
    releases,
    reopens,
    resolves_emergency,
    sets_tier,
    signs,
    takes,
    transfers,
)
from crisis.checker.over import Over, what_ends
from crisis.checker.reading import Effect, Read, what_is_read
from crisis.commands import Command
from crisis.errors import Refused
from crisis.protocol_words import Subject
from crisis.protocols.schema import ExceptionRule, Protocol, Step
from crisis.statemachine.assessment import POSITIVE
from crisis.statemachine.closing import obstacles, was_high
from crisis.statemachine.conditions import holds
from crisis.statemachine.decide import decide, decide_open
from crisis.statemachine.evolve import evolve, fold
from crisis.statemachine.incident import Incident, StepRecord
from crisis.statemachine.paging import LIVE
from crisis.statemachine.steps import SETTLED, Standing, standing, unattended
from crisis.statemachine.timers import live_deadlines
from crisis.vocabulary import (
    Beside,
    Custody,
    Emergency,
    HandoffState,
    IncidentId,
    Mode,
    Phase,
    ProtocolHash,
    ReleaseTo,
    StepId,
    StepState,
    StepType,
    Tier,
)

Key: TypeAlias = tuple[object, ...]

_AFTER = (Phase.FOLLOW_UP, Phase.CLOSED)
_LATER = (StepType.FOLLOW_UP, StepType.REVIEW)
_JUDGING = frozenset({StepType.SCREEN, StepType.ASSESS})


@dataclass(frozen=True, slots=True)
class Space:
    """A protocol with the moves that its environment can make."""

    protocol: Protocol
    read: Read
    order: tuple[
        Step, ...
    ]  # in which open steps are tried, those with exceptions later; release and close have moves of their own
    hasty: tuple[Step, ...]  # those that may be done before what they wait for
    over: Over
    reopening: bool = True  # whether the assessment is reopened at all
    again: bool = False  # it was: from there only the plain way is followed

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
            student=None if self.protocol.subject is Subject.COMMUNITY else STUDENT,
            beside=Beside.NOBODY,
        )
        return fold(decide_open(order, self.protocol, GROUND, IncidentId("checked"), START))

    def after(self, incident: Incident, *commands: Command) -> Incident | None:
        """The incident after the orders; None where the rules refuse one, or nothing changes."""
        at = START if incident.released_at is None else START + LATER
        changed = incident
        for command in commands:
            try:
                events = decide(changed, self.protocol, GROUND, command, at)
            except Refused:
                return None
            changed = reduce(evolve, events, changed)
        return None if changed is incident else changed

    def next(self, incident: Incident) -> Iterator[tuple[str, "Space", Incident]]:
        """Each move that the rules allow, told, with what comes of it."""
        for told, orders in self.moves(incident):
            after = self.after(incident, *orders)
            if after is not None:
                reopened = isinstance(orders[0], cmd.ReopenAssessment)
                yield told, replace(self, again=True) if reopened else self, self.counted(forgetful(after))

    def counted(self, incident: Incident) -> Incident:
        """Of a series without an end no rule counts more than its least number; its next contact comes in its time."""
        found = dict(incident.steps)
        for step in self.protocol.steps:
            if step.series is not None and step.id in found:
                record, most = found[step.id], step.series.count if step.series.ended_by else None
                held = len(record.times) if most is None else min(len(record.times), most)
                outcomes = record.outcomes if most is None else record.outcomes[-most:]
                found[step.id] = replace(record, times=(START - LATER,) * held, outcomes=outcomes)
        return replace(incident, steps=found)

    def moves(self, incident: Incident) -> Iterator[Move]:
        """All that people, phones and time can do next, each with the words of the story.

        What must come soon and takes nothing from anybody is made alone: a page ends in one of few ways; a signature,
        an adult who comes and a student who is found are never out of reach.
        """
        alone = list(self._alone(incident))
        if alone:
            yield from alone
            return
        now = standing(incident, self.protocol)
        yield from self._work(incident, now)
        yield from self._disturbances(incident, now)
        if all(step.type is StepType.REVIEW or now.settled(step.id) for step in self.protocol.steps):
            yield from self._ends(incident)

    def _ends(self, incident: Incident) -> Iterator[Move]:
        """An exception is taken back only where a close is possible as well: it must not be the one way out."""
        close = closes(incident)
        if self.after(incident, *close[1]) is not None:
            yield close
            yield from (lifts(rule) for _step, rule in self._rules() if rule.id in incident.exceptions)

    def _alone(self, incident: Incident) -> Iterator[Move]:
        if any(page.state in LIVE for page in incident.pages.values()):
            yield from pages(incident)
        elif incident.tier_awaiting is not None:
            yield from (signs(step) for step in self.protocol.steps if step.type is StepType.ASSESS)
        elif self.read.custody and unattended(incident, self.protocol):
            yield takes()
        elif self.read.custody and incident.custody is Custody.LOST:
            yield finds()

    def _work(self, incident: Incident, now: Standing) -> Iterator[Move]:
        """Of the open steps the first one, in every way there is; the others stay open, so nothing is lost by waiting.

        Screening and assessment come together, since each of them can make the other unnecessary.
        """
        opened = [step for step in self.order if now[step.id] is StepState.OPEN]
        judging = [step for step in opened if step.type in _JUDGING]
        against = [step for step in opened if step.id in self.read.against and step.type not in _JUDGING]
        for step in {step.id: step for step in (*(judging or opened[:1]), *against)}.values():
            yield from self.at(step, incident)
            if not self.again:
                yield from self._exceptions_of(step, incident)
        early = [] if self.again else [step for step in self.hasty if now[step.id] is StepState.BLOCKED]
        for step in early:
            yield from self.at(step, incident)  # done before what it waits for on paper
        for step in self.protocol.steps:
            if step.type is StepType.ASSESS and now[step.id] is StepState.BLOCKED:
                yield sets_tier(step, Tier.HIGH)  # raising needs no interview (I-5)

    def at(self, step: Step, incident: Incident) -> Iterator[Move]:
        if step.type is StepType.HANDOFF:
            return offers(step, incident, self.protocol)
        made = AT_STEP.get(step.type)
        return iter(()) if made is None else made(step, incident)

    def _disturbances(self, incident: Incident, now: Standing) -> Iterator[Move]:
        """What can happen beside the steps; from the first follow-up contact on it finds what it found before."""
        if self.read.emergency and incident.emergency is Emergency.ACTIVE:
            yield resolves_emergency()
        if _following_up(incident):
            return
        held = self.read.custody and incident.custody is Custody.HELD
        if held:
            yield from self._held(incident, now)
        if self.again:
            return
        yield from self._facts(incident)
        if not held:
            if any(now[step.id] is StepState.OPEN and step.type not in _LATER for step in self.protocol.steps):
                return  # what disturbs waits for the last of these steps
            yield from self._gone(incident)
        if incident.acute_at is None and incident.emergency is not Emergency.ACTIVE:
            yield raises_emergency()

    def _held(self, incident: Incident, now: Standing) -> Iterator[Move]:
        leaving = any(step.custody == "released" and now[step.id] is StepState.OPEN for step in self.protocol.steps)
        judging = any(step.type in _JUDGING and now[step.id] is StepState.OPEN for step in self.protocol.steps)
        if leaving or not self.again:
            yield from (releases(to) for to in ReleaseTo)
        if not self.again:
            if leaving or judging:
                yield loses()  # in between the student would be found again at the same step
            yield from self._blocks(incident, now)

    def _gone(self, incident: Incident) -> Iterator[Move]:
        yield transfers()
        if self.reopening and incident.custody is Custody.RELEASED and not incident.exceptions:
            yield reopens()

    def _facts(self, incident: Incident) -> Iterator[Move]:
        for fact in self.protocol.facts:
            if fact.id in self.read.facts and fact.id not in incident.facts:
                yield from (learns(fact.id, value) for value in fact.values)

    def _rules(self) -> Iterator[tuple[Step, ExceptionRule]]:
        """The exceptions that a rule or a condition can see; the others only leave a report to file."""
        return (
            (step, rule) for step in self.protocol.steps for rule in step.exceptions if rule.id in self.read.exceptions
        )

    def _exceptions_of(self, of: Step, incident: Incident) -> Iterator[Move]:
        """One that only a condition reads is declared where that makes a difference."""
        now = standing(incident, self.protocol).states
        for step, rule in self._rules():
            if step.id != of.id or rule.id in incident.exceptions:
                continue
            told, orders = declares(step, rule, len(incident.contact_attempts))
            effect = self.read.exceptions[rule.id]
            if not (effect.substitutes or effect.instead or effect.blocks):
                after = self.after(incident, *orders)
                if after is None or standing(after, self.protocol).states == now:
                    continue
            yield told, orders

    def _blocks(self, incident: Incident, now: Standing) -> Iterator[Move]:
        """Family contact may be blocked after it was made, as long as the family could still fetch the student."""
        for step, rule in self._rules():
            if rule.blocks_guardians and now[step.id] in SETTLED and rule.id not in incident.exceptions:
                yield declares(step, rule, len(incident.contact_attempts))

    def key(self, incident: Incident) -> Key:
        """What the rules can tell apart; times, ids and counts that no rule compares are left out."""
        if incident.custody is Custody.RELEASED and incident.tier is not None and incident.phase in _AFTER:
            return (self.again, *self._following_key(incident))
        return (
            self.again,
            *_student_key(incident, self.read),
            *_response_key(incident, self.read),
            self._steps_key(incident),
        )

    def _steps_key(self, incident: Incident) -> Key:
        gone, over = incident.custody is Custody.RELEASED, self.over.steps(incident)
        left = {name: record for name, record in incident.steps.items() if name not in over}
        return (
            frozenset((step, *self._answer_key(step, incident, over, gone)) for step in over),
            frozenset(_step_key(step, record, self.read, gone) for step, record in left.items()),
        )

    def _answer_key(self, step: StepId, incident: Incident, over: frozenset[StepId], gone: bool) -> Key:
        record = incident.steps.get(step)
        if record is None or record.choice is None:
            return ()
        answer = (step, record.choice)
        heard = None if self.over.is_heard(step, over) else self.read.answers.get(answer)
        return (heard, not gone and answer in self.read.police)

    def _following_key(self, incident: Incident) -> Key:
        """In the follow-up nothing decides what comes but which steps are open and what they wait for.

        The level of risk stands, so what it made needed or not is in the state of the steps; only a first emergency
        could still change what it makes of them.
        """
        now = standing(incident, self.protocol)
        unsettled = [step for step in self.protocol.steps if now[step.id] not in SETTLED]
        calm = incident.acute_at is None and not _following_up(incident)
        return (
            incident.phase,
            _following_up(incident),
            _student_key(incident, self.read) if calm else was_high(incident),
            incident.follow_up_transferred,
            frozenset(reason.text for reason in obstacles(incident, self.protocol, START + LATER + LATER)),
            tuple((step.id, now[step.id], *self._waiting(step, incident, now)) for step in unsettled),
            frozenset(step for step, state in now.states.items() if state is StepState.SUBSTITUTED),
            frozenset((live.step.id, live.deadline.id) for live in live_deadlines(incident, self.protocol, GROUND)),
        )

    def _waiting(self, step: Step, incident: Incident, now: Standing) -> Key:
        conditions = (step.when, step.ready_when)
        known = (None if each is None else holds(each, incident, now.settled) for each in conditions)
        record = incident.steps.get(step.id)
        return (*known, 0 if record is None else len(record.times))


def _following_up(incident: Incident) -> bool:
    return incident.custody is Custody.RELEASED and any(record.times for record in incident.steps.values())


def space(protocol: Protocol, *, reopening: bool = True) -> Space:
    read = what_is_read(protocol)
    steps = (step for step in protocol.steps if step.type not in (StepType.CUSTODY, StepType.REVIEW))
    order = sorted(steps, key=lambda step: 2 if step.type is StepType.FOLLOW_UP else bool(step.exceptions))
    hasty = tuple(step for step in protocol.steps if step.act_first)
    return Space(protocol, read, tuple(order), hasty, what_ends(protocol), reopening)


def _student_key(incident: Incident, read: Read) -> Key:
    """Once the level is decided, of floor and screen only what closing and the conditions ask is left."""
    assessing = incident.tier is None or incident.tier_awaiting is not None
    gone = incident.custody is Custody.RELEASED
    active = incident.emergency is Emergency.ACTIVE  # it lets the police take the student, and ends before the close
    positive = incident.floor is not None or incident.screen in POSITIVE
    return (
        incident.phase,
        incident.custody,
        active and (not gone or read.emergency),
        incident.effective_tier,
        incident.tier_awaiting,
        incident.floor if assessing else positive,
        incident.tier is not None,
        read.screens.get(incident.screen) if incident.screen is not None else None,
        read.releases.get(incident.released_to) if incident.released_to is not None else None,
        incident.acute_at is not None,
        tuple(sorted((name, fact.value) for name, fact in incident.facts.items() if name in read.facts)),
    )


def _response_key(incident: Incident, read: Read) -> Key:
    """Reports to file, a review and signatures are left out: closing asks for them, and nothing keeps them away."""
    gone = incident.custody is Custody.RELEASED
    return (
        incident.guardian_reached_at is not None,
        incident.follow_up_transferred,
        incident.closed_at is not None,
        frozenset(
            _exception_key(read.exceptions[name], gone) for name in incident.exceptions if name in read.exceptions
        ),
        frozenset((page.step, page.state) for page in incident.pages.values() if page.state in LIVE),
    )


def _step_key(step: StepId, record: StepRecord, read: Read, gone: bool) -> Key:
    return (
        step,
        record.done_at is not None,
        record.choice is not None,
        read.answers.get((step, record.choice)),
        not gone and (step, record.choice) in read.police,
        len(record.times),
    )


def _exception_key(effect: Effect, gone: bool) -> Key:
    """Exceptions of the same effect are one; a block of the family matters until the student has left."""
    return (effect.step, effect.substitutes, effect.instead, effect.seen, effect.blocks and not gone)


def forgetful(incident: Incident) -> Incident:
    """The same state with its history cut, so that exploring does not carry ever longer logs along."""
    latest = {page.step: page for page in incident.pages.values()}
    unanswered = {name: known for name, known in incident.handoffs.items() if known.state is HandoffState.OFFERED}
    return replace(
        incident,
        missed=incident.missed[-1:],
        contact_attempts=incident.contact_attempts[-3:],
        pages={page.id: page for page in latest.values()},
        handoffs=unanswered,
        close_signed_by=incident.close_signed_by[-2:],
    )
