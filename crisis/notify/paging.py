"""A page goes out: to whom it is owed at this moment, on which channel, and the report of each call as a command."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from crisis import failpoints
from crisis.commands import TimerDue
from crisis.effects import CallPerson, ConfirmPage, PageLevel
from crisis.ladders import LADDERS, Cadence, cadence_of
from crisis.notify import attempts, escalation, people_to_tell
from crisis.notify.answers import Asked
from crisis.notify.attempts import Owed
from crisis.notify.calls import keys_path, page_call
from crisis.notify.escalation import Try
from crisis.notify.failures import Answer
from crisis.notify.gateway import Lines
from crisis.notify.line import Line
from crisis.notify.people_to_tell import Reachable
from crisis.notify.wording import Filling, PageCode, SiteCode, Subject, page_link, text
from crisis.page_events import PageAttempted
from crisis.statemachine.incident import Incident, Page
from crisis.statemachine.paging import LIVE
from crisis.statemachine.places import spared
from crisis.store import incidents, outbox, page_codes, page_links
from crisis.store.engine import Store
from crisis.store.outbox import Job
from crisis.store.page_codes import Coded
from crisis.store.sealed import KeyFault
from crisis.submit import submit
from crisis.vocabulary import AttemptOutcome, Channel, PersonId

AT_ONCE = 8  # calls of one page at the same time
SAYS_MORE = (AttemptOutcome.UNKNOWN, AttemptOutcome.ACCEPTED, AttemptOutcome.REFUSED)  # the later one stands
History = dict[PersonId, list[Try]]  # what was tried since this level began, by person, in order


@dataclass(frozen=True, slots=True)
class Paging:
    store: Store
    lines: Lines
    now: Callable[[], datetime]

    def page(self, job: Job, effect: PageLevel) -> datetime | None:
        """Makes the calls that are due and says when the next one is; None when this level is over or all is done."""
        with self.store.read() as tx:
            incident = incidents.load(tx, job.incident)
            page = _wanted(incident, effect)
            if page is None:
                return None  # somebody took it, or it went on: nobody is called for nothing
            on_call = people_to_tell.of_page(tx, incident, page, effect.level, self.now())
            tried = _history(effect, incidents.events_of(tx, job.incident, after=job.seq))
        out = spared(incident, page)
        asked = [each for each in on_call if each.person not in out]
        line = self.lines.of(effect.mode)
        reachable = [each for each in asked if line is not None and each.phone is not None]
        for who in asked:
            if who not in reachable and who.person not in tried:
                self._show(job, effect, incident, who)
        if not reachable and (line is not None or not asked):
            self._nobody(incident, effect)
            return None
        owed = [each for who in reachable for each in self._owed(job, effect, page, who, tried.get(who.person, []))]
        with ThreadPoolExecutor(AT_ONCE) as calls:
            list(calls.map(lambda each: self._attempt(job, effect, each), owed))
        return self._next(job, effect, reachable)

    def _owed(self, job: Job, effect: PageLevel, page: Page, who: Reachable, tries: Sequence[Try]) -> Iterator[Owed]:
        for channel in escalation.due(_cadence(page), _began(page, effect), tries, self.now(), texts=who.texts):
            number = len([each for each in tries if each.channel is channel]) + 1
            yield Owed(page.id, who, channel, f"{job.id}-{who.person}-{channel}-{number}", effect.level)

    def _next(self, job: Job, effect: PageLevel, reachable: Sequence[Reachable]) -> datetime | None:
        with self.store.read() as tx:
            page = _wanted(incidents.load(tx, job.incident), effect)
            tried = _history(effect, incidents.events_of(tx, job.incident, after=job.seq))
        if page is None:
            return None
        began = _began(page, effect)
        times = (
            escalation.next_due(_cadence(page), began, tried.get(who.person, []), texts=who.texts) for who in reachable
        )
        return min((when for when in times if when is not None), default=None)

    def _nobody(self, incident: Incident, effect: PageLevel) -> None:
        """Nobody is waited for where nobody can be called: the next level, now."""
        timer = TimerDue(by=attempts.system(incident), name="page_unanswered", key=f"{effect.page}:{effect.level}")
        submit(self.store, incident.id, timer, at=self.now())

    def _show(self, job: Job, effect: PageLevel, incident: Incident, who: Reachable) -> None:
        """Who cannot be called is asked on the console alone, and the log says so."""
        attempt = f"{job.id}-{who.person}-{Channel.CONSOLE}-1"
        owed = Owed(effect.page, who, Channel.CONSOLE, attempt, effect.level)
        attempts.record(self.store, incident, owed, AttemptOutcome.ACCEPTED, self.now())

    def _attempt(self, job: Job, effect: PageLevel, owed: Owed) -> None:
        """Looked at once more right before the call; nothing is open in the database while it lasts."""
        line = self.lines.of(effect.mode)
        with self.store.write() as tx:
            incident = incidents.load(tx, job.incident)
            if line is None or _wanted(incident, effect) is None or not outbox.held(tx, job, self.now()):
                return
            filling = self._linked(tx, line, code_of(tx, incident, effect, owed.who, self.now()), incident, owed)
        failpoints.hit("send.before_post")
        heard: list[Answer] = []
        outcome = _send(line, incident, effect, owed, filling, heard=heard)
        failpoints.hit("send.after_reply")
        attempts.record(self.store, incident, owed, outcome, self.now(), heard=heard)
        if owed.channel is Channel.VOICE:
            attempts.keep_track(self.store, self.lines, incident, owed, heard, at=self.now())
        failpoints.hit("send.after_report")

    def _linked(self, tx: Connection, line: Line, filling: Filling, incident: Incident, owed: Owed) -> Filling:
        if owed.channel is not Channel.TEXT or not line.links:
            return filling
        try:
            token = page_links.give(tx, self.store.keys, incident.id, owed.page, owed.who.person, at=self.now())
        except KeyFault:  # a page goes out whatever became of the key
            return filling
        return replace(filling, link=page_link(line.callbacks, token))


def _wanted(incident: Incident, effect: PageLevel) -> Page | None:
    """The page while it looks for somebody: a level that begins does not silence those before it."""
    page = incident.pages.get(effect.page)
    looking = page is not None and page.state in LIVE
    return page if looking and page is not None and effect.level <= page.level else None


def _cadence(page: Page) -> Cadence:
    return cadence_of(page.ladder or LADDERS[page.urgency], page.urgency)


def _began(page: Page, effect: PageLevel) -> datetime:
    return page.began[effect.level] if effect.level < len(page.began) else page.level_since


def _history(effect: PageLevel, log: Sequence[incidents.StoredEvent]) -> History:
    """What is known now of each call of this page, in whatever order it was heard; its first time stays.

    Who is on two levels at once is called by the cadence of one.
    """
    calls: dict[str, tuple[PersonId, Try]] = {}
    for event in (stored.event for stored in log):
        if isinstance(event, PageAttempted) and event.page == effect.page:
            said = Try(channel=event.channel, outcome=event.outcome, at=event.at)
            before = calls.get(event.attempt, (event.person, said))[1]
            calls[event.attempt] = (event.person, _final(before, said))
    found: History = {}
    for person, tried in calls.values():
        found.setdefault(person, []).append(tried)
    return found


def _final(before: Try, said: Try) -> Try:
    """A failure that is heard of before we have written down that the call was made stays a failure (F31)."""
    return replace(before, outcome=max(before.outcome, said.outcome, key=SAYS_MORE.index))


def _send(
    line: Line, incident: Incident, effect: PageLevel, owed: Owed, filling: Filling, *, heard: list[Answer]
) -> AttemptOutcome:
    asked = Asked(incident.id, effect.page, owed.who.person)
    assert owed.who.phone is not None
    status = owed.status_path(incident)
    if owed.channel is Channel.VOICE:
        said = page_call(filling, line.address(keys_path(asked)), owed.who.language)
        return line.call(owed.who.phone, said, owed.attempt, status, effect.urgency, heard=heard)
    body = text(Subject.PAGE, filling, owed.who.language)
    return line.sms(owed.who.phone, body, owed.attempt, status, effect.urgency, heard=heard)


def code_of(
    tx: Connection, incident: Incident, effect: PageLevel | ConfirmPage | CallPerson, who: Reachable, at: datetime
) -> Filling:
    """The places of a text about a page, with the code by which this phone answers it."""
    assert who.phone is not None
    wanted = Coded(
        phone=who.phone,
        code="",
        incident=incident.id,
        page=effect.page,
        person=who.person,
        site=people_to_tell.site(tx, incident),
        mode=incident.mode,
        given_at=at,
    )
    given = page_codes.give(tx, wanted)
    urgency = None if isinstance(effect, ConfirmPage) else effect.urgency
    return Filling(mode=incident.mode, site=SiteCode(given.site), code=PageCode(given.code), urgency=urgency)
