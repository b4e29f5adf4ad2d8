"""What a schedule is made of: rotations, shifts, overrides, absences, and what the calendars say. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from crisis.errors import Reason, refuse_if
from crisis.statemachine.ground import SchoolCalendar
from crisis.vocabulary import Covers, Layer, OverrideKind, PersonId, Role, SchoolId, SwapState

LONGEST_CYCLE = 366  # days


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """What one schedule is for; `school` None is the whole district, level 0 is asked first."""

    school: SchoolId | None
    role: Role
    level: int


@dataclass(frozen=True, slots=True, order=True)
class Handover:
    """One turn ends and the next begins: on a day of the cycle, 0 is its first, at a time of the wall."""

    day: int
    at: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """People take turns, by the wall clock of `zone`. The cycle begins on `starts_on` and repeats.

    Daily is a cycle of one day, weekly one of seven, each with one handover; any other pattern has more of them.
    `ends_on` is the first day on which nobody takes over any more.
    """

    id: str
    people: tuple[PersonId, ...]
    zone: str
    starts_on: date
    cycle_days: int
    handovers: tuple[Handover, ...]
    covers: Covers = Covers.ALWAYS
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """`starts_at` is in, `ends_at` is out."""

    id: str
    person: PersonId
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """`incoming` comes in for `outgoing`; a replacement without `outgoing` is for everybody. Later ones count last."""

    id: str
    kind: OverrideKind
    incoming: PersonId | None
    outgoing: PersonId | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    person: PersonId
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A school's days, layer over layer: the district's holidays, the school's own calendar, its bells, closures.

    `closures` has the time of the wall from which the school is closed that day, None for the whole of it.
    """

    school: SchoolCalendar
    holidays: frozenset[date] = frozenset()
    closures: Mapping[date, time | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The layers of one school's schedule, or of the district's, for one role and level."""

    rotations: tuple[Rotation, ...] = ()
    shifts: tuple[Turn, ...] = ()
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What answers for one school, role and level: its own plan, and behind it the district's."""

    own: Plan = Plan()
    district: Plan = Plan()
    absences: tuple[Absence, ...] = ()
    gone: frozenset[PersonId] = frozenset()  # switched off: out of every layer at once (F56)
    calendar: Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Who is on call, and which layer decided; `source` is the id of the rotation, shift or override that did.

    `out` would be on call, but are absent or switched off. `stand_in`: because of that the school's schedule names
    nobody, and the district's does.
    """

    people: tuple[PersonId, ...] = ()
    layer: Layer | None = None
    source: str | None = None
    out: tuple[PersonId, ...] = ()
    stand_in: bool = False

    @property
    def is_gap(self) -> bool:
        """Whether a person should look at it: nobody is on call, or only who stands behind those who should be."""
        return not self.people or self.stand_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """As long as the answer stays the same."""

    starts_at: datetime
    ends_at: datetime
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """A turn, or a part of one, offered to another person; `back` is the taker's that is wanted in return, if any."""

    id: str
    slot: Slot
    giver: PersonId
    taker: PersonId
    starts_at: datetime
    ends_at: datetime
    back: tuple[datetime, datetime] | None
    state: SwapState


def must_be_sound(rotation: Rotation, people_asked: int) -> None:
    """Raises `Refused` for a rotation that could not be read by the clock. `people_asked` counts those named."""
    cycle, handovers = rotation.cycle_days, rotation.handovers
    outside = any(not 0 <= each.day < cycle or each.at.tzinfo is not None for each in handovers)
    uneven = any(each.at.second or each.at.microsecond for each in handovers)
    refuse_if(
        Reason("ROTATION", "A rotation needs at least one person") if not people_asked else None,
        Reason("ROTATION", "A rotation repeats after 1 to 366 days") if not 1 <= cycle <= LONGEST_CYCLE else None,
        Reason("ROTATION", "A rotation has at least one time of handing over") if not handovers else None,
        Reason("ROTATION", "Each time of handing over is on a day of the cycle") if outside else None,
        Reason("ROTATION", "Turns are handed over on a full minute") if uneven else None,
        Reason("ROTATION", "Each time of handing over stands once, in order")
        if list(handovers) != sorted(set(handovers))
        else None,
        Reason("ROTATION", "A rotation ends after it begins")
        if rotation.ends_on is not None and rotation.ends_on <= rotation.starts_on
        else None,
    )


def daily(at: time, days: int = 1) -> tuple[int, tuple[Handover, ...]]:
    """Cycle and handovers of turns of one day, or of several days each."""
    return days, (Handover(0, at),)


def weekly(at: time, weeks: int = 1) -> tuple[int, tuple[Handover, ...]]:
    return daily(at, 7 * weeks)
