"""A page goes out: to whom it is owed at this moment, on which channel, and the report of each call as a command."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from crisis import failpoints
from crisis.commands import TimerDue
from crisis.delivery import AttemptState
from crisis.effects import CallPerson, ConfirmPage, PageLevel
from crisis.notify import attempts, pacing, people_to_tell
from crisis.notify.answers import Asked
from crisis.notify.attempts import Owed
from crisis.notify.calls import keys_path, page_call
from crisis.notify.extras import Beside, Extras
from crisis.notify.failures import Answer
from crisis.notify.gateway import Lines
from crisis.notify.line import Line, Note
from crisis.notify.owing import Due, Past, level_began, next_call, owing, past, wanted
from crisis.notify.pacing import Turn
from crisis.notify.people_to_tell import Reachable
from crisis.notify.sending import Sending
from crisis.notify.together import side_by_side
from crisis.notify.wording import Filling, PageCode, SiteCode, Subject, page_link, text
from crisis.page_commands import HoldBackPage
from crisis.page_events import PageHeldBack
from crisis.statemachine.incident import Incident, Page
from crisis.statemachine.places import spared
from crisis.store import incidents, outbox, outgoing, page_codes, page_links
from crisis.store.engine import Store
from crisis.store.outbox import Job
from crisis.store.outgoing import Outgoing
from crisis.store.page_codes import Coded
from crisis.store.sealed import KeyFault
from crisis.submit import submit
from crisis.vocabulary import AttemptOutcome, Channel

AT_ONCE = 8  # calls of one page at the same time
SOON = timedelta(seconds=1)  # a call that waits longer for those before it is looked at once more
Log = Sequence[incidents.StoredEvent]


@dataclass(frozen=True, slots=True)
class _Reserved:
    """One call that is on record and not made yet."""

    line: Line
    incident: Incident
    owed: Owed
    filling: Filling
    out: Outgoing


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
            page = wanted(incident, effect)
            if page is None:
                return None  # somebody took it, or it went on: nobody is called for nothing
            log = incidents.events_of(tx, job.incident)
            known = _past(log, job, page, effect)
            turns = self._turns(tx, effect, page, self._on_call(tx, incident, page, effect, known))
        since = [each for each in log if each.seq > job.seq]
        line = self.lines.of(effect.mode) is not None
        owed = owing(incident, page, effect, turns, past=known, at=self.now(), line=line)
        self._beside(job, effect, incident, owed.asked, since)
        for who in owed.shown:
            self._show(job, effect, incident, who)
        if owed.nobody:
            self._nobody(incident, effect)
            return None
        self._call(job, effect, incident, [(each.turn, self._named(job, effect, each)) for each in owed.due], since)
        with self.store.read() as tx:
            page = wanted(incidents.load(tx, job.incident), effect)
            if page is None:
                return None
            return next_call(page, effect, owed.called, _past(incidents.events_of(tx, job.incident), job, page, effect))

    def _on_call(
        self, tx: Connection, incident: Incident, page: Page, effect: PageLevel, known: Past
    ) -> list[Reachable]:
        """Also whom this level has begun to call and names no more, as long as one before it does: that one left them
        to this one, and would call them no more.
        """
        found = people_to_tell.of_page(tx, incident, page, effect.level, self.now())
        left = known.ours - {each.person for each in found}
        for level in range(effect.level) if left else ():
            before = people_to_tell.of_page(tx, incident, page, level, self.now())
            found += [each for each in before if each.person in left]
            left -= {each.person for each in before}
        return found

    def _named(self, job: Job, effect: PageLevel, due: Due) -> Owed:
        attempt = f"{job.id}-{due.who.person}-{due.channel}-{due.number}"
        return Owed(effect.page, due.who, due.channel, attempt, effect.level, due.turn.spread)

    def _call(
        self, job: Job, effect: PageLevel, incident: Incident, owed: Sequence[tuple[Turn, Owed]], since: Log
    ) -> None:
        """Side by side, but for the texts whose telephone was texted about another page just now."""
        at_once = []
        for turn, each in owed:
            if each.channel is Channel.TEXT and turn.text_from > self.now():
                self._hold_back(incident, each, turn.text_from, since)
            else:
                at_once.append(each)
        side_by_side(partial(self._attempt, effect), self._reserved(job, effect, at_once), AT_ONCE)

    def _beside(self, job: Job, effect: PageLevel, incident: Incident, asked: Sequence[Reachable], since: Log) -> None:
        """E-mail and push, to those without a telephone as well: they count for nothing and hold up nothing."""
        if self.extras is None:
            return
        with self.store.read() as tx:
            site = people_to_tell.site(tx, incident)
        filling = Filling(mode=effect.mode, site=site, urgency=effect.urgency)
        beside = [
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
        self.extras.send(beside, since)

    def _turns(self, tx: Connection, effect: PageLevel, page: Page, on_call: Sequence[Reachable]) -> list[Turn]:
        lately = self.now() - pacing.APART
        texted = {who.person: outgoing.texts_to(tx, who.phone, lately) for who in on_call if who.phone is not None}
        return pacing.turns(on_call, level_began(page, effect), effect.page, texted)

    def _hold_back(self, incident: Incident, owed: Owed, until: datetime, since: Log) -> None:
        """On record once for each time: whoever looks at the console sees what the page waits for, and for how long."""
        said = (each.event for each in since if isinstance(each.event, PageHeldBack))
        if any(each.attempt == owed.attempt and each.until == until for each in said):
            return
        held = HoldBackPage(
            by=attempts.system(incident),
            page=owed.page,
            person=owed.who.person,
            channel=owed.channel,
            attempt=owed.attempt,
            until=until,
        )
        submit(self.store, incident.id, held, at=self.now())

    def _nobody(self, incident: Incident, effect: PageLevel) -> None:
        """Nobody is waited for where nobody can be called: the next level, now."""
        timer = TimerDue(by=attempts.system(incident), name="page_unanswered", key=f"{effect.page}:{effect.level}")
        submit(self.store, incident.id, timer, at=self.now())

    def _show(self, job: Job, effect: PageLevel, incident: Incident, who: Reachable) -> None:
        """Who cannot be called is asked on the console alone, and the log says so."""
        attempt = f"{job.id}-{who.person}-{Channel.CONSOLE}-1"
        owed = Owed(effect.page, who, Channel.CONSOLE, attempt, effect.level)
        attempts.record(self.store, incident, owed, AttemptOutcome.ACCEPTED, self.now())

    def _reserved(self, job: Job, effect: PageLevel, owed: Sequence[Owed]) -> list[_Reserved]:
        """Looked at once more right before the calls, and written down that they are made; none where that is over."""
        line = self.lines.of(effect.mode)
        if line is None or not owed:
            return []
        with self.store.write() as tx:
            incident = incidents.load(tx, job.incident)
            if wanted(incident, effect) is None or not outbox.held(tx, job, self.now()):
                return []
            codes = {each.who: code_of(tx, incident, effect, each.who, self.now()) for each in owed}
            made = []
            for each in owed:
                filling = self._linked(tx, line, codes[each.who], incident, each)
                out = each.going_out(incident, effect.urgency, self.now())
                outgoing.begin(tx, out)
                made.append(_Reserved(line, incident, each, filling, out))
            return made

    def _attempt(self, effect: PageLevel, reserved: _Reserved) -> None:
        """Nothing is open in the database while the call lasts."""
        incident, owed = reserved.incident, reserved.owed
        if self._over(effect, reserved):
            return
        failpoints.hit("send.before_post")
        heard = dict[str, Answer]()
        outcome = _send(reserved, effect, note=Sending(self.store, self.now).of(reserved.out, heard))
        failpoints.hit("send.after_reply")
        attempts.record(self.store, incident, owed, outcome, self.now(), heard=heard)
        if owed.channel is Channel.VOICE:
            attempts.keep_track(self.store, self.lines, incident, owed, heard, at=self.now())
        failpoints.hit("send.after_report")

    def _over(self, effect: PageLevel, reserved: _Reserved) -> bool:
        """Whether it is not wanted any more, after it waited for others of its page at a slow provider."""
        out, who = reserved.out, reserved.owed.who.person
        if self.now() - out.at < SOON:
            return False
        with self.store.read() as tx:
            incident = incidents.load(tx, reserved.incident.id)
        page = wanted(incident, effect)
        if page is not None and who not in spared(incident, page):
            return False
        with self.store.write() as tx:
            outgoing.answered(tx, out.reference, {}, AttemptState.FAILED, self.now(), look_at=None)
        return True

    def _linked(self, tx: Connection, line: Line, filling: Filling, incident: Incident, owed: Owed) -> Filling:
        if owed.channel is not Channel.TEXT or not line.links:
            return filling
        try:
            token = page_links.give(tx, self.store.keys, incident.id, owed.page, owed.who.person, at=self.now())
        except KeyFault:  # a page goes out whatever became of the key
            return filling
        return replace(filling, link=page_link(line.callbacks, token))


def _past(log: Log, job: Job, page: Page, effect: PageLevel) -> Past:
    return past(page, effect, job.seq, ((stored.seq, stored.event) for stored in log))


def _send(reserved: _Reserved, effect: PageLevel, *, note: Note) -> AttemptOutcome:
    line, incident, owed = reserved.line, reserved.incident, reserved.owed
    asked = Asked(incident.id, effect.page, owed.who.person)
    assert owed.who.phone is not None
    status = owed.status_path(incident)
    if owed.channel is Channel.VOICE:
        said = page_call(reserved.filling, line.address(keys_path(asked)), owed.who.language)
        return line.call(owed.who.phone, said, owed.attempt, status, effect.urgency, note=note)
    body = text(Subject.PAGE, reserved.filling, owed.who.language)
    return line.sms(owed.who.phone, body, owed.attempt, status, effect.urgency, note=note, spread=owed.spread)


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
