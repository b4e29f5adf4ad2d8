"""Pages: asked for, escalated level by level, until a human being takes them; silence is loud (I-15)."""

from crisis import commands as cmd
from crisis import events as ev
from crisis.errors import Reason, Refused, refuse_if
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.incident import Page
from crisis.statemachine.lifecycle import PAGE
from crisis.statemachine.steps import SETTLED, Standing, find_step, standing, wrong_role
from crisis.vocabulary import PageId, PageState, PersonId, Role, StepState, StepType

LIVE = frozenset({PageState.PAGING, PageState.EXHAUSTED})
MAY_CANCEL = (Role.INCIDENT_LEAD, Role.ADMIN, Role.ASSESSOR)


def _known(case: Case, key: PageId) -> Page:
    if key not in case.incident.pages:
        raise Refused(Reason("I-15", "There is no such page"))
    return case.incident.pages[key]


@rule.register
def _(command: cmd.RequestPage, case: Case) -> list[ev.Event]:
    person(command)
    step = None if command.step is None else find_step(case.protocol, command.step)
    live = [page for page in case.incident.pages.values() if page.role is command.role and page.state in LIVE]
    if live:
        raise Refused(Reason("I-15", "This role is being paged already; the page goes on until somebody takes it"))
    page = PageId(f"{case.incident.id}-{case.incident.seq + 1}")
    requested = ev.PageRequested(
        **stamp(command, case.at),
        page=page,
        role=command.role,
        urgency=command.urgency,
        step=None if step is None else step.id,
    )
    return [requested]


@rule.register
def _(command: cmd.AcceptPage, case: Case) -> list[ev.Event]:
    """One owner: the first to answer has it, everybody later is told so; the same answer twice changes nothing."""
    by = person(command)
    page = _known(case, command.page)
    if page.state is PageState.ACCEPTED and page.accepted_by == by and page.eta_minutes == command.eta_minutes:
        return []
    asked = by in page.asked or page.role in command.by.roles
    taken = page.state is PageState.ACCEPTED
    refuse_if(
        None if asked else Reason("ROLE", "You were not paged for this"),
        Reason("I-15", "Somebody else has taken this page; thank you") if taken and page.accepted_by != by else None,
    )
    who = stamp(command, case.at)
    if not taken:
        PAGE.move(page.state, "accept")
    accepted: list[ev.Event] = [ev.PageAccepted(**who, page=page.id, person=by, eta_minutes=command.eta_minutes)]
    leads = page.role is Role.INCIDENT_LEAD and case.incident.lead is None
    if leads:
        accepted.append(ev.LeadAssigned(**who, lead=by))
    if page.step is not None and standing(case.incident, case.protocol)[page.step] is StepState.OPEN:
        accepted.append(ev.StepCompleted(**who, step=page.step, evidence={}))
    return accepted


@rule.register
def _(command: cmd.DeclinePage, case: Case) -> list[ev.Event]:
    """Nobody waits for a time-out once everybody who was asked has said no."""
    by = person(command)
    page = _known(case, command.page)
    if by in page.declined or page.state is PageState.CANCELLED:
        return []
    if page.accepted_by == by:
        raise Refused(Reason("I-15", "You have taken this page; ask the lead to page somebody else before you let go"))
    if page.state is PageState.ACCEPTED:
        return []
    if by not in page.asked and page.role not in command.by.roles:
        raise Refused(Reason("ROLE", "You were not paged for this"))
    who = stamp(command, case.at)
    declined: list[ev.Event] = [ev.PageDeclined(**who, page=page.id, person=by)]
    if page.state is PageState.PAGING and by in page.asked and set(page.asked) <= {*page.declined, by}:
        declined.append(next_level(case, page, who["by"]))
    return declined


def next_level(case: Case, page: Page, by: PersonId | None) -> ev.Event:
    """One level up, or exhausted when there is none."""
    levels = len(case.ground.ladder(page.role, page.urgency).answer_within)
    if page.level + 1 < levels:
        PAGE.move(page.state, "escalate")
        return ev.PageEscalated(at=case.at, by=by, page=page.id, level=page.level + 1)
    PAGE.move(page.state, "exhaust")
    return ev.PageExhausted(at=case.at, by=by, page=page.id)


@rule.register
def _(command: cmd.CancelPage, case: Case) -> list[ev.Event]:
    person(command)
    page = _known(case, command.page)
    refuse_if(wrong_role(command.by.roles, MAY_CANCEL))
    if page.state is PageState.CANCELLED:
        return []
    PAGE.move(page.state, "cancel")
    return [ev.PageCancelled(**stamp(command, case.at), page=page.id, reason=command.reason)]


@rule.register
def _(command: cmd.RecordPageAttempt, case: Case) -> list[ev.Event]:
    page = _known(case, command.page)
    attempted = ev.PageAttempted(
        **stamp(command, case.at),
        page=page.id,
        person=command.person,
        channel=command.channel,
        outcome=command.outcome,
        attempt=command.attempt,
    )
    return [attempted]


def pages_due(case: Case, now: Standing) -> list[ev.Event]:
    """What the step graph asks for by itself: a page for each page step that opens, an end for one no longer needed."""
    incident = case.incident
    paged = {page.step for page in incident.pages.values()}
    wanted = [
        step
        for step in case.protocol.steps
        if step.type is StepType.PAGE and now[step.id] is StepState.OPEN and step.id not in paged
    ]
    asked: list[ev.Event] = [
        ev.PageRequested(
            at=case.at,
            by=None,
            page=PageId(f"{incident.id}-{incident.seq + 1 + n}"),
            role=step.pages or Role.ONCALL_CLINICIAN,
            urgency=step.urgency,
            step=step.id,
        )
        for n, step in enumerate(wanted)
    ]
    unneeded = [
        page
        for page in incident.pages.values()
        if page.state in LIVE and page.step is not None and now[page.step] in SETTLED
    ]
    return asked + [ev.PageCancelled(at=case.at, by=None, page=page.id, reason=None) for page in unneeded]
