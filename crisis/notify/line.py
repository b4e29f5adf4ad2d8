"""A line: the providers of one mode, one after the other or side by side, so that one of them in trouble loses nothing.

A page is at-least-once: a second provider is asked at once when the first refuses or does not know, and after two
seconds of silence. A notice is at-most-once: a second is asked only after a refusal that has nothing to do with the
number.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from crisis.notify import signature
from crisis.notify.breaker import Breaker
from crisis.notify.bulkhead import Bulkhead, lane_of
from crisis.notify.failures import Answer, Failure, refused, unknown
from crisis.notify.provider import VALID, Patience, Provider, Told
from crisis.vocabulary import AttemptOutcome, Channel, Urgency

PLACE = 2.0  # seconds that a call waits for its turn
VALID_FOR = {Urgency.U1: 120}  # seconds; the rest: VALID

Ask = Callable[[Provider], Answer]
log = logging.getLogger(__name__)


def _breakers() -> Mapping[Channel, Breaker]:
    return {Channel.TEXT: Breaker(), Channel.VOICE: Breaker()}


@dataclass(frozen=True, slots=True)
class Way:
    """One provider as a line uses it."""

    provider: Provider
    breakers: Mapping[Channel, Breaker] = field(default_factory=_breakers)
    bulkhead: Bulkhead = field(default_factory=Bulkhead)

    def ask(self, channel: Channel, urgency: Urgency | None, ask: Ask) -> Answer:
        with self.bulkhead.place(lane_of(urgency), PLACE) as entered:
            answer = ask(self.provider) if entered else refused(Failure.TEMPORARY, "no place")
        if answer.accepted or answer.against_provider:
            self.breakers[channel].report(failed=not answer.accepted)
        if not answer.accepted:
            log.warning("%s did not take a %s: %s, %s", self.provider.name, channel, answer.failure, answer.code)
        return answer


@dataclass(frozen=True, slots=True)
class Line:
    """`sms` and `call` never raise for what a provider does. A page has an urgency; what only tells people has none."""

    ways: tuple[Way, ...]
    callbacks: str  # our public address, where providers send keys, texts and what became of a call
    seal: str = ""  # the secret that binds an address of ours to its path, where a provider's signature does not
    patience: Patience = field(default_factory=Patience)

    def sms(
        self, to: str, body: str, reference: str, status: str | None = None, urgency: Urgency | None = None
    ) -> AttemptOutcome:
        """`status` is the path that is told what became of it."""
        told, valid = self._told(status), VALID if urgency is None else VALID_FOR.get(urgency, VALID)
        return self._send(Channel.TEXT, urgency, lambda provider: provider.sms(to, body, reference, told, valid))

    def call(
        self, to: str, twiml: str, reference: str, status: str | None = None, urgency: Urgency | None = None
    ) -> AttemptOutcome:
        told = self._told(status)
        return self._send(Channel.VOICE, urgency, lambda provider: provider.call(to, twiml, reference, told))

    def address(self, path: str) -> str:
        """The whole address of a path of ours, as a provider is given it."""
        return signature.address(self.callbacks, path, self.seal)

    def answer(self, sender: str, to: str, body: str, reference: str) -> AttemptOutcome | None:
        """From the number that was written to, at most once; None when it is not a number of this line."""
        told = Told()
        for way in self.ways:
            if way.provider.sender == sender:
                return way.ask(Channel.TEXT, None, lambda provider: provider.sms(to, body, reference, told)).outcome
        return None

    def say(self, account: str, call: str, twiml: str) -> AttemptOutcome | None:
        """In a call of this line that goes on; None when it is not one of its accounts."""
        for way in self.ways:
            if way.provider.account == account:
                return way.ask(Channel.VOICE, Urgency.U1, lambda provider: provider.say(call, twiml)).outcome
        return None

    def close(self) -> None:
        for way in self.ways:
            way.provider.close()

    def _told(self, status: str | None) -> Told:
        address = None if status is None else self.address(status)
        return Told(status=address, answered_by=address)

    def _send(self, channel: Channel, urgency: Urgency | None, ask: Ask) -> AttemptOutcome:
        ways = self._in_order(channel)
        if urgency is None:
            return self._at_most_once(ways, channel, ask)
        return self._at_least_once(ways, lambda way: way.ask(channel, urgency, ask))

    def _in_order(self, channel: Channel) -> list[Way]:
        """Those whose breaker is open come last; they are asked when nobody else is left (F20)."""
        fit = [way for way in self.ways if way.breakers[channel].lets_through()]
        return fit + [way for way in self.ways if way not in fit]

    def _at_most_once(self, ways: Sequence[Way], channel: Channel, ask: Ask) -> AttemptOutcome:
        for way in ways:
            answer = way.ask(channel, None, ask)
            if not answer.for_another:
                return answer.outcome
        return AttemptOutcome.REFUSED

    def _at_least_once(self, ways: Sequence[Way], ask: Callable[[Way], Answer]) -> AttemptOutcome:
        """Each is asked in a thread of its own; whoever is too slow goes on there and is not waited for."""
        heard: SimpleQueue[Answer] = SimpleQueue()
        left, asked, answers = deque(ways), 0, list[Answer]()
        while left or len(answers) < asked:
            if left:
                threading.Thread(target=lambda way: heard.put(ask(way)), args=(left.popleft(),), daemon=True).start()
                asked += 1
            answer = _within(heard, self.patience.hedge if left else self.patience.total + PLACE)
            if answer is None and left:
                continue  # silent: the next one too
            answers.append(answer or unknown("silent"))
            if answers[-1].accepted:
                return AttemptOutcome.ACCEPTED
            if answers[-1].failure is Failure.ADDRESS:
                left.clear()
        unsure = any(answer.outcome is AttemptOutcome.UNKNOWN for answer in answers)
        return AttemptOutcome.UNKNOWN if unsure else AttemptOutcome.REFUSED


def _within(heard: "SimpleQueue[Answer]", seconds: float) -> Answer | None:
    try:
        return heard.get(timeout=seconds)
    except Empty:
        return None
