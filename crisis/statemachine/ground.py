"""What an incident stands on besides its protocol: the school's calendar and the district's escalation ladders."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

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
class Ladder:
    """How long each level has to answer, first to last; who is on a level is asked when the page is sent."""

    answer_within: tuple[timedelta, ...]
    repeat_alarm: timedelta  # between alarms once nobody answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    calendar: SchoolCalendar
    ladders: Mapping[tuple[Role, Urgency], Ladder] = field(default_factory=dict)
    default_ladder: Ladder = Ladder(
        answer_within=(timedelta(minutes=5), timedelta(minutes=5), timedelta(minutes=5)),
        repeat_alarm=timedelta(minutes=2),
    )

    def ladder(self, role: Role, urgency: Urgency) -> Ladder:
        return self.ladders.get((role, urgency), self.default_ladder)
