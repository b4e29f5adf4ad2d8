"""Drills: the list, the plan of one, and whoever takes part saying that they do not. Nothing here names a student."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import Connection
from starlette.requests import Request

from crisis.drill_words import Capability, DrillDuty, DrillEnd, DrillId, DrillState
from crisis.errors import NotFound
from crisis.policy.drilling import MOST_OBJECTIVES, OPERATIONS_BASED, SUPPORTS
from crisis.store import drill_plans, drill_records, drill_scripts, people, protocols, sealed
from crisis.store.kept_drills import Drill
from crisis.store.people import SchoolView
from crisis.vocabulary import WordsId
from web import drill_orders, words
from web.api.reading import seen_by
from web.deps import ID, AtSchool, Desk, IncidentPath, SignedIn
from web.drill_forms import DrillForm, FeedbackForm, Given, IsReal, PutOn, RecordForm, TimeNow
from web.drill_orders import Seen
from web.forms import FRESH, FormPost, FormState, Posted, Sent
from web.pages import drill_calendar, drill_letter, drill_reach, drill_report, drill_running
from web.pages.frame import console
from web.pages.reasons import in_words
from web.pages.staff_lists import works_at
from web.rendering import Language, translations
from web.words import N_
from web.words_of_drills import CAPABILITIES, DUTIES, ENDS, STATES, TYPES

router = APIRouter(include_in_schema=False)

HERE = "/drills"
SHOWN_OBJECTIVES = 4
DrillPath = Annotated[DrillId, Path(pattern=ID)]
Word = TypeVar("Word", bound=StrEnum)


def options(desk: Desk, named: Mapping[Word, str]) -> list[tuple[str, str]]:
    translate = translations(desk.language).gettext
    return [(str(key.value), translate(text)) for key, text in named.items()]


def in_list(desk: Desk, seen: Seen) -> dict[str, object]:
    translate = translations(desk.language).gettext
    drill = seen.drill
    said, tone = STATES[drill.state]
    duty = drill.members.get(desk.person)
    return {
        "id": drill.id,
        "state": drill.state.value,
        "tag": (tone, translate(said)),
        "type": translate(TYPES[drill.type][0]),
        "school": seen.school.name,
        "at": drill.starts_at,
        "zone": seen.zone,
        "duty": None if duty is None else translate(DUTIES[duty]),
        "out": desk.person in drill.opted_out,
    }


def show_all(desk: Desk) -> HTMLResponse:
    found = drill_orders.listed(desk)
    now = [in_list(desk, each) for each in found if each.drill.state is DrillState.RUNNING]
    coming = [in_list(desk, each) for each in reversed(found) if each.drill.state is DrillState.PLANNED]
    over = [in_list(desk, each) for each in found if each.drill.state not in (DrillState.RUNNING, DrillState.PLANNED)]
    values: dict[str, object] = {
        "here": "drills",
        "groups": (("now", now), ("coming", coming), ("over", over)),
        "may_plan": drill_orders.may_plan_any(desk),
        "zone": found[0].zone if found else "UTC",
    }
    return console(desk, "pages/drills.html", values, path=HERE)


def show_form(
    desk: Desk, drill: DrillId | None, problem: FormState = FRESH, status: int = 200, *, school: str = ""
) -> HTMLResponse:
    """A new one at this school, or the plan of one that has not begun."""
    known = None if drill is None else drill_orders.run_by(desk, drill).drill
    own = drill_orders.schools(desk)
    if not own:
        raise NotFound
    asked = school or problem.typed("school") or (known.school if known is not None else "")
    here = next((each for each in own if each.id == asked), own[0])
    with desk.store.read() as tx:
        staff = people.staff(tx, desk.actor.district)
        kinds = protocols.kinds(tx, desk.actor.district, desk.at)
        script = [] if drill is None else drill_scripts.of(tx, drill)
        said = {} if known is None else words_of(tx, desk, known, [each.words for each in script])
    translate = translations(desk.language).gettext
    chosen = {*problem.all("takes_part"), *problem.all("observes"), *(known.members if known is not None else ())}
    offered = [each for each in staff if desk.everybody or works_at(each, here.id) or each.id in chosen]
    zone = here.zone
    values: dict[str, object] = {
        "here": "drills",
        "drill": known,
        "schools": [(str(each.id), each.name) for each in own],
        "types": [(key.value, translate(name), translate(what)) for key, (name, what) in TYPES.items()],
        "kinds": [(kind, title.in_language(desk.language)) for kind, title in kinds.items()],
        "capabilities": options(desk, CAPABILITIES),
        "members": [
            (str(each.id), each.name, ", ".join(translate(words.of(post)) for post in each.posts)) for each in offered
        ],
        "more": len(offered) < len(staff),
        "school": here,
        "supports": [(str(each.id), each.name) for each in staff if SUPPORTS & set(each.posts)],
        "said": said,
        "script": "\n".join(drill_running.as_typed(each, said) for each in script),
        "turns": range(1, max(SHOWN_OBJECTIVES, min(MOST_OBJECTIVES, len(known.objectives) + 1 if known else 0)) + 1),
        "starts_at": "" if known is None else known.starts_at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M"),
        "zone": zone,
        "coordination": Capability.COORDINATION.value,
        "left_open": _left_open(desk, own, known),
    }
    path = f"{HERE}/new" if drill is None else f"{HERE}/{drill}/change"
    return console(desk, "pages/drill_form.html", values, path=path, status=status, problem=problem)


def _left_open(desk: Desk, own: Iterable[SchoolView], known: Drill | None) -> list[tuple[str, str, str]]:
    """What may be practised: the item, what is changed, and at which school; not what the plan holds already."""
    named = {each.id: each.name for each in own}
    held = {each.item for each in known.objectives} if known is not None else set()
    return [
        (each.id, each.text or "", named[each.school])
        for each in drill_orders.left_open(desk)
        if each.school in named and each.id not in held and (known is None or each.school == known.school)
    ]


def show_new(desk: Desk, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    return show_form(desk, None, problem, status)


def words_of(tx: Connection, desk: Desk, drill: Drill, more: Iterable[WordsId | None] = ()) -> dict[WordsId, str]:
    """What was written for a drill; nothing of one whose words were destroyed."""
    wanted = (drill.scenario, drill.accommodations, *more)
    return sealed.read(tx, desk.store.keys, [each for each in wanted if each is not None])


def show(desk: Desk, drill: DrillId, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    """For who runs it, takes part or observes. The script is for who runs it alone."""
    seen = drill_orders.seen(desk, drill)
    known = seen.drill
    translate = translations(desk.language).gettext
    with desk.store.read() as tx:
        missing = drill_plans.missing(tx, known, desk.at) if known.state is DrillState.PLANNED else []
        named = people.names(tx, [*known.members, *([known.support] if known.support else [])])
        said = words_of(tx, desk, known)
        lines = len(drill_scripts.of(tx, known.id)) if seen.runs else 0
        spoke = drill_records.has_said(tx, known.id, desk.person)
        title = _kind(tx, desk, known)
        aims = drill_report.aims_of(tx, desk, known)
    members = {
        duty: sorted(named.get(each, translate(N_("Somebody"))) for each, held in known.members.items() if held is duty)
        for duty in DrillDuty
    }
    mine = known.members.get(desk.person)
    values: dict[str, object] = {
        "here": "drills",
        "zone": seen.zone,
        "drill": known,
        "school": seen.school.name,
        "runs": seen.runs,
        "line": in_list(desk, seen),
        "what": translate(TYPES[known.type][1]),
        "kind": title,
        "aims": aims,
        "missing": [in_words(each, desk.language) for each in missing] if seen.runs else [],
        "taking_part": members[DrillDuty.TAKES_PART],
        "observing": members[DrillDuty.OBSERVES],
        "support": None if known.support is None else named.get(known.support),
        "said": said,
        "lines": lines,
        "operations": known.type in OPERATIONS_BASED,
        "mine": mine,
        "out": desk.person in known.opted_out,
        "opted_out": len(known.opted_out),
        "may_say": mine is not None and known.state in drill_records.AFTER and not spoke,
        "ended": None if known.ended_as is None else translate(ENDS[known.ended_as]),
    }
    return console(desk, "pages/drill.html", values, path=f"{HERE}/{drill}", status=status, problem=problem)


def _kind(tx: Connection, desk: Desk, drill: Drill) -> str | None:
    title = protocols.kinds(tx, desk.actor.district, desk.at).get(drill.crisis_type or "")
    return None if title is None else title.in_language(desk.language)


def again(desk: Desk, drill: DrillId, action: str, problem: FormState, status: int) -> HTMLResponse:
    """The page on which the form stands that was sent."""
    if action == "change":
        return show_form(desk, drill, problem, status)
    return (drill_report.show_report if action == "record" else show)(desk, drill, problem, status)


@router.get(HERE)
def listed(desk: SignedIn) -> HTMLResponse:
    """Whoever runs drills, takes part in one or observes; everybody else sees an empty list."""
    return show_all(desk)


@router.get(f"{HERE}/new")
def new(desk: SignedIn, school: AtSchool = "") -> HTMLResponse:
    """For the district crisis lead, and a principal for their own school."""
    return show_form(desk, None, school=school)


@router.get(f"{HERE}/calendar")
def calendar(desk: SignedIn) -> HTMLResponse:
    """For the district crisis lead, and a principal for their own school."""
    return drill_calendar.show(desk)


@router.get(f"{HERE}/log.csv")
def log(desk: SignedIn) -> Response:
    """For the district crisis lead, and a principal for their own school; that it was taken is on record."""
    return drill_calendar.table(desk)


@router.get(f"{HERE}/log.pdf")
def log_on_paper(desk: SignedIn) -> Response:
    """For the district crisis lead, and a principal for their own school; that it was taken is on record."""
    return drill_calendar.paper(desk)


@router.post(HERE)
def plan(desk: SignedIn, posted: FormPost) -> RedirectResponse:
    """For the district crisis lead, and a principal for their own school."""
    made = drill_orders.plan(desk, posted.read(DrillForm))
    return RedirectResponse(f"{HERE}/{made}", status_code=303)


@router.get(f"{HERE}/{{drill}}")
def of_one(desk: SignedIn, drill: DrillPath) -> HTMLResponse:
    return show(desk, drill)


@router.get(f"{HERE}/{{drill}}/change")
def of_plan(desk: SignedIn, drill: DrillPath) -> HTMLResponse:
    """For who runs it."""
    return show_form(desk, drill)


@router.get(f"{HERE}/{{drill}}/control")
def of_control(desk: SignedIn, drill: DrillPath) -> HTMLResponse:
    """For who runs it."""
    return drill_running.show_control(desk, drill)


@router.get(f"{HERE}/{{drill}}/reached")
def of_reach(desk: SignedIn, request: Request, drill: DrillPath) -> Response:
    """For who runs it: the part of a reach test that changes."""
    return drill_reach.show_part(desk, request, drill)


@router.get(f"{HERE}/{{drill}}/letter")
def of_letter(desk: SignedIn, drill: DrillPath, language: Annotated[Language, Query()] = "en") -> HTMLResponse:
    """For who runs it: the letter to families, to print; it names nobody."""
    return drill_letter.show(desk, drill, language)


@router.get(f"{HERE}/{{drill}}/report")
def of_report(desk: SignedIn, drill: DrillPath) -> HTMLResponse:
    """For who runs it; every view is on record."""
    return drill_report.show_report(desk, drill)


@router.post("/incidents/{incident_id}/real")
def make_real(desk: SignedIn, incident_id: IncidentPath, posted: FormPost) -> RedirectResponse:
    """By whoever sees the practised incident, from any page of it."""
    form = posted.read(Sent)
    seen_by(desk, incident_id, "incident viewed")
    opened = drill_orders.in_earnest(desk, incident_id, None, form.key)
    return RedirectResponse(f"/incidents/{opened}", status_code=303)


RUNNING = frozenset({"start", "end", "give", "put-on", "time", "record"})


@router.post(f"{HERE}/{{drill}}/{{action}}")
def change(
    desk: SignedIn, drill: DrillPath, action: Annotated[str, Path(pattern=ID)], posted: FormPost
) -> RedirectResponse:
    """Opting out and feedback, and that it is real, by whoever takes part; all else by who runs it."""
    here = f"{HERE}/{drill}"
    if action in RUNNING:
        _run(desk, drill, action, posted)
        return RedirectResponse(f"{here}/report" if action in ("end", "record") else f"{here}/control", 303)
    match action:
        case "change":
            drill_orders.change(desk, drill, posted.read(DrillForm))
        case "call-off":
            posted.read(Sent)
            drill_orders.call_off(desk, drill)
        case "opt-out" | "opt-in":
            posted.read(Sent)
            drill_orders.opt(desk, drill, out=action == "opt-out")
        case "undo":
            posted.read(Sent)
            drill_orders.end(desk, drill, DrillEnd.UNDONE)
        case "real":
            form = posted.read(IsReal)
            opened = drill_orders.is_real(desk, drill, form.place, form.key)
            return RedirectResponse(f"/incidents/{opened}", status_code=303)
        case "say":
            drill_orders.say(desk, drill, posted.read(FeedbackForm))
        case _:
            raise NotFound
    return RedirectResponse(here, status_code=303)


def _run(desk: Desk, drill: DrillId, action: str, posted: Posted) -> None:
    match action:
        case "start":
            drill_orders.start(desk, drill, posted.read(Sent).key)
        case "end":
            posted.read(Sent)
            drill_orders.end(desk, drill, DrillEnd.OVER)
        case "give":
            drill_orders.give(desk, drill, posted.read(Given).line)
        case "put-on":
            drill_orders.put_on(desk, drill, posted.read(PutOn).minutes)
        case "time":
            drill_orders.note_time(desk, drill, posted.read(TimeNow).what)
        case _:
            drill_orders.record(desk, drill, posted.read(RecordForm))
