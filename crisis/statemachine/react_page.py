"""What events about pages oblige us to do: call the next level, confirm what was answered, watch for the arrival."""

from datetime import datetime, timedelta

from crisis import page_events as pev
from crisis.call_words import CallWhy
from crisis.effects import CallPerson, ConfirmPage, Effect, EndCalls, PageLevel, StartTimer
from crisis.protocols.schema import Protocol
from crisis.statemachine.answering import OFFER_WAITS
from crisis.statemachine.arrival import WATCHES
from crisis.statemachine.climbing import ladder_of, level_ends
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident, Page
from crisis.statemachine.places import LOOKING, places
from crisis.statemachine.reacting import reaction, tell
from crisis.vocabulary import Disposal, PageState, PersonId, Role

OFTEN, SELDOM = 10, timedelta(minutes=10)  # so many alarms at the ladder's pace, the rest at this one
LEADS = (Role.INCIDENT_LEAD, Role.ADMIN)


def _confirm(after: Incident, page: Page, outcome: str, *people: PersonId) -> list[Effect]:
    return [ConfirmPage(page=page.id, person=each, outcome=outcome, mode=after.mode) for each in people]


def _end_calls(after: Incident, page: Page) -> Effect:
    return EndCalls(page=page.id, mode=after.mode)


def _levels(page: Page, levels: range, begins_at: datetime | None, after: Incident, ground: Ground) -> list[Effect]:
    """Each of the levels is called; the last of them is the one that is waited for."""
    called: list[Effect] = [
        PageLevel(
            page=page.id,
            role=page.role,
            urgency=page.urgency,
            level=level,
            mode=after.mode,
            not_before=begins_at,
        )
        for level in levels
    ]
    over = StartTimer(name="page_unanswered", key=f"{page.id}:{page.level}", due_at=level_ends(page, ground))
    return [*called, over]


def watch(page: Page) -> list[StartTimer]:
    """When whoever took it is asked whether they are here, and given up on."""
    if page.due_here_at is None or page.urgency not in WATCHES:
        return []
    times = WATCHES[page.urgency]
    return [
        StartTimer(
            name="page_arrival",
            key=f"{page.id}:{page.accepted_by}:{turn}",
            due_at=page.due_here_at + times.after(turn),
        )
        for turn in range(1, times.turns + 1)
    ]


@reaction.register
def _(event: pev.PageRequested, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    page = after.pages[event.page]
    return _levels(page, range(event.level + 1), event.begins_at, after, ground)


@reaction.register
def _(event: pev.PageEscalated, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    page = after.pages[event.page]
    first = event.level - event.together + 1
    return _levels(page, range(first, event.level + 1), event.begins_at, after, ground)


@reaction.register
def _(event: pev.PageExhausted, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    """I-15: the school is told to use 911 and 988, again and again."""
    page = after.pages[event.page]
    often = ladder_of(page, ground).repeat_alarm
    again = event.at + (often if page.alarms < OFTEN else max(often, SELDOM))
    told = tell(after, "nobody_answers", *LEADS, Role.DISTRICT_ONCALL)
    return [*told, StartTimer(name="page_alarm", key=f"{page.id}:", due_at=again)]


@reaction.register
def _(event: pev.PageAccepted, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    page = after.pages[event.page]
    if event.again:  # the others know already
        return [*_confirm(after, page, "delayed", event.person), *watch(page)]
    wanted = any(each.state in LOOKING for each in places(after, page))  # one more: nobody is sent home yet
    others = [] if wanted else [person for person in page.asked if person not in (event.person, *page.declined)]
    return [
        *_confirm(after, page, "you_have_it", event.person),
        *_confirm(after, page, "someone_else", *others),
        _end_calls(after, page),
        *watch(page),
    ]


@reaction.register
def _(event: pev.PageDeclined, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return _confirm(after, after.pages[event.page], "declined", event.person)


@reaction.register
def _(event: pev.PageStoodBy, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return _confirm(after, after.pages[event.page], "standing_by", event.person)


@reaction.register
def _(event: pev.PageDelayed, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    """The team knows at once; put off for too long, it is asked to think of somebody else."""
    page = after.pages[event.page]
    late = page.due_here_at is not None and page.due_here_at < event.at + timedelta(minutes=event.eta_minutes)
    told = tell(after, "arrival_late", *LEADS) if late else []
    return [*_confirm(after, page, "delayed", event.person), *told, *watch(page)]


@reaction.register
def _(event: pev.PageArrived, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    """Who was paged is thanked only where the word came from somebody else than themselves: it is no news to them."""
    page = after.pages[event.page]
    return _confirm(after, page, "here", event.person) if event.by == event.person else []


@reaction.register
def _(event: pev.ArrivalAsked, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    page = after.pages[event.page]
    if page.accepted_by is None:
        return []
    asked = _confirm(after, page, "here_yet", page.accepted_by)
    if event.turn == 1:
        return asked
    called = _call(after, page, page.accepted_by, CallWhy.HERE_YET)
    return [*asked, called, *tell(after, "arrival_late", *LEADS)]


@reaction.register
def _(event: pev.PageTextsStopped, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return [_call(after, after.pages[event.page], event.person, CallWhy.TEXTS_STOPPED)]


def _call(after: Incident, page: Page, person: PersonId, why: CallWhy) -> Effect:
    return CallPerson(page=page.id, person=person, why=why, urgency=page.urgency, mode=after.mode)


@reaction.register
def _(event: pev.PageLapsed, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    page = after.pages[event.page]
    told = _confirm(after, page, "not_here", event.person)
    return [*told, *_wanted_again(after, page)]


@reaction.register
def _(event: pev.PageLetGo, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    page = after.pages[event.page]
    told = _confirm(after, page, "declined", event.person)
    return [*told, *_wanted_again(after, page)]


def _wanted_again(after: Incident, page: Page) -> list[Effect]:
    """Who stood by is asked, not assigned."""
    return [*tell(after, "page_open_again", *LEADS), *_confirm(after, page, "still_open", *page.standing_by)]


@reaction.register
def _(event: pev.PageOffered, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    page = after.pages[event.page]
    waits = StartTimer(name="page_offer", key=f"{page.id}:{event.to}", due_at=event.at + OFFER_WAITS[page.urgency])
    return [*_confirm(after, page, "offered", event.to), waits]


@reaction.register
def _(event: pev.PageOfferEnded, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    """Whoever offered it must know that they still have it."""
    page = after.pages[event.page]
    if page.accepted_by is None or event.by == page.accepted_by:
        return []
    return [*_confirm(after, page, "still_yours", page.accepted_by), *tell(after, "handover_refused", *LEADS)]


@reaction.register
def _(event: pev.PageDisposed, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    page = after.pages[event.page]
    if event.how is Disposal.RESTART:
        return _levels(page, range(1), event.begins_at, after, ground)
    return _no_longer(after, page)


@reaction.register
def _(event: pev.PageCancelled, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return _no_longer(after, after.pages[event.page])


def _no_longer(after: Incident, page: Page) -> list[Effect]:
    told = _confirm(after, page, "cancelled", *(each for each in page.asked if each not in page.declined))
    return [*told, _end_calls(after, page)]


@reaction.register
def _(event: pev.PageAttempted, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    """Somebody else took it between the claim and the call: the one who was just paged is told so."""
    page = after.pages[event.page]
    late = page.state is PageState.ACCEPTED and event.person not in (page.accepted_by, page.offered_to)
    return _confirm(after, page, "someone_else", event.person) if late else []
