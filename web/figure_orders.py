"""Which figures somebody sees: those of the schools that they lead, and nothing of an incident by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from crisis.errors import NotFound
from crisis.policy import looking_back
from crisis.review.spread import Month, Paging
from crisis.schedules.ahead import LOOKED_AHEAD
from crisis.store import audit, figure_sums, people, readiness
from crisis.store.figure_sums import Asked
from crisis.store.people import SchoolView
from crisis.store.readiness import Report
from crisis.vocabulary import Mode, Role, SchoolId
from web.deps import Desk

FIRST_MONTHS = 12  # that one sees without asking for others
DAYS_AHEAD = LOOKED_AHEAD.days


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody chose; empty: what stands there at first. Months as in 2026-11, both inclusive."""

    school: str = ""
    since: str = ""
    until: str = ""
    mode: Mode = Mode.LIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    wanted: Wanted  # with nothing empty but the school, which is then all of them
    schools: Mapping[str, SchoolView]  # all that they lead
    months: Sequence[Month]
    pages: Sequence[Paging]
    ready: Mapping[Role, tuple[int, int]]  # who is on call and ready, and who is on call and is not; each role apart


def led(desk: Desk) -> dict[str, SchoolView]:
    """The schools that this person leads. Raises `NotFound` where there are none."""
    if not looking_back.leads_somewhere(desk.actor):
        raise NotFound
    with desk.store.read() as tx:
        found = people.schools(tx, desk.actor.district)
    return {each.id: each for each in found if looking_back.may_lead(desk.actor, each.id)}


def figures(desk: Desk, wanted: Wanted) -> Found:
    """Raises `NotFound` also for a school that is not theirs."""
    schools = led(desk)
    if wanted.school and wanted.school not in schools:
        raise NotFound
    whole = _whole(desk, wanted, schools)
    these = [SchoolId(each) for each in ([wanted.school] if wanted.school else schools)]
    asked = Asked(district=desk.actor.district, schools=these, mode=wanted.mode, since=whole.since, until=whole.until)
    with desk.store.read() as tx:
        return Found(
            wanted=whole,
            schools=schools,
            months=figure_sums.months(tx, asked),
            pages=figure_sums.pages(tx, asked),
            ready=_ready(readiness.report(tx, desk.actor.district, desk.at), frozenset(these)),
        )


def _whole(desk: Desk, wanted: Wanted, schools: Mapping[str, SchoolView]) -> Wanted:
    zone = next((each.zone for each in schools.values()), "UTC")
    until = wanted.until or f"{desk.at.astimezone(ZoneInfo(zone)):%Y-%m}"
    since = wanted.since or before(until, FIRST_MONTHS - 1)
    return Wanted(school=wanted.school, since=min(since, until), until=max(since, until), mode=wanted.mode)


def before(month: str, count: int) -> str:
    """So many months before it."""
    year, number = int(month[:4]), int(month[5:])
    months = year * 12 + number - 1 - count
    return f"{months // 12:04}-{months % 12 + 1:02}"


def months_of(wanted: Wanted) -> list[str]:
    """All of them, also those in which nothing was opened."""
    found = [wanted.since]
    while found[-1] < wanted.until:
        found.append(before(found[-1], -1))
    return found


def _ready(found: Report, schools: frozenset[SchoolId]) -> dict[Role, tuple[int, int]]:
    """Of those who are on call for these schools; whoever is on call for the district is so for each of them."""
    counts: dict[Role, tuple[int, int]] = {}
    for each in found.people:
        for role in {slot.role for slot in each.slots if slot.school is None or slot.school in schools}:
            good, bad = counts.get(role, (0, 0))
            counts[role] = (good + (not each.lacks), bad + bool(each.lacks))
    return {role: counts[role] for role in Role if role in counts}


def take(desk: Desk, action: str) -> None:
    """On record, with nothing of what was in it."""
    with desk.store.write() as tx:
        audit.record(tx, at=desk.at, actor=desk.person, action=action, subject=desk.actor.district)
