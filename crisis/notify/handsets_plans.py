"""What the stand-in will do: faults of a provider, fates of texts and calls, callbacks astray, people who answer."""

import random
import threading
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

Fault = Literal[
    "hang",
    "accept_then_hang",
    "reset",
    "accept_then_reset",
    "error",
    "accept_then_error",
    "bad_gateway",
    "gateway_timeout",
    "unavailable",
    "busy",
    "slow",
    "opted_out",
    "bad_number",
    "landline",
    "wrong_secret",
    "suspended",
    "no_content_privacy",
    "garbage",
    "truncated",
    "endless",
    "redirect",
    "no_id",
    "error_in_success",
    "undelivered",
    "silent",
]
What = Literal["messages", "calls", "*"]
Which = Literal["first", "second", "*"]
End = Literal["delivered", "undelivered", "silent", "pretended", "completed", "busy", "no-answer", "failed"]
Forgery = Literal["", "secret", "address", "missing", "altered"]
AnsweredBy = Literal["human", "machine_start", "machine_end_beep", "fax", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What becomes of what a provider took.

    `silent`: nobody gets it, and the application hears nothing. `pretended`: nobody gets it, and it hears `delivered`.
    """

    after: float = 0.0  # seconds; a call rings as long
    lasts: float | None = None  # seconds that a call is talked on; None: as long as all calls of this network
    end: End = "delivered"
    code: int = 0
    answered_by: AnsweredBy = "human"


@dataclass(frozen=True, slots=True, kw_only=True)
class Callbacks:
    """How the application hears of it."""

    copies: int = 1
    dropped: bool = False
    backwards: bool = False
    late: float = 0.0  # seconds
    early: bool = False  # before the request was answered
    forged: Forgery = ""
    replayed_after: float = 0.0  # seconds; 0: never


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How the owner of a telephone answers: texts, where {code} stands for the page's number, and keys."""

    after: float = 0.0  # seconds, each time
    texts: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


Planned = TypeVar("Planned")


@dataclass(slots=True)
class Plans(Generic[Planned]):
    """For a number or `*`, for messages or calls, at one provider or both, so many times, with a chance."""

    seed: int = 0
    planned: list[tuple[str, What, Which, float, Planned, int]] = field(default_factory=list)
    _dice: random.Random = field(default_factory=random.Random)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._dice.seed(self.seed)

    def set(
        self,
        phone: str,
        what: What,
        planned: Planned,
        times: int = 1,
        *,
        at: Which = "*",
        chance: float = 1.0,
    ) -> None:
        with self._lock:
            self.planned.append((phone, what, at, chance, planned, times))

    def clear(self) -> None:
        with self._lock:
            self.planned.clear()

    def take(self, phone: str, what: What, at: Which = "*") -> Planned | None:
        """What this request meets, counted down; with the same seed the dice fall the same way."""
        with self._lock:
            for place, (who, which, where, chance, planned, times) in enumerate(self.planned):
                fits = who in (phone, "*") and which in (what, "*") and (at in (where, "*") or where == "*")
                if fits and (chance >= 1 or self._dice.random() < chance):
                    left = [(who, which, where, chance, planned, times - 1)] if times > 1 else []
                    self.planned[place : place + 1] = left
                    return planned
        return None


@dataclass(slots=True)
class Plan:
    """All plans of a network."""

    seed: int = 0
    faults: Plans[Fault] = field(default_factory=Plans)
    deliveries: Plans[Delivery] = field(default_factory=Plans)
    callbacks: Plans[Callbacks] = field(default_factory=Plans)
    lookups: Plans[Fault] = field(default_factory=Plans)  # of being asked what was sent
    habits: Plans[Habit] = field(default_factory=Plans)
    seconds_a_segment: float = 0.0  # of one sender; 0: no queue

    def set(self, phone: str, what: What, fault: Fault, times: int = 1, *, at: Which = "*") -> None:
        self.faults.set(phone, what, fault, times, at=at)

    def clear(self) -> None:
        for plans in (self.faults, self.deliveries, self.callbacks, self.lookups, self.habits):
            plans.clear()
        self.seconds_a_segment = 0.0
