"""Two providers and the telephones behind them. What a telephone was given is the truth that is checked against."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from crisis import clock
from crisis.notify.failures import ACCEPTED, Answer, Failure, accepted, refused, unknown
from crisis.notify.provider import PAGE, RING, VALID, Patience, Told
from crisis.notify.standing import Found
from crisis.vocabulary import Channel
from tests.simulation.clockwork import Clockwork
from tests.simulation.fate import Fate, Kind

PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class Given:
    """What a provider took: `path` is where its receipts go, where it is a page's; `fell`: nobody got it."""

    at: float
    provider: int
    phone: str
    body: str
    reference: str
    path: str
    sid: str
    voice: bool
    made_at: datetime  # by our clock
    answered: bool  # the asker heard that it was taken
    fell: bool


@dataclass(slots=True)
class Network:
    fate: Fate
    clockwork: Clockwork
    heard: Callable[[Given], None] = lambda _given: None  # somebody's telephone rings
    taken: Callable[[Given], None] = lambda _given: None
    asked: Callable[[str, str, str], None] = lambda _phone, _path, _body: None  # before the provider does anything
    wall: Callable[[], datetime] = clock.now
    given: list[Given] = field(default_factory=list)
    stopped: set[tuple[int, str]] = field(default_factory=set)
    hung_up: set[str] = field(default_factory=set)  # calls that were ended before anybody took them
    unknowns: int = 0

    def trouble(self, provider: int) -> Kind | None:
        now = self.clockwork.now
        found = [
            each.kind
            for each in self.fate.outages
            if each.starts <= now < each.ends and each.provider in (None, provider)
        ]
        return found[-1] if found else None

    def healthy(self) -> bool:
        return any(self.trouble(each) is None for each in self.providers)

    @property
    def providers(self) -> range:
        return range(2 if not self.fate.has(Kind.NO_SECOND) else 1)


@dataclass(frozen=True, slots=True)
class Account:
    """A provider as `crisis.notify.line` knows it; of the same provider there is one for drills."""

    network: Network
    number: int
    drill: bool

    @property
    def name(self) -> str:
        return f"provider {self.number}"

    @property
    def account(self) -> str:
        return f"{self.number}-{'drill' if self.drill else 'live'}"

    @property
    def sender(self) -> str:
        return f"+1617555{9000 + self.number * 2 + self.drill}"

    @property
    def spare(self) -> str:
        return ""

    def sms(
        self, to: str, body: str, reference: str, told: Told, valid: int = VALID, *, spread: bool = False
    ) -> Answer:
        if (self.number, to) in self.network.stopped:
            self.network.clockwork.sleep(0.1)
            return refused(Failure.ADDRESS, "21610")
        return self._take(to, body, reference, told, voice=False)

    def call(self, to: str, twiml: str, reference: str, told: Told) -> Answer:
        return self._take(to, twiml, reference, told, voice=True)

    def say(self, call: str, twiml: str) -> Answer:
        return ACCEPTED

    def hang_up(self, call: str) -> Answer:
        self.network.hung_up.add(call)
        return ACCEPTED

    def found(self, channel: Channel, sid: str) -> Found | None:
        """How it stands: a text has arrived after two seconds, a call rings for 25."""
        self.network.clockwork.sleep(0.2)
        given = next((each for each in self.network.given if each.sid == sid), None)
        return None if given is None or self.network.trouble(self.number) is not None else self._found(given)

    def forget(self, channel: Channel, sid: str) -> bool | None:
        return True

    def listed(self, channel: Channel, to: str) -> list[Found] | None:
        """The second provider does not show whom it calls back."""
        self.network.clockwork.sleep(0.2)
        if self.network.trouble(self.number) is not None:
            return None
        theirs = [each for each in self.network.given if (each.provider, each.phone) == (self.number, to)]
        return [self._found(each) for each in reversed(theirs) if each.voice is (channel is Channel.VOICE)][:PAGE]

    def _found(self, given: Given) -> Found:
        age = self.network.clockwork.now - given.at
        if given.voice:
            status = "ringing" if age < RING else "no-answer"
        else:
            status = "sent" if given.fell or age < 2 else "delivered"
        return Found(
            sid=given.sid,
            sender=self.sender,
            status=status,
            made_at=given.made_at,
            body="" if given.voice else given.body,
            callback="" if self.number else given.path,
        )

    def close(self) -> None: ...

    def _take(self, to: str, body: str, reference: str, told: Told, *, voice: bool) -> Answer:
        network, chance = self.network, self.network.fate.chance
        path = (told.status or "").partition("/webhooks/status")[2]
        network.asked(to, path, body)

        def take(*, answered: bool = True, fell: bool = False) -> Answer:
            now, sid = network.clockwork.now, f"{'CA' if voice else 'SM'}{len(network.given)}"
            made_at = network.wall()
            given = Given(now, self.number, to, body, reference, path, sid, voice, made_at, answered, fell)
            network.given.append(given)
            network.taken(given)
            if not fell:
                network.heard(given)
            return accepted(sid)

        trouble, wait = network.trouble(self.number), network.clockwork.sleep
        wait(0.02 if trouble is Kind.REFUSE else chance.choice((0.1, 0.2, 0.3, 0.3, 1.5)))
        match trouble:
            case None:
                return take()
            case Kind.SILENT:
                return take(fell=True)
            case Kind.REFUSE:
                return refused(Failure.TEMPORARY, "no connection")
            case Kind.LIMIT:
                return refused(Failure.TEMPORARY, "20429")
            case _:
                network.unknowns += 1
                if chance.random() < 0.5:
                    take(answered=False)
                if trouble is Kind.HANG:
                    wait(PATIENCE.total)
                return unknown("no answer")
