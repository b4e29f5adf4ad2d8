"""What the environment can do to an incident: people, phones and time, each move with the words of its story."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import TypeAlias

from crisis import commands as cmd
from crisis.commands import Actor, ActorKind, Command
from crisis.protocols.schema import Step
from crisis.protocols.scoring import DISPOSITIONS
from crisis.statemachine.ground import Ground, Ladder, SchoolCalendar
from crisis.statemachine.incident import Incident
from crisis.vocabulary import (
    ContactMethod,
    ContactOutcome,
    Custody,
    DistrictId,
    Emergency,
    FollowUpOutcome,
    HandoffState,
    LanguageHelp,
    LegalBasis,
    PageState,
    PersonId,
    Phase,
    ReceiverKind,
    ReleaseTo,
    Role,
    SchoolId,
    ScreenAnswer,
    StaffRole,
    StepType,
    StudentId,
    Tier,
    WordsId,
)

START = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
LATER = timedelta(days=400)  # past every deadline and every least length of follow-up
WORDS = WordsId("words")
DISTRICT, SCHOOL, STUDENT = DistrictId("district"), SchoolId("school"), StudentId("student")
GROUND = Ground(  # one level: how many people do not answer before nobody is left changes no rule
    calendar=SchoolCalendar(zone="America/New_York", opens=time(8), closes=time(15)),
    default_ladder=Ladder(answer_within=(timedelta(minutes=5),), repeat_alarm=timedelta(minutes=2)),
)

WORK = frozenset({StepType.ACT, StepType.NOTIFY, StepType.DOCUMENT, StepType.MEETING})

Move: TypeAlias = tuple[str, tuple[Command, ...]]


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


def works(step: Step, incident: Incident) -> Iterator[Move]:
    yield f"does “{step.title.en}”", (cmd.CompleteStep(by=FIRST, step=step.id, evidence=_evidence(step)),)


def _decides(step: Step, incident: Incident) -> Iterator[Move]:
    for choice in step.choices:
        order = cmd.AnswerDecision(by=FIRST, step=step.id, choice=choice.id, reason=WORDS)
        yield f"answers “{step.title.en}” with “{choice.label.en}”", (order,)


def _contacts(step: Step, incident: Incident) -> Iterator[Move]:
    yield "reaches the guardian", (_contact(step, ContactOutcome.REACHED),)
    wanted = _most_attempts(step) - len(incident.contact_attempts)
    if wanted > 0:  # all at once: until there are enough of them nothing has changed for anybody
        yield "gets no answer from the guardian, again and again", (_contact(step, ContactOutcome.NO_ANSWER),) * wanted


def _offers(step: Step, incident: Incident) -> Iterator[Move]:
    if not any(known.state is HandoffState.OFFERED for known in incident.handoffs.values()):
        yield "offers the handoff", (_offer(step),)


def _follows_up(step: Step, incident: Incident) -> Iterator[Move]:
    for outcome in (FollowUpOutcome.COMPLETED, FollowUpOutcome.NO_SHOW):
        yield f"“{step.title.en}”: {outcome}", (cmd.RecordFollowUp(by=FIRST, step=step.id, outcome=outcome),)


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
        yield f"the screen {story}", (order,)


def _assesses(step: Step, incident: Incident) -> Iterator[Move]:
    if incident.tier_awaiting is not None:
        yield "a second person signs the level of risk", (cmd.SignTier(by=SECOND, step=step.id),)
    record = incident.steps.get(step.id)
    if incident.tier_awaiting is None and (record is None or record.choice is None):
        for instrument in step.instruments:
            for disposition in DISPOSITIONS.get(instrument, ()):
                order = cmd.RecordInterview(
                    by=FIRST,
                    step=step.id,
                    instrument=instrument,
                    disposition=disposition,
                    right_now=ScreenAnswer.NO,
                    rationale=WORDS,
                )
                yield f"the interview ends in “{disposition}”", (order,)
    for tier in Tier:
        order_tier = cmd.SetTier(by=FIRST, step=step.id, tier=tier, rationale=WORDS)
        yield f"sets the level of risk to {tier}", (order_tier,)


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


def custody(incident: Incident) -> Iterator[Move]:
    match incident.custody:
        case Custody.UNHELD:
            yield "takes the student into care", (cmd.TakeCustody(by=FIRST),)
        case Custody.HELD:
            yield "loses sight of the student", (cmd.ReportCustodyLost(by=FIRST, last_seen=WORDS),)
            for to in ReleaseTo:
                order = cmd.ReleaseCustody(
                    by=FIRST, to=to, contact=PersonId("guardian"), receiver=WORDS, identity_checked=True
                )
                yield f"releases the student to {to.value}", (order,)
        case Custody.LOST:
            yield "finds the student", (cmd.ReportStudentFound(by=FIRST),)
        case _:
            return


def emergency(incident: Incident) -> Iterator[Move]:
    if incident.emergency is not Emergency.ACTIVE:
        yield "raises the emergency", (cmd.RaiseEmergency(by=FIRST, dangers=frozenset(), called_911=True),)
    elif incident.emergency is Emergency.ACTIVE:
        yield "says how the emergency ended", (cmd.ResolveEmergency(by=FIRST, outcome=WORDS),)


def pages(incident: Incident) -> Iterator[Move]:
    for page in incident.pages.values():
        who = page.role.value.replace("_", " ")
        if page.state in (PageState.PAGING, PageState.EXHAUSTED):
            yield f"the {who} takes the page", (cmd.AcceptPage(by=SECOND, page=page.id),)
            yield f"cancels the page to the {who}", (cmd.CancelPage(by=FIRST, page=page.id),)
        if page.state is PageState.PAGING:
            due = cmd.TimerDue(by=SYSTEM, name="page_unanswered", key=f"{page.id}:{page.level}")
            yield f"the {who} does not answer", (due,)


def _pages_again(step: Step, incident: Incident) -> Iterator[Move]:
    """Somebody cancelled the page and the step is still open."""
    order = cmd.RequestPage(by=FIRST, role=step.pages or Role.ONCALL_CLINICIAN, urgency=step.urgency, step=step.id)
    yield f"pages for “{step.title.en}” again", (order,)


def handoffs(incident: Incident) -> Iterator[Move]:
    for known in incident.handoffs.values():
        if known.state is HandoffState.OFFERED:
            yield "the receiver accepts", (cmd.AcceptHandoff(by=FIRST, handoff=known.id, recipient=WORDS),)
            yield "the receiver declines", (cmd.DeclineHandoff(by=FIRST, handoff=known.id, reason=WORDS),)


def ending(incident: Incident) -> Iterator[Move]:
    """What only a close can read, tried when every step is settled: before that it would change nothing for anybody."""
    unfiled = [report.id for report in incident.obligations.values() if report.filed_at is None]
    if unfiled:  # all at once: a block that is declared again and again owes more reports, and no rule counts them
        orders = tuple(cmd.FileReport(by=FIRST, obligation=key, agency="agency", number=WORDS) for key in unfiled)
        yield "files the reports to child protection", orders
        return
    for active in incident.exceptions.values():
        if active.expired:
            renew = cmd.RenewException(by=FIRST, exception=active.id, reason=WORDS)
            yield f"renews the exception {active.id}", (renew,)
        elif active.expires_at is not None and incident.review_held is None:
            due = cmd.TimerDue(by=SYSTEM, name="exception_expires", key=active.id)
            yield f"the exception {active.id} runs out", (due,)
    if incident.review_held is None:
        yield "decides to hold a review", (cmd.DecideReview(by=FIRST, hold=True),)
    elif not incident.close_signed_by:
        yield "a second person signs the close", (cmd.SignClose(by=SECOND),)
    yield "closes the incident", (cmd.CloseIncident(by=FIRST),)


AT_STEP: dict[StepType, Callable[[Step, Incident], Iterator[Move]]] = {
    StepType.ACT: works,
    StepType.NOTIFY: works,
    StepType.DOCUMENT: works,
    StepType.MEETING: works,
    StepType.DECISION: _decides,
    StepType.SCREEN: _screens,
    StepType.ASSESS: _assesses,
    StepType.CONTACT: _contacts,
    StepType.HANDOFF: _offers,
    StepType.FOLLOW_UP: _follows_up,
    StepType.PAGE: _pages_again,
}


_DISTURBING = (
    cmd.RaiseEmergency,
    cmd.ReportCustodyLost,
    cmd.LiftException,
    cmd.ReopenAssessment,
    cmd.CancelPage,
    cmd.DeclareException,
    cmd.DeclineHandoff,
)
_AFTER_ASSESSMENT = (Phase.FAMILY_CONTACT, Phase.HANDOFF, Phase.FOLLOW_UP)


def disturbs(incident: Incident, orders: tuple[Command, ...]) -> bool:
    """Whether the move is one that no protocol plans for."""
    early = isinstance(orders[0], cmd.ReleaseCustody) and incident.phase not in _AFTER_ASSESSMENT
    return early or isinstance(orders[0], _DISTURBING)
