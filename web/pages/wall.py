"""The board on a wall: for a shared screen, read from across a room. No names, no kind of crisis, nothing to press."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.responses import Response

from crisis.errors import NotFound
from crisis.policy.access import may_read_call_tree
from crisis.store import queries
from crisis.store.queries import BoardRow
from crisis.vocabulary import IncidentId, Phase
from web.deps import Desk, SignedIn
from web.pages.board import AtSchool, alarm_of, shown
from web.pages.board_side import side
from web.pages.frame import console
from web.pages.parts import part
from web.rendering import Language

router = APIRouter(include_in_schema=False)

HERE = "/board/wall"
MOST = 9  # that are still read from across a room


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """What everybody who passes may see: where, since when, how far, and whether somebody is needed."""

    id: IncidentId
    state: str  # late | live | drill
    school: str
    opened_at: datetime
    phase: Phase
    phase_number: int
    marks: tuple[str, ...]
    due_at: datetime | None
    alarm: str | None
    tags: tuple[tuple[str, str, str], ...]


def tile(row: BoardRow, at: datetime, language: Language) -> Tile:
    """By names of fields, so that what the board gets to know later does not come onto a wall by itself."""
    known = shown(row, at, language)
    return Tile(
        id=known.id,
        state=known.state,
        school=known.school,
        opened_at=known.opened_at,
        phase=known.phase,
        phase_number=known.phase_number,
        marks=known.marks,
        due_at=known.due_at,
        alarm=None if known.state == "drill" else alarm_of(row, language),  # without the words of a step
        tags=known.tags,
    )


def values_of(desk: Desk, school: str | None) -> dict[str, object]:
    if not may_read_call_tree(desk.actor):
        raise NotFound
    with desk.store.read() as tx:
        beside = side(tx, desk, school)
        chosen = beside.school.id if beside.school is not None else None
        board = queries.board(tx, desk.actor, desk.at, school=chosen)
    tiles = [tile(row, desk.at, desk.language) for row in board.open]
    return {
        "side": beside,
        "position": board.position,
        "count": len(tiles),
        "tiles": tiles[:MOST],
        "more": max(0, len(tiles) - MOST),
        "zone": next((row.zone for row in board.open), "UTC"),
    }


@router.get(HERE)
def wall(desk: SignedIn, school: AtSchool = None) -> HTMLResponse:
    """For the crisis team and the district's own posts, of what they may see; for as long as their session lasts."""
    path = f"{HERE}?school={school}" if school else HERE
    return console(desk, "pages/wall.html", values_of(desk, school) | {"here": "board"}, path=path)


@router.get(HERE + "/parts/wall")
def wall_part(desk: SignedIn, request: Request, school: AtSchool = None) -> Response:
    values = values_of(desk, school)
    return part(desk, request, "components/part_wall.html", str(values.pop("zone")), values)
