"""`crisis`: the commands of the person who keeps the installation running."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from crisis import (
    cli_accounts,
    cli_contacts,
    cli_export,
    cli_figures,
    cli_ladders,
    cli_ready,
    cli_records,
    cli_simulate,
    cli_ways,
    clock,
)
from crisis.cli_audit import audit_app
from crisis.cli_directory import directory_app
from crisis.cli_drafts import draft_app
from crisis.cli_instrument import instrument_app
from crisis.cli_keys import keys_app
from crisis.cli_oncall import oncall_app
from crisis.cli_policy import policy_app
from crisis.cli_protocol import JURISDICTION, protocol_app
from crisis.cli_text import text_app
from crisis.cli_watch import add_to
from crisis.demo import run_demo
from crisis.errors import NotFound, Refused
from crisis.notify.handsets_calling import stand_in_public_key
from crisis.notify.handsets_main import serve_stand_in
from crisis.notify.worker import run_worker
from crisis.protocols import loader
from crisis.protocols.plain_yaml import ProtocolFault
from crisis.sentinel.watching import on_watch
from crisis.settings import Settings
from crisis.store import audit, backup, incidents, people, protocols, roster, roster_import, second_factor
from crisis.store.backup import BackupFault
from crisis.store.engine import Store, WrongDatabase, open_store
from crisis.store.oneroster_files import Severity
from crisis.store.roster_apply import Target
from crisis.store.roster_import import Confirmation, Preview
from crisis.store.sealed import KeyFault, KeyRing
from crisis.vocabulary import DistrictId, IncidentId, PersonId, SchoolId, StaffRole
from web.serve import a_wish_to_end, must_listen_in_private, until_asked_to_end
from web.serve import serve as serve_web
from web.terminal import Refusal
from web.terminal import watch as watch_board

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # they may hold a name
    help="School behavioral-health crisis response.",
)
roster_app = typer.Typer(no_args_is_help=True, help="Districts, schools, students, families and staff.")
incident_app = typer.Typer(no_args_is_help=True, help="Look at incidents; to look into one is on record.")
account_app = typer.Typer(no_args_is_help=True, help="Who can sign in.")
token_app = typer.Typer(no_args_is_help=True, help="Personal tokens for programs.")
app.add_typer(roster_app, name="roster")
app.add_typer(policy_app, name="policy")
app.add_typer(directory_app, name="directory")
app.add_typer(instrument_app, name="instrument")
app.add_typer(protocol_app, name="protocol")
protocol_app.add_typer(draft_app, name="draft")
app.add_typer(text_app, name="text")
app.add_typer(oncall_app, name="oncall")
cli_ladders.add_to(oncall_app)
cli_simulate.add_to(oncall_app)
app.add_typer(incident_app, name="incident")
app.add_typer(audit_app, name="audit")
app.add_typer(account_app, name="account")
app.add_typer(keys_app, name="keys")
app.add_typer(token_app, name="token")
add_to(app)
cli_ways.add_to(app)
cli_ready.add_to(oncall_app, roster_app, account_app)
cli_accounts.add_to(account_app, token_app)
cli_contacts.add_to(roster_app)
cli_export.add_to(incident_app)
cli_figures.add_to(app)
cli_records.add_to(app)

log = logging.getLogger(__name__)
out, err = Console(), Console(stderr=True)
MOST_FAULTS_SHOWN = 40


def main() -> None:
    """Says in one sentence what went wrong and what to do, where that is known."""
    try:
        app()
    except (WrongDatabase, KeyFault, BackupFault, ProtocolFault, Refused) as error:
        raise SystemExit(_no(str(error))) from error
    except ValidationError as error:  # of the settings; what was set may be a secret
        raise SystemExit(_no(_wrong_settings(error))) from None
    except NotFound as error:
        raise SystemExit(_no("There is no such thing here.")) from error


def _wrong_settings(error: ValidationError) -> str:
    """What is wrong with which setting, and never its value."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    named = ((".".join(str(part) for part in each["loc"]), each["msg"].removeprefix("Value error, ")) for each in found)
    return "\n".join(f"{place}: {text}" if place else text for place, text in named)


def _no(text: str) -> int:
    err.print("[bold red]No.[/]", end=" ")
    err.print(text, markup=False, highlight=False)
    return 1


@contextmanager
def opened(*, migrate: bool = False, readonly: bool = False) -> Iterator[tuple[Store, Settings]]:
    settings = Settings()
    url, owner = settings.database_url, settings.owner_address
    store = open_store(url, settings.key_file, migrate=migrate, readonly=readonly, owner=owner)
    try:
        yield store, settings
    finally:
        store.close()


def warned(store: Store) -> None:
    """What keeps working and should not stay so: paging goes on without the second wall."""
    if (weakness := store.weakness()) is not None:
        log.warning("%s", weakness)
        err.print(f"[bold red]Warning:[/] {weakness}.", highlight=False)


@contextmanager
def working(store: Store, settings: Settings) -> Iterator[threading.Event]:
    """The worker in a thread of this process; set the event to end it."""
    stop = threading.Event()
    thread = threading.Thread(target=run_worker, args=(store, settings, stop), name="worker")
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(15)


@app.command()
def init(jurisdiction: Annotated[str | None, JURISDICTION] = None) -> None:
    """Makes keys and database, and puts the built-in protocols in force. Safe to run again."""
    settings = Settings()
    if not settings.key_file.exists():
        KeyRing.create(settings.key_file)
        out.print(f"Made the key file {settings.key_file}. Keep a copy of it apart from the backups: words need it.")
    if settings.database_url.startswith("sqlite:///"):
        Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    with opened(migrate=True) as (store, _), store.write() as tx:
        for name in loader.names():
            known = loader.protocol(name, jurisdiction)
            protocols.publish(tx, known, clock.now())
            out.print(f"In force: {known.id} {known.version} ({known.jurisdiction})")


@app.command()
def migrate() -> None:
    """Brings the database to the version of this program. Make a backup first."""
    with opened(migrate=True) as (store, _):
        out.print("The database fits this program.")
        warned(store)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535)] = None,
    worker: Annotated[bool, typer.Option(help="Run the worker in this process too; SQLite always does.")] = True,
) -> None:
    """Serves the console, the API and the socket until it is asked to end."""
    with opened() as (store, settings):
        address = (host or settings.host, settings.port if port is None else port)
        must_listen_in_private(address[0], settings)
        out.print(f"Crisis is at {settings.public_url}")
        warned(store)
        with ExitStack() as beside:
            if store.dialect == "sqlite":  # one process holds the lock, so that one watches too
                beside.enter_context(on_watch(store, settings))
            if worker or store.dialect == "sqlite":
                beside.enter_context(working(store, settings))
            serve_web(store, settings, *address)


@app.command()
def worker() -> None:
    """Sends pages and minds the timers, in a process of its own (PostgreSQL)."""
    with a_wish_to_end() as wishes, opened() as (store, settings), working(store, settings):
        out.print("The worker runs. Stop with Ctrl-C.")
        warned(store)
        wishes.wait()


@app.command()
def demo(
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    data: Annotated[Path | None, typer.Option(help="Keep the data in this folder.")] = None,
    quick: Annotated[bool, typer.Option(help="Escalate in seconds, to watch it.")] = False,
) -> None:
    """The whole thing on this machine, with a made-up district and everybody's telephones on a page."""
    run_demo(serve_web, port=port, data=data, quick=quick)


@app.command()
def handsets(
    key_of: Annotated[
        str | None, typer.Option(help="Print the public key that goes with this API key of the second provider.")
    ] = None,
) -> None:
    """The telephone network of this machine: stands in for the providers of the settings, to try and to practise."""
    if key_of is not None:
        out.print(stand_in_public_key(key_of))
        return
    serve_stand_in()


@app.command()
def watch(
    token: Annotated[str, typer.Option(envvar="CRISIS_TOKEN", help="Better in the environment than typed.")],
    url: Annotated[str | None, typer.Option(help="Where Crisis is; as configured if left out.")] = None,
    once: Annotated[bool, typer.Option(help="Show the board once and end.")] = False,
) -> None:
    """The live board in the terminal."""
    try:
        with until_asked_to_end():
            watch_board(url or Settings().public_url, token, out, once=once)
    except Refusal as error:
        raise SystemExit(_no("The server does not take this token; make one with `crisis token create`.")) from error


@app.command("backup")
def make_backup(target: Path) -> None:
    """Writes a backup, opens it again and proves it. The key file is not in it: keep that apart."""
    with opened(readonly=True) as (store, settings):
        report = backup.backup(store, target, clock.now(), owner=settings.owner_address)
    out.print(f"{report.file}: {report.size} bytes, {report.audit_rows} audit rows, {report.proof}", highlight=False)
    out.print(f"SHA-256 {report.sha256}", highlight=False)
    backup.leave_sign(settings.database_url, settings.key_file, clock.now())


@app.command()
def restore(source: Path, yes: Annotated[bool, typer.Option(help="Do not ask.")] = False) -> None:
    """Puts a backup in place of the database, after proving it. Stop Crisis first."""
    settings = Settings()
    if not yes:
        typer.confirm("This puts the backup in the place of the present database. Go on?", abort=True)
    url, owner = settings.database_url, settings.owner_address
    report = backup.restore(source, url, settings.key_file, clock.now(), owner=owner)
    out.print(f"Restored to position {report.position} of the log. Destroyed once more: {report.gone_again} records.")


@roster_app.command("district")
def add_district(
    district: str,
    name: str,
    second_factor_after: Annotated[
        int, typer.Option(min=0, max=90, help="Days to set itself up; then records need a second factor.")
    ] = 14,
) -> None:
    """Adds a district. After the days that it has to set itself up, everybody needs a second factor to see records."""
    at = clock.now()
    from_then = at + timedelta(days=second_factor_after)
    with opened() as (store, _), store.write() as tx:
        roster.add_district(tx, DistrictId(district), name)
        second_factor.ask_of_all(tx, DistrictId(district), True, at=at, by=None, counts_from=from_then)
    out.print(f"From {from_then:%Y-%m-%d} on everybody in it needs a second factor to see records. To change that:")
    out.print("crisis account ask-second-factor")


@roster_app.command("post")
def give_post(
    person: str, post: StaffRole, school: Annotated[str | None, typer.Option(help="None: all of the district.")] = None
) -> None:
    """Gives somebody a post at a school or in the district; an import never gives a district post."""
    with opened() as (store, _), store.write() as tx:
        member = people.actor(tx, PersonId(person))
        roster.give_post(tx, member.district, PersonId(person), post, SchoolId(school) if school else None)
        detail = {"post": post.value, "school": school or "all"}
        audit.record(tx, at=clock.now(), actor=None, action="post given", subject=person, detail=detail)


@roster_app.command("import")
def import_roster(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A OneRoster CSV export (.zip).")],
    district: Annotated[str, typer.Option()],
    zone: Annotated[str, typer.Option(help="Time zone of new schools.")] = "America/New_York",
    force: Annotated[bool, typer.Option(help="So many have really left.")] = False,
    yes: Annotated[bool, typer.Option(help="Do not ask.")] = False,
) -> None:
    """Shows what an export would change and what is wrong with it, asks, and then imports it whole or not at all."""
    content, at = file.read_bytes(), clock.now()
    with opened() as (store, _):
        with store.read() as tx:
            seen = roster_import.preview(tx, DistrictId(district), content, at=at)
        out.print(_changes(seen))
        _print_faults(seen)
        reasons = seen.reasons_against(force=force)
        if reasons:
            raise Refused(*reasons)
        if not yes:
            typer.confirm("Import this?", abort=True)
        confirmation, target = (
            Confirmation(token=seen.token, force=force),
            Target(district=DistrictId(district), zone=zone),
        )
        with _bar("Importing") as advance, store.write() as tx:
            roster_import.confirm(tx, target, content, confirmation, at=at, by=None, progress=advance)
    out.print("Imported.")


def _changes(seen: Preview) -> Table:
    table = _table("what", "change", "how many", title="What this export changes")
    for (kind, change), number in sorted(seen.difference.counts().items()):
        table.add_row(kind, change, str(number))
    return table


def _print_faults(seen: Preview) -> None:
    if not seen.faults:
        out.print("No faults.")
        return
    table = _table("file", "line", "", "what is wrong and what to do", title="Faults")
    style = {Severity.STOPS: "bold red", Severity.SKIPPED: "yellow", Severity.KEPT: "dim"}
    for fault in seen.faults[:MOST_FAULTS_SHOWN]:
        text = fault.text % dict(fault.values) if fault.values else fault.text
        table.add_row(fault.file, str(fault.line or ""), fault.severity, text, style=style[fault.severity])
    out.print(table)
    more = len(seen.faults) - MOST_FAULTS_SHOWN + seen.incoming.faults_left_out
    if more > 0:
        out.print(f"… and {more} more.")


@contextmanager
def _bar(title: str) -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@incident_app.command("list")
def list_incidents(district: str) -> None:
    """The open incidents, without names."""
    table = _table("id", "mode", "school", "what", "phase", "student", "risk", "opened")
    with opened(readonly=True) as (store, _), store.read() as tx:
        for each in incidents.current(tx, DistrictId(district)):
            risk = each.effective_tier.value if each.effective_tier else "not known"
            opened_at = each.opened_at.strftime("%Y-%m-%d %H:%M UTC")
            table.add_row(each.id, each.mode, each.school, each.crisis_type, each.phase, each.custody, risk, opened_at)
    out.print(table)


@incident_app.command("show")
def show_incident(incident_id: str) -> None:
    """What happened, minute by minute, without what people wrote. On record."""
    with opened() as (store, _), store.write() as tx:
        incident = incidents.load(tx, IncidentId(incident_id))
        log = incidents.events_of(tx, incident.id)
        audit.record(tx, at=clock.now(), actor=None, action="incident shown by the operator", subject=incident.id)
    table = _table("#", "at (UTC)", "event", "by", title=f"{incident.id} · {incident.phase} · {incident.mode}")
    for stored in log:
        at = stored.event.at.strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(str(stored.seq), at, type(stored.event).__name__, stored.event.by or "the system")
    out.print(table)


def _table(*headings: str, title: str | None = None) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in headings:
        table.add_column(heading, overflow="fold", no_wrap=heading == "id")  # which is copied whole
    return table
