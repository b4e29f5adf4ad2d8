"""What somebody changes about their own signing in; each wants a person who has just shown that it is them."""

from urllib.parse import urlsplit

from crisis.errors import Reason, Refused
from crisis.settings import Settings
from crisis.store import accounts, passkeys, second_factor, sessions, unlock
from crisis.store.passkeys import Site
from crisis.store.passwords import passphrase
from crisis.store.sessions import Device
from web.deps import Desk
from web.security import our_origins


def new_password(desk: Desk) -> str:
    """Made, not chosen: nobody's own words are guessed. Whoever signed in elsewhere by the old one is out."""
    desk.must_be_fresh()
    words = passphrase()
    stored = accounts.hashed(words)  # before the transaction: pages must not wait for it
    with desk.store.write() as tx:
        accounts.set_hash(tx, desk.person, stored, at=desk.at, by=desk.person, keep=desk.session)
    return words


def end_session(desk: Desk, session: str) -> None:
    """Who sits down at a screen that somebody left must not sign them out everywhere else (ASVS 7.5.2)."""
    desk.must_be_fresh()
    with desk.store.write() as tx:
        sessions.end(tx, desk.person, session, at=desk.at)


def end_other_sessions(desk: Desk) -> None:
    desk.must_be_fresh()
    with desk.store.write() as tx:
        sessions.end_others(tx, desk.person, desk.session, at=desk.at)


def begin_app(desk: Desk) -> None:
    desk.must_be_fresh()
    with desk.store.write() as tx:
        second_factor.begin_app(tx, desk.store.keys, desk.person, desk.at)


def confirm_app(desk: Desk, code: str) -> list[str]:
    """The recovery codes. A wrong code is counted, so it is committed before it is refused."""
    desk.must_be_fresh()
    with desk.store.write() as tx:
        codes = second_factor.confirm_app(tx, desk.store.keys, desk.person, code, desk.at)
        if codes is not None:
            sessions.strengthened(tx, desk.session)
            sessions.end_others(tx, desk.person, desk.session, at=desk.at)
    if codes is None:
        text = "This is not the code that the app shows now; look at the clock of the telephone, and try the next one"
        raise Refused(Reason("SECOND", text))
    return codes


def site(settings: Settings) -> Site:
    """Browsers make passkeys for names of hosts, never for numbers."""
    host = urlsplit(settings.public_url).hostname or ""
    return Site(host="localhost" if host == "127.0.0.1" else host, origins=our_origins(settings))


def offer_passkey(desk: Desk) -> str:
    desk.must_be_fresh()
    with desk.store.write() as tx:
        return passkeys.offer(tx, site(desk.settings), desk.person, desk.at)


def add_passkey(desk: Desk, answer: str, device: Device) -> None:
    """From now on this session counts as two factors: the device has checked who holds it."""
    desk.must_be_fresh()
    with desk.store.write() as tx:
        passkeys.add(tx, site(desk.settings), desk.person, answer, device=device, at=desk.at)
        sessions.strengthened(tx, desk.session)
        sessions.end_others(tx, desk.person, desk.session, at=desk.at)


def remove_passkey(desk: Desk, passkey: str) -> None:
    desk.must_be_fresh()
    with desk.store.write() as tx:
        passkeys.remove(tx, desk.person, passkey, at=desk.at)


def renew_codes(desk: Desk) -> list[str]:
    desk.must_be_fresh()
    with desk.store.write() as tx:
        return second_factor.renew_codes(tx, desk.person, desk.at)


def remove_app(desk: Desk) -> None:
    """Also one that was begun and never confirmed."""
    desk.must_be_fresh()
    with desk.store.write() as tx:
        second_factor.remove_app(tx, desk.person, at=desk.at, by=desk.person)


def set_unlock_pin(desk: Desk, pin: str) -> None:
    desk.must_be_fresh()
    with desk.store.write() as tx:
        unlock.set_pin(tx, desk.person, pin, desk.at)


def remove_unlock_pin(desk: Desk) -> None:
    with desk.store.write() as tx:
        unlock.remove_pin(tx, desk.person, at=desk.at, by=desk.person)
