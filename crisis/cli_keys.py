"""`crisis keys`: a new key for the key file, and everything sealed anew by it, while the program runs."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from crisis import clock
from crisis.errors import Reason, Refused
from crisis.settings import Settings
from crisis.store import audit, key_file, sealing_anew
from crisis.store.engine import Store, open_store

keys_app = typer.Typer(no_args_is_help=True, help="The keys outside the database, by which everything in it is sealed.")
out = Console()


@keys_app.command("list")
def list_keys() -> None:
    """The keys of the file, the one that seals first, and how much each has sealed."""
    table = Table("key", "what it does", "has sealed")
    with closing(_store(readonly=True)) as store, store.read() as tx:
        for number, name in enumerate(store.keys.names):
            does = "seals and opens" if number == 0 else "opens"
            table.add_row(name, does, str(sealing_anew.left_under(tx, name)))
    out.print(table)


@keys_app.command("add")
def add_key() -> None:
    """Adds a key, which seals nothing yet: copy the key file first, then `crisis keys use`."""
    with closing(_store()) as store:
        name = key_file.add(Settings().key_file)
        _on_record(store, "key added", name)
    out.print(f"Added {name}. It seals nothing yet.", highlight=False)
    out.print("Copy the key file now: to where its copy is kept, and to every other machine of this installation.")
    out.print(f"Then: crisis keys use {name}", highlight=False)


@keys_app.command("use")
def use_key(name: str) -> None:
    """Puts a key in front: from now on it seals, in processes that run as well. The others still open."""
    with closing(_store()) as store:
        key_file.put_in_front(Settings().key_file, name)
        _on_record(store, "key put in front", name)
    out.print(f"{name} seals from now on. What older ones have sealed: crisis keys seal-anew", highlight=False)


@keys_app.command("seal-anew")
def seal_anew() -> None:
    """Seals by the key in front whatever older ones have sealed. It may be stopped and begun again at any time."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    found = sealing_anew.Sealing(0, ())
    with closing(_store()) as store:
        with store.read() as tx:
            total = sealing_anew.left(tx, store.keys)
        with Progress(*columns, console=out) as progress:
            task = progress.add_task("Sealing anew", total=total)
            for found in sealing_anew.seal_anew(store):
                progress.update(task, completed=found.done)
        _on_record(store, "sealed anew", store.keys.names[0], values=found.done)
    out.print(f"Sealed anew: {found.done}.")
    if found.failed:
        where = ", ".join(sorted(set(found.failed)))
        raise Refused(Reason("KEYS", f"{len(found.failed)} do not open by any key of the file, and stay: {where}"))


@keys_app.command("retire")
def retire_key(
    name: str,
    to: Annotated[Path, typer.Option(help="A new file for it, to be kept apart as long as backups of before are.")],
) -> None:
    """Takes an older key out of the key file; refused while anything is left under it."""
    with closing(_store()) as store:
        with store.read() as tx:
            left = sealing_anew.left_under(tx, name)
        if left:
            raise Refused(Reason("KEYS", f"{name} still seals {left} values: crisis keys seal-anew"))
        key_file.take_out(Settings().key_file, name, to, clock.now())
        _on_record(store, "key retired", name)
    out.print(f"Retired {name}. {to} opens backups of before: crisis keys take-back", highlight=False)


@keys_app.command("take-back")
def take_back(source: Annotated[Path, typer.Argument(help="A file that `crisis keys retire` wrote.")]) -> None:
    """Lets a retired key open again, before a backup of its time is restored. It seals nothing."""
    names = key_file.take_back(Settings().key_file, source)
    out.print(f"Taken back: {', '.join(names) or 'nothing that was missing'}.", highlight=False)


def _on_record(store: Store, action: str, name: str, **values: int) -> None:
    with store.write() as tx:
        audit.record(tx, at=clock.now(), actor=None, action=action, subject=name, detail=dict(values))


def _store(*, readonly: bool = False) -> Store:
    settings = Settings()
    return open_store(settings.database_url, settings.key_file, readonly=readonly)
