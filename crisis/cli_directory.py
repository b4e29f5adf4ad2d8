"""`crisis directory`: who outside the school helps, from a table and as a table."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from crisis import clock
from crisis.errors import Reason, Refused
from crisis.policy.opening_hours import written
from crisis.settings import Settings
from crisis.store import directory
from crisis.store.agency_file import read_agencies
from crisis.store.engine import open_store
from crisis.vocabulary import DistrictId

directory_app = typer.Typer(no_args_is_help=True, help="Who outside the school helps.")
out = Console()


@directory_app.command("list")
def list_agencies(district: str) -> None:
    """Each with its number, when somebody answers, and whether it had places when that was last asked."""
    table = Table("name", "kind", "number", "hours", "ages", "languages", "places")
    at, settings = clock.now(), Settings()
    with closing(open_store(settings.database_url, settings.key_file, readonly=True)) as store, store.read() as tx:
        for each in directory.of_district(tx, DistrictId(district)):
            entry, places = each.entry, each.places
            said = "not known" if places is None else f"{places.capacity}, {places.at:%Y-%m-%d}"
            old = places is not None and places.stale(at)
            ages = f"{'' if entry.youngest is None else entry.youngest}–{'' if entry.oldest is None else entry.oldest}"
            table.add_row(
                entry.name,
                entry.kind,
                entry.phone or "",
                "not known" if entry.hours is None else written(entry.hours),
                "not known" if ages == "–" else ages,
                " ".join(sorted(entry.languages)) or "not known",
                f"{said} (old: ask again)" if old else said,
            )
    out.print(table)


@directory_app.command("import")
def import_agencies(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A table (.csv) with a line of headings.")],
    district: Annotated[str, typer.Option()],
) -> None:
    """Adds the agencies of a table, and changes those of the same name and kind. The whole table or nothing of it."""
    try:
        entries, settings = read_agencies(file.read_text(encoding="utf-8")), Settings()
    except UnicodeDecodeError as error:
        raise Refused(Reason("DIRECTORY", "The file is not UTF-8; save it as CSV UTF-8")) from error
    with closing(open_store(settings.database_url, settings.key_file)) as store, store.write() as tx:
        new, changed = directory.bring_in(tx, DistrictId(district), entries, by=None, at=clock.now())
    out.print(f"{new} new, {changed} changed.")
