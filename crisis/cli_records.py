"""`crisis audit` and `crisis records`: the chain, and the certificates of what was destroyed. No name is in either."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from crisis import clock
from crisis.errors import Reason, Refused
from crisis.settings import Settings
from crisis.store import audit, destruction, disclosures
from crisis.store.destruction import Certificate
from crisis.store.engine import Store, open_store

audit_app = typer.Typer(no_args_is_help=True, help="The chain of what was done and read.")
records_app = typer.Typer(no_args_is_help=True, help="Records that were destroyed.")
out = Console()


def add_to(app: typer.Typer) -> None:
    app.add_typer(audit_app, name="audit")
    app.add_typer(records_app, name="records")


@audit_app.command("verify")
def verify_audit() -> None:
    """Walks the whole chain, and the ledger by it: finds what was edited, taken out, put in or cut off."""
    with _reading() as tx:
        report = audit.verify(tx)
        if not report.ok:
            raise Refused(Reason("AUDIT", f"The chain breaks at row {report.first_bad}: {report.reason}"))
        wrong = disclosures.verify(tx)
    if wrong is not None:
        raise Refused(Reason("PR-32", f"The ledger of disclosures is not as it was written: {wrong}"))
    out.print(f"[bold green]Whole.[/] {report.rows} rows.")


@audit_app.command("of")
def show_audit_of(
    subject: Annotated[str, typer.Argument(help="The id of an incident, a student or a person.")],
) -> None:
    """Who looked at it or changed it, and when; nothing of what they read. On record."""
    with closing(_store(readonly=False)) as store, store.write() as tx:
        found = audit.of(tx, subject)
        audit.record(tx, at=clock.now(), actor=None, action="audit read by the operator", subject=subject)
    table = Table(title=f"{len(found)} rows", title_justify="left")
    for heading in ("#", "at (UTC)", "what", "by"):
        table.add_column(heading, overflow="fold")
    for each in found:
        table.add_row(str(each.number), each.at.strftime("%Y-%m-%d %H:%M:%S"), each.action, each.actor or "the system")
    out.print(table)


@records_app.command("certificates")
def certificates() -> None:
    """What was destroyed in all districts, the newest first."""
    table = Table("certificate", "destroyed", "what", "keys", "rows", "law")
    with _reading() as tx:
        for each in destruction.certificates(tx):
            done = f"{each.done_at:%Y-%m-%d %H:%M} UTC"
            table.add_row(each.id, done, _what(each), str(each.keys), str(each.records), each.pack)
    out.print(table)


@records_app.command("certificate")
def certificate(asked: Annotated[str, typer.Argument(help="Its id, as the list shows it.")]) -> None:
    """One certificate, to be printed and kept apart from the database."""
    with _reading() as tx:
        made = destruction.certificate(tx, None, asked)
    for name, value in _lines(made):
        out.print(f"{name}: {value}", markup=False, highlight=False, soft_wrap=True)


@contextmanager
def _reading() -> Iterator[Connection]:
    with closing(_store(readonly=True)) as store, store.read() as tx:
        yield tx


def _store(*, readonly: bool) -> Store:
    settings = Settings()
    return open_store(settings.database_url, settings.key_file, readonly=readonly)


def _what(made: Certificate) -> str:
    if made.of_student:
        return f"a student's record with {made.incidents} incidents"
    return "an incident of nobody, or a drill"


def _lines(made: Certificate) -> list[tuple[str, object]]:
    return [
        ("Certificate of destruction", made.id),
        ("Destroyed", f"{made.done_at:%Y-%m-%d %H:%M} UTC"),
        ("What", f"{_what(made)}; its id was {made.subject}"),
        ("Keys destroyed", made.keys),
        ("Rows deleted or emptied", made.records),
        ("Method", made.method.value),
        ("Classes", ", ".join(made.classes)),
        ("Its time was over on", made.due_on),
        ("Law", made.pack),
        ("The student or the parents were told on", made.told_on or "does not apply"),
        ("Asked for by", made.asked_by or "nobody: its time alone"),
        ("Destroyed by", made.confirmed_by or "the program, when its time was over"),
    ]
