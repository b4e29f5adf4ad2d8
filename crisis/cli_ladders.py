"""`crisis oncall ladder` and `skills`: how a district's pages climb, and who can do or speak what."""

from datetime import timedelta
from typing import Annotated

import typer
from rich.table import Table

from crisis import clock
from crisis.cli_oncall import out, reading, writing
from crisis.errors import Reason, Refused
from crisis.ladders import Asks, Cadence, Ladder, cadence_of
from crisis.simulating import ladders
from crisis.statemachine.ground import Ground
from crisis.store import calendars, people, skills
from crisis.vocabulary import DistrictId, PersonId, Role, Urgency

Seconds = Annotated[str | None, typer.Option(metavar="SECONDS", help="Separated by commas, as 0,60.")]


def ladder_of(
    district: str,
    role: Role,
    urgency: Urgency,
    *,
    answer_within: Annotated[
        str | None, typer.Option(metavar="SECONDS", help="Of each level, as 120,120,120,120; to change the ladder.")
    ] = None,
    asks: Annotated[
        str | None, typer.Option(help="Whom each level asks: rota, pool or supervisors, as rota,rota,pool.")
    ] = None,
    texts: Seconds = None,
    calls: Seconds = None,
    alarm: Annotated[int, typer.Option(min=1, help="Seconds between alarms once nobody answered.")] = 120,
) -> None:
    """Shows how a page climbs, or changes it for the pages to come; those under way keep theirs."""
    with reading() if answer_within is None else writing() as tx:
        if answer_within is not None:
            new = Ladder(
                answer_within=_seconds(answer_within),
                repeat_alarm=timedelta(seconds=alarm),
                asks=_asks(asks),
                cadence=_cadence(texts, calls),
            )
            people.district_name(tx, DistrictId(district))
            ladders.put(tx, DistrictId(district), (role, urgency), new, at=clock.now(), by=None)
        known = calendars.ladders(tx, DistrictId(district))
    _show(Ground(calendar=calendars.ASSUMED.school, ladders=known).ladder(role, urgency), role, urgency)


def _show(ladder: Ladder, role: Role, urgency: Urgency) -> None:
    table = Table(title=f"{role}, {urgency}", title_justify="left")
    for heading in ("level", "asks", "has", "begins after"):
        table.add_column(heading)
    begins = timedelta(0)
    for level, within in enumerate(ladder.answer_within):
        table.add_row(str(level), ladder.asked_at(level), f"{_number(within)} s", f"{_number(begins)} s")
        begins += within
    out.print(table)
    cadence = cadence_of(ladder, urgency)
    for what, times in (("texted", cadence.texts), ("called", cadence.all_calls())):
        out.print(f"Each person is {what} after {', '.join(_number(each) for each in times)} s of their level.")
    out.print(f"Alarm after {_number(begins)} s, repeated every {_number(ladder.repeat_alarm)} s.")


def _number(span: timedelta) -> str:
    return f"{span.total_seconds():g}"


def _seconds(written: str) -> tuple[timedelta, ...]:
    try:
        return tuple(timedelta(seconds=float(each)) for each in written.split(","))
    except (ValueError, OverflowError) as error:
        raise Refused(Reason("LADDER", "Write seconds separated by commas, as in 0,45,90")) from error


def _asks(written: str | None) -> tuple[Asks, ...]:
    try:
        return () if written is None else tuple(Asks(each.strip()) for each in written.split(","))
    except ValueError as error:
        raise Refused(Reason("LADDER", "A level asks rota, pool or supervisors")) from error


def _cadence(texts: str | None, calls: str | None) -> Cadence | None:
    if texts is None and calls is None:
        return None
    return Cadence(texts=_seconds(texts or "0"), calls=_seconds(calls or "0"))


def skills_of(
    district: str,
    person: Annotated[str | None, typer.Argument(help="Whose are set; all are shown if left out.")] = None,
    codes: Annotated[list[str] | None, typer.Argument(metavar="SKILL...", help="As sign_language language:es")] = None,
) -> None:
    """What people can do and speak. A page that prefers it asks them first, and nobody is waited for."""
    here = DistrictId(district)
    with reading() if person is None else writing() as tx:
        if person is not None:
            skills.set_skills(tx, here, PersonId(person), codes or [], at=clock.now(), by=None)
        known = skills.of_district(tx, here)
        names = people.names(tx, known)
    for who, theirs in known.items():
        out.print(f"{names.get(who, who)}: {', '.join(theirs)}")


def add_to(app: typer.Typer) -> None:
    app.command("ladder")(ladder_of)
    app.command("skills")(skills_of)
