"""Pages: asked for, escalated level by level, until a human being takes them; silence is loud (I-15)."""

import re

from crisis import events as ev
from crisis import page_commands as pcmd
from crisis import page_events as pev
from crisis.errors import Reason, Refused, refuse_if
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.climbing import begins
from crisis.statemachine.incident import Incident, Page
from crisis.statemachine.lifecycle import PAGE
from crisis.statemachine.places import LOOKING
from crisis.statemachine.steps import SETTLED, Standing, find_step, wrong_role
from crisis.vocabulary import Custody, PageId, PageState, Phase, Role, StepState, StepType

LIVE = LOOKING
MOST_PEOPLE = 5
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
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
    refuse_if(
        None if 1 <= command.people <= MOST_PEOPLE else Reason("I-15", "Ask for 1 to 5 people"),
        None
        if all(_CODE.fullmatch(each) for each in command.prefers)
        else Reason("I-15", "Name what they should be able to do by its code, as in sign_language"),
    )
    requested = pev.PageRequested(
        **stamp(command, case.at),
        page=PageId(f"{case.incident.id}-{case.incident.seq + 1}"),
        role=command.role,
        urgency=command.urgency,
        step=None if step is None else step.id,
        ladder=case.ground.ladder(command.role, command.urgency),
        begins_at=begins(command.urgency, case),
        people=command.people,
        prefers=command.prefers,
    )
    return [requested]


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
            ladder=case.ground.ladder(step.pages or Role.ONCALL_CLINICIAN, step.urgency),
            begins_at=begins(step.urgency, case),
            people=step.people,
            prefers=tuple(step.prefers),
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
