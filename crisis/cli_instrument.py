"""`crisis instrument`: what may be shown, an empty text pack to fill in, and whether one fits."""

from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from crisis import clock
from crisis.errors import Refused
from crisis.instrument_words import PermissionBasis
from crisis.protocols import loader
from crisis.protocols.wording import faults, needs_permission
from crisis.settings import Settings
from crisis.store import instrument_texts, people
from crisis.store.engine import open_store
from crisis.store.instrument_texts import Terms
from crisis.vocabulary import DistrictId, PersonId

instrument_app = typer.Typer(no_args_is_help=True, help="The instruments, and the words that a district may show.")
out = Console()
NAME = typer.Argument(help="The name of an instrument, such as cssrs.")
FILE = typer.Argument(exists=True, dir_okay=False, help="A text pack (.yaml).")
BY = typer.Option(help="Who answers for it: the id of a person of the district.")


@instrument_app.command("list")
def list_instruments() -> None:
    """Each with its licence, and whether its words come with the program."""
    table = Table("instrument", "title", "kind", "licence", "words")
    for name in loader.instruments():
        known = loader.instrument(name)
        words = "here" if known.has_words else "a district brings them"
        table.add_row(known.id, known.title, known.kind, known.licence.status, words)
    out.print(table)


@instrument_app.command("template")
def template(name: Annotated[str, NAME], language: str = "en") -> None:
    """An empty text pack to copy the owner's words into, item by item."""
    known = loader.instrument(name)
    needs = "Record the permission first." if needs_permission(known) else "No permission is needed."
    lines = [f"# {known.title}. {needs} Copy the words exactly as its owner publishes them.", f"instrument: {known.id}"]
    lines += [f'version: "{known.version}"', f"language: {language}"]
    lines += [f"translation: {'original' if language == known.language else 'official'}"]
    lines += ['published_at: ""', 'notice: ""', 'introduction: ""']
    lines += ["scale:", *('  - ""' for _ in known.scale)] if known.scale else []
    lines += ["items:", *(f'  {item.id}: ""' for item in known.items)]
    typer.echo("\n".join(lines))


@instrument_app.command("check")
def check(file: Annotated[Path, FILE]) -> None:
    """Whether a text pack fits its instrument. Fails with everything that is wrong."""
    pack = loader.text_pack_from_text(file.read_text(encoding="utf-8"), file.name)
    wrong = list(faults(loader.instrument(pack.instrument), pack))
    if wrong:
        raise Refused(*wrong)
    out.print(f"{file.name} fits {pack.instrument}, {pack.language}.")


@instrument_app.command("permit")
def permit(
    name: Annotated[str, NAME],
    *,
    district: Annotated[str, typer.Option()],
    by: Annotated[str, BY],
    basis: Annotated[PermissionBasis, typer.Option()],
    given_by: Annotated[str, typer.Option(help="Name and position.")],
    paper: Annotated[str, typer.Option(help="Where it lies.")],
    notice: Annotated[str, typer.Option(help="The notice that must stand with the words.")],
    until: Annotated[str, typer.Option(help="Its last day, 2027-06-30; without it there is no end.")] = "",
) -> None:
    """Records why the words of an instrument may be shown."""
    last_day = date.fromisoformat(until) if until else None
    terms = Terms(instrument=name, basis=basis, given_by=given_by, paper=paper, notice=notice, last_day=last_day)
    settings, whose = Settings(), DistrictId(district)
    with closing(open_store(settings.database_url, settings.key_file)) as store, store.write() as tx:
        zone = next((each.zone for each in people.schools(tx, whose)), "UTC")
        instrument_texts.permit(tx, whose, terms, zone, by=PersonId(by), at=clock.now())
    out.print(f"Recorded for {name}.")


@instrument_app.command("install")
def install(file: Annotated[Path, FILE], district: Annotated[str, typer.Option()], by: Annotated[str, BY]) -> None:
    """Checks a text pack and takes its instrument into use with these words; refused without its permission."""
    body, settings = file.read_text(encoding="utf-8"), Settings()
    pack = loader.text_pack_from_text(body, file.name)
    with closing(open_store(settings.database_url, settings.key_file)) as store, store.write() as tx:
        whose, at = DistrictId(district), clock.now()
        instrument_texts.take_into_use(tx, whose, pack.instrument, body, by=PersonId(by), at=at)
    out.print(f"{pack.instrument}, {pack.language}: in use.")
