"""What waits for me, in one place; and the follow-ups of all that I may see, day by day. No student is named."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from crisis.policy.practice_reminders import Nudge, Stage
from crisis.store import my_work, own_reports, partial, practice_due
from crisis.store.my_work import WaitingPage, WaitingStep, Work
from crisis.store.upcoming import NEVER
from crisis.vocabulary import Mode
from web.deps import Desk, SignedIn
from web.pages.frame import console
from web.pages.paper import zone_of
from web.rendering import Local, babel_day, translations
from web.words import N_

router = APIRouter(include_in_schema=False)

MINE, FOLLOW_UPS = "/my", "/followups"
NUDGES = {
    Nudge.DRILL: N_("A drill that you run or take part in"),
    Nudge.PARENTS: N_("Tell the parents of a drill in writing"),
    Nudge.SCHOOL: N_("This school has to hold its next drill, and none is planned"),
    Nudge.WRITE: N_("Write a review"),
    Nudge.SIGN: N_("Read a review and sign it"),
}
PLACES = {
    Nudge.DRILL: "/drills/{}",
    Nudge.PARENTS: "/drills/{}",
    Nudge.SCHOOL: "/drills/calendar",
    Nudge.WRITE: "/reviews",
    Nudge.SIGN: "/reviews/{}",
}
MOST = 12  # steps that others of the same post may do just as well


def work_of(desk: Desk) -> Work:
    with desk.store.read() as tx:
        return my_work.of_person(tx, desk.actor, desk.at)


def step_row(each: WaitingStep, desk: Desk) -> dict[str, object]:
    due = each.next.due_at
    return {
        "address": f"/incidents/{each.incident.id}/steps/{each.next.step.id}",
        "title": each.next.step.title.in_language(desk.language),
        "kind": each.protocol.crisis_types[each.incident.crisis_type].in_language(desk.language),
        "id": each.incident.id,
        "school": each.school.name,
        "due_at": due,
        "late": due is not None and due < desk.at,
        "local": Local(desk.language, each.zone),
        "whose": each.whose,
        "drill": each.incident.mode is Mode.DRILL,
    }


def page_row(each: WaitingPage) -> dict[str, object]:
    return {
        "address": f"/incidents/{each.incident.id}/people",
        "id": each.incident.id,
        "school": each.school.name,
        "role": each.page.role,
        "urgency": each.page.urgency,
        "taken": each.taken,
        "here": each.page.arrived_at is not None,
        "since": each.page.level_since,
        "drill": each.incident.mode is Mode.DRILL,
    }


def practice_rows(desk: Desk) -> list[dict[str, object]]:
    """Drills and reviews that wait for this person; what is late first, since the nearest day is."""
    with desk.store.read() as tx:
        known = practice_due.practice(tx, desk.actor.district)
        found = practice_due.of_actor(tx, desk.actor, known, desk.at)
    translate = translations(desk.language).gettext
    return [
        {
            "address": PLACES[each.kind].format(each.of),
            "title": translate(NUDGES[each.kind]),
            "school": known.schools[each.school].name,
            "day": babel_day(each.day, desk.language),
            "late": each.stage(desk.at) is Stage.LATE,
            "next": each.stage(desk.at) is Stage.NEXT,
        }
        for each in found
    ]


@router.get(MINE)
def mine(desk: SignedIn) -> HTMLResponse:
    """Of themselves alone, out of what they may see."""
    work = work_of(desk)
    with desk.store.read() as tx:
        reports = own_reports.of_person(tx, desk.store.keys, desk.actor.district, desk.person)
        parts = partial.mine(tx, desk.actor, desk.at)
    others = [each for each in work.steps if each.may and not each.mine and each.next.assigned_to is None]
    values = {
        "here": "my",
        "zone": zone_of(desk),
        "pages": [page_row(each) for each in work.pages],
        "asked": [each for each in parts if each.pages],
        "offers": work.offers,
        "steps": [step_row(each, desk) for each in work.steps if each.mine],
        "others": [step_row(each, desk) for each in others[:MOST]],
        "more": max(0, len(others) - MOST),
        "reports": [each for each in reports if each.report.filed_at is None],
        "follow_ups": [step_row(each, desk) for each in work.follow_ups if each.mine],
        "practice": practice_rows(desk),
    }
    return console(desk, "pages/my.html", values, path=MINE)


def by_day(found: Iterable[WaitingStep], desk: Desk) -> list[tuple[str, bool, list[dict[str, object]]]]:
    """Each group is named, and says whether it is late. A day is one of the school's."""
    translate = translations(desk.language).gettext
    groups: dict[tuple[int, str], list[dict[str, object]]] = {}
    for each in found:
        name = day_of(each.next.due_at, each.zone, desk.at)
        words = translate(name) if isinstance(name, str) else babel_day(name, desk.language)
        groups.setdefault((_order(name), words), []).append(step_row(each, desk))
    return [(words, order == 0, rows) for (order, words), rows in sorted(groups.items(), key=lambda each: each[0][0])]


LATE, TODAY, TOMORROW, OPEN = N_("Late"), N_("Today"), N_("Tomorrow"), N_("Without a day")


def day_of(due: datetime | None, zone: str, at: datetime) -> str | date:
    if due is None:
        return OPEN
    if due < at:
        return LATE
    there = due.astimezone(ZoneInfo(zone)).date()
    away = there - at.astimezone(ZoneInfo(zone)).date()
    return {timedelta(0): TODAY, timedelta(days=1): TOMORROW}.get(away, there)


def _order(name: str | date) -> int:
    if isinstance(name, date):
        return name.toordinal()
    return {LATE: 0, TODAY: 1, TOMORROW: 2, OPEN: NEVER.toordinal()}[name]


@router.get(FOLLOW_UPS)
def follow_ups(desk: SignedIn) -> HTMLResponse:
    """Of every open incident that they may see."""
    work = work_of(desk)
    values = {"here": "followups", "zone": zone_of(desk), "days": by_day(work.follow_ups, desk)}
    return console(desk, "pages/followups.html", values, path=FOLLOW_UPS)
