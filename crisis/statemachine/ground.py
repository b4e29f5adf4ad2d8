"""What an incident stands on besides its protocol: the school's calendar and the district's escalation ladders."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from crisis.ladders import LADDERS, Ladder, whole
from crisis.vocabulary import Role, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolCalendar:
    """One school's time: IANA zone, bell times in local wall time, weekdays (0 is Monday), days off and terms."""

    zone: str
    opens: time
    closes: time
    weekdays: frozenset[int] = frozenset(range(5))
    days_off: frozenset[date] = frozenset()  # holidays and closures
    early_close: Mapping[date, time] = field(default_factory=dict)
    terms: tuple[tuple[date, date], ...] = ()  # first and last day, inclusive; empty: school all year
    make_up_days: frozenset[date] = frozenset()  # school, whatever holiday, weekday and term say


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    calendar: SchoolCalendar
    ladders: Mapping[tuple[Role, Urgency], Ladder] = field(default_factory=dict)
    default_ladder: Ladder | None = None  # instead of the usual one of each urgency

    def ladder(self, role: Role, urgency: Urgency) -> Ladder:
        usual = self.default_ladder or LADDERS[urgency]
        return whole(self.ladders.get((role, urgency), usual), urgency)
