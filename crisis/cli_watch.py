"""`crisis sentinel` and `crisis heartbeat-receiver`: what watches the rest."""

import typer
from rich.console import Console

from crisis.errors import Reason, Refused
from crisis.sentinel.receiver_app import serve_receiver
from crisis.sentinel.watching import on_watch
from crisis.settings import ReceiverSettings, Settings
from crisis.store.engine import open_store
from web.serve import a_wish_to_end

out = Console()
NOTHING_TO_DO = (
    "On SQLite the sentinel runs inside `crisis serve`, which repairs and sends heartbeats. Set sentinel_account, and "
    "this process alarms by its own line when the server is gone; or use PostgreSQL"
)


def add_to(app: typer.Typer) -> None:
    app.command("sentinel")(sentinel)
    app.command("heartbeat-receiver")(heartbeat_receiver)


def sentinel() -> None:
    """Watches that pages go out: repairs, alarms, and lets the outside hear that all is well. One, beside the worker.

    On SQLite the server repairs; this process looks beside it, and alarms when the server is gone.
    """
    settings = Settings()
    readonly = settings.database_url.startswith("sqlite")
    if readonly and not settings.sentinel_account:
        raise Refused(Reason("SENTINEL", NOTHING_TO_DO))
    with a_wish_to_end() as wishes:
        store = open_store(settings.database_url, settings.key_file, readonly=readonly)
        try:
            with on_watch(store, settings, repairs=not readonly):
                out.print("The sentinel looks; the server repairs." if readonly else "The sentinel runs.", end=" ")
                out.print("Stop with Ctrl-C.")
                wishes.wait()
        finally:
            store.close()


def heartbeat_receiver() -> None:
    """For a second host: hears the heartbeats and alarms people when there are none for 90 seconds."""
    serve_receiver(ReceiverSettings())
