"""The board: every open incident that this person may see, the most pressing first, without a student's name."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.requests import Request
from starlette.responses import Response

from crisis.access_words import Matter
from crisis.store import own_reports, partial, queries
from crisis.store.queries import BoardRow
from crisis.store.upcoming import NextStep
from crisis.vocabulary import Custody, Emergency, IncidentId, Mode, PageState, Phase
from web import words
from web.deps import ID, Desk, SignedIn
from web.pages.board_side import lines, side
from web.pages.frame import console
from web.pages.partly import SAID, kind_of
from web.pages.parts import part
from web.pages.shown import PHASES
from web.pages.together import Together, gathered
from web.rendering import Language, translations
from web.words import N_

router = APIRouter(include_in_schema=False)

AtSchool = Annotated[str | None, Query(pattern=rf"{ID}|^$")]  # empty: all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`marks` are the states of the five phases; `alarm` is the sentence at the top of the board, if any."""

    id: IncidentId
    state: str  # late | live | drill
    kind: str
    school: str
    opened_at: datetime
    closed_at: datetime | None
    phase: Phase
    phase_number: int
    marks: tuple[str, ...]
    next: str | None
    told: bool  # what is to be done
    due_at: datetime | None
    lead: str | None
    tags: tuple[tuple[str, str, str], ...]
    alarm: str | None


def shown(row: BoardRow, now: datetime, language: Language) -> Row:
    incident, told = row.incident, Matter.RISK in row.matters
    upcoming = row.next if told else None
    due = upcoming.due_at if upcoming is not None else None
    late = due is not None and due < now
    drill = incident.mode is Mode.DRILL
    at = PHASES.index(incident.phase) if incident.phase in PHASES else len(PHASES)
    current = "late" if late else "now"
    alarm = alarm_of(row, language)
    return Row(
        id=incident.id,
        state="drill" if drill else "late" if late or alarm else "live",
        kind=row.protocol.crisis_types[incident.crisis_type].in_language(language)
        if told
        else translations(language).gettext(N_("Incident")),
        school=row.school.name,
        opened_at=incident.opened_at,
        closed_at=incident.closed_at,
        phase=incident.phase,
        phase_number=min(at + 1, len(PHASES)),
        marks=tuple("done" if n < at else current if n == at else "todo" for n in range(len(PHASES))),
        next=upcoming.step.title.in_language(language) if upcoming is not None else None,
        told=told,
        due_at=due,
        lead=row.names.get(incident.lead) if incident.lead is not None else None,
        tags=tags_of(row, language),
        alarm=None if drill else alarm or (late_of(upcoming, language) if late else None),
    )


def late_of(step: NextStep | None, language: Language) -> str | None:
    """What should have been done by now, in one sentence."""
    if step is None:
        return None
    title = step.step.title.in_language(language)
    return translations(language).gettext(N_("Late: %(step)s.")) % {"step": title}


def alarm_of(row: BoardRow, language: Language) -> str | None:
    """The worst that a person must deal with, in one sentence."""
    incident, translate = row.incident, translations(language).gettext
    if incident.emergency is Emergency.ACTIVE:
        return translate(N_("Emergency."))
    if incident.custody is Custody.LOST:
        return translate(N_("The student cannot be found."))
    if any(page.state is PageState.EXHAUSTED for page in incident.pages.values()):
        return translate(N_("Nobody answered a page."))
    if incident.closed_at is None and row.alone:
        return translate(N_("No adult is with the student."))
    return None


def tags_of(row: BoardRow, language: Language) -> tuple[tuple[str, str, str], ...]:
    """Who is on the way, who has not answered, and whether an adult is with the student."""
    incident, translate = row.incident, translations(language).gettext
    found = []
    for page in incident.pages.values():
        role = translate(words.of(page.role))
        match page.state:
            case PageState.ACCEPTED if page.arrived_at is not None:
                found.append(("ok", translate(N_("%(role)s is here")) % {"role": role}, "pin"))
            case PageState.ACCEPTED if page.eta_minutes is not None:
                coming = translate(N_("%(role)s: %(minutes)s min")) % {"role": role, "minutes": page.eta_minutes}
                found.append(("ok", coming, "walk"))
            case PageState.ACCEPTED:
                found.append(("ok", translate(N_("%(role)s accepted")) % {"role": role}, "s-done"))
            case PageState.PAGING:
                found.append(("warn", translate(N_("%(role)s: no answer yet")) % {"role": role}, "s-wait"))
            case PageState.EXHAUSTED:
                found.append(("late", translate(N_("%(role)s: nobody answered")) % {"role": role}, "s-late"))
            case _:
                pass
    if incident.custody is Custody.HELD:
        found.append(("ok", translate(N_("Adult with student")), "pin"))
    return tuple(found)


def board_values(desk: Desk, school: str | None = None) -> dict[str, object]:
    with desk.store.read() as tx:
        beside = side(tx, desk, school)
        chosen = beside.school.id if beside.school is not None else None
        board = queries.board(tx, desk.actor, desk.at, school=chosen)
        part = partial.mine(tx, desk.actor, desk.at)
        owed = own_reports.of_person(tx, desk.store.keys, desk.actor.district, desk.person)
    translate = translations(desk.language).gettext
    rows = [on_board(each, desk) for each in gathered(board.open, board.closed, desk.at)]
    return {
        "side": beside,
        "on_duty": lines(beside, (row.incident for row in board.open), desk),
        "position": board.position,
        "own_reports": [each for each in owed if each.report.filed_at is None],
        "count": len(board.open),
        "rows": rows,
        "pressing": [row for row in rows if row.alarm],
        "closed": [shown(row, desk.at, desk.language) for row in board.closed],
        "part": [
            (each.id, kind_of(desk, each), each.school.name, translate(SAID[each.handling]), bool(each.pages))
            for each in part
        ],
        "zone": next((row.zone for row in (*board.open, *board.closed)), "UTC"),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """`alarms` are the sentences of those that have one, the worst first."""

    id: IncidentId
    kind: str
    school: str
    count: int
    late: int
    alarms: int
    alarm: str | None
    worst: tuple[Row, ...]


def on_board(each: BoardRow | Together, desk: Desk) -> Row | Group:
    if isinstance(each, BoardRow):
        return shown(each, desk.at, desk.language)
    parent, worst = (
        shown(each.parent, desk.at, desk.language),
        [shown(row, desk.at, desk.language) for row in each.worst],
    )
    alarms = [alarm for alarm in (alarm_of(row, desk.language) for row in each.rows) if alarm is not None]
    return Group(
        id=parent.id,
        kind=worst[0].kind,
        school=parent.school,
        count=len(each.rows),
        late=each.late,
        alarms=len(alarms),
        alarm=worst[0].alarm if alarms else None,
        worst=tuple(worst),
    )


@router.get("/")
def home(_desk: SignedIn) -> RedirectResponse:
    return RedirectResponse("/board", status_code=303)


@router.get("/board")
def show_board(desk: SignedIn, school: AtSchool = None) -> HTMLResponse:
    """Each person's own incidents alone; a school that is not theirs shows what no school at all would."""
    return console(desk, "pages/board.html", board_values(desk, school) | {"here": "board"}, path="/board")


@router.get("/board/parts/board")
def board_part(desk: SignedIn, request: Request, school: AtSchool = None) -> Response:
    values = board_values(desk, school)
    return part(desk, request, "components/part_board.html", str(values.pop("zone")), values)
