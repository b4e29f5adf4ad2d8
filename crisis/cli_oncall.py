"""`crisis oncall`: who would be paged now, which layer of the schedule says so, and where somebody is missing."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from crisis import clock
from crisis.errors import Reason, Refused
from crisis.schedules.ahead import LOOKED_AHEAD
from crisis.schedules.rota import Answer, Handover, Rotation, Slot
from crisis.schedules.wall import begins
from crisis.settings import Settings
from crisis.store import audit, calendars, people, rotations
from crisis.store.engine import Store, open_store
from crisis.store.people import SchoolView
from crisis.vocabulary import Covers, DistrictId, PersonId, Role, SchoolId

oncall_app = typer.Typer(no_args_is_help=True, help="Who is on call, and where somebody is missing.")
out = Console()
MOST_DAYS = 90


@contextmanager
def reading() -> Iterator[Connection]:
    with closing(_store(readonly=True)) as store, store.read() as tx:
        yield tx


@contextmanager
def writing() -> Iterator[Connection]:
    with closing(_store(readonly=False)) as store, store.write() as tx:
        yield tx


def _store(*, readonly: bool) -> Store:
    settings = Settings()
    return open_store(settings.database_url, settings.key_file, readonly=readonly)


@oncall_app.command("who")
def who_is_on_call(
    school: str,
    role: Annotated[Role | None, typer.Argument(help="Every role if left out.")] = None,
    at: Annotated[str | None, typer.Option(help="By the school's wall clock, as 2026-11-01T01:30; else now.")] = None,
) -> None:
    """Who is on call at a school, level by level, and which layer of the schedule decided."""
    with reading() as tx:
        here = people.school(tx, SchoolId(school))
        when = clock.now() if at is None else begins(wall_time(at), here.zone)
        asked = [each for each in rotations.slots(tx, here.district, here.id) if role in (None, each[0])]
        answers = [
            (each, rotations.answer(tx, here.district, Slot(school=here.id, role=each[0], level=each[1]), at=when))
            for each in asked
        ]
        names = people.names(tx, {person for _, found in answers for person in (*found.people, *found.out)})
    table = Table(title=f"{here.name}, {wall(when, here.zone)}", title_justify="left")
    for heading in ("role", "level", "on call", "decided by", "away"):
        table.add_column(heading, overflow="fold")
    for (asked_role, level), found in answers:
        style = "bold red" if not found.people else "yellow" if found.stand_in else None
        table.add_row(asked_role, str(level), *_said(found, names), style=style)
    out.print(table)


def wall_time(written: str) -> datetime:
    try:
        return datetime.fromisoformat(written).replace(tzinfo=None)
    except ValueError as error:
        raise Refused(Reason("TIME", "Write day and time as in 2026-11-01T01:30")) from error


def wall(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M %Z")


def _said(found: Answer, names: dict[PersonId, str]) -> tuple[str, str, str]:
    def named(people_named: Sequence[PersonId]) -> str:
        return ", ".join(names.get(person, person) for person in people_named)

    layer = found.layer.replace("_", " ") if found.layer is not None else "no layer"
    return named(found.people) or "NOBODY", f"{layer}, stands in" if found.stand_in else layer, named(found.out)


@oncall_app.command("gaps")
def show_gaps(
    district: str, days: Annotated[int, typer.Option(min=1, max=MOST_DAYS)] = LOOKED_AHEAD // timedelta(days=1)
) -> None:
    """Where nobody, or only a stand-in, is on call in the coming days. Fails where there are gaps, for a script."""
    with reading() as tx:
        schools = {each.id: each for each in people.schools(tx, DistrictId(district))}
        found = rotations.gaps_ahead(tx, DistrictId(district), clock.now(), span=timedelta(days=days))
    if not found:
        out.print(f"[bold green]No gaps[/] in the next {days} days.")
        return
    table = Table(title=f"Gaps in the next {days} days", title_justify="left")
    for heading in ("from", "until", "school", "role", "level", "what"):
        table.add_column(heading, overflow="fold")
    for gap in found:
        zone = schools[gap.schools[0]].zone
        what = "only a stand-in" if gap.stretch.answer.stand_in else "NOBODY"
        span = (wall(gap.stretch.starts_at, zone), wall(gap.stretch.ends_at, zone))
        table.add_row(*span, _places(gap.schools, schools), gap.role, str(gap.level), what)
    out.print(table)
    raise typer.Exit(1)


def _places(where: Sequence[SchoolId], schools: dict[SchoolId, SchoolView]) -> str:
    return "every school" if len(where) == len(schools) > 1 else ", ".join(schools[each].name for each in where)


@oncall_app.command("rotate")
def add_rotation(
    school: Annotated[str, typer.Argument(help="Whose clock counts, and whose schedule it is.")],
    role: Role,
    people_in_turn: Annotated[list[str], typer.Argument(metavar="PERSON...", help="Ids, in the order of their turns.")],
    *,
    starts: Annotated[str, typer.Option(help="The first turn, and at which time all begin, as 2026-09-01T08:00.")],
    level: Annotated[int, typer.Option(min=0, max=20)] = 0,
    days: Annotated[int, typer.Option(min=1, max=366, help="The length of a turn; 7 is weekly.")] = 7,
    covers: Annotated[Covers, typer.Option()] = Covers.ALWAYS,
    everywhere: Annotated[bool, typer.Option("--everywhere", help="For the whole district.")] = False,
) -> None:
    """Adds a rotation: people who take turns by the wall clock. Other patterns than this are added by the API."""
    with writing() as tx:
        here = people.school(tx, SchoolId(school))
        first = wall_time(starts)
        rotation = Rotation(
            id=clock.new_id(),
            people=tuple(PersonId(person) for person in people_in_turn),
            zone=here.zone,
            starts_on=first.date(),
            cycle_days=days,
            handovers=(Handover(0, first.time()),),
            covers=covers,
        )
        slot = Slot(school=None if everywhere else here.id, role=role, level=level)
        rotations.add_rotation(tx, here.district, slot, rotation, at=clock.now(), by=None)
    typer.echo(rotation.id)


@oncall_app.command("close")
def close_school(
    school: str,
    day: Annotated[str, typer.Argument(help="As 2027-01-12.")],
    closes: Annotated[str | None, typer.Option("--from", help="From this time on; the whole day if left out.")] = None,
) -> None:
    """Announces a closure: for the weather, or another cause. Rotations for out of hours take over."""
    with writing() as tx:
        here = people.school(tx, SchoolId(school))
        calendars.announce_closure(tx, here.id, _day(day), _time(closes) if closes is not None else None)
        audit.record(tx, at=clock.now(), actor=None, action="closure announced", subject=here.id)
    out.print("The school is closed then.")


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise Refused(Reason("TIME", "Write the day as in 2026-09-01")) from error


def _time(written: str) -> time:
    try:
        return time.fromisoformat(written)
    except ValueError as error:
        raise Refused(Reason("TIME", "Write the time as in 08:00")) from error
