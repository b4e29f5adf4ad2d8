"""A ladder tried before it is saved: whom each level would call now, and which level would call nobody at all.

Asked by the same code that picks whom a real page calls (`paging.md` 6.1, 6.12).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from sqlalchemy import Connection

from crisis import page_commands as pcmd
from crisis.errors import Reason, refuse_if
from crisis.ladders import Asks, Ladder, problems
from crisis.notify import people_to_tell
from crisis.schedules.ahead import LOOKED_AHEAD, stretches
from crisis.schedules.rota import Slot
from crisis.simulating.playing import PROTOCOL, Scene, ground_with, opened, who_asks
from crisis.statemachine.decide import decide
from crisis.statemachine.evolve import evolve, fold
from crisis.statemachine.incident import Incident, Page
from crisis.store import as_seen, audit, calendars, people, rotations
from crisis.store.rotations import Book
from crisis.vocabulary import DistrictId, PersonId, Role, SchoolId, Urgency

LadderOf = tuple[Role, Urgency]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelNow:
    """`people` would be called now. `ever`: somebody would, at this moment or another of the coming 14 days."""

    asks: Asks
    people: tuple[PersonId, ...]
    ever: bool


def asked_now(
    tx: Connection, district: DistrictId, of: LadderOf, ladder: Ladder, at: datetime
) -> dict[SchoolId, tuple[LevelNow, ...]]:
    """Each level at each school. Raises `Refused` for a ladder that nobody could have."""
    refuse_if(*problems(ladder))
    book = rotations.read(tx, district, at, at + LOOKED_AHEAD)
    return {
        school.id: tuple(_levels(tx, _scene(district, school.id, of, at), ladder, book))
        for school in people.schools(tx, district)
    }


def _scene(district: DistrictId, school: SchoolId, of: LadderOf, at: datetime) -> Scene:
    return Scene(district=district, school=school, role=of[0], urgency=of[1], at=at, providers=())


def _levels(tx: Connection, scene: Scene, ladder: Ladder, book: Book) -> Iterator[LevelNow]:
    incident, page = _paged(tx, scene, ladder)
    for level in range(len(ladder.answer_within)):
        now = _people(tx, incident, page, level, scene.at)
        later = (when for when in _edges(scene, level, book) if _people(tx, incident, page, level, when))
        yield LevelNow(asks=ladder.asked_at(level), people=now, ever=bool(now) or next(later, None) is not None)


def _paged(tx: Connection, scene: Scene, ladder: Ladder) -> tuple[Incident, Page]:
    ground = ground_with(tx, scene, ladder)
    before = fold(opened(scene, ground))
    order = pcmd.RequestPage(by=who_asks(scene), role=scene.role, urgency=scene.urgency)
    incident = reduce(evolve, decide(before, PROTOCOL, ground, order, scene.at), before)
    (page,) = [each for each in incident.pages.values() if each.id not in before.pages]
    return incident, page


def _people(tx: Connection, incident: Incident, page: Page, level: int, at: datetime) -> tuple[PersonId, ...]:
    return tuple(each.person for each in people_to_tell.of_page(tx, incident, page, level, at))


def _edges(scene: Scene, level: int, book: Book) -> Iterable[datetime]:
    """Every moment of the coming days at which a rota changes whom this level asks."""
    rotas = ((scene.role, level), (Role.DISTRICT_ONCALL, 0))
    until = scene.at + LOOKED_AHEAD
    schedules = (book.schedule(Slot(school=scene.school, role=role, level=number)) for role, number in rotas)
    back = {each.ends_at for each in book.absences if scene.at < each.ends_at < until}
    return sorted(back | {part.starts_at for each in schedules for part in stretches(each, scene.at, until)})


def must_reach_somebody(found: Iterable[Iterable[LevelNow]]) -> None:
    """A level that calls nobody is skipped at once: a ladder with one is shorter than it looks (`paging.md` 6.12)."""
    empty = sorted({number for levels in found for number, each in enumerate(levels, start=1) if not each.ever})
    text = "Level %(level)s would call nobody in the coming 14 days; put somebody on its rota, or let it ask others"
    refuse_if(*(Reason("LADDER", text, (("level", str(number)),)) for number in empty))


def changes(district: DistrictId, of: LadderOf) -> as_seen.Deed:
    return as_seen.Deed(district, ("ladder set", "ladder dropped"), _detail(of))


def put(
    tx: Connection,
    district: DistrictId,
    of: LadderOf,
    ladder: Ladder,
    *,
    at: datetime,
    by: PersonId | None,
    seen: int | None = None,
) -> None:
    """For the pages to come; those under way keep theirs. `seen`: the version that was changed. Raises `Refused`."""
    changes(district, of).must_be_current(tx, seen, by)
    must_reach_somebody(asked_now(tx, district, of, ladder, at).values())
    calendars.set_ladder(tx, district, *of, ladder)
    audit.record(tx, at=at, actor=by, action="ladder set", subject=district, detail=_detail(of))


def back_to_usual(
    tx: Connection,
    district: DistrictId,
    of: LadderOf,
    *,
    at: datetime,
    by: PersonId | None,
    seen: int | None = None,
) -> None:
    changes(district, of).must_be_current(tx, seen, by)
    calendars.drop_ladder(tx, district, *of)
    audit.record(tx, at=at, actor=by, action="ladder dropped", subject=district, detail=_detail(of))


def _detail(of: LadderOf) -> dict[str, str]:
    return {"role": of[0].value, "urgency": of[1].value}
