"""Tells a page which form was taken, so that its draft is dropped then and not sooner; and a script, where to go on.

A browser follows the answer to a form by itself, and no script can see whether it came: the next page says so in a
header that only its own scripts read. A script that sends a form itself asks for the address instead of the page.
"""

import re
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crisis import clock
from crisis.settings import Settings
from web.deps import ID, forget_sent, remember_sent, sent_cookie

BY_SCRIPT = "x-sent-by"


@dataclass(frozen=True, slots=True)
class TellSent:
    app: ASGIApp
    settings: Settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                if scope["method"] == "POST" and message["status"] == 303:
                    self.taken(scope, message)
                elif scope["method"] == "GET" and Headers(scope=scope).get("sec-fetch-mode") == "navigate":
                    self.shown(scope, message)
            await send(message)

        await self.app(scope, receive, telling)

    def taken(self, scope: Scope, message: Message) -> None:
        headers, key = MutableHeaders(scope=message), _key(scope)
        if BY_SCRIPT in Headers(scope=scope):
            message["status"] = 204
            headers["X-To"] = headers["location"]
            headers["X-Key"] = clock.new_id()  # for the next one that is sent from the same page
            del headers["location"]
        elif key is not None:
            response = Response()
            remember_sent(response, self.settings, key)
            headers.append("Set-Cookie", response.headers["set-cookie"])

    def shown(self, scope: Scope, message: Message) -> None:
        key = Request(scope).cookies.get(sent_cookie(self.settings))
        if key is not None and re.fullmatch(ID, key):
            headers, response = MutableHeaders(scope=message), Response()
            forget_sent(response, self.settings)
            headers["Server-Timing"] = f'sent;desc="{key}"'
            headers.append("Set-Cookie", response.headers["set-cookie"])


def _key(scope: Scope) -> str | None:
    """Of a form whose token was right."""
    sent = scope.get("state", {}).get("sent")
    key = sent.get("key") if sent is not None else None
    return key if isinstance(key, str) and re.fullmatch(ID, key) else None
