"""When a school is open: its bell times and its terms, as values that can be tried before they are saved."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time
from itertools import pairwise

from crisis.errors import Reason, refuse_if
from crisis.schedules.rota import Calendar
from crisis.schedules.wall import zones

WEEK = frozenset(range(7))
MOST_TERMS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Bells:
    """Times of the wall in an IANA zone; 0 is Monday."""

    zone: str
    opens: time
    closes: time
    weekdays: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """First and last day are in it."""

    title: str
    first: date
    last: date


def must_be_bells(bells: Bells) -> None:
    """Raises `Refused`."""
    no_days = not bells.weekdays or not bells.weekdays <= WEEK
    refuse_if(
        Reason("CALENDAR", "A school opens before it closes, on at least one day of the week")
        if no_days or not bells.opens < bells.closes
        else None,
        Reason("CALENDAR", "There is no such time zone; write it as in America/New_York")
        if bells.zone not in zones()
        else None,
    )


def must_be_terms(terms: tuple[Term, ...]) -> None:
    """Raises `Refused`. Without any term it is school all the year."""
    refuse_if(*_problems_of(terms))


def _problems_of(terms: tuple[Term, ...]) -> Iterator[Reason]:
    if len(terms) > MOST_TERMS:
        yield Reason("CALENDAR", "At most 12 terms at once")
    if any(each.last < each.first for each in terms):
        yield Reason("CALENDAR", "The last day comes after the first")
    ordered = sorted(terms, key=lambda each: each.first)
    if any(later.first <= earlier.last for earlier, later in pairwise(ordered)):
        yield Reason("CALENDAR", "Terms come one after the other; no day is in two of them")


def with_bells(calendar: Calendar, bells: Bells) -> Calendar:
    school = replace(calendar.school, zone=bells.zone, opens=bells.opens, closes=bells.closes, weekdays=bells.weekdays)
    return replace(calendar, school=school)


def with_terms(calendar: Calendar, terms: tuple[Term, ...]) -> Calendar:
    return replace(calendar, school=replace(calendar.school, terms=tuple(sorted((t.first, t.last) for t in terms))))
