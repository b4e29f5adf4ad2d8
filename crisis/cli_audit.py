"""`crisis audit`: whether the chain of what was done and read is whole, who did what, and where it stood."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from crisis import clock
from crisis.errors import Reason, Refused
from crisis.notify.anchoring import Anchoring, outside
from crisis.settings import Settings
from crisis.store import anchor_key, anchors, audit, disclosures
from crisis.store.engine import open_store

audit_app = typer.Typer(no_args_is_help=True, help="The chain of what was done and read.")
out = Console()
NOTHING_SET = "Nothing is set up: give anchor_folder a folder outside, or anchor_mail two addresses"


@audit_app.command("verify")
def verify_audit(
    kept: Annotated[Path | None, typer.Option("--anchors", help="A folder with anchors from outside.")] = None,
    key: Annotated[Path | None, typer.Option("--key", help="The public key; else that of this installation.")] = None,
) -> None:
    """Walks the whole chain, and the ledger by it: finds what was edited, taken out, put in or cut off.

    With anchors it also finds an end that was cut off or written anew by somebody who owns the database.
    """
    settings = Settings()
    with closing(open_store(settings.database_url, settings.key_file, readonly=True)) as store, store.read() as tx:
        report = audit.verify(tx)
        if not report.ok:
            raise Refused(Reason("AUDIT", f"The chain breaks at row {report.first_bad}: {report.reason}"))
        wrong = disclosures.verify(tx)
        if wrong is not None:
            raise Refused(Reason("PR-32", f"The ledger of disclosures is not as it was written: {wrong}"))
        out.print(f"[bold green]Whole.[/] {report.rows} rows.")
        if kept is None:
            return
        found = anchors.of_folder(kept)
        if not found:
            raise Refused(Reason("PR-59", f"There is no anchor in {kept}"))
        seal = anchor_key.seal(key or settings.anchor_key)
        bad = anchors.problems(tx, found, seal)
    if bad:
        raise Refused(*(Reason("PR-59", each) for each in bad))
    newest = anchors.read(found[-1][1]).anchor
    said = f"{len(found)} anchors fit, the newest of {newest.made_at[:16]} at row {newest.number}."
    out.print(f"[bold green]Anchored.[/] {said} Key {seal.fingerprint[:16]}", highlight=False)


@audit_app.command("anchor")
def anchor_now() -> None:
    """Signs where the chain stands, now, and writes it to the folder and the people that are set up."""
    settings = Settings()
    where = outside(settings)
    if where is None:
        raise Refused(Reason("PR-59", NOTHING_SET))
    with closing(open_store(settings.database_url, settings.key_file)) as store:
        failed = Anchoring(store, where, clock.now).anchor()
    if failed:
        raise Refused(Reason("PR-59", f"It did not arrive: {', '.join(failed)}. The log says why"))
    out.print("[bold green]Anchored.[/]")
    show_key()


@audit_app.command("key")
def show_key() -> None:
    """The public key of the anchors, to be kept where the anchors are looked at."""
    seal = anchor_key.signer(Settings().anchor_key).seal
    out.print(seal.pem.decode().strip(), highlight=False)
    out.print(f"Fingerprint {seal.fingerprint}", highlight=False)


@audit_app.command("of")
def show_audit_of(
    subject: Annotated[str, typer.Argument(help="The id of an incident, a student or a person.")],
) -> None:
    """Who looked at it or changed it, and when; nothing of what they read. On record."""
    settings = Settings()
    with closing(open_store(settings.database_url, settings.key_file)) as store, store.write() as tx:
        found = audit.of(tx, subject)
        audit.record(tx, at=clock.now(), actor=None, action="audit read by the operator", subject=subject)
    table = Table(title=f"{len(found)} rows", title_justify="left")
    for heading in ("#", "at (UTC)", "what", "by"):
        table.add_column(heading, overflow="fold")
    for each in found:
        table.add_row(str(each.number), each.at.strftime("%Y-%m-%d %H:%M:%S"), each.action, each.actor or "the system")
    out.print(table)
