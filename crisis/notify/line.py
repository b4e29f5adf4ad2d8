"""A line: the providers of one mode, one after the other or side by side, so that one of them in trouble loses nothing.

A page is at-least-once: a second provider is asked at once when the first refuses or does not know, and after two
seconds of silence. A notice is at-most-once: a second is asked only after a refusal that has nothing to do with the
number.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TypeAlias

from crisis.calling_words import Failure
from crisis.notify import signature
from crisis.notify.breaker import Breaker
from crisis.notify.bulkhead import Bulkhead, lane_of
from crisis.notify.failures import Answer, refused, unknown
from crisis.notify.provider import VALID, Patience, Provider, Told
from crisis.vocabulary import AttemptOutcome, Channel, Urgency

VALID_FOR = {Urgency.U1: 120}  # seconds; the rest: VALID

Ask = Callable[[Provider], Answer]
Heard: TypeAlias = "SimpleQueue[Answer]"
log = logging.getLogger(__name__)


def _breakers() -> Mapping[Channel, Breaker]:
    return {Channel.TEXT: Breaker(), Channel.VOICE: Breaker()}


@dataclass(frozen=True, slots=True)
class Way:
    """One provider as a line uses it."""

    provider: Provider
    breakers: Mapping[Channel, Breaker] = field(default_factory=_breakers)
    bulkhead: Bulkhead = field(default_factory=Bulkhead)

    def ask(self, channel: Channel, urgency: Urgency | None, place: float, ask: Ask) -> Answer:
        with self.bulkhead.place(lane_of(urgency), place) as entered:
            answer = ask(self.provider) if entered else refused(Failure.TEMPORARY, "no place")
        answer = replace(answer, account=self.provider.account)
        if not entered:
            log.warning("%s has no place for a %s", self.provider.name, channel)  # that is us, not the provider
            return answer
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
    fallback: str = ""  # what a call says when we do not answer a key
    links: bool = True  # whether the text of a page carries a link to answer it in a browser

    def sms(
        self,
        to: str,
        body: str,
        reference: str,
        status: str | None = None,
        urgency: Urgency | None = None,
        *,
        heard: list[Answer] | None = None,
    ) -> AttemptOutcome:
        """`status` is the path that is told what became of it; `heard` gets what each provider said, in order."""
        told, valid = self._told(status), VALID if urgency is None else VALID_FOR.get(urgency, VALID)
        return self._send(Channel.TEXT, urgency, lambda provider: provider.sms(to, body, reference, told, valid), heard)

    def call(
        self,
        to: str,
        twiml: str,
        reference: str,
        status: str | None = None,
        urgency: Urgency | None = None,
        *,
        heard: list[Answer] | None = None,
    ) -> AttemptOutcome:
        told = self._told(status)
        return self._send(Channel.VOICE, urgency, lambda provider: provider.call(to, twiml, reference, told), heard)

    def address(self, path: str) -> str:
        """The whole address of a path of ours, as a provider is given it."""
        return signature.address(self.callbacks, path, self.seal)

    def answer(self, sender: str, to: str, body: str, reference: str) -> AttemptOutcome | None:
        """From the number that was written to, at most once; None when it is not a number of this line."""
        told, mine = Told(), [way for way in self.ways if way.provider.sender == sender]
        if not mine:
            return None
        ask = self._way(Channel.TEXT, None, lambda each: each.sms(to, body, reference, told))
        return self._at_most_once(mine, ask, [])

    def say(self, account: str, call: str, twiml: str) -> AttemptOutcome | None:
        """In a call of this line that goes on; None when it is not one of its accounts."""
        return self._in_call(account, lambda each: each.say(call, twiml))

    def hang_up(self, account: str, call: str) -> AttemptOutcome | None:
        """A call that has not been answered yet; None when it is not one of the accounts of this line."""
        return self._in_call(account, lambda each: each.hang_up(call))

    def _in_call(self, account: str, ask: Ask) -> AttemptOutcome | None:
        mine = [way for way in self.ways if way.provider.account == account]
        if not mine:
            return None
        return self._at_most_once(mine, self._way(Channel.VOICE, Urgency.U1, ask), [])

    def close(self) -> None:
        for way in self.ways:
            way.provider.close()

    def _told(self, status: str | None) -> Told:
        address = None if status is None else self.address(status)
        return Told(status=address, answered_by=address, fallback=self.fallback or None)

    def _send(self, channel: Channel, urgency: Urgency | None, ask: Ask, heard: list[Answer] | None) -> AttemptOutcome:
        ways, ask_way, answers = (
            self._in_order(channel),
            self._way(channel, urgency, ask),
            [] if heard is None else heard,
        )
        once = self._at_most_once if urgency is None else self._at_least_once
        return once(ways, ask_way, answers)

    def _way(self, channel: Channel, urgency: Urgency | None, ask: Ask) -> Callable[[Way], Answer]:
        return lambda way: way.ask(channel, urgency, self.patience.place, ask)

    def _in_order(self, channel: Channel) -> list[Way]:
        """Those whose breaker is open come last; they are asked when nobody else is left (F20)."""
        fit = [way for way in self.ways if way.breakers[channel].lets_through()]
        return fit + [way for way in self.ways if way not in fit]

    def _at_most_once(self, ways: Sequence[Way], ask: Callable[[Way], Answer], answers: list[Answer]) -> AttemptOutcome:
        for way in ways:
            heard: Heard = SimpleQueue()
            _asked(way, ask, heard)
            answers.append(_within(heard, self._longest) or unknown("silent"))
            if not answers[-1].for_another:
                return answers[-1].outcome
        return AttemptOutcome.REFUSED

    def _at_least_once(
        self, ways: Sequence[Way], ask: Callable[[Way], Answer], answers: list[Answer]
    ) -> AttemptOutcome:
        heard: Heard = SimpleQueue()
        left, asked, until = deque(ways), 0, 0.0
        while left or len(answers) < asked:
            if left:
                _asked(left.popleft(), ask, heard)
                asked, until = asked + 1, monotonic() + self._longest
            answer = _within(heard, self.patience.hedge if left else until - monotonic())
            if answer is None and left:
                continue  # silent: the next one too
            answers.append(answer or unknown("silent"))
            if answers[-1].accepted:
                return AttemptOutcome.ACCEPTED
            if answers[-1].failure is Failure.ADDRESS:
                left.clear()
        unsure = any(answer.outcome is AttemptOutcome.UNKNOWN for answer in answers)
        return AttemptOutcome.UNKNOWN if unsure else AttemptOutcome.REFUSED

    @property
    def _longest(self) -> float:
        """A provider that says a little now and then is not waited for either."""
        return self.patience.total + self.patience.place


def _asked(way: Way, ask: Callable[[Way], Answer], heard: Heard) -> None:
    """In a thread of its own; where it is too slow it goes on there and is not waited for."""
    threading.Thread(target=lambda: heard.put(ask(way)), daemon=True, name="a call out").start()


def _within(heard: Heard, seconds: float) -> Answer | None:
    try:
        return heard.get(timeout=max(seconds, 0))
    except Empty:
        return None
