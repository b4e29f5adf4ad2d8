"""What events about pages make of an incident."""

from dataclasses import replace
from typing import Any

from crisis import page_events as pev
from crisis.statemachine.folding import folded, with_
from crisis.statemachine.incident import Incident, Page
from crisis.vocabulary import AttemptOutcome, DeclineReason, Disposal, PageId, PageState, PersonId

_DISPOSED = {
    Disposal.COVERED: PageState.COVERED_ELSEWHERE,
    Disposal.OUTSIDE_HELP: PageState.COVERED_ELSEWHERE,
    Disposal.STAND_DOWN: PageState.CANCELLED,
}


def _put(incident: Incident, page: PageId, **changed: Any) -> Incident:
    return replace(incident, pages=with_(incident.pages, page, replace(incident.pages[page], **changed)))


def _without(people: tuple[PersonId, ...], person: PersonId | None) -> tuple[PersonId, ...]:
    return tuple(each for each in people if each != person)


def _with(people: tuple[PersonId, ...], person: PersonId) -> tuple[PersonId, ...]:
    return people if person in people else (*people, person)


@folded.register
def _(event: pev.PageRequested, incident: Incident) -> Incident:
    began = event.begins_at or event.at
    first = None if event.beside is None else incident.pages[event.beside]
    page = Page(
        id=event.page,
        role=event.role,
        urgency=event.urgency,
        step=event.step,
        state=PageState.PAGING,
        level=event.level,
        requested_at=event.at,
        level_since=began,
        began=(began,) * (event.level + 1),
        asked=() if first is None else _without(first.asked, first.accepted_by),
        declined=() if first is None else first.declined,
        ladder=event.ladder,
        people=event.people,
        prefers=event.prefers,
        beside=event.beside,
    )
    return replace(incident, pages=with_(incident.pages, page.id, page))


@folded.register
def _(event: pev.PageAttempted, incident: Incident) -> Incident:
    if event.outcome is AttemptOutcome.REFUSED:  # it reached nobody
        return incident
    page, who = incident.pages[event.page], event.person
    new = who not in page.asked
    here = event.level == page.level or (event.level is None and new)
    asked = (*page.asked, who) if new else page.asked
    on_level = (*page.on_level, who) if here and who not in page.on_level else page.on_level
    return _put(incident, page.id, asked=asked, on_level=on_level)


@folded.register
def _(event: pev.PageReceiptCame, incident: Incident) -> Incident:
    return incident  # for people to read; nothing is decided by it


@folded.register
def _(event: pev.PageAccepted, incident: Incident) -> Incident:
    page = incident.pages[event.page]
    if event.again:
        first = event.eta_minutes if page.first_eta is None else page.first_eta
        said = {"eta_minutes": event.eta_minutes, "due_here_at": event.due_here_at, "first_eta": first}
        return _put(incident, page.id, **said, asked_if_here=0)
    return _put(
        incident,
        page.id,
        state=PageState.ACCEPTED,
        accepted_by=event.person,
        accepted_at=event.at,
        eta_minutes=event.eta_minutes,
        first_eta=event.eta_minutes,
        due_here_at=event.due_here_at,
        asked_if_here=0,
        delays=0,
        arrived_at=None,
        offered_to=None,
        offered_at=None,
        declined=_without(page.declined, event.person),
        standing_by=_without(page.standing_by, event.person),
    )


@folded.register
def _(event: pev.PreferencesWeighed, incident: Incident) -> Incident:
    return incident  # no rule asks for it again


@folded.register
def _(event: pev.PageDeclined, incident: Incident) -> Incident:
    page = incident.pages[event.page]
    left = _without(page.standing_by, event.person)
    explained = _with(page.explained, event.person) if event.reason is not None else page.explained
    declined = (*page.declined, event.person)
    return _put(incident, page.id, declined=declined, standing_by=left, explained=explained)


@folded.register
def _(event: pev.PageDeclineExplained, incident: Incident) -> Incident:
    return _put(incident, event.page, explained=_with(incident.pages[event.page].explained, event.person))


@folded.register
def _(event: pev.PageTextsStopped, incident: Incident) -> Incident:
    return _put(incident, event.page, textless=_with(incident.pages[event.page].textless, event.person))


@folded.register
def _(event: pev.PageAnsweredLate, incident: Incident) -> Incident:
    return _put(incident, event.page, late=_with(incident.pages[event.page].late, event.person))


@folded.register
def _(event: pev.PageSeen, incident: Incident) -> Incident:
    return _put(incident, event.page, seen=_with(incident.pages[event.page].seen, event.person))


@folded.register
def _(event: pev.PageStoodBy, incident: Incident) -> Incident:
    page = incident.pages[event.page]
    back = _without(page.declined, event.person)
    return _put(incident, page.id, standing_by=(*page.standing_by, event.person), declined=back)


@folded.register
def _(event: pev.PageArrived, incident: Incident) -> Incident:
    return _put(incident, event.page, arrived_at=event.occurred_at or event.at)


@folded.register
def _(event: pev.PageDelayed, incident: Incident) -> Incident:
    delays = incident.pages[event.page].delays + 1
    return _put(
        incident,
        event.page,
        eta_minutes=event.eta_minutes,
        due_here_at=event.due_here_at,
        delays=delays,
        asked_if_here=0,
    )


@folded.register
def _(event: pev.ArrivalAsked, incident: Incident) -> Incident:
    return _put(incident, event.page, asked_if_here=event.turn)


def _open_again(incident: Incident, page: PageId, **changed: Any) -> Incident:
    """Whoever had it has it no longer; the level stays where it was, and an event of its own raises it."""
    none = {"accepted_by": None, "eta_minutes": None, "due_here_at": None, "offered_to": None, "offered_at": None}
    return _put(incident, page, **{**none, "state": PageState.PAGING, **changed})


@folded.register
def _(event: pev.PageLapsed, incident: Incident) -> Incident:
    return _open_again(incident, event.page)


@folded.register
def _(event: pev.PageLetGo, incident: Incident) -> Incident:
    page = incident.pages[event.page]
    said_why = event.reason is not DeclineReason.OTHER
    explained = _with(page.explained, event.person) if said_why else page.explained
    return _open_again(incident, event.page, declined=(*page.declined, event.person), explained=explained)


@folded.register
def _(event: pev.PageOffered, incident: Incident) -> Incident:
    return _put(incident, event.page, offered_to=event.to, offered_at=event.at)


@folded.register
def _(event: pev.PageOfferEnded, incident: Incident) -> Incident:
    return _put(incident, event.page, offered_to=None, offered_at=None)


@folded.register
def _(event: pev.PageEscalated, incident: Incident) -> Incident:
    began = event.begins_at or event.at
    times = (*incident.pages[event.page].began, *(began,) * event.together)
    return _put(incident, event.page, level=event.level, level_since=began, began=times, on_level=())


@folded.register
def _(event: pev.PageExhausted, incident: Incident) -> Incident:
    return _put(incident, event.page, state=PageState.EXHAUSTED, alarms=incident.pages[event.page].alarms + 1)


@folded.register
def _(event: pev.PageDisposed, incident: Incident) -> Incident:
    """Started again means from the first level, and whoever said no is asked once more."""
    if event.how is not Disposal.RESTART:
        return _put(incident, event.page, state=_DISPOSED[event.how], disposed=event.how)
    began = event.begins_at or event.at
    again = {"level": 0, "level_since": began, "began": (began,), "declined": (), "on_level": (), "alarms": 0}
    return _put(incident, event.page, state=PageState.PAGING, **again)


@folded.register
def _(event: pev.PageCancelled, incident: Incident) -> Incident:
    return _put(incident, event.page, state=PageState.CANCELLED)
