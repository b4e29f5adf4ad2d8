"""The stand-in's HTTP side: the provider's own addresses, a control API for faults, and the page of telephones."""

import hmac
import json
import time
from base64 import b64decode
from binascii import Error as NotBase64
from pathlib import Path
from typing import Annotated, cast

import uvicorn
from fastapi import Depends, FastAPI, Form, Header, HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.staticfiles import StaticFiles

from crisis.notify.handsets import Entry, Exchange, Fault, Ledger, Owner

FILES = Path(__file__).parent / "handsets_files"
HANG = 8.0  # seconds; longer than any caller should wait
API = "/2010-04-01/Accounts/{account}"
CSP = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'"
ERRORS: dict[str, tuple[int, int, str]] = {
    "error": (500, 20500, "Internal server error"),
    "busy": (429, 20429, "Too many requests"),
    "opted_out": (400, 21610, "Attempt to send to unsubscribed recipient"),
}

_pages = Environment(loader=FileSystemLoader(FILES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def exchange_of(request: Request) -> Exchange:
    return cast(Exchange, request.app.state.exchange)


Network = Annotated[Exchange, Depends(exchange_of)]


def customer(network: Network, account: str, authorization: Annotated[str, Header()] = "") -> None:
    """Basic authentication, as the provider asks for it."""
    try:
        name, _, secret = b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
    except (NotBase64, UnicodeDecodeError):
        name, secret = "", ""
    right = hmac.compare_digest(name, network.account) and hmac.compare_digest(secret, network.secret)
    if not right or account != network.account:
        raise HTTPException(401, {"code": 20003, "message": "Authenticate", "status": 401})


Customer = Depends(customer)


def _faulty(fault: Fault, entry: Entry | None) -> Response:
    """What a provider in trouble answers."""
    if fault in ERRORS:
        status, code, message = ERRORS[fault]
        headers = {"Retry-After": "1"} if status == 429 else None
        return JSONResponse({"code": code, "message": message, "status": status}, status, headers=headers)
    if fault in ("hang", "accept_then_hang"):
        time.sleep(HANG)
        return JSONResponse({}, 504)
    if fault == "garbage":
        return Response("<html>gateway", 201, media_type="text/html")
    if fault == "endless":
        return Response(b"{" + b" " * (10 * 1024 * 1024) + b"}", 201, media_type="application/json")
    if fault == "redirect":
        return RedirectResponse("/elsewhere", 302)
    return JSONResponse({"sid": None, "status": "queued", "error_code": None}, 201)


_NEVER_ARRIVES = frozenset({"hang", "error", "busy", "opted_out", "redirect"})


def message_came(
    network: Network,
    to: Annotated[str, Form(alias="To")],
    body: Annotated[str, Form(alias="Body")],
    sender: Annotated[str, Form(alias="From")],
    x_reference: Annotated[str, Header()] = "",
) -> Response:
    fault = network.plan.take(to, "messages")
    entry = None if fault in _NEVER_ARRIVES else network.receive_text(to, body, x_reference)
    if fault is not None:
        return _faulty(fault, entry)
    assert entry is not None
    return JSONResponse({**_shown(entry, network.account), "to": to, "from": sender, "body": body}, 201)


def call_came(
    network: Network,
    to: Annotated[str, Form(alias="To")],
    twiml: Annotated[str, Form(alias="Twiml")],
    sender: Annotated[str, Form(alias="From")],
    x_reference: Annotated[str, Header()] = "",
) -> Response:
    fault = network.plan.take(to, "calls")
    entry = None if fault in _NEVER_ARRIVES else network.receive_call(to, twiml, x_reference)
    if fault is not None:
        return _faulty(fault, entry)
    assert entry is not None
    return JSONResponse({**_shown(entry, network.account), "to": to, "from": sender}, 201)


def _shown(entry: Entry, account: str) -> dict[str, object]:
    return {
        "sid": entry.sid,
        "account_sid": account,
        "status": "queued",
        "date_created": entry.at,
        "error_code": None,
        "error_message": None,
    }


def messages(network: Network, to: str = "") -> dict[str, object]:
    found = [entry for entry in network.ledger.entries if entry.kind == "text" and to in ("", entry.phone)]
    return {"messages": [{**_shown(each, network.account), "to": each.phone, "body": each.body} for each in found]}


def page(network: Network) -> Response:
    template = _pages.get_template("handsets.html")
    html = template.render(phones=list(network.phones()), count=len(network.ledger.entries))
    return Response(html, media_type="text/html", headers={"Content-Security-Policy": CSP, "Cache-Control": "no-store"})


def owner_replies(network: Network, phone: Annotated[str, Form()], body: Annotated[str, Form()]) -> Response:
    network.reply(phone, body)
    return RedirectResponse("/", 303)


def owner_presses(
    network: Network, phone: Annotated[str, Form()], call: Annotated[str, Form()], key: Annotated[str, Form()]
) -> Response:
    network.press(phone, call, key)
    return RedirectResponse("/", 303)


def set_fault(network: Network, phone: str, what: str, fault: Fault, times: int = 1) -> dict[str, bool]:
    network.plan.set(phone, what, fault, times)
    return {"ok": True}


def clear_faults(network: Network) -> dict[str, bool]:
    network.plan.clear()
    return {"ok": True}


def count(network: Network) -> dict[str, int]:
    return {"count": len(network.ledger.entries)}


def build_handsets(exchange: Exchange) -> FastAPI:
    app = FastAPI(title="Handsets", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.exchange = exchange
    app.add_api_route(
        f"{API}/Messages.json", message_came, methods=["POST"], dependencies=[Customer], response_model=None
    )
    app.add_api_route(f"{API}/Messages.json", messages, methods=["GET"], dependencies=[Customer])
    app.add_api_route(f"{API}/Calls.json", call_came, methods=["POST"], dependencies=[Customer], response_model=None)
    app.add_api_route("/", page, methods=["GET"], response_model=None)
    app.add_api_route("/reply", owner_replies, methods=["POST"], response_model=None)
    app.add_api_route("/press", owner_presses, methods=["POST"], response_model=None)
    app.add_api_route("/count", count, methods=["GET"])
    app.add_api_route("/control/faults", set_fault, methods=["POST"])
    app.add_api_route("/control/faults", clear_faults, methods=["DELETE"])
    app.mount("/files", StaticFiles(directory=FILES), name="files")
    return app


def owners_of(path: Path) -> dict[str, Owner]:
    """Names for numbers, from a JSON file of {"+1…": {"name": …, "post": …}}; what the page shows and nothing else."""
    return {phone: Owner(**owner) for phone, owner in json.loads(path.read_text(encoding="utf-8")).items()}


def serve_handsets(exchange: Exchange, port: int) -> None:
    """Until the process is ended; on this machine only."""
    uvicorn.run(build_handsets(exchange), host="127.0.0.1", port=port, log_level="warning", access_log=False)


def exchange_from(folder: Path, *, account: str, secret: str, sender: str, target: str, public_url: str) -> Exchange:
    """A network whose ledger and owners lie in a folder."""
    owners = folder / "owners.json"
    return Exchange(
        ledger=Ledger(folder / "ledger.jsonl").load(),
        account=account,
        secret=secret,
        sender=sender,
        target=target,
        public_url=public_url,
        owners=owners_of(owners) if owners.exists() else {},
    )
