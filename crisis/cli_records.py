"""`crisis records`: certificates of what was destroyed, without a name, and a whole district given back."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from crisis import clock
from crisis.errors import Reason, Refused
from crisis.policy.sight import for_district
from crisis.settings import Settings
from crisis.store import destruction, district_ends, people
from crisis.store.destruction import Certificate
from crisis.store.district_ends import DistrictEnd
from crisis.store.engine import open_store
from crisis.vocabulary import DistrictId, PersonId, StaffRole

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


@records_app.command("give-back")
def give_back(
    district: Annotated[str, typer.Argument(help="The district that leaves.")],
    target: Annotated[Path, typer.Argument(help="The file to write, which only you can read.")],
    officer: Annotated[str, typer.Option(help="The id of the privacy officer who takes it.")],
) -> None:
    """Everything of one district in a file, a line for each row, with all words. It comes before its destruction."""
    if target.exists():
        raise Refused(Reason("EXPORT", "There is a file of that name; it is not written over"))
    settings, at = Settings(), clock.now()
    with closing(open_store(settings.database_url, settings.key_file)) as store, store.across.write() as tx:
        taker = people.actor(tx, PersonId(officer))
        if StaffRole.PRIVACY_OFFICER not in for_district(taker) or taker.district != district:
            raise Refused(Reason("PR-64", "Only the district's own privacy officer takes it; give their id"))
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            made = district_ends.give_back(
                tx, store.keys, DistrictId(district), file.write, by=PersonId(officer), at=at
            )
            file.flush()
            os.fsync(file.fileno())
    out.print(f"Wrote {target}. Its SHA-256 is:", soft_wrap=True)
    out.print(made.file, markup=False, highlight=False, soft_wrap=True)
    out.print("Two of the district destroy what is here now, on the console: Keep or destroy, The whole district.")


@records_app.command("districts")
def districts() -> None:
    """The certificates of districts that have left, the newest first."""
    with _reading() as tx:
        for each in district_ends.certificates(tx):
            for name, value in _lines_of(each):
                out.print(f"{name}: {value}", markup=False, highlight=False, soft_wrap=True)


def _lines_of(made: DistrictEnd) -> list[tuple[str, object]]:
    return [
        ("Certificate of destruction", made.id),
        ("Destroyed", f"{made.done_at:%Y-%m-%d %H:%M} UTC"),
        ("What", f"the whole district {made.district}: {made.students} students, {made.incidents} incidents"),
        ("Keys destroyed", made.keys),
        ("Rows deleted or emptied", made.records),
        ("Given back", f"{made.given_at:%Y-%m-%d %H:%M} UTC to {made.given_by}, SHA-256 {made.file}"),
        ("Asked for by", made.asked_by),
        ("Destroyed by", made.confirmed_by),
    ]


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
