"""A button that is pressed twice does its work once: the second press of the same form gets the first one's answer.

Orders to an incident keep their key in the database, for good. All other forms are remembered here, by one process for
an hour: long enough for a double click, a page that is sent again, and the way back.
"""

import asyncio
import hashlib
import re
import time
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crisis.settings import Settings
from web.deps import cookie_name
from web.security import BODY_LIMIT, replaying, whole_body

FORM = "application/x-www-form-urlencoded"
KEY = re.compile(rb"(?:^|&)key=([0-9A-Za-z_.-]{1,80})(?:&|$)")  # as ours are: nothing in it is written otherwise
KEPT_FOR = 3600.0  # seconds
MOST = 5000  # forms
LOOK = 0.02  # seconds between two looks whether the first press is through


@dataclass(slots=True)
class Answered:
    """Once the first press is through: where it led, or None if it did nothing and may be sent again."""

    at: float
    through: bool = False
    location: str | None = None


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
        if press is not None and (location := await self.led(press)) is not None:
            scope.setdefault("state", {})["sent"] = {"key": key}
            await RedirectResponse(location, status_code=303)(scope, receive, send)
            return
        await self.first(press, scope, replaying(body, receive), send)

    def name_of(self, scope: Scope, body: bytes) -> tuple[str | None, str]:
        """And its key. None for a form without one, or of nobody who is signed in."""
        found, session = KEY.search(body), Request(scope).cookies.get(cookie_name(self.settings))
        if found is None or session is None:
            return None, ""
        key = found[1].decode()
        return hashlib.sha256(b"\0".join((session.encode(), scope["path"].encode(), body))).hexdigest(), key

    async def led(self, press: str) -> str | None:
        """Where the first press led; waits while it is on its way."""
        while (first := self.known.get(press)) is not None:
            if first.through:
                return first.location
            await asyncio.sleep(LOOK)
        return None

    async def first(self, press: str | None, scope: Scope, receive: Receive, send: Send) -> None:
        if press is None:
            await self.app(scope, receive, send)
            return
        answered = self.known[press] = Answered(time.monotonic())
        self.forget_old(answered.at)

        async def hearing(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = Headers(raw=message["headers"])
                if message["status"] == 303 and "set-cookie" not in headers:
                    answered.location = headers["location"]
            await send(message)

        try:
            await self.app(scope, receive, hearing)
        finally:
            answered.through = True
            if answered.location is None:
                self.known.pop(press, None)

    def forget_old(self, now: float) -> None:
        """Oldest first, as they came."""
        while self.known:
            oldest = next(iter(self.known))
            if len(self.known) <= MOST and self.known[oldest].at > now - KEPT_FOR:
                return
            del self.known[oldest]


def _is_form(headers: Headers) -> bool:
    """A script names the letters as well: `; charset=UTF-8`."""
    return headers.get("content-type", "").partition(";")[0] == FORM
