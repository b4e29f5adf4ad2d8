"""Squeezes the two pages that must come fast over a bad line: the answer to a page, and the form of an opening.

No other page: what somebody puts into the address or a form, beside a secret in the same answer, could be guessed from
the length of the squeezed whole. These two repeat nothing of the request when they are asked for.
"""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.static_files import WAYS, way_of

MARK = "x-may-be-squeezed"  # never reaches a browser


@dataclass(frozen=True, slots=True)
class Squeezed:
    """Answers that a route marked and that come in one piece."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun: Message | None = None

        async def squeezing(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start" and MARK in Headers(raw=message["headers"]):
                begun = message
            elif message["type"] == "http.response.body" and begun is not None:
                start, begun = begun, None
                await send_squeezed(start, message, Headers(scope=scope), send)
            else:
                await send(message)

        await self.app(scope, receive, squeezing)


async def send_squeezed(start: Message, body: Message, asked: Headers, send: Send) -> None:
    headers = MutableHeaders(scope=start)
    del headers[MARK]
    way = way_of(asked)
    if way is not None and not body.get("more_body", False):
        body["body"] = await run_in_threadpool(WAYS[way], body["body"])
        headers["Content-Encoding"], headers["Content-Length"] = way, str(len(body["body"]))
    headers.add_vary_header("Accept-Encoding")
    await send(start)
    await send(body)
