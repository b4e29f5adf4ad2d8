"""When somebody asked not to be contacted, and by which ways in which order: pure (`privacy-and-culture.md` 2.3).

Fields 8 and 14. It sorts and advises, and never holds anything up: where the emergency is open nobody asks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crisis.errors import Reason
from crisis.privacy_words import ContactWay
from crisis.vocabulary import PersonId

WAYS = tuple(each for each in ContactWay if each is not ContactWay.VOICEMAIL)  # that is how a call ends
DAYS = range(7)  # as `date.weekday`
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AvoidedTime:
    """By the school's clock. `person` None: about the student, for follow-up. Why is not kept: it may say a faith.

    `days` empty: every day. With `ends` before `starts` it goes on after midnight, as the day's on which it began.
    """

    person: PersonId | None
    starts: time
    ends: time
    days: frozenset[int] = frozenset()
    first_day: date | None = None
    last_day: date | None = None

    def began(self, local: datetime) -> date | None:
        """The day on which it began that lasts at this moment; None: it does not last."""
        now, today = local.time().replace(tzinfo=None), local.date()
        if self.starts < self.ends:
            return today if self.starts <= now < self.ends and self._on(today) else None
        if now >= self.starts and self._on(today):
            return today
        return today - _DAY if now < self.ends and self._on(today - _DAY) else None

    def _on(self, day: date) -> bool:
        begun = self.first_day is None or self.first_day <= day
        over = self.last_day is not None and self.last_day < day
        return begun and not over and (not self.days or day.weekday() in self.days)


@dataclass(frozen=True, slots=True)
class Offered:
    """When to do something: at the latest when it is due. `asked` is the time that they asked to be left alone."""

    at: datetime
    asked: AvoidedTime


def against(wanted: AvoidedTime) -> Reason | None:
    """Why it cannot be kept so."""
    if wanted.starts == wanted.ends:
        return Reason("HOURS", "Give a time at which it begins and another one at which it ends")
    if not wanted.days <= set(DAYS):
        return Reason("HOURS", "Choose days of the week")
    backwards = wanted.first_day is not None and wanted.last_day is not None and wanted.last_day < wanted.first_day
    return Reason("HOURS", "The last day comes before the first") if backwards else None


def unknown_way(ways: Sequence[ContactWay]) -> Reason | None:
    if len(set(ways)) < len(ways):
        return Reason("HOURS", "Give each way another place in the order")
    return None if set(ways) <= set(WAYS) else Reason("HOURS", "Choose among calling, texting and the other ways")


def left_alone_until(times: Iterable[AvoidedTime], person: PersonId | None, at: datetime, zone: str) -> datetime | None:
    """When the time ends at which they asked not to be contacted, and whatever follows it at once; None: not now."""
    mine = [each for each in times if each.person == person]
    until = at
    for _ in range(len(mine) + 1):  # each may begin where another one ends
        ends = [_end(each, until, zone) for each in mine]
        later = max((each for each in ends if each is not None), default=None)
        if later is None:
            break
        until = later
    return None if until == at else until


def offered(
    times: Iterable[AvoidedTime], person: PersonId | None, due_at: datetime, *, now: datetime, zone: str
) -> Offered | None:
    """Before the time in which it falls due; never later than due. None: the time suits, or it cannot be earlier."""
    mine, at, first = [each for each in times if each.person == person], due_at, None
    for _ in range(len(mine)):
        falls = next((each for each in mine if each.began(at.astimezone(ZoneInfo(zone))) is not None), None)
        if falls is None:
            break
        at, first = _beginning(falls, at, zone) - timedelta(minutes=1), first or falls
    return None if first is None or at <= now else Offered(at, first)


def _end(each: AvoidedTime, at: datetime, zone: str) -> datetime | None:
    local = at.astimezone(ZoneInfo(zone))
    began = each.began(local)
    if began is None:
        return None
    day = began if each.starts < each.ends else began + _DAY
    ends = datetime.combine(day, each.ends, local.tzinfo).replace(fold=local.fold)  # the hour that comes twice
    return max(ends.astimezone(at.tzinfo), at + timedelta(minutes=1))


def _beginning(each: AvoidedTime, at: datetime, zone: str) -> datetime:
    local = at.astimezone(ZoneInfo(zone))
    begins = datetime.combine(each.began(local) or local.date(), each.starts, local.tzinfo)
    return min(begins.astimezone(at.tzinfo), at)  # an hour that does not come is over before it begins
