"""`crisis oncall simulate`: a page played through beforehand, minute by minute, with nobody called."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

import typer
from rich.table import Table

from crisis import clock
from crisis.cli_oncall import out, reading, wall, wall_time
from crisis.errors import Reason, Refused
from crisis.schedules.wall import begins
from crisis.settings import Settings
from crisis.simulating import providers
from crisis.simulating.marks import Mark, Played, What
from crisis.simulating.playing import Scene, play
from crisis.simulating.telling import story_of
from crisis.store import people
from crisis.vocabulary import AttemptOutcome, PersonId, Role, SchoolId, Urgency

_SAID = {
    What.TEXT: "text to",
    What.CALL: "call to",
    What.CONSOLE: "no number; on the console:",
    What.ACCEPTED: "ACCEPTS",
    What.DECLINED: "declines",
    What.SEEN: "writes “ok”, which is no answer",
    What.STANDS_BY: "stands by",
    What.LETS_GO: "lets go",
    What.ASKED_IF_HERE: "asked whether they are here:",
    What.ARRIVED: "is here",
    What.LAPSED: "never came; given up on:",
    What.NOTHING: "too late to change anything:",
}
_AFTER_NAME = frozenset({What.ACCEPTED, What.DECLINED, What.SEEN, What.STANDS_BY, What.LETS_GO, What.ARRIVED})


def simulate(
    *,
    school: Annotated[str, typer.Option(help="Where help is needed.")],
    role: Annotated[Role, typer.Option(help="Who is paged.")],
    urgency: Annotated[str, typer.Option(help="U1, U2 or U3.")] = "U1",
    at: Annotated[str | None, typer.Option(help="By the school's wall clock, as 2026-12-01T02:10; else now.")] = None,
    story: Annotated[
        str,
        typer.Option(
            help="Who does what: “Noor Abdi: silent; Thomas Ferreira: accepts after 40 s; twilio: down 0-90 s”."
            " Also: declines, says ok, stands by, arrives, lets go; hangs, loses. Whoever is left out is silent."
        ),
    ] = "",
) -> None:
    """Whom a page would call and when, by the rules and the rota that count. Nobody is called, nothing is written."""
    with reading() as tx:
        here = people.school(tx, SchoolId(school))
        names = {each.id: each.name for each in people.staff(tx, here.district)}
        scene = Scene(
            district=here.district,
            school=here.id,
            role=role,
            urgency=_urgency(urgency),
            at=clock.now() if at is None else begins(wall_time(at), here.zone),
            providers=providers.configured(Settings()),
        )
        played = play(tx, scene, story_of(story, names, scene.providers))
    out.print(_table(played, names, f"{here.name}, {role}, {played.urgency.upper()}, {wall(scene.at, here.zone)}"))
    out.print(f"Followed for {_length(played.ends_at - played.asked_at)}. Nobody was called.", style="dim")


def _urgency(written: str) -> Urgency:
    try:
        return Urgency(written.lower())
    except ValueError as error:
        raise Refused(Reason("URGENCY", "Write the urgency as U1, U2 or U3")) from error


def _table(played: Played, names: Mapping[PersonId, str], title: str) -> Table:
    """Times count from the page; what happens within the same minute stands together."""
    table = Table(title=title, title_justify="left")
    for heading in ("after", "what", "level"):
        table.add_column(heading, overflow="fold")
    minute = -1
    for mark in played.marks:
        since = mark.at - played.asked_at
        if (found := since // timedelta(minutes=1)) != minute:
            table.add_section()
            minute = found
        level = "" if mark.level is None or mark.what is What.LEVEL else str(mark.level)
        table.add_row(_length(since), _said(mark, played, names), level, style=_style(mark))
    return table


def _said(mark: Mark, played: Played, names: Mapping[PersonId, str]) -> str:
    if mark.what is What.LEVEL:
        return f"Level {mark.level} begins: asks {played.ladder.asked_at(mark.level or 0).value}"
    if mark.what is What.ALARM:
        return "ALARM: nobody answers; lead, administrators and district are told, until a person ends it"
    name = names.get(mark.person or PersonId(""), str(mark.person))
    words = _SAID[mark.what]
    told = f"{name} {words}" if mark.what in _AFTER_NAME else f"{words} {name}"
    return f"{told}{_came_of(mark)}"


def _came_of(mark: Mark) -> str:
    if mark.outcome is AttemptOutcome.REFUSED:
        return ": no provider takes it; tried again"
    if mark.outcome is AttemptOutcome.UNKNOWN:
        return ": no provider answers; tried again"
    if mark.what in (What.TEXT, What.CALL) and not mark.arrives:
        return f": {mark.by} takes it, and it never arrives"
    return f" by {mark.by}" if mark.by is not None and mark.by != providers.ALL[0] else ""


def _style(mark: Mark) -> str | None:
    if mark.what is What.LEVEL:
        return "bold"
    if mark.what in (What.ALARM, What.LAPSED):
        return "bold red"
    if mark.what in (What.ACCEPTED, What.ARRIVED):
        return "bold green"
    return "yellow" if mark.outcome in (AttemptOutcome.REFUSED, AttemptOutcome.UNKNOWN) or not mark.arrives else None


def _length(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def add_to(oncall: typer.Typer) -> None:
    oncall.command("simulate")(simulate)
