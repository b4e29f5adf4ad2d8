"""`crisis push-key`, `mail-test` and `mail-returned`: the ways beside text and voice, as the operator sets them up."""

import sys
from contextlib import closing
from typing import Annotated

import typer
from rich.console import Console

from crisis import clock
from crisis.errors import Reason, Refused
from crisis.notify import returned_mail
from crisis.notify.push import KEY_FILE, keys_at
from crisis.notify.smtp import mailer
from crisis.settings import Settings
from crisis.store.engine import open_store
from crisis.vocabulary import AttemptOutcome

out = Console()


def add_to(app: typer.Typer) -> None:
    app.command("push-key")(push_key)
    app.command("mail-test")(mail_test)
    app.command("mail-returned")(mail_returned)


def push_key() -> None:
    """Makes the key of push messages if there is none, and prints its public half."""
    settings = Settings()
    known = keys_at(settings.key_file).public
    out.print(
        f"{settings.key_file.with_name(KEY_FILE)} holds the key. With another one, browsers have to be added anew."
    )
    out.print(known, highlight=False, soft_wrap=True)
    if not settings.push:
        out.print("Push messages are off; set push=true to switch them on.")


def mail_test(to: Annotated[str, typer.Argument(help="An address of yours.")]) -> None:
    """Sends one e-mail by the mail server of the settings, and says how that went."""
    found = mailer(Settings())
    if found is None:
        raise Refused(Reason("EMAIL", "Set smtp_host and smtp_from first"))
    outcome = found.send(to, "Test of Crisis", "A test of the mail server by the operator.\n", clock.new_id())
    if outcome is not AttemptOutcome.ACCEPTED:
        raise Refused(Reason("EMAIL", "The mail server did not take it; the log line above says why"))
    out.print("The mail server took it. Look whether it arrives, and where: it must not end in a spam folder.")


def mail_returned() -> None:
    """Reads one report of the mail server from standard input: an e-mail to a family that came back says so loudly.

    A mail server runs it for each message to the address that the e-mail comes from.
    """
    settings = Settings()
    with closing(open_store(settings.database_url, settings.key_file)) as store:
        ours = returned_mail.take(store, sys.stdin.buffer.read(returned_mail.LARGEST), clock.now())
    out.print("It is on the incident: somebody has to call." if ours else "It is about no e-mail to a family.")
