"""What must hold at any moment: the invariants of the page-delivery guarantee, over what one look shows.

No window of time: every open incident counts, and one without anything is a fault. Each finding says what to do about
it, where something can be done. `docs/reliability.md` lists those that the model cannot break.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crisis.effects import PageLevel, StartTimer
from crisis.sentinel.looking import Look, Watched
from crisis.sentinel.obliged import missing, reminder_of_next
from crisis.statemachine.incident import Page
from crisis.statemachine.paging import LIVE
from crisis.statemachine.places import spared
from crisis.store import signs
from crisis.store.canaries import Canary
from crisis.store.watch import Waiting
from crisis.vocabulary import AttemptOutcome, IncidentId, Mode, PageState

OVERDUE = timedelta(seconds=5)
TRIED = timedelta(seconds=12)  # I3: two silent providers are given up after eight; only then is it written down
UNKNOWN = timedelta(seconds=45)  # I5: a try is repeated after 30 at most, and takes as long to be written down
JUST = timedelta(seconds=15)  # I8: since the look before
SKEW = timedelta(seconds=2)
ALIVE = timedelta(seconds=30)  # a worker says every five that it is there
HEARD = timedelta(seconds=60)
CANARIES = 3  # periods without one that came back
TOO_OFTEN = 3  # tries of a timer, which should take one


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """Put a timer in place; one that is due already is given to the rules at once."""

    incident: IncidentId
    timer: StartTimer


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAgain:
    """Have a level of a page called now."""

    incident: IncidentId
    level: PageLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteAgain:
    """Write a row that cannot be read as its event obliges it."""

    row: int


Repair = Arm | CallAgain | WriteAgain


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`subject` is an id, `what` a sentence without a name or a number; `live` is false for a drill's.

    `partial`: paging holds its promise all the same, by another provider.
    """

    invariant: str
    subject: str
    what: str
    repair: Repair | None = None
    incident: IncidentId | None = None
    live: bool = True
    partial: bool = False


def _found(each: Watched, invariant: str, what: str, *, subject: str = "", repair: Repair | None = None) -> Finding:
    incident = each.incident
    return Finding(
        invariant=invariant,
        subject=subject or incident.id,
        what=what,
        repair=repair,
        incident=incident.id,
        live=incident.mode is Mode.LIVE,
    )


def timers_in_place(look: Look) -> Iterator[Finding]:
    """I1: an open incident has every timer that its state obliges, and is never without any."""
    for each in look.open:
        if each.protocol is None:
            continue
        rows = [(row.timer, row.due_at) for row in each.waiting if row.timer is not None]
        lost = missing(each.incident, each.protocol, each.ground, rows, look.at)
        for timer in lost:
            arm = Arm(incident=each.incident.id, timer=timer)
            yield _found(each, "I1", f"the timer {timer.name} is missing", repair=arm)
        if not rows and not lost:
            reminder = reminder_of_next(each.incident, each.protocol, look.at)
            if reminder is not None:
                arm = Arm(incident=each.incident.id, timer=reminder)
                yield _found(each, "I1", "it has no timer at all", repair=arm)


def nothing_overdue(look: Look) -> Iterator[Finding]:
    """I2: nothing waits longer than 5 s for a worker, no timer fails again and again; worker and console are there."""
    worker = look.signs.get(signs.WORKER)
    if worker is None or worker.at < look.at - ALIVE:
        yield Finding(invariant="I2", subject="worker", what="no worker has been seen for half a minute")
    if _no_console(look):
        yield Finding(invariant="I2", subject="console", what="no console has been seen for half a minute")
    for row in look.waiting:
        if row.effect is None:
            yield _of_row(look, row, "I2", f"row {row.id} cannot be read", WriteAgain(row=row.id))
        elif row.claimed_until is None and row.due_at < look.at - OVERDUE:
            yield _of_row(look, row, "I2", f"row {row.id} is overdue")
        elif row.timer is not None and row.attempts >= TOO_OFTEN:
            yield _of_row(look, row, "I2", f"row {row.id} failed {row.attempts} times")


def _no_console(look: Look) -> bool:
    """Whoever has just begun to look gives it time to start: all of them may have been started at once."""
    console, early = look.signs.get(signs.WEB), look.at - ALIVE
    begun = look.since is not None and look.since >= early
    return not begun and (console is None or console.at < early)


def _of_row(look: Look, row: Waiting, invariant: str, what: str, repair: Repair | None = None) -> Finding:
    """What waits for a closed incident shows that no worker runs, and is nothing to call anybody for."""
    live = row.mode is Mode.LIVE and any(each.incident.id == row.incident for each in look.open)
    subject = f"row {row.id}"
    return Finding(invariant=invariant, subject=subject, what=what, repair=repair, incident=row.incident, live=live)


def pages_are_tried(look: Look) -> Iterator[Finding]:
    """I3: whoever a page looks for is called within seconds, or the log says why not."""
    for each, page in _pages(look, PageState.PAGING):
        if page.level_since < look.at - TRIED and not _tried(each, page, look.at):
            again = CallAgain(incident=each.incident.id, level=_level(each, page, page.level))
            yield _found(each, "I3", f"nobody was called for level {page.level}", subject=page.id, repair=again)


def _tried(each: Watched, page: Page, look_at: datetime) -> bool:
    """Who is on two levels is called by one of them: then the row of this level says that it was looked at.

    A text that waits for another page to the same telephone is on record, with until when.
    """
    if page.held_until is not None and look_at < page.held_until + TRIED:
        return True
    since = [call for call in each.calls if call.page == page.id and call.at >= page.level_since - SKEW]
    rows = [row for row in each.waiting if row.level and (row.level.page, row.level.level) == (page.id, page.level)]
    return any(call.level in (page.level, None) for call in since) or bool(since and rows)


def _level(each: Watched, page: Page, level: int) -> PageLevel:
    return PageLevel(page=page.id, role=page.role, urgency=page.urgency, level=level, mode=each.incident.mode)


def _pages(look: Look, *states: PageState) -> Iterator[tuple[Watched, Page]]:
    for each in look.open:
        yield from ((each, page) for page in each.incident.pages.values() if page.state in states)


def claims_end(look: Look) -> Iterator[Finding]:
    """I4: what a worker took and did not finish is taken by another when its lease ends."""
    for row in look.waiting:
        if row.claimed_until is not None and max(row.claimed_until, row.due_at) < look.at - OVERDUE:
            yield _of_row(look, row, "I4", f"nobody took over row {row.id}")


def unknown_calls_are_followed(look: Look) -> Iterator[Finding]:
    """I5: a call of which nobody knows whether it was made is made again, as long as it matters.

    Where somebody had taken the page and it is open again, the levels before begin nothing anew. Where none is left
    that could, its alarm sounds at once, and calls that were under way when it was taken are followed no more.
    """
    for each, page in _pages(look, *LIVE):
        since, level = _searched_from(page)
        if page.state is PageState.EXHAUSTED and since == page.accepted_at:
            continue
        latest = {
            call.attempt: call
            for call in each.calls
            if call.page == page.id and call.at >= since and (call.level is None or call.level >= level)
        }
        for who in sorted(each.on_call(page) - spared(each.incident, page)):
            theirs = [call for call in latest.values() if call.person == who]
            unknown = bool(theirs) and all(call.outcome is AttemptOutcome.UNKNOWN for call in theirs)
            if unknown and max(call.at for call in theirs) < look.at - UNKNOWN:
                again = CallAgain(incident=each.incident.id, level=_level(each, page, page.level))
                what = "a call with unknown outcome was not followed"
                yield _found(each, "I5", what, subject=page.id, repair=again)


def _searched_from(page: Page) -> tuple[datetime, int]:
    """Since when, and from which level on, somebody is looked for; calls may end after the page was taken."""
    if page.accepted_at is None:
        return page.requested_at, 0
    anew = [(began, level) for level, began in enumerate(page.began) if began > page.accepted_at]
    return min(anew, default=(page.accepted_at, page.level))


def versions_fit(look: Look) -> Iterator[Finding]:
    """I6: the version of the state is the number of events, in the state, in its row and in the log."""
    for each in look.open:
        told = {each.incident.seq, each.row_seq, each.logged.count, each.logged.last}
        if len(told) > 1:
            yield _found(each, "I6", "its version is not the number of its events")


def calls_go_to_who_is_on_call(look: Look) -> Iterator[Finding]:
    """I8: who was just called is who the rota names, for this level or for one before; asked at once, since a rota may
    change.
    """
    for each, page in _pages(look, *LIVE):
        for call in each.calls:
            just = call.page == page.id and call.level is not None and call.at > look.at - JUST
            named = (each.rota.get((page.id, level), frozenset()) for level in range((call.level or 0) + 1))
            if just and not any(call.person in people for people in named):
                yield _found(each, "I8", "somebody was called who is not on call", subject=page.id)


def modes_fit(look: Look) -> Iterator[Finding]:
    """I9: nothing of a drill waits as if it were real, and the other way round."""
    for found in look.mixed_up:
        yield Finding(invariant="I9", subject=found, what="something waits under another mode", incident=found)
    for each in look.open:
        for row in each.waiting:
            if getattr(row.effect, "mode", each.incident.mode) != each.incident.mode:
                yield _found(each, "I9", f"row {row.id} has another mode than its incident", subject=f"row {row.id}")


def rules_are_whole(look: Look) -> Iterator[Finding]:
    """I12: the protocol that an incident pinned is there and is what was published."""
    for each in look.open:
        if each.protocol is None:
            yield _found(each, "I12", "its protocol is gone or was changed")


def inbox_is_read(look: Look) -> Iterator[Finding]:
    """I13: what came from a telephone is dealt with; that it is dealt with once is the inbox's key."""
    if look.unread:
        yield Finding(invariant="I13", subject="inbox", what=f"{look.unread} words from outside were not dealt with")


def log_ends_where_it_should(look: Look) -> Iterator[Finding]:
    """I14: the numbers of log and chain go as far as their head says, no further and no less."""
    ends = look.ends
    if (ends.head_position, ends.head_number) != (ends.position, ends.number):
        yield Finding(invariant="I14", subject="head", what="the log does not end where its head says")


def clocks_agree(look: Look) -> Iterator[Finding]:
    """I15: the clock of the database and ours; whether ours was moved is seen between two looks."""
    if look.clock_apart > SKEW:
        yield Finding(invariant="I15", subject="clock", what="the database has another time than this machine")


def canaries_come_back(look: Look) -> Iterator[Finding]:
    """I17: each provider brought a canary page back in the last three periods; while one does, paging goes on."""
    lost = {name for name, sent in look.canaries.items() if _overdue(sent, look.at)}
    for name in sorted(lost):
        partial = len(lost) < len(look.canaries)
        yield Finding(invariant="I17", subject=name, what="its canary pages do not come back", partial=partial)


def _overdue(sent: Sequence[Canary], at: datetime) -> bool:
    last = next((each for each in reversed(sent) if each.back_at is not None), sent[0] if sent else None)
    return last is not None and last.sent_at < at - CANARIES * last.period


def heartbeat_is_heard(look: Look) -> Iterator[Finding]:
    """I19: whoever watches from outside took the last heartbeat."""
    beat = look.signs.get(signs.HEARTBEAT)
    if beat is not None and (beat.good_at is None or beat.good_at < look.at - HEARD):
        yield Finding(invariant="I19", subject="heartbeat", what="nobody outside hears this installation")


def everything_was_seen(look: Look) -> Iterator[Finding]:
    """I20: as many incidents were looked at as are open; an audit that sees nothing finds nothing."""
    if len(look.open) != look.count_open:
        yield Finding(invariant="I20", subject="audit", what=f"{len(look.open)} of {look.count_open} were looked at")


CHECKS: tuple[Callable[[Look], Iterator[Finding]], ...] = (
    timers_in_place,
    nothing_overdue,
    pages_are_tried,
    claims_end,
    unknown_calls_are_followed,
    versions_fit,
    calls_go_to_who_is_on_call,
    modes_fit,
    rules_are_whole,
    inbox_is_read,
    log_ends_where_it_should,
    clocks_agree,
    canaries_come_back,
    heartbeat_is_heard,
    everything_was_seen,
)


def findings(look: Look) -> list[Finding]:
    return [found for check in CHECKS for found in check(look)]
