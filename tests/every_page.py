"""Every page that any test gets from an application in its process keeps to the contract, asked for or not.

It is read as it leaves the application, whoever asked: a client of the test, a program, a browser. What a page breaks
fails the test that had it made. Pages that differ in their words alone are read once, but for their title, their first
heading and the names in them.
"""

import functools
import gzip
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

import anyio.to_thread
import brotli
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from crisis.store import roster
from tests import pressed
from tests.web import page_contract
from web.one_piece import hash_of

App = Callable[[Starlette, Scope, Receive, Send], Awaitable[None]]
UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}
STYLE = re.compile(r"<style>([^<]*)</style>")
NEVER = ("'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "'nonce-", "'sha256-", "*", "http:", "https:", "data:")
POLICY = ("default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "base-uri 'none'")
POLICY += ("frame-ancestors 'none'", "require-trusted-types-for 'script'")


@dataclass
class Watched:
    """`found`: what the pages of the running test broke. `names`: of the students it has put on a roster.

    `excused`: what a test says itself that it breaks, as its end; for one that sends what no page of ours would send.
    """

    found: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    excused: set[str] = field(default_factory=set)
    known: set[int] = field(default_factory=set)
    busy: bool = False  # with a form that is sent again

    def looks(self, html: str, headers: Headers, where: str, *, ours: bool) -> None:
        """`ours`: of the console; other applications are only looked at for what every page needs.

        The stand-in of a provider also gives, when asked to, what stands between it and us would: a bare error page.
        """
        if not ours and not html.lstrip().lower().startswith("<!doctype"):
            return
        broken = page_contract.faults_of_words(html, self.names, unquote(where)) + (
            policed(headers, html) if ours else []
        )
        if ours:
            pressed.seen_on(html)
        shape = page_contract.shape_of(html)
        if not shape <= self.known:
            wrong = built(html, ours=ours)
            self.known |= shape if not wrong else set()
            broken += wrong
        self.found += [f"{where}: {each}" for each in dict.fromkeys(broken)]

    def must_have_found_nothing(self) -> None:
        """And forgets, for the next test."""
        found = [each for each in self.found if not each.endswith(tuple(self.excused))]
        self.found = []
        self.names.clear()
        self.excused.clear()
        assert found == [], "\n".join(dict.fromkeys(found))


watched = Watched()


def built(html: str, *, ours: bool) -> list[str]:
    try:
        if page_contract.is_whole(html):
            return page_contract.faults(html) if ours else page_contract.faults_of_any(html)
        return page_contract.faults_of_part(html)
    except page_contract.NOT_VALID as error:
        return [f"no valid HTML: {error}"]


def policed(headers: Mapping[str, str], html: str = "") -> list[str]:
    """Nothing that stands in the page is run, whatever stands there (`user-interface.md` 8.1).

    A style may stand in it where it is the one whose hash the policy has (8.2).
    """
    told = headers.get("content-security-policy", "")
    for sheet in STYLE.findall(html):
        told = told.replace(f"style-src 'self' '{hash_of(sheet)}'", "style-src 'self'")
    parts = [each.strip() for each in told.split(";")]
    found = [f"no {each}" for each in POLICY if each not in parts]
    allowed = told.replace(";", " ").split()
    return found + [f"the policy allows {each}" for each in NEVER if any(way.startswith(each) for way in allowed)]


def installed() -> None:
    """Once in a process, before any application answers."""
    answer, put_on_roster = Starlette.__call__, roster.add_student

    async def answering(self: Starlette, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await answer(self, scope, receive, send)
        elif is_a_press(self, scope):
            await pressing(self, scope, receive, reading(self, scope, send), answer)
        else:
            await answer(self, scope, receive, reading(self, scope, send))

    @functools.wraps(put_on_roster)
    def add_student(*args: object, **fields: object) -> object:
        watched.names |= {each for each in names_in(args) if len(each) > 2}
        return put_on_roster(*args, **fields)  # type: ignore[arg-type]  # as it was called

    Starlette.__call__ = answering  # type: ignore[method-assign]
    roster.add_student = add_student  # type: ignore[assignment]


def names_in(args: tuple[object, ...]) -> Iterator[str]:
    """Given and family name, the fourth argument."""
    for each in args[3:4]:
        yield from each if isinstance(each, tuple) else ()


def reading(app: Starlette, scope: Scope, send: Send) -> Send:
    begun: Message = {}
    body = bytearray()

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            begun.update(message)
        elif message["type"] == "http.response.body" and begun:
            headers = Headers(raw=begun["headers"])
            if not watched.busy and headers.get("content-type", "").startswith("text/html"):
                body.extend(message.get("body", b""))
                if not message.get("more_body") and body:
                    html = UNPACK.get(headers.get("content-encoding", ""), bytes)(bytes(body)).decode()
                    query = scope.get("query_string", b"").decode()
                    where = f"{scope['method']} {scope['path']}?{query}".rstrip("?")
                    watched.looks(html, headers, where, ours=hasattr(app.state, "hub"))
        await send(message)

    return told


def is_a_press(app: Starlette, scope: Scope) -> bool:
    """A form of the console, sent by a client of a test; a browser's server answers others meanwhile."""
    ours = hasattr(app.state, "hub") and (scope.get("client") or ("",))[0] == "testclient"
    return ours and scope["method"] == "POST" and pressed.is_form(Headers(scope=scope))


async def pressing(app: Starlette, scope: Scope, receive: Receive, send: Send, answer: App) -> None:
    """What was done, is sent again."""
    body, status = bytearray(), 0

    async def hearing() -> Message:
        message = await receive()
        body.extend(message.get("body", b""))
        return message

    async def telling(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)
        await send(message)

    await answer(app, scope, hearing, telling)
    route = getattr(scope.get("route"), "path", None)
    if route is None or watched.busy:
        return
    kind = route.replace("{action}", str(scope["path_params"].get("action")))
    if not pressed.is_success(kind, status):
        return
    cookies = Request(scope).cookies
    sent_as = Headers(scope=scope)["content-type"]
    press = pressed.Press(kind=kind, path=scope["path"], cookies=cookies, body=bytes(body), sent_as=sent_as, app=app)
    watched.busy = True
    try:
        watched.found += await anyio.to_thread.run_sync(pressed.faults, press)
    finally:
        watched.busy = False
