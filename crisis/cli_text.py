"""`crisis text`: the catalog of what families are written, told and given; and one's own file, checked."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from crisis.message_words import MessageWay
from crisis.protocols import loader, message_check, reading_level
from crisis.protocols.languages import SOURCE
from crisis.protocols.message_schema import Asset, Message
from crisis.protocols.plain_yaml import ProtocolFault

text_app = typer.Typer(no_args_is_help=True, help="What families are written, told and given, in each language.")
out = Console()


@text_app.command("list")
def list_messages() -> None:
    """Each message, how it may reach a family, and how far each language has come in the files that ship."""
    table = Table("message", "title", "ways", "texts", "empty")
    for each in loader.messages().values():
        texts = [f"{tag} ({each.asset(tag).state})" for tag in each.slots if not each.asset(tag).empty]
        empty = [tag for tag in each.slots if each.asset(tag).empty]
        table.add_row(each.id, each.title.en, *map(", ".join, (each.ways, texts, empty)))
    out.print(table)
    out.print("Nothing here is sent before a district has signed for it and published it.")


@text_app.command("show")
def show_message(name: Annotated[str, typer.Argument(help="Such as f1, or a file.")]) -> None:
    """One message in every language that it has, with its length and how hard it is to read."""
    known = _message(name)
    out.print(f"{known.id}: {known.title.en}. {known.use.en}", markup=False)
    out.print(f"{known.needs.en}", markup=False)
    for tag in known.slots:
        asset = known.asset(tag)
        out.print(f"\n{tag}: {asset.state}{_measured(known, tag, asset)}", markup=False)
        for text in filter(None, (asset.written, asset.spoken)):
            out.print(text, markup=False, highlight=False)


@text_app.command("check")
def check_messages(
    files: Annotated[list[Path] | None, typer.Argument(help="One's own files; without them, those that ship.")] = None,
) -> None:
    """Places, length, neutral words, reading level and direction; fails with every fault."""
    found = [loader.message_from_file(path) for path in files] if files else list(loader.messages().values())
    texts = sum(not asset.empty for each in found for asset in each.assets.values())
    out.print(f"[bold green]Whole[/]: {len(found)} messages, {texts} texts.")


def _message(name: str) -> Message:
    if Path(name).suffix in (".yaml", ".yml"):
        return loader.message_from_file(Path(name))
    known = loader.messages().get(name)
    if known is None:
        raise ProtocolFault([f"{name}: there is no such message; they are {', '.join(loader.messages())}"])
    return known


def _measured(message: Message, tag: str, asset: Asset) -> str:
    said = []
    if asset.written is not None and MessageWay.TEXT in message.ways:
        longest = message_check.worst(asset)
        said.append(f"at most {longest.segments} segments as {longest.encoding}")
    whole = message_check.filled(f"{asset.written or ''} {asset.spoken or ''}", message_check.PLAIN)
    if tag == SOURCE:
        said.append(f"grade {reading_level.english(whole).grade:.1f}")
    elif tag == "es":
        said.append(f"ease {reading_level.spanish(whole).ease:.0f}")
    return "".join(f", {each}" for each in said)
