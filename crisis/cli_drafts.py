"""`crisis protocol draft`: what a district changes in its protocols, for those who work with files.

Signing and publishing stay at the console: there a person shows that it is them.
"""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Connection

from crisis import clock
from crisis.cli_oncall import out, reading, writing
from crisis.errors import NotFound
from crisis.policy import protocols as policy
from crisis.protocols import difference
from crisis.store import people, protocol_checks, protocol_drafts, protocols
from crisis.store.protocol_drafts import Draft
from crisis.vocabulary import DistrictId, PersonId

draft_app = typer.Typer(no_args_is_help=True, help="Change a district's protocols.")
DRAFT = typer.Argument(help="Its id; see `crisis protocol draft list`.")
BY = typer.Option("--by", help="The person who does it; see `crisis roster staff`.")


@draft_app.command("list")
def list_drafts(district: str) -> None:
    """What is in force in the district, and what is being changed."""
    table = Table()
    for heading in ("id", "protocol", "saved", "by", "faults"):
        table.add_column(heading, overflow="fold")
    with reading() as tx:
        for known, _hash in protocols.in_force(tx, DistrictId(district), clock.now()):
            table.add_row("", f"{known.id} {known.version}", "in force", "", "")
        for draft in protocol_drafts.open_ones(tx, DistrictId(district)):
            name = people.names(tx, [draft.latest.by]).get(draft.latest.by, "")
            faults = str(len(protocol_drafts.read(draft.latest.text).faults))
            base = protocols.by_hash(tx, draft.came_from)
            table.add_row(draft.id, base.id, str(draft.latest.number), name, faults)
    out.print(table)


@draft_app.command("begin")
def begin(
    district: str, protocol: Annotated[str, typer.Argument(help="As in `list`.")], by: Annotated[str, BY]
) -> None:
    """Copies what is in force; prints the id of the draft."""
    with writing() as tx:
        in_force = protocols.in_force(tx, DistrictId(district), clock.now())
        found = next((hashed for known, hashed in in_force if known.id == protocol), None)
        if found is None:
            raise NotFound
        new = protocol_drafts.begin(tx, DistrictId(district), found, by=_writer(tx, district, by), at=clock.now())
    typer.echo(new)


@draft_app.command("show")
def show(district: str, draft: Annotated[str, DRAFT]) -> None:
    """The text as it was saved last."""
    with reading() as tx:
        typer.echo(protocol_drafts.one(tx, DistrictId(district), draft).latest.text, nl=False)


@draft_app.command("save")
def save(
    district: str,
    draft: Annotated[str, DRAFT],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    by: Annotated[str, BY],
) -> None:
    """Saves a file as the draft, also with faults, and says what is wrong with it."""
    text = file.read_text(encoding="utf-8")
    with writing() as tx:
        seen = protocol_drafts.one(tx, DistrictId(district), draft).latest.number
        at = clock.now()
        saved = protocol_drafts.save(
            tx, DistrictId(district), draft, text, seen=seen, by=_writer(tx, district, by), at=at
        )
    out.print(f"Saving {saved}.")
    _told(protocol_drafts.read(protocol_drafts.tidy(text)).faults)


@draft_app.command("difference")
def tell_difference(district: str, draft: Annotated[str, DRAFT], language: str = "en") -> None:
    """What the draft changes, the looser first."""
    with reading() as tx:
        known = protocol_drafts.one(tx, DistrictId(district), draft)
        base = protocols.by_hash(tx, known.came_from)
    read = protocol_drafts.read(known.latest.text)
    _told(read.faults)
    assert read.protocol is not None
    for each in difference.differences(base, read.protocol, language):
        loud = "[bold red]!![/] " if each.loud else ""
        out.print(f"{loud}{each.kind}: {escape(each.text)}", highlight=False)


@draft_app.command("check")
def check(district: str, draft: Annotated[str, DRAFT], by: Annotated[str, BY]) -> None:
    """Asks the worker to check it, or tells what it found. `crisis protocol check FILE` walks at once, and waits."""
    with writing() as tx:
        known: Draft = protocol_drafts.one(tx, DistrictId(district), draft)
        read = protocol_drafts.read(known.latest.text)
        _told(read.faults)
        assert read.protocol is not None
        at = clock.now()
        found = protocol_checks.ask(tx, DistrictId(district), read.protocol, by=_writer(tx, district, by), at=at)
    out.print(f"{found.state}: {found.states} states")
    for each in found.findings:
        out.print(str(each), markup=False, highlight=False)
    if found.findings:
        raise typer.Exit(1)


def _writer(tx: Connection, district: str, by: str) -> PersonId:
    """Raises `NotFound` for somebody who may not change protocols there."""
    actor = people.actor(tx, PersonId(by))
    if actor.district != district:
        raise NotFound
    policy.must_write(actor)
    return PersonId(by)


def _told(faults: tuple[str, ...]) -> None:
    for each in faults:
        out.print(each, markup=False, highlight=False)
    if faults:
        raise typer.Exit(1)
