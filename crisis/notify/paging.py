"""A page goes out: to whom it is owed at this moment, on which channel, and the report of each call as a command."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from crisis import failpoints
from crisis.commands import Actor, ActorKind, TimerDue
from crisis.effects import ConfirmPage, PageLevel
from crisis.notify import escalation, people_to_tell
from crisis.notify.answers import Asked
from crisis.notify.calls import keys_path, page_call
from crisis.notify.escalation import Try
from crisis.notify.gateway import Lines
from crisis.notify.line import Line
from crisis.notify.people_to_tell import Reachable
from crisis.notify.wording import Filling, PageCode, SiteCode, Subject, text
from crisis.page_commands import RecordPageAttempt
from crisis.page_events import PageAttempted
from crisis.statemachine.incident import Incident, Page
from crisis.statemachine.paging import LIVE
from crisis.store import incidents, outbox, page_codes
from crisis.store.engine import Store
from crisis.store.outbox import Job
from crisis.store.page_codes import Coded
from crisis.submit import submit
from crisis.vocabulary import AttemptOutcome, Channel, PersonId

AT_ONCE = 8  # calls of one page at the same time
SAYS_MORE = (AttemptOutcome.UNKNOWN, AttemptOutcome.ACCEPTED, AttemptOutcome.REFUSED)  # the later one stands
History = dict[PersonId, list[Try]]  # what was tried since this level began, by person, in order


@dataclass(frozen=True, slots=True)
class Owed:
    """One call that is to be made now; `attempt` names it in the log and at the provider."""

    who: Reachable
    channel: Channel
    attempt: str


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
            on_call = people_to_tell.of_level(tx, incident, effect.role, effect.level, self.now())
            tried = _history(effect, incidents.events_of(tx, job.incident, after=job.seq))
        asked = [each for each in on_call if each.person not in page.declined]
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
        for channel in escalation.due(page.urgency, _began(page, effect), tries, self.now()):
            number = len([each for each in tries if each.channel is channel]) + 1
            yield Owed(who, channel, f"{job.id}-{who.person}-{channel}-{number}")

    def _next(self, job: Job, effect: PageLevel, reachable: Sequence[Reachable]) -> datetime | None:
        with self.store.read() as tx:
            page = _wanted(incidents.load(tx, job.incident), effect)
            tried = _history(effect, incidents.events_of(tx, job.incident, after=job.seq))
        if page is None:
            return None
        began = _began(page, effect)
        times = (escalation.next_due(page.urgency, began, tried.get(who.person, [])) for who in reachable)
        return min((when for when in times if when is not None), default=None)

    def _nobody(self, incident: Incident, effect: PageLevel) -> None:
        """Nobody is waited for where nobody can be called: the next level, now."""
        timer = TimerDue(by=_system(incident), name="page_unanswered", key=f"{effect.page}:{effect.level}")
        submit(self.store, incident.id, timer, at=self.now())

    def _show(self, job: Job, effect: PageLevel, incident: Incident, who: Reachable) -> None:
        """Who cannot be called is asked on the console alone, and the log says so."""
        attempt = f"{job.id}-{who.person}-{Channel.CONSOLE}-1"
        self._report(incident, effect, Owed(who, Channel.CONSOLE, attempt), AttemptOutcome.ACCEPTED)

    def _attempt(self, job: Job, effect: PageLevel, owed: Owed) -> None:
        """Looked at once more right before the call; nothing is open in the database while it lasts."""
        line = self.lines.of(effect.mode)
        with self.store.write() as tx:
            incident = incidents.load(tx, job.incident)
            if line is None or _wanted(incident, effect) is None or not outbox.held(tx, job, self.now()):
                return
            filling = code_of(tx, incident, effect, owed.who, self.now())
        failpoints.hit("send.before_post")
        outcome = _send(line, incident, effect, owed, filling)
        failpoints.hit("send.after_reply")
        self._report(incident, effect, owed, outcome)
        failpoints.hit("send.after_report")

    def _report(self, incident: Incident, effect: PageLevel, owed: Owed, outcome: AttemptOutcome) -> None:
        record = RecordPageAttempt(
            by=_system(incident),
            page=effect.page,
            person=owed.who.person,
            channel=owed.channel,
            outcome=outcome,
            attempt=owed.attempt,
            level=effect.level,
        )
        submit(self.store, incident.id, record, at=self.now())


def _system(incident: Incident) -> Actor:
    return Actor(kind=ActorKind.SYSTEM, id=None, district=incident.district)


def _wanted(incident: Incident, effect: PageLevel) -> Page | None:
    """The page while it looks for somebody: a level that begins does not silence those before it."""
    page = incident.pages.get(effect.page)
    looking = page is not None and page.state in LIVE
    return page if looking and page is not None and effect.level <= page.level else None


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


def _send(line: Line, incident: Incident, effect: PageLevel, owed: Owed, filling: Filling) -> AttemptOutcome:
    asked = Asked(incident.id, effect.page, owed.who.person)
    assert owed.who.phone is not None
    status = f"/webhooks/status/{incident.id}/{effect.page}/{owed.who.person}/{owed.channel}/{owed.attempt}"
    if owed.channel is Channel.VOICE:
        said = page_call(filling, line.address(keys_path(asked)), owed.who.language)
        return line.call(owed.who.phone, said, owed.attempt, status, effect.urgency)
    body = text(Subject.PAGE, filling, owed.who.language)
    return line.sms(owed.who.phone, body, owed.attempt, status, effect.urgency)


def code_of(
    tx: Connection, incident: Incident, effect: PageLevel | ConfirmPage, who: Reachable, at: datetime
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
    urgency = effect.urgency if isinstance(effect, PageLevel) else None
    return Filling(mode=incident.mode, site=SiteCode(given.site), code=PageCode(given.code), urgency=urgency)
