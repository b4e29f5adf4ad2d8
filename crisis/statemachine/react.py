"""react: what a batch of events obliges us to do, as effects. Drills are marked here, once, on every effect."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from crisis import events as ev
from crisis import linked_events as lev
from crisis import referral_events as rev
from crisis import report_events as tev
from crisis.effects import Effect, LookAtTexts, NotifyPerson, OpenLinked, StartTimer
from crisis.protocols.schema import Protocol
from crisis.statemachine import (
    company,
    notice,
    react_family,
    react_page,
    react_referral,
    return_news,
    spawning,
    watching,
)
from crisis.statemachine.arrival import watched
from crisis.statemachine.assessment import is_assessed
from crisis.statemachine.deadlines import next_school_time
from crisis.statemachine.ground import Ground
from crisis.statemachine.handoff import answer_by
from crisis.statemachine.incident import Incident, Obligation, same_but_for_pages
from crisis.statemachine.next_attempt import about_next_attempt, next_attempt_at
from crisis.statemachine.paging import in_other_hands
from crisis.statemachine.reacting import reaction, tell
from crisis.statemachine.timers import REPORT, live_deadlines, remind_after
from crisis.vocabulary import FollowUpOutcome, Role, StepId

# Importing it registers its reactions.
CONCERNS = (company, notice, react_family, react_page, react_referral, return_news, spawning, watching)
OFFER_WAITS = timedelta(minutes=2)  # a student between two adults, or missing
EXPIRED_AGAIN = timedelta(days=1)

Numbered = tuple[int, Effect]  # the number of the event that obliges it


def react(
    before: Incident | None, events: Sequence[ev.Event], after: Incident, protocol: Protocol, ground: Ground
) -> list[Numbered]:
    """The effects of events `before.seq + 1` to `after.seq`, in order; timers for deadlines that began to count."""
    if not events:
        return []
    first = (before.seq if before is not None else 0) + 1
    effects = [
        (number, effect)
        for number, event in enumerate(events, start=first)
        for effect in reaction(event, after, protocol, ground)
    ]
    timers = [
        *_new_timers(before, after, protocol, ground, events[-1].at),
        *_watched_again(before, after),
        *_family_again(before, after, protocol, events[-1].at),
    ]
    return [*effects, *((after.seq, timer) for timer in timers)]


def _new_timers(
    before: Incident | None, after: Incident, protocol: Protocol, ground: Ground, at: datetime
) -> Iterator[StartTimer]:
    if before is not None and same_but_for_pages(before, after):
        return
    known = set() if before is None else {(live.key, live.due_at) for live in live_deadlines(before, protocol, ground)}
    missed = {(each.step, each.deadline, each.due_at) for each in after.missed}
    for live in live_deadlines(after, protocol, ground):
        if (live.key, live.due_at) in known:
            continue
        if (live.step.id, live.name, live.due_at) in missed:  # its step is open again, after its reminders ran out
            yield _again(f"step:{live.step.id}", 1, at)
        else:
            yield StartTimer(name="deadline", key=live.key, due_at=live.due_at)


def _watched_again(before: Incident | None, after: Incident) -> Iterator[StartTimer]:
    """The student was in other hands and is not any more: whoever took a page and never came is waited for again."""
    if before is None or not in_other_hands(before) or in_other_hands(after):
        return
    for page in after.pages.values():
        if watched(after, page):
            yield from react_page.watch(page)


def _family_again(before: Incident | None, after: Incident, protocol: Protocol, at: datetime) -> Iterator[StartTimer]:
    """Nobody stands in the family's place any more: the reminder of the next attempt had found nothing meanwhile."""
    if before is None or not after.contact_attempts or before.contact_attempts != after.contact_attempts:
        return
    again = next_attempt_at(after, protocol)
    if again is not None and next_attempt_at(before, protocol) is None:
        yield StartTimer(name="overdue", key=f"{about_next_attempt(after)}#1", due_at=max(again, at))


@reaction.register
def _(event: ev.IncidentOpened, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    known = event.by is None and after.lead is not None  # grown out of another incident, whose people named the student
    told = [] if known else tell(after, "incident_opened", Role.ADMIN)
    return [*told, *notice.expiry(after, protocol)]


@reaction.register
def _(event: ev.CustodyOffered, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    told = NotifyPerson(person=event.to, subject="custody_offered", mode=after.mode)
    return [told, _again("offer", 1, event.at, OFFER_WAITS)]


@reaction.register
def _(event: ev.CustodyLost, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    """I-4: told at once, and a child incident at T+0 where the district has the protocol for it."""
    told = tell(after, "student_missing", Role.ADMIN, Role.INCIDENT_LEAD, Role.DISTRICT_ONCALL)
    told.append(_again("custody", 1, event.at, OFFER_WAITS))
    missing = protocol.missing_student_protocol
    if missing is None:
        return told
    return [*told, OpenLinked(protocol=missing, crisis_type="missing_student", parent=after.id)]


@reaction.register
def _(event: ev.AssessmentReopened, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return tell(after, "assessment_reopened", Role.INCIDENT_LEAD, Role.ADMIN)


@reaction.register
def _(event: ev.EmergencyRaised, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return tell(after, "emergency", Role.ADMIN, Role.NURSE, Role.INCIDENT_LEAD)


@reaction.register
def _(event: ev.TierSet, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    if not event.second_needed:
        return []
    return [*tell(after, "second_signature", Role.ADMIN, Role.ASSESSOR), _again("signature", 1, event.at)]


@reaction.register
def _(event: ev.HandoffOffered, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    due_at = answer_by(after.handoffs[event.handoff], protocol)
    return [StartTimer(name="handoff_unanswered", key=event.handoff, due_at=due_at)]


@reaction.register
def _(event: rev.HandoffTimedOut, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    told = tell(after, "still_open", Role.INCIDENT_LEAD, Role.ADMIN)
    return [*told, _again(f"handoff:{event.handoff}", 1, event.at)]


@reaction.register
def _(event: ev.HandoffDeclined, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return tell(after, "handoff_declined", Role.INCIDENT_LEAD)


@reaction.register
def _(event: ev.FollowUpRecorded, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    missed = event.outcome in (FollowUpOutcome.NO_SHOW, FollowUpOutcome.UNABLE)
    told = tell(after, "follow_up_missed", Role.CARE_COORDINATOR, Role.INCIDENT_LEAD) if missed else []
    return [*told, *_worry(event, after, protocol)]


def _worry(event: ev.FollowUpRecorded, after: Incident, protocol: Protocol) -> list[Effect]:
    """I-20: where no level of risk is decided, a new worry opens the incident in which one is, or joins an open one."""
    if not event.safety_concern or is_assessed(protocol) or after.student is None:
        return []
    return [
        *tell(after, "assessment_reopened", Role.INCIDENT_LEAD, Role.ADMIN),
        OpenLinked(
            protocol="suicide_risk",
            crisis_type="suicide_ideation",
            parent=after.id,
            student=after.student,
            lead=after.lead,
        ),
    ]


@reaction.register
def _(event: ev.ContactAttempted, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    again = next_attempt_at(after, protocol)
    return [] if again is None else [_again(about_next_attempt(after), 1, event.at, again - event.at)]


@reaction.register
def _(event: ev.ExceptionDeclared, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    look = [LookAtTexts(mode=after.mode)] if after.texts else []  # what had left for the guardians already (PR-5)
    return [*look, *_expiry(event.exception, event.expires_at)]


@reaction.register
def _(event: ev.ExceptionRenewed, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return _expiry(event.exception, event.expires_at)


def _expiry(exception: str, expires_at: datetime | None) -> list[Effect]:
    return [] if expires_at is None else [StartTimer(name="exception_expires", key=exception, due_at=expires_at)]


@reaction.register
def _(event: lev.AdultFollowed, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    """Whoever reported the student missing has told everybody (I-4); here it is not forgotten either."""
    return [] if event.adult is not None else [_again("custody", 1, event.at, OFFER_WAITS)]


@reaction.register
def _(event: ev.ExceptionExpired, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    again = StartTimer(name="exception_expires", key=event.exception, due_at=event.at + EXPIRED_AGAIN)
    return [*tell(after, "exception_expired", Role.ADMIN, Role.INCIDENT_LEAD), again]


@reaction.register
def _(event: ev.ObligationCreated, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    due = StartTimer(name="obligation", key=event.obligation, due_at=event.due_at)
    told = [] if event.owner == event.by else [NotifyPerson(person=event.owner, subject="report_due", mode=after.mode)]
    return [*told, *tell(after, "report_due", Role.ADMIN), due]


@reaction.register
def _(event: tev.SuspectedEarlier, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return [StartTimer(name="obligation", key=event.obligation, due_at=event.due_at)]


@reaction.register
def _(event: ev.ObligationDelegated, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return [NotifyPerson(person=event.to, subject="report_due", mode=after.mode)]


@reaction.register
def _(event: ev.ReportFiled, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    """I-11: the number comes back to whoever suspected."""
    report = after.obligations[event.obligation]
    if event.by == report.owner:
        return []
    return [NotifyPerson(person=report.owner, subject="report_filed", mode=after.mode)]


@reaction.register
def _(event: ev.DeadlineMissed, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    if event.deadline.startswith(REPORT):
        about = f"obligation:{event.deadline.removeprefix(REPORT)}"
        report = next((each for each in after.obligations.values() if f"{REPORT}{each.id}" == event.deadline), None)
        own = [] if report is None else _owners(after, report)
        return [*own, *tell(after, "report_late", Role.ADMIN, Role.INCIDENT_LEAD), _again(about, 1, event.at)]
    roles = _totell(protocol, event.step, event.deadline.partition(":")[0])
    return [*tell(after, "deadline_missed", *roles), _again(f"step:{event.step}", 1, event.at)]


@reaction.register
def _(event: ev.Reminded, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    kind, _, key = event.about.partition(":")
    if kind == "referral":
        told = tell(after, "still_open", Role.CARE_COORDINATOR, Role.INCIDENT_LEAD)
        return [*told, _tomorrow(event, ground)]
    if kind == watching.ABOUT:
        told = tell(after, "still_open", Role.CARE_COORDINATOR, Role.INCIDENT_LEAD)
        return [*told, watching.after_reminder(event, ground)]
    roles = _totell(protocol, StepId(key), None) if kind == "step" else (Role.INCIDENT_LEAD, Role.ADMIN)
    return [*tell(after, "still_open", *roles), _again(event.about, event.turn + 1, event.at)]


def _tomorrow(event: ev.Reminded, ground: Ground) -> StartTimer:
    """An office is asked once a day, in school time: what is urgent is no referral but a page or a handoff."""
    due_at = next_school_time(event.at + EXPIRED_AGAIN, ground.calendar)
    return StartTimer(name="overdue", key=f"{event.about}#{event.turn + 1}", due_at=due_at)


def _owners(after: Incident, report: Obligation) -> list[Effect]:
    """Nobody else can file it: whose it is hears of it, whatever they see of the incident."""
    people = dict.fromkeys(each for each in (report.owner, report.delegate) if each is not None)
    return [NotifyPerson(person=each, subject="report_late", mode=after.mode) for each in people]


def _totell(protocol: Protocol, step_id: StepId, deadline_id: str | None) -> tuple[Role, ...]:
    """Whom a deadline names; the lead and the administrator where it names nobody."""
    step = protocol.step(step_id)
    named = [known.on_miss for known in (step.deadlines if step else ()) if deadline_id in (None, known.id)]
    return named[0] if named else (Role.INCIDENT_LEAD, Role.ADMIN)


def _again(about: str, turn: int, at: datetime, within: timedelta | None = None) -> StartTimer:
    """A reminder; `within` shortens the wait for the first one."""
    return StartTimer(name="overdue", key=f"{about}#{turn}", due_at=at + (within or remind_after(turn)))
