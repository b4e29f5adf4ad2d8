"""Who waits when a network has failed too often: never a browser in which somebody signed in before.

Its cookie is sealed with the key file and holds whose it is; it signs nobody in, and for a passphrase counts for that
one name alone.
"""

import base64
import binascii
import logging

from starlette.requests import Request
from starlette.responses import Response

from crisis import clock
from crisis.errors import Reason, Refused
from crisis.settings import Settings
from crisis.store import accounts
from crisis.store.sealed import KeyFault
from crisis.vocabulary import PersonId
from web.addresses import Kind, addresses_of, network_of
from web.deps import settings_of, store_of

log = logging.getLogger(__name__)

PLACE = "known_browser"
KEPT = 60 * 24 * 3600  # seconds


def _cookie(settings: Settings) -> str:
    return "__Host-known" if settings.https else "known"


def remember_browser(request: Request, response: Response, person: PersonId, *, shared: bool) -> None:
    """Not one that others use too."""
    if shared:
        return
    settings, store = settings_of(request), store_of(request)
    with store.read() as tx:
        username = accounts.username_of(tx, person)
    value = base64.urlsafe_b64encode(store.keys.seal(PLACE, username.encode())).decode()
    response.set_cookie(
        _cookie(settings), value, max_age=KEPT, path="/", secure=settings.https, httponly=True, samesite="strict"
    )


def known_as(request: Request) -> str | None:
    """Whose browser it is; None where nobody's, or where the cookie was not made here."""
    try:
        sealed = base64.urlsafe_b64decode(request.cookies.get(_cookie(settings_of(request)), ""))
        return store_of(request).keys.unseal(PLACE, sealed).decode()
    except (KeyFault, binascii.Error, ValueError, IndexError):
        return None


def must_be_free(request: Request, kind: Kind, username: str | None = None) -> None:
    """Raises `Refused` where the network has failed too often. `username` None: whoever it may be."""
    wait = addresses_of(request).wait(kind, network_of(request), clock.now())
    known = known_as(request) if wait is not None else None
    if wait is None or (known is not None and username in (None, known)):
        return
    values = (("minutes", str(wait)),)
    if kind is Kind.BEGUN:
        text = (
            "Too many sign-ins were begun from this network; try again in %(minutes)s minutes, or use your password or "
            "a passkey. An incident can be raised without signing in: call the office, or 911 if somebody is in danger"
        )
        raise Refused(Reason("LOGIN", text, values))
    text = (
        "Too many failed sign-ins from this network; try again in %(minutes)s minutes, or use a passkey. "
        "An incident can be raised without signing in: call the office, or 911 if somebody is in danger"
    )
    raise Refused(Reason("LOGIN", text, values))


def count_begun(request: Request) -> None:
    """No failure, and no line in the log: whole staffs begin in one minute."""
    addresses_of(request).failed(Kind.BEGUN, network_of(request), clock.now())


def count_failure(request: Request, kind: Kind) -> None:
    """The log says of which kind, and neither for whom nor from where."""
    log.info("a sign-in failed: %s", kind)
    addresses_of(request).failed(kind, network_of(request), clock.now())
