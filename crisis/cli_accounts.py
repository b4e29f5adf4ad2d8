"""`crisis account end-sessions`, `remove-second-factor` and others: about other people's signing in."""

from contextlib import closing
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from crisis import clock
from crisis.settings import Settings
from crisis.store import accounts, audit, emergency, passkeys, people, second_factor, sessions
from crisis.store.engine import Store, open_store
from crisis.store.passwords import passphrase, standard
from crisis.vocabulary import DistrictId, PersonId

out = Console()


def add_to(account: typer.Typer, token: typer.Typer) -> None:
    account.command("create")(create_account)
    token.command("create")(create_token)
    account.command("end-sessions")(end_sessions)
    account.command("new-passphrase")(new_passphrase)
    account.command("remove-second-factor")(remove_second_factor)
    account.command("ask-second-factor")(ask_second_factor)
    account.command("did")(did)
    account.command("tokens")(tokens)
    account.command("end-token")(end_token)
    account.command("make-emergency")(make_emergency)
    account.command("seal-emergency")(seal_emergency)


def create_account(person: str, username: str) -> None:
    """Makes an account with a passphrase that is shown this once; its owner takes another at the first sign-in."""
    words, given_for = passphrase(), first_passphrases_last()
    with closing(_store()) as store, store.write() as tx:
        accounts.create_account(
            tx, PersonId(person), username, words, at=clock.now(), hashing=standard(), given_for=given_for
        )
    hand_over(words, given_for)


def create_token(person: str, label: Annotated[str, typer.Option(help="What it is for.")]) -> None:
    """Makes a token for a program of this person's; it is shown this once and ends with the person's account."""
    with closing(_store()) as store, store.write() as tx:
        token = accounts.create_token(tx, PersonId(person), label, clock.now())
    typer.echo(token)


def end_sessions(person: str) -> None:
    """Signs somebody out on every device, within seconds. They can sign in again; pages and calls go on."""
    with closing(_store()) as store, store.write() as tx:
        ended = sessions.end_all(tx, PersonId(person), at=clock.now(), by=None)
    out.print(f"Sessions ended: {ended}.")


def new_passphrase(person: str) -> None:
    """A new passphrase for somebody who has lost theirs, and whom you know to be them; shown this once.

    They are signed out everywhere, and give their second factor as before.
    """
    words, given_for = passphrase(), first_passphrases_last()
    stored = accounts.hashed(words)  # before the transaction: pages must not wait for it
    with closing(_store()) as store, store.write() as tx:
        accounts.set_hash(tx, PersonId(person), stored, at=clock.now(), by=None, given_for=given_for)
    hand_over(words, given_for)


def first_passphrases_last() -> timedelta:
    """As it is set: whoever made one has seen it."""
    return timedelta(days=Settings().first_passphrase_days)


def hand_over(words: str, given_for: timedelta) -> None:
    """The passphrase alone on the output, for a program that passes it on."""
    typer.echo(words)
    typer.echo(f"Good for {given_for.days} days. Whoever signs in by it takes one of their own first.", err=True)


def tokens(person: str) -> None:
    """The personal tokens of somebody's programs, the oldest first: what for, when last used, and whether it stands."""
    with closing(_store()) as store, store.read() as tx:
        found = accounts.tokens_of(tx, PersonId(person))
    table = Table("id", "what for", "made", "last used", "ended")
    for each in found:
        times = (each.created_at, each.used_at, each.revoked_at)
        table.add_row(each.id, each.label, *(f"{at:%Y-%m-%d %H:%M} UTC" if at else "" for at in times))
    out.print(table)


def end_token(person: str, token: Annotated[str, typer.Argument(help="Its id, from `crisis account tokens`.")]) -> None:
    """Ends one token at once; the person's others, and their sessions, go on."""
    with closing(_store()) as store, store.write() as tx:
        accounts.revoke_token(tx, PersonId(person), token, clock.now(), by=None)
    out.print("Ended.")


def remove_second_factor(person: str) -> None:
    """For somebody who has lost telephone and recovery codes, and whom you know to be them. They are signed out."""
    at = clock.now()
    with closing(_store()) as store, store.write() as tx:
        second_factor.remove_app(tx, PersonId(person), at=at, by=None)
        passkeys.remove_all(tx, PersonId(person), at=at, by=None)
        sessions.end_all(tx, PersonId(person), at=at, by=None)
    out.print("They sign in by the password alone now, until they have set up another.")


def ask_second_factor(
    district: str, ask: Annotated[bool, typer.Option("--of-all/--of-none", help="Of everybody, or left to each.")]
) -> None:
    """Whether everybody in the district needs a second factor to see records. Raising an incident never needs one."""
    with closing(_store()) as store, store.write() as tx:
        people.district_name(tx, DistrictId(district))
        second_factor.ask_of_all(tx, DistrictId(district), ask, at=clock.now(), by=None)
    out.print("Asked of everybody from the next click on." if ask else "Left to each.")


def did(person: str, hours: Annotated[int, typer.Option(min=1, help="How far back.")] = 24) -> None:
    """What somebody did and which records they opened; nothing of what they read. On record."""
    at = clock.now()
    with closing(_store()) as store, store.write() as tx:
        found = audit.by(tx, PersonId(person), at - timedelta(hours=hours))
        audit.record(tx, at=at, actor=None, action="deeds listed by the operator", subject=person)
    table = Table("at (UTC)", "what", "of", title=f"{len(found)} rows", title_justify="left")
    for each in found:
        table.add_row(each.at.strftime("%Y-%m-%d %H:%M:%S"), each.action, each.subject)
    out.print(table)


def make_emergency(district: str) -> None:
    """An account for the day when nobody can sign in as usual, two of a district at most. Nobody can use it yet."""
    with closing(_store()) as store, store.write() as tx:
        made = emergency.make(tx, DistrictId(district), clock.now())
    out.print(f"Made: {made.username} ({made.person}).", highlight=False)
    out.print("The district crisis lead seals it, on the page Emergency access; or: crisis account seal-emergency")


def seal_emergency(district: str, person: str) -> None:
    """A new passphrase, shown this once: print it and lock it away. Whoever was in by the old one is out."""
    with closing(_store()) as store, store.write() as tx:
        words = emergency.seal(tx, DistrictId(district), PersonId(person), at=clock.now(), by=None)
    typer.echo(words)


def _store() -> Store:
    settings = Settings()
    return open_store(settings.database_url, settings.key_file)
