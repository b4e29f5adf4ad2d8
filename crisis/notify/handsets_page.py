"""The page of telephones: what each one received, and forms for its owner to answer. Works without script."""

import re
from pathlib import Path
from typing import Annotated, cast
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Header, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.staticfiles import StaticFiles

from crisis.notify.handsets import Exchange
from crisis.notify.ledger import Entry

FILES = Path(__file__).parent / "handsets_files"
CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HERE = frozenset({"127.0.0.1", "localhost", "::1", "testserver"})
LATEST = 12  # of one telephone

_pages = Environment(loader=FileSystemLoader(FILES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
_KEY = re.compile(r"\b([1-9]) [a-z][^.,]{2,40}[.,]")
_LINK = re.compile(r"(https?://[a-z0-9.:-]+/p/[A-Za-z0-9]{22})")
_WHAT = {
    "missed": "Call",
    "text": "Text",
    "call": "Call",
    "voice": "You heard",
    "reply": "You wrote",
    "key": "You pressed",
}


def keys(entry: Entry) -> list[tuple[str, str]]:
    """The single keys that a call names, with its words for them."""
    return [(found[1], found[0].strip(" .,:")) for found in _KEY.finditer(entry.body)] if entry.action else []


def tappable(body: str) -> Markup:
    """A telephone makes a link of what looks like one; the rest stays text."""
    parts = _LINK.split(body)
    link = Markup('<a href="{0}" target="_blank" rel="noreferrer">{0}</a>')
    return Markup("").join(link.format(part) if turn % 2 else part for turn, part in enumerate(parts))


_pages.filters["tappable"] = tappable


def own_site(request: Request, origin: Annotated[str, Header()] = "") -> None:
    """Another site open in the same browser may not answer a page, nor may a name that it points to this machine."""
    host = urlsplit(f"//{request.headers.get('host', '')}")
    if host.hostname not in HERE or (origin and urlsplit(origin).netloc != host.netloc):
        raise HTTPException(403, "Only from this machine's own page")


OwnSite = Depends(own_site)


def exchange_of(request: Request) -> Exchange:
    return cast(Exchange, request.app.state.exchange)


Network = Annotated[Exchange, Depends(exchange_of)]


def page(request: Request) -> Response:
    network = exchange_of(request)
    phones = [(phone, owner, entries[-LATEST:]) for phone, owner, entries in network.phones()]
    count = len(network.ledger.entries)
    html = _pages.get_template("handsets.html").render(phones=phones, count=count, what=_WHAT, keys=keys)
    headers = {"Content-Security-Policy": CSP, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(html, media_type="text/html", headers=headers)


def owner_replies(request: Request, phone: Annotated[str, Form()], body: Annotated[str, Form()] = "") -> Response:
    if body.strip():
        exchange_of(request).reply(phone, body)
    return RedirectResponse(f"/#p{phone[1:]}", 303)


def owner_presses(
    request: Request,
    phone: Annotated[str, Form()],
    call: Annotated[str, Form()],
    key: Annotated[str, Form()] = "",
    wait: Annotated[str, Form()] = "",
) -> Response:
    exchange_of(request).press(phone, call, "" if wait else key)
    return RedirectResponse(f"/#p{phone[1:]}", 303)


def owner_rings(request: Request, phone: Annotated[str, Form()]) -> Response:
    """Calls the number back that was in touch last."""
    network = exchange_of(request)
    line = next((each.line for each in reversed(network.ledger.of_phone(phone)) if each.line), "")
    network.ring(phone, line)
    return RedirectResponse(f"/#p{phone[1:]}", 303)


def count(request: Request) -> dict[str, int]:
    return {"count": len(exchange_of(request).ledger.entries)}


def add_to(routes: APIRouter) -> None:
    routes.add_api_route("/", page, methods=["GET"], response_model=None, dependencies=[OwnSite])
    routes.add_api_route("/reply", owner_replies, methods=["POST"], response_model=None, dependencies=[OwnSite])
    routes.add_api_route("/press", owner_presses, methods=["POST"], response_model=None, dependencies=[OwnSite])
    routes.add_api_route("/ring", owner_rings, methods=["POST"], response_model=None, dependencies=[OwnSite])
    routes.add_api_route("/count", count, methods=["GET"], dependencies=[OwnSite])
    routes.mount("/files", StaticFiles(directory=FILES), name="files")
