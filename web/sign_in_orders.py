"""What somebody changes about their own signing in; each wants a person who has just shown that it is them."""

from crisis.errors import Reason, Refused
from crisis.store import second_factor, sessions
from web.deps import Desk


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


def renew_codes(desk: Desk) -> list[str]:
    desk.must_be_fresh()
    with desk.store.write() as tx:
        return second_factor.renew_codes(tx, desk.person, desk.at)


def remove_app(desk: Desk) -> None:
    """Also one that was begun and never confirmed."""
    desk.must_be_fresh()
    with desk.store.write() as tx:
        second_factor.remove_app(tx, desk.person, at=desk.at, by=desk.person)
