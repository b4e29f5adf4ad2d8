"""The reachable states of a protocol: the real rules, run against every answer that the environment can give.

A state is an incident without its times, words and numbers: what the rules cannot tell apart is one state.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import TypeAlias

from crisis import commands as cmd
from crisis.commands import Actor, ActorKind, Command
from crisis.errors import Refused
from crisis.protocols.schema import Condition, Protocol, Step
from crisis.statemachine.decide import decide, decide_open
from crisis.statemachine.evolve import evolve, fold
from crisis.statemachine.ground import Ground, SchoolCalendar
from crisis.statemachine.incident import Incident, Page
from crisis.statemachine.steps import SETTLED, standing
from crisis.vocabulary import (
    Beside,
    ContactMethod,
    ContactOutcome,
    Custody,
    DistrictId,
    Emergency,
    FollowUpOutcome,
    HandoffState,
    IncidentId,
    LanguageHelp,
    LegalBasis,
    Mode,
    PageState,
    PersonId,
    ProtocolHash,
    ReceiverKind,
    ReleaseTo,
    Role,
    SchoolId,
    ScreenAnswer,
    StaffRole,
    StepId,
    StepState,
    StepType,
    StudentId,
    Tier,
    WordsId,
)

START = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
LATER = timedelta(days=400)  # past every deadline and every least length of follow-up
WORDS = WordsId("words")
DISTRICT, SCHOOL, STUDENT = DistrictId("district"), SchoolId("school"), StudentId("student")
GROUND = Ground(calendar=SchoolCalendar(zone="America/New_York", opens=time(8), closes=time(15)))

_WORK = frozenset({StepType.ACT, StepType.NOTIFY, StepType.DOCUMENT, StepType.MEETING})

Key: TypeAlias = tuple[object, ...]
Move: TypeAlias = tuple[str, Command]


def _person(name: str) -> Actor:
    """Somebody who may do everything: the checker asks what the graph allows, not who is at work today."""
    return Actor(
        kind=ActorKind.PERSON,
        id=PersonId(name),
        district=DISTRICT,
        schools=frozenset({SCHOOL}),
        posts=frozenset(StaffRole) - {StaffRole.OPERATOR},
        roles=frozenset(Role),
    )


FIRST, SECOND = _person("first"), _person("second")
SYSTEM = Actor(kind=ActorKind.SYSTEM, id=None, district=DISTRICT)


@dataclass(frozen=True, slots=True)
class Space:
    """A protocol with the moves that its environment can make."""

    protocol: Protocol

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

    def after(self, incident: Incident, command: Command) -> Incident | None:
        """The incident after the move; None where the rules refuse it, or nothing changes."""
        at = START if incident.released_at is None else START + LATER
        try:
            events = decide(incident, self.protocol, GROUND, command, at)
        except Refused:
            return None
        for event in events:
            incident = evolve(incident, event)
        return incident if events else None

    def moves(self, incident: Incident) -> Iterator[Move]:
        """All that people, phones and time can do next, each with the words of the story."""
        now = standing(incident, self.protocol)
        for step in self.protocol.steps:
            if now[step.id] is StepState.OPEN:
                yield from _at_step(step, incident)
        yield from _custody(incident)
        yield from _emergency(incident)
        yield from _pages(incident)
        yield from _handoffs(incident)
        yield from self._exceptions(incident)
        yield from self._facts(incident)
        yield from _ending(incident)

    def independent_steps(self) -> frozenset[StepId]:
        """Steps of work without a condition that no condition looks at: doing them changes nothing for other moves."""
        looked_at = {step for condition in conditions(self.protocol) for step in mentioned(condition)}
        return frozenset(
            step.id
            for step in self.protocol.steps
            if step.type in _WORK and step.when is None and step.ready_when is None and step.id not in looked_at
        )

    def work(self, step: Step) -> Move:
        return next(_works(step, self.start()))

    def takes_page(self, page: Page) -> Move:
        return f"the {page.role.value} takes the page", cmd.AcceptPage(by=SECOND, page=page.id)

    def _exceptions(self, incident: Incident) -> Iterator[Move]:
        now = standing(incident, self.protocol)
        for step in self.protocol.steps:
            for rule in step.exceptions:
                active = incident.exceptions.get(rule.id)
                if active is None and now[step.id] not in SETTLED:
                    order = cmd.DeclareException(by=FIRST, step=step.id, exception=rule.id, reason=WORDS)
                    yield f"declares “{rule.label.en}”", order
                elif active is not None:
                    yield from _active(rule.id, active.expired, active.lift_asked_by is not None)
        for report in incident.obligations.values():
            if report.filed_at is None:
                order_to_file = cmd.FileReport(by=FIRST, obligation=report.id, agency="agency", number=WORDS)
                yield "files the report to child protection", order_to_file

    def _facts(self, incident: Incident) -> Iterator[Move]:
        for fact in self.protocol.facts:
            for value in fact.values:
                if fact.id not in incident.facts:
                    yield f"finds out: {fact.id} is {value}", cmd.SetFact(by=FIRST, fact=fact.id, value=value)


def _active(name: str, expired: bool, asked: bool) -> Iterator[Move]:
    if not expired:
        yield f"the exception {name} runs out", cmd.TimerDue(by=SYSTEM, name="exception_expires", key=name)
    else:
        yield f"renews the exception {name}", cmd.RenewException(by=FIRST, exception=name, reason=WORDS)
    by = SECOND if asked else FIRST
    yield f"lifts the exception {name}", cmd.LiftException(by=by, exception=name, reason=WORDS)


def _at_step(step: Step, incident: Incident) -> Iterator[Move]:
    made = _BY_TYPE.get(step.type)
    return iter(()) if made is None else made(step, incident)


def conditions(protocol: Protocol) -> Iterator[Condition]:
    """Every condition of the protocol, the nested ones too."""
    queue = [step.when for step in protocol.steps] + [step.ready_when for step in protocol.steps]
    queue += [deadline.when for step in protocol.steps for deadline in step.deadlines]
    queue += [step.sign.second_when for step in protocol.steps if step.sign is not None]
    while queue:
        condition = queue.pop()
        if condition is not None:
            yield condition
            queue += [*(condition.all or ()), *(condition.any or ()), *(condition.none or ())]


def mentioned(condition: Condition) -> set[StepId]:
    return {*([condition.done] if condition.done else []), *(condition.answer or {})}


def _works(step: Step, incident: Incident) -> Iterator[Move]:
    yield f"does “{step.title.en}”", cmd.CompleteStep(by=FIRST, step=step.id, evidence=_evidence(step))


def _decides(step: Step, incident: Incident) -> Iterator[Move]:
    for choice in step.choices:
        order = cmd.AnswerDecision(by=FIRST, step=step.id, choice=choice.id, reason=WORDS)
        yield f"answers “{step.title.en}” with “{choice.label.en}”", order


def _contacts(step: Step, incident: Incident) -> Iterator[Move]:
    yield "reaches the guardian", _contact(step, ContactOutcome.REACHED)
    if len(incident.contact_attempts) < _most_attempts(step):
        yield "gets no answer from the guardian", _contact(step, ContactOutcome.NO_ANSWER)


def _offers(step: Step, incident: Incident) -> Iterator[Move]:
    if not any(known.state is HandoffState.OFFERED for known in incident.handoffs.values()):
        yield "offers the handoff", _offer(step)


def _follows_up(step: Step, incident: Incident) -> Iterator[Move]:
    for outcome in (FollowUpOutcome.COMPLETED, FollowUpOutcome.NO_SHOW):
        yield f"“{step.title.en}”: {outcome}", cmd.RecordFollowUp(by=FIRST, step=step.id, outcome=outcome)


def _evidence(step: Step) -> dict[str, str | bool]:
    found: dict[str, str | bool] = {}
    for field in step.evidence:
        found[field.name] = True if field.kind == "yes_no" else next(iter(field.options or {}), "words")
    return found


def _screens(step: Step, incident: Incident) -> Iterator[Move]:
    no, yes = ScreenAnswer.NO, ScreenAnswer.YES
    stories = {
        "is negative": [no, no, no, no, ScreenAnswer.NOT_ASKED],
        "is positive, not acute": [yes, no, no, no, no],
        "is positive and acute": [yes, no, yes, no, yes],
        "is refused": [ScreenAnswer.REFUSED] * 4 + [no],
        "stays incomplete": [no, no, no, ScreenAnswer.MISSING, ScreenAnswer.NOT_ASKED],
    }
    for story, answers in stories.items():
        order = cmd.RecordScreen(
            by=FIRST,
            step=step.id,
            instrument=step.instruments[0],
            answers={f"q{n}": answer for n, answer in enumerate(answers, start=1)},
            language="en",
            language_help=LanguageHelp.SHARED,
        )
        yield f"the screen {story}", order


def _assesses(step: Step, incident: Incident) -> Iterator[Move]:
    if incident.tier_awaiting is not None:
        yield "a second person signs the level of risk", cmd.SignTier(by=SECOND, step=step.id)
        return
    for disposition in ("emergency", "further_evaluation", "non_urgent", "no_further"):
        for instrument in step.instruments:
            order = cmd.RecordInterview(
                by=FIRST,
                step=step.id,
                instrument=instrument,
                disposition=disposition,
                right_now=ScreenAnswer.NO,
                rationale=WORDS,
            )
            yield f"the interview ends in “{disposition}”", order
    for tier in Tier:
        yield f"sets the level of risk to {tier}", cmd.SetTier(by=FIRST, step=step.id, tier=tier, rationale=WORDS)


def _most_attempts(step: Step) -> int:
    return max((rule.min_attempts for rule in step.exceptions), default=1)


def _contact(step: Step, outcome: ContactOutcome) -> Command:
    return cmd.RecordContact(
        by=SECOND,
        step=step.id,
        contact=None,
        guardian=True,
        method=ContactMethod.PHONE,
        outcome=outcome,
        language="en",
        language_help=LanguageHelp.SHARED,
        understood=outcome is ContactOutcome.REACHED,
        alone=WORDS,
    )


def _offer(step: Step) -> Command:
    return cmd.OfferHandoff(
        by=FIRST,
        step=step.id,
        receiver=ReceiverKind.MOBILE_CRISIS,
        organisation=WORDS,
        basis=LegalBasis.EMERGENCY,
        threat=WORDS,
        disclosed=frozenset(),
        withheld={},
    )


def _custody(incident: Incident) -> Iterator[Move]:
    match incident.custody:
        case Custody.UNHELD:
            yield "takes the student into care", cmd.TakeCustody(by=FIRST)
        case Custody.HELD:
            yield "loses sight of the student", cmd.ReportCustodyLost(by=FIRST, last_seen=WORDS)
            for to in ReleaseTo:
                order = cmd.ReleaseCustody(
                    by=FIRST, to=to, contact=PersonId("guardian"), receiver=WORDS, identity_checked=True
                )
                yield f"releases the student to {to.value}", order
        case Custody.LOST:
            yield "finds the student", cmd.ReportStudentFound(by=FIRST)
        case Custody.RELEASED if incident.returned_at is None:
            yield "the student comes back to school", cmd.RecordReturn(by=FIRST)
        case _:
            return


def _emergency(incident: Incident) -> Iterator[Move]:
    if incident.emergency is Emergency.INACTIVE:
        yield "raises the emergency", cmd.RaiseEmergency(by=FIRST, dangers=frozenset(), called_911=True)
    elif incident.emergency is Emergency.ACTIVE:
        yield "says how the emergency ended", cmd.ResolveEmergency(by=FIRST, outcome=WORDS)


def _pages(incident: Incident) -> Iterator[Move]:
    for page in incident.pages.values():
        if page.state in (PageState.PAGING, PageState.EXHAUSTED):
            yield f"the {page.role.value} takes the page", cmd.AcceptPage(by=SECOND, page=page.id)
            yield f"cancels the page to the {page.role.value}", cmd.CancelPage(by=FIRST, page=page.id)
        if page.state is PageState.PAGING:
            due = cmd.TimerDue(by=SYSTEM, name="page_unanswered", key=f"{page.id}:{page.level}")
            yield f"the {page.role.value} does not answer", due


def _handoffs(incident: Incident) -> Iterator[Move]:
    for known in incident.handoffs.values():
        if known.state is HandoffState.OFFERED:
            yield "the receiver accepts", cmd.AcceptHandoff(by=FIRST, handoff=known.id, recipient=WORDS)
            yield "the receiver declines", cmd.DeclineHandoff(by=FIRST, handoff=known.id, reason=WORDS)


def _ending(incident: Incident) -> Iterator[Move]:
    if not incident.follow_up_transferred:
        order = cmd.TransferFollowUp(by=FIRST, to=None, organisation=WORDS, accepted=True)
        yield "passes the follow-up on to a named owner", order
    if incident.review_held is None:
        yield "decides to hold a review", cmd.DecideReview(by=FIRST, hold=True)
    if not incident.close_signed_by:
        yield "a second person signs the close", cmd.SignClose(by=SECOND)
    yield "closes the incident", cmd.CloseIncident(by=FIRST)


_BY_TYPE: dict[StepType, Callable[[Step, Incident], Iterator[Move]]] = {
    StepType.ACT: _works,
    StepType.NOTIFY: _works,
    StepType.DOCUMENT: _works,
    StepType.MEETING: _works,
    StepType.DECISION: _decides,
    StepType.SCREEN: _screens,
    StepType.ASSESS: _assesses,
    StepType.CONTACT: _contacts,
    StepType.HANDOFF: _offers,
    StepType.FOLLOW_UP: _follows_up,
}


def key(incident: Incident) -> Key:
    """What the rules can tell apart; times, ids and counts that no rule compares are left out."""
    steps = frozenset(
        (step, record.done_at is not None, record.waived, record.choice, record.awaiting_second, len(record.times))
        for step, record in incident.steps.items()
    )
    exceptions = frozenset(
        (active.id, active.expired, active.lift_asked_by is not None) for active in incident.exceptions.values()
    )
    pages = frozenset((page.step, page.role, page.state, page.level) for page in incident.pages.values())
    handoffs = frozenset(known.state for known in incident.handoffs.values())
    reports = frozenset(report.filed_at is not None for report in incident.obligations.values())
    facts = frozenset((name, fact.value) for name, fact in incident.facts.items())
    return (
        incident.phase,
        incident.custody,
        incident.emergency,
        incident.tier,
        incident.tier_awaiting,
        incident.floor,
        incident.below_floor_signed,
        incident.peak,
        incident.screen,
        incident.released_to,
        incident.returned_at is not None,
        incident.acute_at is not None,
        min(len(incident.contact_attempts), 3),
        incident.guardian_reached_at is not None,
        incident.follow_up_transferred,
        incident.review_held,
        len(incident.close_signed_by),
        incident.closed_at is not None,
        steps,
        exceptions,
        pages,
        handoffs,
        reports,
        facts,
    )


def forgetful(incident: Incident) -> Incident:
    """The same state with its history cut, so that exploring does not carry ever longer logs along."""
    latest = {page.step: page for page in incident.pages.values()}
    open_handoffs = {
        name: known for name, known in incident.handoffs.items() if known.state is not HandoffState.DECLINED
    }
    return replace(
        incident,
        missed=incident.missed[-1:],
        contact_attempts=incident.contact_attempts[-3:],
        pages={page.id: page for page in latest.values()},
        handoffs=open_handoffs,
        close_signed_by=incident.close_signed_by[-2:],
    )
