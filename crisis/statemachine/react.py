"""react: what a batch of events obliges us to do, as effects. Drills are marked here, once, on every effect."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import singledispatch

from crisis import events as ev
from crisis import page_events as pev
from crisis.effects import ConfirmPage, Effect, NotifyPerson, NotifyRole, OpenLinked, PageLevel, StartTimer
from crisis.protocols.schema import Protocol
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident, Page
from crisis.statemachine.timers import REPORT, live_deadlines, remind_after
from crisis.vocabulary import FollowUpOutcome, PageState, Role, StepId

OFFER_WAITS = timedelta(minutes=2)  # a student between two adults, or missing
HANDOFF_WAITS = timedelta(minutes=10)  # I-15: offered is not accepted
EXPIRED_AGAIN = timedelta(days=1)

Numbered = tuple[int, Effect]  # the number of the event that obliges it


def react(
    before: Incident | None, events: Sequence[ev.Event], after: Incident, protocol: Protocol, ground: Ground
) -> list[Numbered]:
    """The effects of events `before.seq + 1` to `after.seq`, in order; timers for deadlines that began to count."""
    first = (before.seq if before is not None else 0) + 1
    effects = [
        (number, effect)
        for number, event in enumerate(events, start=first)
        for effect in _of(event, after, protocol, ground)
    ]
    return [*effects, *((after.seq, timer) for timer in _new_timers(before, after, protocol, ground))]


def _new_timers(before: Incident | None, after: Incident, protocol: Protocol, ground: Ground) -> Iterator[StartTimer]:
    known = set() if before is None else {(live.key, live.due_at) for live in live_deadlines(before, protocol, ground)}
    for live in live_deadlines(after, protocol, ground):
        if (live.key, live.due_at) not in known:
            yield StartTimer(name="deadline", key=live.key, due_at=live.due_at)


@singledispatch
def _of(event: ev.Event, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return []


def _tell(after: Incident, subject: str, *roles: Role) -> list[Effect]:
    return [NotifyRole(role=role, subject=subject, mode=after.mode) for role in roles]


@_of.register
def _(event: ev.IncidentOpened, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return _tell(after, "incident_opened", Role.ADMIN)


@_of.register
def _(event: ev.CustodyOffered, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    told = NotifyPerson(person=event.to, subject="custody_offered", mode=after.mode)
    return [told, _again("offer", 1, event.at, OFFER_WAITS)]


@_of.register
def _(event: ev.CustodyLost, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    """I-4: told at once, and a child incident at T+0 where the district has the protocol for it."""
    told = _tell(after, "student_missing", Role.ADMIN, Role.INCIDENT_LEAD, Role.DISTRICT_ONCALL)
    told.append(_again("custody", 1, event.at, OFFER_WAITS))
    missing = protocol.missing_student_protocol
    if missing is None:
        return told
    return [*told, OpenLinked(protocol=missing, crisis_type="missing_student", parent=after.id)]


@_of.register
def _(event: ev.AssessmentReopened, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return _tell(after, "assessment_reopened", Role.INCIDENT_LEAD, Role.ADMIN)


@_of.register
def _(event: ev.EmergencyRaised, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return _tell(after, "emergency", Role.ADMIN, Role.NURSE, Role.INCIDENT_LEAD)


@_of.register
def _(event: ev.TierSet, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    if not event.second_needed:
        return []
    return [*_tell(after, "second_signature", Role.ADMIN, Role.ASSESSOR), _again("signature", 1, event.at)]


@_of.register
def _(event: ev.HandoffOffered, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return [_again(f"handoff:{event.handoff}", 1, event.at, HANDOFF_WAITS)]


@_of.register
def _(event: ev.HandoffDeclined, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return _tell(after, "handoff_declined", Role.INCIDENT_LEAD)


@_of.register
def _(event: ev.FollowUpRecorded, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    missed = event.outcome in (FollowUpOutcome.NO_SHOW, FollowUpOutcome.UNABLE)
    return _tell(after, "follow_up_missed", Role.CARE_COORDINATOR, Role.INCIDENT_LEAD) if missed else []


@_of.register
def _(event: ev.ExceptionDeclared, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return _expiry(event.exception, event.expires_at)


@_of.register
def _(event: ev.ExceptionRenewed, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return _expiry(event.exception, event.expires_at)


def _expiry(exception: str, expires_at: datetime | None) -> list[Effect]:
    return [] if expires_at is None else [StartTimer(name="exception_expires", key=exception, due_at=expires_at)]


@_of.register
def _(event: ev.ExceptionExpired, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    again = StartTimer(name="exception_expires", key=event.exception, due_at=event.at + EXPIRED_AGAIN)
    return [*_tell(after, "exception_expired", Role.ADMIN, Role.INCIDENT_LEAD), again]


@_of.register
def _(event: ev.ObligationCreated, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    due = StartTimer(name="obligation", key=event.obligation, due_at=event.due_at)
    return [*_tell(after, "report_due", Role.ADMIN), due]


@_of.register
def _(event: ev.DeadlineMissed, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    if event.deadline.startswith(REPORT):
        about = f"obligation:{event.deadline.removeprefix(REPORT)}"
        return [*_tell(after, "report_late", Role.ADMIN, Role.INCIDENT_LEAD), _again(about, 1, event.at)]
    roles = _to_tell(protocol, event.step, event.deadline.partition(":")[0])
    return [*_tell(after, "deadline_missed", *roles), _again(f"step:{event.step}", 1, event.at)]


@_of.register
def _(event: ev.Reminded, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    kind, _, key = event.about.partition(":")
    roles = _to_tell(protocol, StepId(key), None) if kind == "step" else (Role.INCIDENT_LEAD, Role.ADMIN)
    return [*_tell(after, "still_open", *roles), _again(event.about, event.turn + 1, event.at)]


def _to_tell(protocol: Protocol, step_id: StepId, deadline_id: str | None) -> tuple[Role, ...]:
    """Whom a deadline names; the lead and the administrator where it names nobody."""
    step = protocol.step(step_id)
    named = [known.on_miss for known in (step.deadlines if step else ()) if deadline_id in (None, known.id)]
    return named[0] if named else (Role.INCIDENT_LEAD, Role.ADMIN)


def _again(about: str, turn: int, at: datetime, within: timedelta | None = None) -> StartTimer:
    """A reminder; `within` shortens the wait for the first one."""
    return StartTimer(name="overdue", key=f"{about}#{turn}", due_at=at + (within or remind_after(turn)))


def _level(page: Page, level: int, at: datetime, after: Incident, ground: Ground) -> list[Effect]:
    waits = ground.ladder(page.role, page.urgency).answer_within
    within = waits[min(level, len(waits) - 1)] if waits else timedelta(0)
    return [
        PageLevel(page=page.id, role=page.role, urgency=page.urgency, level=level, mode=after.mode),
        StartTimer(name="page_unanswered", key=f"{page.id}:{level}", due_at=at + within),
    ]


@_of.register
def _(event: pev.PageRequested, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return _level(after.pages[event.page], 0, event.at, after, ground)


@_of.register
def _(event: pev.PageEscalated, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return _level(after.pages[event.page], event.level, event.at, after, ground)


@_of.register
def _(event: pev.PageExhausted, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    """I-15: the school is told to use 911 and 988, again and again."""
    page = after.pages[event.page]
    again = event.at + ground.ladder(page.role, page.urgency).repeat_alarm
    told = _tell(after, "nobody_answers", Role.INCIDENT_LEAD, Role.ADMIN, Role.DISTRICT_ONCALL)
    return [*told, StartTimer(name="page_alarm", key=f"{page.id}:", due_at=again)]


@_of.register
def _(event: pev.PageAccepted, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    page = after.pages[event.page]
    others = [person for person in page.asked if person not in (event.person, *page.declined)]
    return [
        ConfirmPage(page=page.id, person=event.person, outcome="you_have_it", mode=after.mode),
        *(ConfirmPage(page=page.id, person=other, outcome="someone_else", mode=after.mode) for other in others),
    ]


@_of.register
def _(event: pev.PageDeclined, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return [ConfirmPage(page=event.page, person=event.person, outcome="declined", mode=after.mode)]


@_of.register
def _(event: pev.PageCancelled, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    page = after.pages[event.page]
    told = [person for person in page.asked if person not in page.declined]
    return [ConfirmPage(page=page.id, person=person, outcome="cancelled", mode=after.mode) for person in told]


@_of.register
def _(event: pev.PageAttempted, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    """Somebody else took it between the claim and the call: the one who was just paged is told so."""
    page = after.pages[event.page]
    late = page.state is PageState.ACCEPTED and page.accepted_by != event.person
    return [ConfirmPage(page=page.id, person=event.person, outcome="someone_else", mode=after.mode)] if late else []
