"""`crisis protocol`: read, draw, explain and prove protocols."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from crisis.checker.check import check
from crisis.protocols import diagram, loader
from crisis.protocols.schema import Protocol

protocol_app = typer.Typer(no_args_is_help=True, help="Read and prove protocols.")
out = Console()
JURISDICTION = typer.Option(help="The overlay of a state, such as US-MA; see `crisis protocol list`.")
PROTOCOL = typer.Argument(help="The name of a built-in protocol, or a file.")
QUICK = typer.Option("--quick", help="Stop at the first finding, and leave out what follows a reopened assessment.")


@protocol_app.command("list")
def list_protocols() -> None:
    """The built-in protocols, the overlays of the states, and who has reviewed them."""
    table = Table()
    for heading in ("protocol", "version", "title", "steps", "reviewed"):
        table.add_column(heading, overflow="fold")
    for name in loader.names():
        known = loader.protocol(name)
        reviewed = known.review.clinical.name and known.review.legal.name
        table.add_row(known.id, known.version, known.title.en, str(len(known.steps)), "yes" if reviewed else "no")
    out.print(table)
    out.print(f"Overlays: {', '.join(loader.overlays())}")


def _protocol(name: str, jurisdiction: str | None) -> Protocol:
    if Path(name).suffix in (".yaml", ".yml"):
        base = loader.protocol_from_file(Path(name))
        return base if jurisdiction is None else loader.compose(base, loader.overlay(jurisdiction))
    return loader.protocol(name, jurisdiction)


@protocol_app.command("check")
def check_protocol(
    name: Annotated[str, PROTOCOL],
    jurisdiction: Annotated[str | None, JURISDICTION] = None,
    quick: Annotated[bool, QUICK] = False,
) -> None:
    """Proves what a protocol promises over every state it can reach, or tells how it fails."""
    known = _protocol(name, jurisdiction)
    with out.status("Exploring …") as status:
        proof = check(known, None, lambda states: status.update(f"Exploring … {states} states"), quick=quick)
    if proof.holds:
        reopened = "not reopened" if quick else "reopened once at most"
        out.print(f"[bold green]Holds[/], the assessment {reopened}: {proof.states} states, {proof.moves} moves.")
        return
    for finding in proof.findings:
        out.print(str(finding), markup=False, highlight=False)
    raise typer.Exit(1)


@protocol_app.command("diagram")
def draw_protocol(
    name: Annotated[str, PROTOCOL], jurisdiction: Annotated[str | None, JURISDICTION] = None, language: str = "en"
) -> None:
    """The steps as a Mermaid diagram."""
    typer.echo(diagram.mermaid(_protocol(name, jurisdiction), language))


@protocol_app.command("explain")
def explain_protocol(
    name: Annotated[str, PROTOCOL], jurisdiction: Annotated[str | None, JURISDICTION] = None, language: str = "en"
) -> None:
    """The whole plan in plain words, to read or to print for the day when the system is down."""
    typer.echo(diagram.outline(_protocol(name, jurisdiction), language))
