"""The directory of those outside the school who help: what is on record of each, and which fit a wish.

What nobody has recorded is never read as yes: it is told apart from a no, so that somebody can call and ask.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crisis.policy.opening_hours import Hours, answers
from crisis.referral_words import AgencyId, AgencyKind, Capacity, Care, Insurance
from crisis.vocabulary import PersonId

CAPACITY_LASTS = timedelta(days=14)  # D: places at a clinic come and go within weeks


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is on record of an agency. Where nobody has asked: None, and empty sets.

    `phone` as written; `languages` are BCP 47; `youngest` and `oldest` are in years, both included.
    """

    name: str
    kind: AgencyKind
    phone: str | None = None
    address: str | None = None
    how: str | None = None  # what to say or send so that they take somebody
    hours: Hours | None = None
    languages: frozenset[str] = frozenset()
    interpreters: bool | None = None
    youngest: int | None = None
    oldest: int | None = None
    care: frozenset[Care] = frozenset()
    insurance: frozenset[Insurance] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Whether they take somebody new, as somebody there said it at that time; `days` is how long one waits."""

    capacity: Capacity
    days: int | None
    at: datetime
    by: PersonId

    def stale(self, at: datetime) -> bool:
        return at - self.at >= CAPACITY_LASTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """`number` is E.164, None where it cannot be dialled. `places` None: nobody has asked yet.

    `version`: of what is on record, but for its places.
    """

    id: AgencyId
    entry: Entry
    number: str | None
    places: Places | None
    version: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody looks for; None and False ask for nothing."""

    kind: AgencyKind | None = None
    language: str | None = None
    age: int | None = None
    care: Care | None = None
    insurance: Insurance | None = None
    open_now: bool = False


@dataclass(frozen=True, slots=True)
class Fit:
    """`asks`: what is not on record and has to be asked there; empty where all of it is known to fit."""

    agency: Agency
    asks: tuple[str, ...] = ()


def open_at(agency: Agency, at: datetime, zone: str) -> bool | None:
    """None: nobody has recorded the hours."""
    return None if agency.entry.hours is None else answers(agency.entry.hours, at, zone)


def takes_age(entry: Entry, age: int) -> bool | None:
    """None: nobody has recorded from which age on and until which one."""
    if entry.youngest is None and entry.oldest is None:
        return None
    return (entry.youngest is None or age >= entry.youngest) and (entry.oldest is None or age <= entry.oldest)


def speaks(entry: Entry, language: str) -> bool | None:
    """An interpreter counts. None: nothing is on record of their languages."""
    if language in entry.languages or entry.interpreters:
        return True
    return None if not entry.languages or entry.interpreters is None else False


def fitting(agencies: Iterable[Agency], wanted: Wanted, at: datetime, zone: str) -> list[Fit]:
    """Those that fit, then those of which a part has to be asked; who is known not to fit is left out."""
    found = []
    for agency in agencies:
        answered = _answers(agency, wanted, at, zone)
        if False not in answered.values():
            found.append(Fit(agency, tuple(name for name, answer in answered.items() if answer is None)))
    return sorted(found, key=lambda fit: (len(fit.asks), _waits(fit.agency, at), fit.agency.entry.name))


def _answers(agency: Agency, wanted: Wanted, at: datetime, zone: str) -> dict[str, bool | None]:
    """For each thing that is asked: yes, no, or not on record."""
    entry, found = agency.entry, dict[str, bool | None]()
    if wanted.kind is not None:
        found["kind"] = entry.kind is wanted.kind
    if wanted.open_now:
        found["hours"] = open_at(agency, at, zone)
    if wanted.age is not None:
        found["age"] = takes_age(entry, wanted.age)
    if wanted.language is not None:
        found["language"] = speaks(entry, wanted.language)
    if wanted.care is not None:
        found["care"] = wanted.care in entry.care if entry.care else None
    if wanted.insurance is not None:
        found["insurance"] = bool({wanted.insurance, Insurance.FREE} & entry.insurance) if entry.insurance else None
    return found


_ORDER = {Capacity.HAS_CAPACITY: 0, Capacity.FIRST_ASSESSED: 1, None: 2, Capacity.WAITLIST: 3, Capacity.NO_CAPACITY: 4}


def _waits(agency: Agency, at: datetime) -> int:
    """Who has places stands first; an answer that is too old counts as none."""
    places = agency.places
    return _ORDER[None if places is None or places.stale(at) else places.capacity]
