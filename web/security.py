"""What is asked of every request before it reaches a route, and told to every browser: pure ASGI, sockets included.

Nothing here counts requests: nobody is stopped from raising an incident by a limit.
"""

import asyncio
import logging
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crisis.settings import Settings
from web.problems import Problem, Render

log = logging.getLogger(__name__)

BODY_LIMIT = 256 * 1024  # F139
TIME_LIMIT = 30.0  # seconds, reading the body included
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
LINKS = "/p/"
HEALTH = "/health"  # a container asks by its own address

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # `no-referrer` would make browsers send `Origin: null` with our own forms
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cache-Control": "no-store",  # F131; static files say otherwise themselves
}
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains"


def content_policy(settings: Settings) -> str:
    """Nothing but our own files; the socket's address is spelled out for older Safari."""
    socket = ("wss" if settings.https else "ws") + "://" + urlsplit(settings.public_url).netloc
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "media-src 'self'",
            "font-src 'self'",
            f"connect-src 'self' {socket}",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "require-trusted-types-for 'script'",
            "trusted-types parts app",
        )
    )


def our_origins(settings: Settings) -> frozenset[str]:
    """Exact: no suffix, no other port, no other scheme (F117). This machine has two names."""
    url = settings.public_url
    if settings.https:
        return frozenset({url})
    return frozenset({url, url.replace("//localhost", "//127.0.0.1"), url.replace("//127.0.0.1", "//localhost")})


def our_hosts(settings: Settings) -> frozenset[str]:
    return frozenset(urlsplit(origin).netloc for origin in our_origins(settings))


def from_elsewhere(headers: Headers, origins: frozenset[str]) -> bool:
    """Whether another site made a browser ask. Programs send neither header; they have no cookie to steal."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    return (origin is not None and origin not in origins) or (site is not None and site not in ("same-origin", "none"))


def by_a_link(path: str, headers: Headers) -> bool:
    """A page that was opened by a link tells nobody where it was, so browsers send its forms with `Origin: null`.

    What its forms must know is the secret in the address and the form token that belongs to it; no cookie counts there.
    """
    own = headers.get("sec-fetch-site") in (None, "same-origin")
    return path.startswith(LINKS) and headers.get("origin") == "null" and own


def tell(headers: MutableHeaders, settings: Settings) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", content_policy(settings))
    if settings.https:
        headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)


def told(render: Render, settings: Settings) -> Render:
    """Also for what is answered outside the middlewares: a request that broke."""

    def answer(request: Request, problem: Problem) -> Response:
        response = render(request, problem)
        tell(response.headers, settings)
        return response

    return answer


@dataclass(frozen=True, slots=True)
class TellBrowsers:
    """Adds the headers to every answer; a route may narrow one by setting it itself."""

    app: ASGIApp
    settings: Settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                tell(MutableHeaders(scope=message), self.settings)
            await send(message)

        await self.app(scope, receive, with_headers)


ANOTHER_SITE = Problem(status=403, title="This came from another site and was not carried out")


@dataclass(frozen=True, slots=True)
class OwnSiteOnly:
    """Refuses a foreign Host, and orders that another site made a browser send (F116)."""

    app: ASGIApp
    settings: Settings
    answer: Render

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = self.problem(scope) if scope["type"] == "http" else None  # a socket asks in `web.sockets`
        if problem is None:
            await self.app(scope, receive, send)
        else:
            log.info(
                "refused with %s: %s", problem.status, "another site" if problem is ANOTHER_SITE else "another host"
            )
            await self.answer(Request(scope), problem)(scope, receive, send)

    def problem(self, scope: Scope) -> Problem | None:
        headers = Headers(scope=scope)
        if headers.get("host") not in our_hosts(self.settings) and scope["path"] != HEALTH:
            return Problem(status=421, title="This is not the address of this site", detail=self.settings.public_url)
        changes = scope["method"] not in SAFE_METHODS and not by_a_link(scope["path"], headers)
        if changes and from_elsewhere(headers, our_origins(self.settings)):
            return ANOTHER_SITE
        return None


TOO_LARGE = Problem(
    status=413,
    title="This is too long to send in one piece",
    detail=f"At most {BODY_LIMIT // 1024} KB. Nothing was recorded.",
)


@dataclass(frozen=True, slots=True)
class SmallBodies:
    """Reads the body, up to a limit, before anything else runs; what is over the limit is refused, never cut."""

    app: ASGIApp
    answer: Render

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            await self.app(scope, receive, send)
            return
        body = await whole_body(Headers(scope=scope), receive, BODY_LIMIT)
        if body is None:
            log.info("refused with %s: too long", TOO_LARGE.status)
            await self.answer(Request(scope), TOO_LARGE)(scope, receive, send)
        else:
            await self.app(scope, replaying(body, receive), send)


async def whole_body(headers: Headers, receive: Receive, limit: int) -> bytes | None:
    """The body, or None where it is over the limit; what the header promises is believed only where it is too much."""
    declared = headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > limit:
        return None
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            return None
    return bytes(body)


def replaying(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


OUT_OF_TIME = Problem(
    status=503,
    title="This took too long",
    detail="It may or may not have been recorded. Load the page again and look, or ask again with the same key.",
)


@dataclass(frozen=True, slots=True)
class LimitedTime:
    """Answers in time even while a thread is still busy: a thread cannot be interrupted, only no longer waited for."""

    app: ASGIApp
    answer: Render
    seconds: float = TIME_LIMIT

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = given_up = False

        async def while_waited_for(message: Message) -> None:
            nonlocal started
            if not given_up:
                started = True
                await send(message)

        work = asyncio.ensure_future(self.app(scope, receive, while_waited_for))
        try:
            await asyncio.wait({work}, timeout=self.seconds)
            if started or work.done():
                await work  # a long answer that is on its way is not cut off
                return
            given_up = True
            await self.answer(Request(scope), OUT_OF_TIME)(scope, receive, send)
        finally:
            work.cancel()
