"""Errands go out: one at a time, on the live line, in the lane behind every page, and never while a page is due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from crisis import failpoints
from crisis.notify import wording_errands
from crisis.notify.errand_answers import keys_path, status_path, test_call
from crisis.notify.gateway import Lines
from crisis.notify.line import Line
from crisis.notify.wording import language_of
from crisis.store import errands, outbox, people
from crisis.store.engine import Store
from crisis.store.errands import MOST_TRIES, Errand
from crisis.vocabulary import AttemptOutcome, Channel

LEASE = timedelta(seconds=30)  # a call out takes four seconds for each provider at most
AGAIN = timedelta(seconds=30)
MOST_AT_A_TIME = 20  # of one beat


@dataclass(frozen=True, slots=True)
class Errands:
    store: Store
    lines: Lines
    now: Callable[[], datetime]

    def run(self) -> int:
        """Sends what is due, as long as no page is; how many were sent."""
        for done in range(MOST_AT_A_TIME):
            errand = self._claim()
            if errand is None:
                return done
            self._perform(errand)
        return MOST_AT_A_TIME

    def _claim(self) -> Errand | None:
        with self.store.read() as tx:
            if not errands.next_due(tx, self.now()) or outbox.page_is_due(tx, self.now()):
                return None
        with self.store.write() as tx:
            return errands.claim(tx, self.now(), lease=LEASE)

    def _perform(self, errand: Errand) -> None:
        failpoints.hit("errand.before_post")
        outcome = self._send(errand, self.lines.live) if self.lines.live is not None else None
        failpoints.hit("errand.after_reply")
        with self.store.write() as tx:
            if outcome is AttemptOutcome.REFUSED and errand.attempts < MOST_TRIES:
                errands.retry_at(tx, errand, self.now() + AGAIN)
            else:
                errands.finish(tx, errand, outcome, self.now())

    def _send(self, errand: Errand, line: Line) -> AttemptOutcome:
        """At most once by the line: a second provider is asked only where the first surely did not do it."""
        with self.store.read() as tx:
            language = language_of(people.language(tx, errand.person))
        reference = f"errand-{errand.id}-{errand.attempts}"
        status = status_path(errand.id)
        if errand.channel is Channel.VOICE:
            said = test_call(errand.code or "", line.address(keys_path(errand.id)), language)
            return line.call(errand.number, said, reference, status)
        body = wording_errands.text(errand.subject, language, code=errand.code, amount=errand.amount)
        return line.sms(errand.number, body, reference, status)
