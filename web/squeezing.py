"""Squeezes pages for bad lines, where nobody but the reader can have had them asked for.

What somebody puts into the address or a form, beside a secret in the same answer, could be guessed from the length of
the squeezed whole, by asking often and listening on the line (BREACH, 2013). So a page is squeezed when the browser
says that a page of ours asked for it, or the reader themselves with nothing in the address; and by a length that
chance moves. Two pages always are, which repeat nothing of the request: the answer to a page, and the empty form of
an opening.
"""

import secrets
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.static_files import made_anew, way_of

MARK = "x-may-be-squeezed"  # never reaches a browser
SMALL = 512  # bytes; of less there is nothing to win
PAGE, PART = 11, 5  # how hard: on a line of 64 kbit/s the tenth that a page wins is worth 80 milliseconds
LONG = 250_000  # letters; of more the hard way takes a tenth of a second
PADDED = 96  # at most so many letters, of which each costs six bits


@dataclass(frozen=True, slots=True)
class Squeezed:
    """Answers that come in one piece."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun: Message | None = None
        asked = Headers(scope=scope) if scope["type"] == "http" else Headers()
        by_the_reader = scope["type"] == "http" and asked_by_the_reader(scope, asked)

        async def squeezing(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start" and may_be_squeezed(message, by_the_reader=by_the_reader):
                begun = message
            elif message["type"] == "http.response.body" and begun is not None:
                start, begun = begun, None
                await send_squeezed(start, message, asked, send)
            else:
                await send(message)

        await self.app(scope, receive, squeezing)


def asked_by_the_reader(scope: Scope, asked: Headers) -> bool:
    """As the browser itself says (Fetch Metadata); one that does not say gets pages as they are."""
    site = asked.get("sec-fetch-site")
    alone = site == "none" and not scope["query_string"]
    return bool(scope["method"] == "GET" and (site == "same-origin" or alone))


def may_be_squeezed(start: Message, *, by_the_reader: bool) -> bool:
    headers = Headers(raw=start["headers"])
    return MARK in headers or (by_the_reader and headers.get("content-type", "").startswith("text/html"))


async def send_squeezed(start: Message, body: Message, asked: Headers, send: Send) -> None:
    headers = MutableHeaders(scope=start)
    if MARK in headers:
        del headers[MARK]
    way = way_of(asked)
    if way is not None and not body.get("more_body", False) and len(body["body"]) > SMALL:
        body["body"] = await run_in_threadpool(made_anew, way, body["body"] + _padding(), _effort(body["body"]))
        headers["Content-Encoding"], headers["Content-Length"] = way, str(len(body["body"]))
    headers.add_vary_header("Accept-Encoding")
    await send(start)
    await send(body)


def _effort(html: bytes) -> int:
    """A part goes to every console that is open, after each change; a page to one reader who waits for it."""
    return PAGE if html.startswith(b"<!doctype") and len(html) <= LONG else PART


def _padding() -> bytes:
    letters = secrets.token_urlsafe(PADDED)[: secrets.randbelow(PADDED)].replace("-", "")  # no end of a comment
    return f"<!--{letters}-->".encode()
