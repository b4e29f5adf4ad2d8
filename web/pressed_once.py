"""A button that is pressed twice does its work once: the second press of the same form gets the first one's answer.

Orders to an incident keep their key in the database, for good. All other forms are remembered for an hour, here and,
for the other processes of the console and for after a restart, in the database: long enough for a double click, a page
that is sent again, and the way back.

What is shown this once (a new password, a code, an address) is in the answer itself. It is kept whole, for less long,
and is given again to the session that pressed, while that is open; by this process, and nowhere stored.
"""

import asyncio
import hashlib
import re
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crisis import clock
from crisis.settings import Settings
from crisis.store import presses, sessions
from crisis.store.engine import Store
from web.deps import cookie_name, store_of
from web.security import BODY_LIMIT, replaying, whole_body

FORM, WITH_FILE = "application/x-www-form-urlencoded", "multipart/form-data"
KEY = re.compile(rb"(?:^|&)key=([0-9A-Za-z_.-]{1,80})(?:&|$)")  # as ours are: nothing in it is written otherwise
KEY_BESIDE_FILE = re.compile(rb'; name="key"\r\n\r\n([0-9A-Za-z_.-]{1,80})\r\n')
KEPT_FOR = 3600.0  # seconds
MOST = 5000  # forms
LOOK = 0.02  # seconds between two looks whether the first press is through
LOOK_ELSEWHERE = 0.2  # the same, of one that another process does
SHOWN_FOR = 60.0  # seconds: a double click, an answer that did not come; later it is asked again who they are
COPIED_FOR = 10.0  # seconds; the page stays, and whoever presses later wants what stands there then
CERTIFICATE = "/whole-district/destroy"  # after it nobody is signed in; it names no student
SHOWN_ONCE = {
    "/accounts/{person}/connect-code": SHOWN_FOR,
    "/again": SHOWN_FOR,
    "/emergency-access/seal": SHOWN_FOR,
    "/me/passphrase": SHOWN_FOR,
    "/me/sign-in/begin-passkey": SHOWN_FOR,
    "/me/sign-in/confirm-app": SHOWN_FOR,
    "/me/sign-in/connect": SHOWN_FOR,
    "/me/sign-in/new-password": SHOWN_FOR,
    "/me/sign-in/renew-codes": SHOWN_FOR,
    "/oncall/feed": SHOWN_FOR,
    "/records-requests/{request}/release": SHOWN_FOR,
    "/reviews/{review}/report": COPIED_FOR,
    CERTIFICATE: SHOWN_FOR,
}


@dataclass(slots=True)
class Answered:
    """Once the first press is through: where it led or what it showed; neither if it did nothing and may be sent again.

    `session`: to whom what was shown may be shown again, until then; after the press, which may have changed it.
    """

    at: float
    through: bool = False
    location: str | None = None
    shown: list[Message] = field(default_factory=list, repr=False)
    session: str = field(default="", repr=False)
    until: float = 0.0

    @property
    def did_something(self) -> bool:
        return self.location is not None or bool(self.shown)


@dataclass(frozen=True, slots=True)
class PressedOnce:
    """By whom, where to and with which words: only the very same form is the same press."""

    app: ASGIApp
    settings: Settings
    known: dict[str, Answered] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or not _is_form(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        body = await whole_body(Headers(scope=scope), receive, BODY_LIMIT) or b""
        press, key = self.name_of(scope, body)
        if press is not None and (first := await self.known_press(press)) is not None:
            if first.location is not None:
                await led(first.location, key, scope, receive, send)
                return
            if await asyncio.to_thread(is_open, scope, first.session):
                for message in first.shown:
                    await send(_own(message))
                return
        if press is not None and (location := await self.done_elsewhere(press, scope)) is not None:
            await led(location, key, scope, receive, send)
            return
        await self.first(press, scope, replaying(body, receive), send)

    def name_of(self, scope: Scope, body: bytes) -> tuple[str | None, str]:
        """And its key. None for a form without one, or of nobody who is signed in."""
        found = KEY.search(body) or KEY_BESIDE_FILE.search(body)
        session = Request(scope).cookies.get(cookie_name(self.settings))
        if found is None or session is None:
            return None, ""
        key, typed = found[1].decode(), _as_typed(body, Headers(scope=scope))
        return hashlib.sha256(b"\0".join((session.encode(), scope["path"].encode(), typed))).hexdigest(), key

    async def known_press(self, press: str) -> Answered | None:
        """Waits while it is on its way."""
        while (first := self.known.get(press)) is not None:
            if first.through:
                return first if first.location is not None or time.monotonic() < first.until else None
            await asyncio.sleep(LOOK)
        return None

    async def done_elsewhere(self, press: str, scope: Scope) -> str | None:
        """By another process. Waits while it is on its way there; None: it is ours to do."""
        store = _store(scope)
        if store is None:
            return None
        session = Request(scope).cookies[cookie_name(self.settings)]
        if not await asyncio.to_thread(is_open, scope, session):
            return None  # it does nothing, or has a key of its own; and nobody fills the table from outside
        while (begun := await asyncio.to_thread(_begin, store, press)) is not None:
            if begun.location is not None:
                return begun.location
            await asyncio.sleep(LOOK_ELSEWHERE)
        return None

    async def first(self, press: str | None, scope: Scope, receive: Receive, send: Send) -> None:
        if press is None:
            await self.app(scope, receive, send)
            return
        answered = self.known[press] = Answered(time.monotonic())
        self.forget_old(answered.at)

        async def hearing(message: Message) -> None:
            self.hear(answered, scope, message)
            await send(message)

        try:
            await self.app(scope, receive, hearing)
        finally:
            answered.through = True
            if not answered.did_something:
                self.known.pop(press, None)
            if (store := _store(scope)) is not None:
                await asyncio.to_thread(_end, store, press, answered.location)

    def hear(self, answered: Answered, scope: Scope, message: Message) -> None:
        if message["type"] != "http.response.start":
            if answered.shown:
                answered.shown.append(_own(message))
            return
        headers, kind = Headers(raw=message["headers"]), kind_of(scope)
        if kind in SHOWN_ONCE and message["status"] in (200, 303):
            answered.shown.append(_own(message))
            answered.until = answered.at + SHOWN_ONCE[kind]
            answered.session = "" if kind == CERTIFICATE else self.session_after(scope, headers)
        elif message["status"] == 303 and "set-cookie" not in headers:
            answered.location = headers["location"]

    def session_after(self, scope: Scope, headers: Headers) -> str:
        cookies, name = SimpleCookie("; ".join(headers.getlist("set-cookie"))), cookie_name(self.settings)
        return cookies[name].value if name in cookies else Request(scope).cookies[name]

    def forget_old(self, now: float) -> None:
        """Oldest first, as they came. What was shown goes sooner."""
        for answered in self.known.values():
            if answered.shown and answered.until <= now:
                answered.shown = []
        while self.known:
            oldest = next(iter(self.known))
            if len(self.known) <= MOST and self.known[oldest].at > now - KEPT_FOR:
                return
            del self.known[oldest]


async def led(location: str, key: str, scope: Scope, receive: Receive, send: Send) -> None:
    """Where the first press led, and that the form with this key was taken."""
    scope.setdefault("state", {})["sent"] = {"key": key}
    await RedirectResponse(location, status_code=303)(scope, receive, send)


def _store(scope: Scope) -> Store | None:
    return None if scope.get("app") is None else store_of(Request(scope))


def _begin(store: Store, press: str) -> presses.Begun | None:
    with store.write() as tx:
        return presses.begin(tx, press, clock.now())


def _end(store: Store, press: str, location: str | None) -> None:
    with store.write() as tx:
        presses.ended(tx, press, location)


def kind_of(scope: Scope) -> str:
    """Its route, with the action where one serves several."""
    path = getattr(scope.get("route"), "path", "")
    return str(path).replace("{action}", str(scope.get("path_params", {}).get("action", "")))


def is_open(scope: Scope, session: str) -> bool:
    """Neither ended nor locked; or nobody's."""
    if not session:
        return True
    with store_of(Request(scope)).read() as tx:
        return sessions.limited_holder(tx, session, clock.now(), used=False) is not None


def _own(message: Message) -> Message:
    """Whoever hears it further on writes into its headers."""
    return {**message, "headers": list(message["headers"])} if "headers" in message else message


def _as_typed(body: bytes, headers: Headers) -> bytes:
    """Without what stands between the fields beside a file: a browser draws another one for each press."""
    boundary = headers.get("content-type", "").partition("boundary=")[2].strip('"').encode()
    return body.replace(boundary, b"") if boundary else body


def _is_form(headers: Headers) -> bool:
    """A script names the letters as well: `; charset=UTF-8`."""
    return headers.get("content-type", "").partition(";")[0] in (FORM, WITH_FILE)
