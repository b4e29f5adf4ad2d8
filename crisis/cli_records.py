"""`crisis records`: the certificates of what was destroyed. No name is in them."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from crisis.settings import Settings
from crisis.store import destruction
from crisis.store.destruction import Certificate
from crisis.store.engine import open_store

records_app = typer.Typer(no_args_is_help=True, help="Records that were destroyed.")
out = Console()


def add_to(app: typer.Typer) -> None:
    app.add_typer(records_app, name="records")


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
    settings = Settings()
    with closing(open_store(settings.database_url, settings.key_file, readonly=True)) as store, store.read() as tx:
        yield tx


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
