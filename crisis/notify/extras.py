"""E-mail and push beside a page or a notice: at once, once, in threads of their own, and never waited for."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crisis.commands import Actor, ActorKind
from crisis.delivery import ExtraChannel
from crisis.errors import NotFound, Refused
from crisis.notify.pacing import NOTICES_APART
from crisis.notify.people_to_tell import Reachable
from crisis.notify.push import OUTCOMES, Push, Pushed
from crisis.notify.push import push as push_of
from crisis.notify.smtp import Mailer, mailer
from crisis.notify.wording import Filling, Subject
from crisis.notify.wording_beside import mailed, pushed
from crisis.page_commands import RecordExtra
from crisis.page_events import PageSentBeside
from crisis.settings import Settings
from crisis.statemachine.incident import Incident
from crisis.store import extra_ways, incidents
from crisis.store.engine import OutcomeUnknown, Store
from crisis.store.extra_ways import Subscription
from crisis.submit import submit
from crisis.vocabulary import AttemptOutcome, IncidentId, Mode, PageId, PersonId

THREADS = 4
TITLE = "Crisis"
_LOST = (DBAPIError, PoolTimeout, OutcomeUnknown, Refused, NotFound)  # no page hangs on what these would have recorded

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What goes out: `reference` names it, with the page where it is about one."""

    who: Reachable
    subject: Subject
    filling: Filling
    reference: str
    incident: Incident | None = None
    page: PageId | None = None
    grown_from: IncidentId | None = None  # of a notice: many that grew out of one incident are one thing


@dataclass(slots=True)
class Extras:
    """Nothing of a drill goes out here: these ways have no accounts of their own for it (I-22)."""

    store: Store
    mailer: Mailer | None
    push: Push | None
    url: str
    now: Callable[[], datetime]
    _flying: set[str] = field(default_factory=set)
    _told: dict[tuple[PersonId, IncidentId], datetime] = field(default_factory=dict)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS, thread_name_prefix="extras"))

    def send(self, wanted: Sequence[Beside], log_of: Sequence[incidents.StoredEvent] = ()) -> None:
        """Returns at once. What the log has already, or is on its way, is not sent again."""
        live = [each for each in wanted if each.filling.mode is Mode.LIVE]
        if not live or (self.mailer is None and self.push is None):
            return
        live = [each for each in live if self._is_news(each)]
        with self.store.read() as tx:
            people = [each.who.person for each in live]
            addresses = extra_ways.emails(tx, people) if self.mailer is not None else {}
            browsers = extra_ways.subscriptions(tx, people) if self.push is not None else {}
        sent = {stored.event.attempt for stored in log_of if isinstance(stored.event, PageSentBeside)}
        for each in live:
            address, theirs = addresses.get(each.who.person), browsers.get(each.who.person, [])
            if address is not None:
                self._start(each, ExtraChannel.EMAIL, sent, partial(self._mail, each, address))
            if theirs:
                self._start(each, ExtraChannel.PUSH, sent, partial(self._push, each, theirs))

    def later(self, send: Callable[[], None]) -> None:
        """Something else that talks with the mail server: it finds for itself what is to be said of the outcome."""
        self._pool.submit(self._safely, send)

    def _safely(self, send: Callable[[], None]) -> None:
        try:
            send()
        except _LOST as error:
            log.warning("what became of an e-mail is not on record: %s", type(error).__name__)

    def _is_news(self, beside: Beside) -> bool:
        """Minutes apart as texts are, and for the same: what is left out here the text and the reminders say."""
        if beside.grown_from is None:
            return True
        key, now = (beside.who.person, beside.grown_from), self.now()
        last = self._told.get(key)
        if last is not None and now < last + NOTICES_APART:
            return False
        self._told[key] = now
        return True

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _start(self, beside: Beside, channel: ExtraChannel, sent: set[str], send: Callable[[], AttemptOutcome]) -> None:
        attempt = f"{beside.reference}-{channel}"
        if attempt not in sent | self._flying:
            self._flying.add(attempt)
            self._pool.submit(self._one, beside, channel, attempt, send)

    def _one(self, beside: Beside, channel: ExtraChannel, attempt: str, send: Callable[[], AttemptOutcome]) -> None:
        try:
            outcome = send()
            if beside.page is not None:
                self._report(beside, channel, attempt, outcome)
        except _LOST as error:
            log.warning("an %s beside a page is not on record: %s", channel, type(error).__name__)
        finally:
            self._flying.discard(attempt)

    def _mail(self, beside: Beside, address: str) -> AttemptOutcome:
        assert self.mailer is not None
        mail = mailed(beside.subject, beside.filling, beside.who.language, self.url)
        return self.mailer.send(address, mail.subject, mail.body, beside.reference)

    def _push(self, beside: Beside, browsers: Sequence[Subscription]) -> AttemptOutcome:
        """To every browser of theirs; one that is gone is forgotten."""
        assert self.push is not None
        outcomes = []
        for each in browsers:
            words = pushed(beside.subject, each.language)
            did = self.push.send(each, TITLE, words, urgent=beside.subject is not Subject.NOTICE)
            if did is Pushed.GONE:
                with self.store.write() as tx:
                    extra_ways.browser_gone(tx, each.id)
            outcomes.append(OUTCOMES[did])
        best = (AttemptOutcome.ACCEPTED, AttemptOutcome.UNKNOWN, AttemptOutcome.REFUSED)
        return next(outcome for outcome in best if outcome in outcomes)

    def _report(self, beside: Beside, channel: ExtraChannel, attempt: str, outcome: AttemptOutcome) -> None:
        assert beside.page is not None
        assert beside.incident is not None
        record = RecordExtra(
            by=Actor(kind=ActorKind.SYSTEM, id=None, district=beside.incident.district),
            page=beside.page,
            person=beside.who.person,
            channel=channel,
            outcome=outcome,
            attempt=attempt,
        )
        submit(self.store, beside.incident.id, record, at=self.now())


def extras(store: Store, settings: Settings, now: Callable[[], datetime]) -> Extras:
    return Extras(store, mailer(settings), push_of(settings), settings.public_url, now)
