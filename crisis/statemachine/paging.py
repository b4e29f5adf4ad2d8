"""Pages: asked for, escalated level by level, until a human being takes them; silence is loud (I-15)."""

from crisis import events as ev
from crisis import page_commands as pcmd
from crisis import page_events as pev
from crisis.errors import Reason, Refused, refuse_if
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.incident import Incident, Page
from crisis.statemachine.lifecycle import PAGE
from crisis.statemachine.steps import SETTLED, Standing, find_step, wrong_role
from crisis.vocabulary import Custody, PageId, PageState, PersonId, Phase, Role, StepState, StepType

LIVE = frozenset({PageState.PAGING, PageState.EXHAUSTED})
MAY_CANCEL = (Role.INCIDENT_LEAD, Role.ADMIN, Role.ASSESSOR)


def known(case: Case, key: PageId) -> Page:
    if key not in case.incident.pages:
        raise Refused(Reason("I-15", "There is no such page"))
    return case.incident.pages[key]


@rule.register
def _(command: pcmd.RequestPage, case: Case) -> list[ev.Event]:
    person(command)
    step = None if command.step is None else find_step(case.protocol, command.step)
    live = [page for page in case.incident.pages.values() if page.role is command.role and page.state in LIVE]
    if live:
        raise Refused(Reason("I-15", "This role is being paged already; the page goes on until somebody takes it"))
    page = PageId(f"{case.incident.id}-{case.incident.seq + 1}")
    requested = pev.PageRequested(
        **stamp(command, case.at),
        page=page,
        role=command.role,
        urgency=command.urgency,
        step=None if step is None else step.id,
    )
    return [requested]


def next_level(case: Case, page: Page, by: PersonId | None) -> ev.Event:
    """One level up, or exhausted when there is none."""
    levels = len(case.ground.ladder(page.role, page.urgency).answer_within)
    if page.level + 1 < levels:
        PAGE.move(page.state, "escalate")
        return pev.PageEscalated(at=case.at, by=by, page=page.id, level=page.level + 1)
    PAGE.move(page.state, "exhaust")
    return pev.PageExhausted(at=case.at, by=by, page=page.id)


@rule.register
def _(command: pcmd.CancelPage, case: Case) -> list[ev.Event]:
    person(command)
    page = known(case, command.page)
    refuse_if(wrong_role(command.by.roles, MAY_CANCEL))
    if page.state is PageState.CANCELLED:
        return []
    PAGE.move(page.state, "cancel")
    return [pev.PageCancelled(**stamp(command, case.at), page=page.id, reason=command.reason)]


@rule.register
def _(command: pcmd.RecordPageAttempt, case: Case) -> list[ev.Event]:
    page = known(case, command.page)
    attempted = pev.PageAttempted(
        **stamp(command, case.at),
        page=page.id,
        person=command.person,
        channel=command.channel,
        outcome=command.outcome,
        attempt=command.attempt,
        level=command.level,
        failure=command.failure,
        code=command.code,
    )
    return [attempted]


@rule.register
def _(command: pcmd.RecordPageReceipt, case: Case) -> list[ev.Event]:
    page = known(case, command.page)
    came = pev.PageReceiptCame(
        **stamp(command, case.at),
        page=page.id,
        person=command.person,
        channel=command.channel,
        attempt=command.attempt,
        receipt=command.receipt,
    )
    return [came]


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
        pev.PageRequested(
            at=case.at,
            by=None,
            page=PageId(f"{incident.id}-{incident.seq + 1 + n}"),
            role=step.pages or Role.ONCALL_CLINICIAN,
            urgency=step.urgency,
            step=step.id,
        )
        for n, step in enumerate(wanted)
    ]
    unneeded = [page for page in incident.pages.values() if page.state in LIVE and _not_needed(page, incident, now)]
    return asked + [pev.PageCancelled(at=case.at, by=None, page=page.id, reason=None) for page in unneeded]


def _not_needed(page: Page, incident: Incident, now: Standing) -> bool:
    """Its step found another end; or, where somebody had taken it and let go, the student is in other hands."""
    if page.accepted_at is not None:
        return in_other_hands(incident)
    return page.step is not None and now[page.step] in SETTLED


def in_other_hands(incident: Incident) -> bool:
    return incident.custody is Custody.RELEASED or incident.phase in (Phase.FOLLOW_UP, Phase.CLOSED)
