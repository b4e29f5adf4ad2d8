"""What the environment can do to an incident: people, phones and time, each move with the words of its story."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import TypeAlias

from crisis import commands as cmd
from crisis import follow_up_commands as ucmd
from crisis import instrument_commands as icmd
from crisis import page_commands as pcmd
from crisis import record_commands as ccmd
from crisis import report_commands as tcmd
from crisis.commands import Actor, ActorKind, Command
from crisis.ladders import Ladder
from crisis.protocols.columbia import CSSRS
from crisis.protocols.schema import ExceptionRule, Protocol, Step
from crisis.protocols.scoring import ASQ, DISPOSITIONS, SCREENS, YOUNGEST
from crisis.statemachine.ground import Ground, SchoolCalendar
from crisis.statemachine.incident import Incident
from crisis.statemachine.paging import LIVE
from crisis.vocabulary import (
    ContactMethod,
    ContactOutcome,
    DistrictId,
    Emergency,
    FollowUpOutcome,
    HandoffId,
    LanguageHelp,
    LegalBasis,
    PageState,
    PersonId,
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
    conflict_entered=True,  # whoever has to be kept out can always be entered
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
        reason = WORDS if choice.reason_needed or choice.police else None
        order = cmd.AnswerDecision(by=FIRST, step=step.id, choice=choice.id, reason=reason)
        yield f"answers “{step.title.en}” with “{choice.label.en}”", (order,)


def _contacts(step: Step, incident: Incident) -> Iterator[Move]:
    yield "reaches the guardian", (_contact(step, ContactOutcome.REACHED),)


def _follows_up(step: Step, incident: Incident) -> Iterator[Move]:
    for outcome in (FollowUpOutcome.COMPLETED, FollowUpOutcome.NO_SHOW):
        yield f"“{step.title.en}”: {outcome}", (cmd.RecordFollowUp(by=FIRST, step=step.id, outcome=outcome),)
    if step.series is not None and step.series.ended_by:
        yield f"ends “{step.title.en}”", (ucmd.EndFollowUp(by=FIRST, step=step.id, reason=WORDS),)


def _evidence(step: Step) -> dict[str, str | bool]:
    found: dict[str, str | bool] = {}
    for field in (each for each in step.evidence if each.required or each.kind != "person"):
        found[field.name] = True if field.kind == "yes_no" else next(iter(field.options or {}), "words")
    return found


def _screens(step: Step, incident: Incident) -> Iterator[Move]:
    """By the first that decides: what an answer means is its table's business, what follows from it is asked here."""
    instrument = next(each for each in step.instruments if each in SCREENS)
    for story, answers in _STORIES[instrument].items():
        order = cmd.RecordScreen(
            by=FIRST,
            step=step.id,
            instrument=instrument,
            answers=answers,
            language="en",
            language_help=LanguageHelp.SHARED,
        )
        yield f"the screen {story}", (order,)
    if instrument in YOUNGEST:
        young = icmd.RecordTooYoung(by=FIRST, step=step.id, instrument=instrument)
        yield "the student is too young to be screened", (young,)


NO, YES, REFUSED = ScreenAnswer.NO, ScreenAnswer.YES, ScreenAnswer.REFUSED
_FIRST_FOUR = {"q1": NO, "q2": NO, "q3": NO, "q4": NO}
_NOTHING = {"q1": NO, "q2": NO, "q6": NO}
_STORIES: Mapping[str, Mapping[str, Mapping[str, ScreenAnswer]]] = {
    ASQ: {
        "is negative": _FIRST_FOUR,
        "is positive, not acute": {**_FIRST_FOUR, "q1": YES, "q5": NO},
        "is positive and acute": {**_FIRST_FOUR, "q1": YES, "q3": YES, "q5": YES},
        "is refused": {**dict.fromkeys(_FIRST_FOUR, REFUSED), "q5": NO},
        "stays incomplete": {"q1": NO, "q2": NO, "q3": NO},
    },
    CSSRS: {
        "is negative": _NOTHING,
        "is low": {**_NOTHING, "q1": YES},
        "is moderate": {**_NOTHING, "q6": YES, "q6_recent": NO},
        "is high": {**_NOTHING, "q6": YES, "q6_recent": YES},
        "stays incomplete": {"q1": NO},
    },
}


def signs(step: Step) -> Move:
    return "a second person signs the level of risk", (cmd.SignTier(by=SECOND, step=step.id),)


def _assesses(step: Step, incident: Incident) -> Iterator[Move]:
    if incident.tier_awaiting is not None:
        yield signs(step)
        return
    record = incident.steps.get(step.id)
    if record is None or record.choice is None:
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
        yield sets_tier(step, tier)


def sets_tier(step: Step, tier: Tier) -> Move:
    order = cmd.SetTier(by=FIRST, step=step.id, tier=tier, rationale=WORDS)
    return f"sets the level of risk to {tier.value}", (order,)


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


def offers(step: Step, incident: Incident, protocol: Protocol) -> Iterator[Move]:
    """The receiver accepts at once; one that declines leaves the incident as it was, so it makes no new state."""
    offer = cmd.OfferHandoff(
        by=FIRST,
        step=step.id,
        receiver=ReceiverKind.MOBILE_CRISIS,
        organisation=WORDS,
        basis=LegalBasis.EMERGENCY,
        threat=WORDS,
        disclosed=frozenset(protocol.disclosure_items),
        withheld={},
    )
    handoff = HandoffId(f"{incident.id}-{incident.seq + 1}")
    yield (
        f"hands over in “{step.title.en}”, and the receiver accepts",
        (offer, cmd.AcceptHandoff(by=FIRST, handoff=handoff, recipient=WORDS)),
    )


def releases(to: ReleaseTo) -> Move:
    order = cmd.ReleaseCustody(by=FIRST, to=to, contact=PersonId("guardian"), receiver=WORDS, identity_checked=True)
    return f"releases the student to {to.value.replace('_', ' ')}", (order,)


def loses() -> Move:
    return "loses sight of the student", (cmd.ReportCustodyLost(by=FIRST, last_seen=WORDS),)


def finds() -> Move:
    return "finds the student", (cmd.ReportStudentFound(by=FIRST),)


def takes() -> Move:
    return "takes the student into care", (cmd.TakeCustody(by=FIRST),)


def raises_emergency() -> Move:
    return "raises the emergency", (cmd.RaiseEmergency(by=FIRST, dangers=frozenset(), called_911=True),)


def reopens() -> Move:
    return "finds new risk and reopens the assessment", (cmd.ReopenAssessment(by=FIRST, reason=WORDS),)


def transfers() -> Move:
    order = cmd.TransferFollowUp(by=FIRST, to=None, organisation=WORDS, accepted=True)
    return "passes the follow-up on to a named owner", (order,)


def declares(step: Step, rule: ExceptionRule, attempts: int) -> Move:
    """With the attempts that must come first: no rule compares their number with anything else."""
    tries = max(0, rule.min_attempts - attempts)
    contact = _contact(step, ContactOutcome.NO_ANSWER)
    order = cmd.DeclareException(by=FIRST, step=step.id, exception=rule.id, reason=WORDS)
    before = "gets no answer from the guardian and " if tries else ""
    return f"{before}declares “{rule.label.en}”", (*(contact,) * tries, order)


def lifts(rule: ExceptionRule) -> Move:
    """Both people at once: between the two nothing has changed for anybody else."""
    asks = cmd.LiftException(by=FIRST, exception=rule.id, reason=WORDS)
    agrees = cmd.LiftException(by=SECOND, exception=rule.id, reason=WORDS)
    return f"lifts “{rule.label.en}”", (asks, agrees) if rule.two_to_lift else (asks,)


def learns(fact: str, value: str) -> Move:
    return f"finds out: {fact} is {value}", (cmd.SetFact(by=FIRST, fact=fact, value=value),)


def pages(incident: Incident) -> Iterator[Move]:
    for page in incident.pages.values():
        who = page.role.value.replace("_", " ")
        if page.state in LIVE:
            yield f"the {who} takes the page", (pcmd.AcceptPage(by=SECOND, page=page.id),)
            yield f"cancels the page to the {who}", (pcmd.CancelPage(by=FIRST, page=page.id),)
        if page.state is PageState.PAGING:
            due = cmd.TimerDue(by=SYSTEM, name="page_unanswered", key=f"{page.id}:{page.level}")
            yield f"the {who} does not answer", (due,)


def _pages_again(step: Step, incident: Incident) -> Iterator[Move]:
    """Somebody cancelled the page and the step is still open."""
    order = pcmd.RequestPage(by=FIRST, role=step.pages or Role.ONCALL_CLINICIAN, urgency=step.urgency, step=step.id)
    yield f"pages for “{step.title.en}” again", (order,)


def resolves_emergency() -> Move:
    return "says how the emergency ended", (cmd.ResolveEmergency(by=FIRST, outcome=WORDS),)


def closes(incident: Incident) -> Move:
    """What only a close asks for, and the close: before that it changes nothing for anybody, in whatever order."""
    reports = [report for report in incident.obligations.values() if report.filed_at is None]
    undone = [task for task, known in incident.tasks.items() if known.done_at is None]
    passing = [active for active in incident.exceptions.values() if active.expires_at is not None]
    over = resolves_emergency()[1] if incident.emergency is Emergency.ACTIVE else ()
    return "does the paper work and closes the incident", (
        *(tcmd.FileReport(by=FIRST, obligation=report.id, agency="agency", number=WORDS) for report in reports),
        *(ccmd.FinishTask(by=FIRST, task=task, note=WORDS) for task in undone),
        *over,
        *(cmd.TimerDue(by=SYSTEM, name="exception_expires", key=active.id) for active in passing),
        *(cmd.RenewException(by=FIRST, exception=active.id, reason=WORDS) for active in passing),
        cmd.DecideReview(by=FIRST, hold=True),
        cmd.SignClose(by=SECOND),
        cmd.CloseIncident(by=FIRST),
    )


AT_STEP: dict[StepType, Callable[[Step, Incident], Iterator[Move]]] = {
    StepType.ACT: works,
    StepType.NOTIFY: works,
    StepType.DOCUMENT: works,
    StepType.MEETING: works,
    StepType.DECISION: _decides,
    StepType.SCREEN: _screens,
    StepType.ASSESS: _assesses,
    StepType.CONTACT: _contacts,
    StepType.FOLLOW_UP: _follows_up,
    StepType.PAGE: _pages_again,
}
