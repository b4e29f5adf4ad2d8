"""A page goes out: to whom it is owed at this moment, on which channel, and the report of each call as a command."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from crisis import failpoints
from crisis.commands import Actor, ActorKind, TimerDue
from crisis.delivery import Purpose
from crisis.effects import ConfirmPage, PageLevel
from crisis.notify import pacing, people_to_tell
from crisis.notify.answers import Asked
from crisis.notify.calls import keys_path, page_call
from crisis.notify.escalation import Try
from crisis.notify.extras import Beside, Extras
from crisis.notify.gateway import Lines
from crisis.notify.line import Line, Note
from crisis.notify.pacing import Turn
from crisis.notify.people_to_tell import Reachable
from crisis.notify.sending import Sending
from crisis.notify.standing import outcome_of
from crisis.notify.wording import Filling, PageCode, SiteCode, Subject, text
from crisis.page_commands import HoldBackPage, RecordPageAttempt
from crisis.page_events import PageAttempted, PageHeldBack
from crisis.statemachine.incident import Incident, Page
from crisis.statemachine.paging import LIVE
from crisis.store import incidents, outbox, outgoing, page_codes
from crisis.store.engine import Store
from crisis.store.outbox import Job
from crisis.store.outgoing import Outgoing
from crisis.store.page_codes import Coded
from crisis.submit import submit
from crisis.vocabulary import AttemptOutcome, Channel, PersonId

AT_ONCE = 8  # calls of one page at the same time
History = dict[PersonId, list[Try]]  # what was tried since this level began, by person, in order


@dataclass(frozen=True, slots=True)
class Owed:
    """One call that is to be made now; `attempt` names it in the log and at the provider."""

    turn: Turn
    channel: Channel
    attempt: str

    @property
    def who(self) -> Reachable:
        return self.turn.who


@dataclass(frozen=True, slots=True)
class Paging:
    store: Store
    lines: Lines
    now: Callable[[], datetime]
    extras: Extras | None = None

    def page(self, job: Job, effect: PageLevel) -> datetime | None:
        """Makes the calls that are due and says when the next one is; None when this level is over or all is done."""
        with self.store.read() as tx:
            incident = incidents.load(tx, job.incident)
            page = _wanted(incident, effect)
            if page is None:
                return None  # somebody took it, or it went on: nobody is called for nothing
            on_call = people_to_tell.of_level(tx, incident, effect.role, effect.level, self.now())
            since = incidents.events_of(tx, job.incident, after=job.seq)
            tried, turns = _history(effect, since), self._turns(tx, effect, page, on_call)
        asked = [each for each in on_call if each.person not in page.declined]
        line = self.lines.of(effect.mode)
        reachable = [each for each in asked if line is not None and each.phone is not None]
        self._beside(job, effect, incident, asked, since)
        for who in asked:
            if who not in reachable and who.person not in tried:
                self._show(job, effect, incident, who)
        if not reachable and (line is not None or not asked):
            self._nobody(incident, effect)
            return None
        called = [turn for turn in turns if turn.who in reachable]
        owed = [each for turn in called for each in self._owed(job, page, turn, tried.get(turn.who.person, []))]
        waiting = [each for each in owed if each.channel is Channel.TEXT and each.turn.text_from > self.now()]
        for each in waiting:
            self._hold_back(incident, effect, each, since)
        now = [each for each in owed if each not in waiting]
        with ThreadPoolExecutor(AT_ONCE) as calls:
            list(calls.map(lambda each: self._attempt(job, effect, each), now))
        return self._next(job, effect, called)

    def _beside(
        self,
        job: Job,
        effect: PageLevel,
        incident: Incident,
        asked: Sequence[Reachable],
        since: Sequence[incidents.StoredEvent],
    ) -> None:
        """E-mail and push, to those without a telephone as well: they count for nothing and hold up nothing."""
        if self.extras is None:
            return
        with self.store.read() as tx:
            site = people_to_tell.site(tx, incident)
        filling = Filling(mode=effect.mode, site=site, urgency=effect.urgency)
        wanted = [
            Beside(
                who=who,
                subject=Subject.PAGE,
                filling=filling,
                reference=f"{job.id}-{who.person}",
                incident=incident,
                page=effect.page,
            )
            for who in asked
        ]
        self.extras.send(wanted, since)

    def _turns(self, tx: Connection, effect: PageLevel, page: Page, on_call: Sequence[Reachable]) -> list[Turn]:
        lately = self.now() - pacing.APART
        texted = {who.person: outgoing.texts_to(tx, who.phone, lately) for who in on_call if who.phone is not None}
        return pacing.turns(on_call, _began(page, effect), effect.page, texted)

    def _owed(self, job: Job, page: Page, turn: Turn, tries: Sequence[Try]) -> Iterator[Owed]:
        for channel in turn.due(page.urgency, tries, self.now()):
            number = len([each for each in tries if each.channel is channel]) + 1
            yield Owed(turn, channel, f"{job.id}-{turn.who.person}-{channel}-{number}")

    def _hold_back(
        self, incident: Incident, effect: PageLevel, owed: Owed, since: Sequence[incidents.StoredEvent]
    ) -> None:
        """On record once: whoever looks at the console sees what the page waits for, and for how long."""
        if any(isinstance(each.event, PageHeldBack) and each.event.attempt == owed.attempt for each in since):
            return
        held = HoldBackPage(
            by=_system(incident),
            page=effect.page,
            person=owed.who.person,
            channel=owed.channel,
            attempt=owed.attempt,
            until=owed.turn.text_from,
        )
        submit(self.store, incident.id, held, at=self.now())

    def _next(self, job: Job, effect: PageLevel, called: Sequence[Turn]) -> datetime | None:
        with self.store.read() as tx:
            page = _wanted(incidents.load(tx, job.incident), effect)
            tried = _history(effect, incidents.events_of(tx, job.incident, after=job.seq))
        if page is None:
            return None
        times = (turn.next_due(page.urgency, tried.get(turn.who.person, [])) for turn in called)
        return min((when for when in times if when is not None), default=None)

    def _nobody(self, incident: Incident, effect: PageLevel) -> None:
        """Nobody is waited for where nobody can be called: the next level, now."""
        timer = TimerDue(by=_system(incident), name="page_unanswered", key=f"{effect.page}:{effect.level}")
        submit(self.store, incident.id, timer, at=self.now())

    def _show(self, job: Job, effect: PageLevel, incident: Incident, who: Reachable) -> None:
        """Who cannot be called is asked on the console alone, and the log says so."""
        attempt = f"{job.id}-{who.person}-{Channel.CONSOLE}-1"
        turn = Turn(who=who, began=self.now(), text_from=self.now(), spread=False)
        self._report(incident, effect, Owed(turn, Channel.CONSOLE, attempt), AttemptOutcome.ACCEPTED)

    def _attempt(self, job: Job, effect: PageLevel, owed: Owed) -> None:
        """Looked at once more right before the call; nothing is open in the database while it lasts."""
        line = self.lines.of(effect.mode)
        with self.store.write() as tx:
            incident = incidents.load(tx, job.incident)
            if line is None or _wanted(incident, effect) is None or not outbox.held(tx, job, self.now()):
                return
            filling, out = code_of(tx, incident, effect, owed.who, self.now()), self._out(incident, effect, owed)
            outgoing.begin(tx, out)
        failpoints.hit("send.before_post")
        outcome = _send(line, out, owed, filling, Sending(self.store, self.now).of(out))
        failpoints.hit("send.after_reply")
        self._report(incident, effect, owed, self._known(out, outcome))
        failpoints.hit("send.after_report")

    def _known(self, out: Outgoing, outcome: AttemptOutcome) -> AttemptOutcome:
        """A callback may have been faster than the answer, and says more."""
        with self.store.read() as tx:
            row = outgoing.one(tx, out.reference)
        return outcome if row is None else outcome_of(row.state, None) or outcome

    def _out(self, incident: Incident, effect: PageLevel, owed: Owed) -> Outgoing:
        assert owed.who.phone is not None
        return Outgoing(
            reference=owed.attempt,
            purpose=Purpose.PAGE,
            channel=owed.channel,
            mode=effect.mode,
            urgency=effect.urgency,
            incident=incident.id,
            page=effect.page,
            person=owed.who.person,
            phone=owed.who.phone,
            at=self.now(),
        )

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
    """What is known now of each call of this page; a later word on the same call counts, its first time stays.

    Who is on two levels at once is called by the cadence of one.
    """
    calls: dict[str, tuple[PersonId, Try]] = {}
    for event in (stored.event for stored in log):
        if isinstance(event, PageAttempted) and event.page == effect.page:
            first = calls.get(event.attempt)
            began = event.at if first is None else first[1].at
            calls[event.attempt] = (event.person, Try(channel=event.channel, outcome=event.outcome, at=began))
    found: History = {}
    for person, tried in calls.values():
        found.setdefault(person, []).append(tried)
    return found


def _send(line: Line, out: Outgoing, owed: Owed, filling: Filling, note: Note) -> AttemptOutcome:
    assert out.incident is not None
    assert out.page is not None
    asked = Asked(out.incident, out.page, out.person)
    status = f"/webhooks/status/{out.incident}/{out.page}/{out.person}/{out.channel}/{owed.attempt}"
    if out.channel is Channel.VOICE:
        said = page_call(filling, line.address(keys_path(asked)), owed.who.language)
        return line.call(out.phone, said, owed.attempt, status, out.urgency, note=note)
    body = text(Subject.PAGE, filling, owed.who.language)
    return line.sms(out.phone, body, owed.attempt, status, out.urgency, note=note, spread=owed.turn.spread)


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
