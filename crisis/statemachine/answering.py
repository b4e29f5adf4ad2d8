"""What people answer to a page: yes, no, here, later, standing by; always one owner, handed over in two steps."""

from dataclasses import replace
from datetime import datetime, timedelta

from crisis import events as ev
from crisis import page_commands as pcmd
from crisis import page_events as pev
from crisis.commands import ActorKind, Command
from crisis.errors import Reason, refuse_if
from crisis.statemachine.arrival import due_here, put_off
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.climbing import next_level
from crisis.statemachine.incident import Page
from crisis.statemachine.lifecycle import PAGE
from crisis.statemachine.paging import LIVE, known
from crisis.statemachine.places import meant, one_more, spared
from crisis.statemachine.steps import standing
from crisis.vocabulary import DeclineReason, PageState, PersonId, Role, StepState, Urgency

OFFER_WAITS = {
    Urgency.U1: timedelta(seconds=120),
    Urgency.U2: timedelta(seconds=300),
    Urgency.U3: timedelta(seconds=900),
}
LONGEST = 600  # minutes
CLINICAL = frozenset({Role.ONCALL_CLINICIAN, Role.ASSESSOR})  # whom a wish about clinicians is about


Answer = (
    pcmd.AcceptPage | pcmd.DeclinePage | pcmd.StandBy | pcmd.Arrive | pcmd.DelayPage | pcmd.SeePage | pcmd.StopTexts
)


def of_answer(command: Answer, case: Case) -> Page:
    page = known(case, command.page)
    return meant(case.incident, page, person(command)) if command.by.kind is ActorKind.PHONE else page


def not_asked(page: Page, command: Command, by: PersonId) -> Reason | None:
    asked = by in page.asked or by == page.offered_to or page.role in command.by.roles
    return None if asked else Reason("ROLE", "You were not paged for this")


def ended(page: Page) -> Reason | None:
    ended = page.state in (PageState.CANCELLED, PageState.COVERED_ELSEWHERE)
    return Reason("I-15", "This page has ended; nobody is needed any more") if ended else None


@rule.register
def _(command: pcmd.AcceptPage, case: Case) -> list[ev.Event]:
    """One owner: the first to answer has it, everybody later is told so; the same answer twice changes nothing."""
    by = person(command)
    page = of_answer(command, case)
    if page.state is PageState.ACCEPTED and page.accepted_by == by:
        return _said_again(command, case, page)
    others = page.state is PageState.ACCEPTED and by != page.offered_to
    twice = not others and by in spared(case.incident, page) and by not in page.declined
    refuse_if(
        not_asked(page, command, by),
        ended(page),
        Reason("I-15", "Somebody else has taken this page; thank you") if others else None,
        Reason("I-15", "You have taken this already; somebody else is needed beside you") if twice else None,
    )
    if page.state is PageState.ACCEPTED:
        PAGE.move(page.state, "hand_over")
    else:
        PAGE.move(page.state, "accept")
    return _accepted(command, case, page, command.eta_minutes)


def _said_again(command: pcmd.AcceptPage, case: Case, page: Page) -> list[ev.Event]:
    """Whoever has it says when they come: for the first time or sooner as they like, later as a delay allows."""
    minutes = command.eta_minutes
    if minutes is None or minutes == page.eta_minutes or page.arrived_at is not None:
        return []
    _must_be_minutes(minutes)
    due = due_here(page, minutes, case.at)
    first = page.eta_minutes is None or page.due_here_at is None
    if not first and due is not None and page.due_here_at is not None and due > page.due_here_at:
        return _delayed(command, case, page, minutes)
    who, by = stamp(command, case.at), person(command)
    return [pev.PageAccepted(**who, page=page.id, person=by, eta_minutes=minutes, due_here_at=due, again=True)]


def _must_be_minutes(minutes: int) -> None:
    refuse_if(None if 1 <= minutes <= LONGEST else Reason("I-15", "Give the minutes until you come, 1 to 600"))


def _delayed(command: Command, case: Case, page: Page, minutes: int) -> list[ev.Event]:
    who, due = stamp(command, case.at), put_off(page, minutes, case.at)
    return [pev.PageDelayed(**who, page=page.id, person=person(command), eta_minutes=minutes, due_here_at=due)]


def _accepted(command: Command, case: Case, page: Page, minutes: int | None) -> list[ev.Event]:
    who, by = stamp(command, case.at), person(command)
    due = due_here(page, minutes, case.at)
    accepted: list[ev.Event] = [pev.PageAccepted(**who, page=page.id, person=by, eta_minutes=minutes, due_here_at=due)]
    if page.role is Role.INCIDENT_LEAD and case.incident.lead is None:
        accepted.append(ev.LeadAssigned(**who, lead=by))
    more = one_more(command, case, page)
    weighed = _weighed(command, case, page)
    return [accepted[0], *more, *accepted[1:], *weighed, *([] if more else step_done(command, case, page))]


def _weighed(command: Command, case: Case, page: Page) -> list[ev.Event]:
    """PR-16: on record, and nothing waits for it."""
    wishes, by = case.ground.wishes, person(command)
    if wishes.none or page.role not in CLINICAL:
        return []
    return [
        pev.PreferencesWeighed(
            **stamp(command, case.at), page=page.id, person=by, met=wishes.met(by), unmet=wishes.unmet(by)
        )
    ]


def step_done(command: Command, case: Case, page: Page) -> list[ev.Event]:
    """The step that asked for somebody, once somebody was found."""
    if page.step is None or standing(case.incident, case.protocol)[page.step] is not StepState.OPEN:
        return []
    return [ev.StepCompleted(**stamp(command, case.at), step=page.step, evidence={})]


@rule.register
def _(command: pcmd.DeclinePage, case: Case) -> list[ev.Event]:
    """Nobody waits for a time-out once everybody who was asked has said no, nor once whoever had it has let go."""
    by = person(command)
    page = of_answer(command, case)
    if page.accepted_by == by and page.state is PageState.ACCEPTED:
        return _let_go(command, case, page)
    if page.offered_to == by:
        return [pev.PageOfferEnded(**stamp(command, case.at), page=page.id, to=by)]
    if by in page.declined:
        return _explained(command, case, page)
    if page.state not in LIVE:
        return []
    refuse_if(not_asked(page, command, by))
    who = stamp(command, case.at)
    declined: list[ev.Event] = [pev.PageDeclined(**who, page=page.id, person=by, reason=command.reason)]
    all_said_no = by in page.on_level and set(page.on_level) <= {*page.declined, by}
    if page.state is PageState.PAGING and all_said_no:  # a late no from a level before moves nothing
        declined.append(next_level(case, page, who["by"]))
    return declined


def _explained(command: pcmd.DeclinePage, case: Case, page: Page) -> list[ev.Event]:
    """A no counts at once; why may follow, once."""
    by = person(command)
    if command.reason is None or by in page.explained or ended(page) is not None:
        return []
    return [pev.PageDeclineExplained(**stamp(command, case.at), page=page.id, person=by, reason=command.reason)]


def _let_go(command: pcmd.DeclinePage, case: Case, page: Page) -> list[ev.Event]:
    """A text can be too short for a reason; that somebody else is needed counts more than why."""
    who, by = stamp(command, case.at), person(command)
    PAGE.move(page.state, "reopen")
    let_go = pev.PageLetGo(**who, page=page.id, person=by, reason=command.reason or DeclineReason.OTHER)
    return [let_go, next_level(case, replace(page, state=PageState.PAGING), by)]


@rule.register
def _(command: pcmd.StandBy, case: Case) -> list[ev.Event]:
    by = person(command)
    page = of_answer(command, case)
    if by in page.standing_by:
        return []
    own = Reason("I-15", "You have taken this page; you cannot stand by for yourself")
    refuse_if(not_asked(page, command, by), ended(page), own if page.accepted_by == by else None)
    return [pev.PageStoodBy(**stamp(command, case.at), page=page.id, person=by)]


@rule.register
def _(command: pcmd.Arrive, case: Case) -> list[ev.Event]:
    """On the console anybody of the team may say who stands at the door; a phone speaks for its owner alone."""
    by = person(command)
    page = of_answer(command, case)
    if page.state is PageState.ACCEPTED and page.arrived_at is not None:
        return []
    who = stamp(command, case.at)
    if page.state in LIVE and by in page.asked:  # given up on, and here after all
        PAGE.move(page.state, "accept")
        return [*_accepted(command, case, page, 0), pev.PageArrived(**who, page=page.id, person=by)]
    others = page.accepted_by != by and command.by.kind is ActorKind.PHONE
    nobody = Reason("I-15", "Nobody has taken this page yet; it goes on until somebody does")
    refuse_if(
        ended(page),
        nobody if page.state in LIVE else None,
        Reason("I-15", "Somebody else has taken this page; thank you") if page.accepted_by and others else None,
    )
    assert page.accepted_by is not None
    return [pev.PageArrived(**who, page=page.id, person=page.accepted_by)]


@rule.register
def _(command: pcmd.DelayPage, case: Case) -> list[ev.Event]:
    by = person(command)
    page = of_answer(command, case)
    holds = page.state is PageState.ACCEPTED and page.accepted_by == by
    refuse_if(None if holds else Reason("I-15", "Only whoever has taken this page can say when they come"))
    _must_be_minutes(command.eta_minutes)
    return [] if page.arrived_at is not None else _delayed(command, case, page, command.eta_minutes)


@rule.register
def _(command: pcmd.OfferPage, case: Case) -> list[ev.Event]:
    """Whoever has it stays responsible until the other one says yes."""
    by = person(command)
    page = known(case, command.page)
    holds = page.state is PageState.ACCEPTED and page.accepted_by == by
    refuse_if(
        None if holds else Reason("I-15", "Only whoever has taken this page can hand it over"),
        Reason("I-15", "You have it already; choose somebody else") if command.to == by else None,
        Reason("I-15", "It is offered to somebody already; take that back first") if page.offered_to else None,
    )
    return [pev.PageOffered(**stamp(command, case.at), page=page.id, to=command.to)]


@rule.register
def _(command: pcmd.EndPageOffer, case: Case) -> list[ev.Event]:
    by = person(command)
    page = known(case, command.page)
    if page.offered_to is None:
        return []
    theirs = by in (page.accepted_by, page.offered_to)
    refuse_if(None if theirs else Reason("I-15", "Only the two of them can end this offer"))
    return [pev.PageOfferEnded(**stamp(command, case.at), page=page.id, to=page.offered_to)]


def offer_due(page: Page, to: str, at: datetime) -> list[ev.Event]:
    """Nobody answered the offer: it stays where it was, and the lead is told."""
    if page.offered_to != to or page.offered_at is None or page.offered_at + OFFER_WAITS[page.urgency] > at:
        return []
    return [pev.PageOfferEnded(at=at, by=None, page=page.id, to=page.offered_to)]
