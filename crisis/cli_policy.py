"""`crisis policy`: read the policy packs that come with the program, and try one of one's own."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from crisis.protocols import loader
from crisis.protocols.pack_schema import PackFile, Sourced

policy_app = typer.Typer(no_args_is_help=True, help="What the law of a place says, as values with their sources.")
out = Console()
PACK = typer.Argument(help="The name of a built-in pack, such as us-ma, or a file.")


@policy_app.command("list")
def list_packs() -> None:
    """The federal floor and the drafts of the states; a draft counts nowhere until a district has approved it."""
    table = Table("pack", "version", "title", "values", "compared with the law", "from", "until")
    for name in loader.packs():
        known = loader.pack(name)
        compared = f"{len(known.values) - len(known.unchecked)} of {len(known.values)}"
        title = f"{known.title} (draft)" if known.draft else known.title
        until = "" if known.expires_on is None else str(known.expires_on)
        table.add_row(
            known.id, known.version, title, str(len(known.values)), compared, str(known.effective_from), until
        )
    out.print(table)


@policy_app.command("show")
def show_pack(name: Annotated[str, PACK]) -> None:
    """Each value with its source. Fails where the file has a fault, and names every one with its line."""
    known = _pack(name)
    table = Table("value", "is", "source", "compared")
    titles = {each.key: each.title for each in known.citations}
    for what, value in known.values.items():
        source = titles.get(value.source, "a default of this program")
        table.add_row(what, _is(value), source, str(value.checked_on or "no"))
    out.print(f"{known.title}, {known.id} {known.version}")
    out.print(table)
    for question in known.for_counsel:
        out.print(f"For counsel: {question}", markup=False)


@policy_app.command("text")
def text_of_pack(name: Annotated[str, typer.Argument(help="The name of a built-in pack.")]) -> None:
    """The file as it is, to begin one's own with."""
    typer.echo(loader.pack_text(name), nl=False)


def _pack(name: str) -> PackFile:
    return loader.pack_from_file(Path(name)) if Path(name).suffix in (".yaml", ".yml") else loader.pack(name)


def _is(value: Sourced) -> str:
    said = value.model_dump(exclude=set(Sourced.model_fields))
    lines = []
    for name, each in said.items():
        shown = "; ".join(map(str, each)) if isinstance(each, tuple) else str(each)
        lines.append(shown if name == "value" else f"{name}: {shown}")
    return "\n".join(lines)
