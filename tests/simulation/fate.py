"""What one seed decides: how big the universe is, who does what, and what goes wrong in it.

Swarm testing: each seed leaves out a random part of the kinds of fault, so that the others come to be alone or in
combinations that nobody thought of. Most universes are small and a few are large: a fault that needs thirty incidents
is found as well, and a thousand seeds take minutes.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

DAY = 24 * 3600.0
TEXT, VOICE = "text", "voice"


class Kind(StrEnum):
    """Of faults; each can be left out."""

    CRASH = "crash"
    LONG_OUTAGE = "long_outage"  # a restart that takes more than five minutes
    STEP = "step"  # of the clock
    REFUSE = "refuse"
    HANG = "hang"  # takes it or not, and never answers
    LIMIT = "limit"  # 429
    ERROR = "error"  # 5xx, with or without effect
    SILENT = "silent"  # takes it and delivers nothing
    BOTH_DOWN = "both_down"
    LATE_RECEIPTS = "late_receipts"  # receipts that are lost, doubled or tell of a failure
    STOP = "stop"
    NOBODY = "nobody"  # nobody ever answers or ends an alarm
    NO_SECOND = "no_second"  # there is one provider only
    WAKE_LOST = "wake_lost"  # the poll alone has to find what is new


@dataclass(frozen=True, slots=True)
class Outage:
    """Of one provider, by its number, or of both; seconds since the universe began."""

    provider: int | None
    kind: Kind
    starts: float
    ends: float


@dataclass(frozen=True, slots=True)
class Crash:
    """`at_point` ends the process at so many failpoints from that moment on; None: in the midst of waiting."""

    at: float
    process: int
    at_point: int | None
    back_after: float


@dataclass(frozen=True, slots=True)
class Fate:
    seed: int
    staff: int
    incidents: int
    processes: int  # 1: web and worker are one; 2, 3: the web and one or two workers
    left_out: frozenset[Kind]
    outages: tuple[Outage, ...] = ()
    crashes: tuple[Crash, ...] = ()
    steps: tuple[tuple[float, float], ...] = ()  # when, and by how many seconds the clock is wrong from then on
    moves: float = 3.0  # orders of people to an incident, on average
    times: tuple[float, ...] = ()  # when something happens: incidents and faults begin near these
    chance: Random = field(default_factory=Random)

    def has(self, kind: Kind) -> bool:
        return kind not in self.left_out


def fate(seed: int, *, without: frozenset[Kind] = frozenset()) -> Fate:
    chance = Random(seed)
    rare = {Kind.NOBODY: 0.93, Kind.NO_SECOND: 0.85, Kind.LONG_OUTAGE: 0.6}
    left_out = without | {kind for kind in Kind if chance.random() < rare.get(kind, 0.5)}
    size = chance.choices((1, 2, chance.randint(3, 8), chance.randint(9, 30)), (86, 10, 3.5, 0.5))[0]
    staff = chance.choices((chance.randint(3, 8), chance.randint(9, 18), chance.randint(19, 40)), (6, 3, 1))[0]
    times = tuple(chance.uniform(0, 20 * 3600) for _ in range(8))
    return Fate(
        seed=seed,
        staff=staff,
        incidents=size,
        processes=chance.choice((1, 1, 2, 3)),
        left_out=left_out,
        outages=_outages(chance, left_out, times),
        crashes=_crashes(chance, left_out, times),
        steps=_steps(chance, left_out, times),
        moves=chance.choice((0.0, 2.0, 4.0, 12.0)) if size < 9 else 2.0,
        times=times,
        chance=chance,
    )


def _outages(chance: Random, left_out: frozenset[Kind], times: tuple[float, ...]) -> tuple[Outage, ...]:
    """Many begin when incidents do: `times` is what both are drawn from."""
    kinds = [kind for kind in (Kind.REFUSE, Kind.HANG, Kind.LIMIT, Kind.ERROR, Kind.SILENT) if kind not in left_out]
    found = []
    for _each in range(chance.randint(1, 6) if kinds else 0):
        starts = max(0.0, chance.choice(times) + chance.uniform(-60, 240))
        both = Kind.BOTH_DOWN not in left_out and chance.random() < 0.6
        length = chance.choice((5.0, 30.0, 60.0, 120.0, 600.0, 600.0, 3600.0)) * chance.uniform(0.5, 2)
        found.append(Outage(None if both else chance.randrange(2), chance.choice(kinds), starts, starts + length))
    return tuple(found)


def _crashes(chance: Random, left_out: frozenset[Kind], times: tuple[float, ...]) -> tuple[Crash, ...]:
    if Kind.CRASH in left_out:
        return ()
    found = []
    for _each in range(chance.randint(1, 3)):
        at = max(1.0, chance.choice(times) + chance.uniform(-10, 120))
        long = Kind.LONG_OUTAGE not in left_out and chance.random() < 0.5
        back = chance.uniform(300, 2400) if long else chance.uniform(0.5, 20)
        found.append(Crash(at, chance.randrange(3), chance.choice((None, chance.randint(1, 12))), back))
    return tuple(found)


def _steps(chance: Random, left_out: frozenset[Kind], times: tuple[float, ...]) -> tuple[tuple[float, float], ...]:
    """A clock that was put back is not believed until the process ends (`crisis.clock`): then with crashes it is only
    put forward, since who starts anew has no other clock to believe.
    """
    if Kind.STEP in left_out:
        return ()
    wrong, wrongs, found = 0.0, [], []
    for _each in range(chance.randint(1, 3)):
        step = chance.choice((0.5, 5.0, 60.0, 3600.0)) * chance.uniform(0.5, 2)
        back = Kind.CRASH in left_out and chance.random() < 0.5
        wrong += -step if back else step
        wrongs.append(wrong)
        found.append(chance.choice(times) + chance.uniform(0, 300))
    return tuple(zip(sorted(found), wrongs, strict=True))
