"""`crisis oncall readiness` and `test`: whom a page would reach. And how somebody leaves who is on the rota."""

import json
from contextlib import closing
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from crisis import clock
from crisis.notify.late_calls import LateCall, late_calls
from crisis.readiness_words import Lack
from crisis.settings import Settings
from crisis.store import accounts, calendars, people, proving, readiness, roster
from crisis.store.engine import Store, open_store
from crisis.store.readiness import LevelLack, OnRota, Report
from crisis.vocabulary import DistrictId, PersonId

out = Console()
INSTEAD = typer.Option(help="Who takes their place on the rota.", metavar="PERSON")

WORDS = {
    Lack.GONE: "left, or not in the last import",
    Lack.NO_NUMBER: "no telephone number",
    Lack.OPTED_OUT: "wrote STOP",
    Lack.NO_VOICE: "no number proved to ring",
    Lack.FEW_METHODS: "fewer than two ways proved",
    Lack.NO_TEST: "no test answered in 30 days",
    Lack.NO_PIN: "no PIN",
    Lack.EMPTY_LEVEL: "nobody, or a stand-in",
    Lack.EMPTY_LAST_LEVEL: "NOBODY, and nobody behind",
    Lack.LATE_CALL: "over before its first call",
}


def add_to(oncall: typer.Typer, roster_app: typer.Typer, account: typer.Typer) -> None:
    oncall.command("readiness")(show_readiness)
    oncall.command("test")(send_test)
    roster_app.command("leave")(leave)
    account.command("end")(end_account)


def show_readiness(
    district: str, as_json: Annotated[bool, typer.Option("--json", help="For a program; no names or numbers.")] = False
) -> None:
    """Who on the rota is not ready to be paged, and which levels are empty. Fails where something is red."""
    at = clock.now()
    with closing(_store(readonly=True)) as store, store.read() as tx:
        found = readiness.report(tx, DistrictId(district), at)
        late = late_calls(calendars.ladders(tx, DistrictId(district)))
    if as_json:
        typer.echo(json.dumps(_plain(found, late)))
    else:
        _print(found, late)
    if not found.is_ready or late:
        raise typer.Exit(1)


def _store(*, readonly: bool = False) -> Store:
    settings = Settings()
    return open_store(settings.database_url, settings.key_file, readonly=readonly)


def _plain(found: Report, late: list[LateCall]) -> dict[str, object]:
    return {
        "ready": found.is_ready and not late,
        "people": [
            {
                "person": each.person,
                "lacks": list(each.lacks),
                "tested_at": each.tested_at.isoformat() if each.tested_at is not None else None,
                "next_at": each.next_at.isoformat(),
            }
            for each in found.people
        ],
        "levels": [
            {
                "lack": each.lack,
                "schools": list(each.schools),
                "role": each.role,
                "level": each.level,
                "starts_at": each.stretch.starts_at.isoformat(),
                "ends_at": each.stretch.ends_at.isoformat(),
            }
            for each in found.levels
        ],
        "late_calls": [{"role": each.role, "urgency": each.urgency, "level": each.level} for each in late],
        "unconfirmed": [{"person": each.person, "starts_at": each.starts_at.isoformat()} for each in found.unconfirmed],
    }


def _print(found: Report, late: list[LateCall]) -> None:
    if found.is_ready and not late:
        out.print(f"[bold green]Ready.[/] {len(found.people)} people on the rota, every level for 14 days.")
        return
    if found.red:
        out.print(_people(found.red))
    if found.levels or late:
        out.print(_levels(found, late))
    out.print(f"{len(found.people) - len(found.red)} of {len(found.people)} people on the rota are ready.")


def _people(red: tuple[OnRota, ...]) -> Table:
    table = _table("Not ready to be paged", "id", "name", "what is missing")
    for each in red:
        table.add_row(each.person, each.name, ", ".join(WORDS[lack] for lack in each.lacks))
    return table


def _levels(found: Report, late: list[LateCall]) -> Table:
    table = _table("Levels", "role", "level", "from", "until", "what")
    zone = ZoneInfo(next((each.zone for each in found.schools), "UTC"))

    def row(each: LevelLack) -> tuple[str, ...]:
        times = (each.stretch.starts_at, each.stretch.ends_at)
        return (each.role, str(each.level), *(f"{when.astimezone(zone):%Y-%m-%d %H:%M}" for when in times))

    for each in found.levels:
        table.add_row(*row(each), WORDS[each.lack])
    for call in late:
        table.add_row(call.role, str(call.level), call.urgency, "", WORDS[Lack.LATE_CALL])
    return table


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def send_test(
    person: str, number: Annotated[str | None, typer.Option(help="E.164; else the one that is paged.")] = None
) -> None:
    """Sends somebody a test page: a text and a call that say TEST. The worker sends it when no page is due."""
    with closing(_store()) as store, store.write() as tx:
        district = people.actor(tx, PersonId(person)).district
        sent = proving.send_test(tx, district, PersonId(person), at=clock.now(), by=None, number=number)
    out.print(f"On its way by {' and '.join(each.channel for each in sent)}. Their answer shows in: oncall readiness")


def leave(person: str, instead: Annotated[str | None, INSTEAD] = None) -> None:
    """Somebody has left: no post, no page. Refused while they alone are on call at a level, unless somebody follows."""
    follows = PersonId(instead) if instead is not None else None
    with closing(_store()) as store, store.write() as tx:
        roster.switch_off(tx, PersonId(person), at=clock.now(), by=None, instead=follows)
    out.print("They have left, and what they did stays on record.")


def end_account(person: str, instead: Annotated[str | None, INSTEAD] = None) -> None:
    """Ends an account with its sessions and tokens. The same is refused as with roster leave."""
    follows = PersonId(instead) if instead is not None else None
    with closing(_store()) as store, store.write() as tx:
        accounts.disable(tx, PersonId(person), at=clock.now(), by=None, instead=follows)
    out.print("The account has ended.")
