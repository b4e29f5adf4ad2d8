"""`crisis figures`: what is kept of each incident for the figures, made anew from the logs or held against them."""

from contextlib import closing

import typer
from rich.console import Console

from crisis.settings import Settings
from crisis.store import figures
from crisis.store.engine import open_store

figures_app = typer.Typer(no_args_is_help=True, help="Figures that are made from the logs.")
out = Console()


def add_to(app: typer.Typer) -> None:
    app.add_typer(figures_app, name="figures")


@figures_app.command("rebuild")
def rebuild() -> None:
    """Forgets what is kept and reads every log anew. Nothing else waits for it but the page of figures."""
    settings = Settings()
    with closing(open_store(settings.database_url, settings.key_file)) as store:
        out.print(f"{figures.rebuild(store)} logs were read.")


@figures_app.command("check")
def check() -> None:
    """Holds what is kept against the logs. Fails where they differ, with the ids."""
    settings = Settings()
    with closing(open_store(settings.database_url, settings.key_file, readonly=True)) as store, store.read() as tx:
        differing = figures.differing(tx)
    for incident in differing:
        out.print(incident, markup=False, highlight=False)
    if differing:
        out.print("These figures are not what their log says: crisis figures rebuild")
        raise typer.Exit(1)
    out.print("All figures are what their logs say.")
