"""The stand-in's HTTP side: the provider's own addresses, and a control API for faults."""

import hmac
import re
import time
from base64 import b64decode
from binascii import Error as NotBase64
from typing import Annotated, cast

import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from crisis.notify import handsets_page
from crisis.notify.handsets import Account, Exchange, Fault, What
from crisis.notify.ledger import Entry

HANG = 8.0  # seconds; longer than any caller should wait
API = "/2010-04-01/Accounts/{account}"
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
ERRORS: dict[str, tuple[int, int, str]] = {
    "error": (500, 20500, "Internal server error"),
    "accept_then_error": (500, 20500, "Internal server error"),
    "unavailable": (503, 20503, "Service unavailable"),
    "busy": (429, 20429, "Too many requests"),
    "opted_out": (400, 21610, "Attempt to send to unsubscribed recipient"),
    "bad_number": (400, 21211, "The 'To' number is not a valid phone number"),
}
NOT_TAKEN = frozenset({"hang", "error", "unavailable", "busy", "opted_out", "bad_number", "redirect"})
LOST = frozenset({"undelivered", "silent"})


def exchange_of(request: Request) -> Exchange:
    return cast(Exchange, request.app.state.exchange)


Network = Annotated[Exchange, Depends(exchange_of)]


def customer(network: Network, account: str, authorization: Annotated[str, Header()] = "") -> Account:
    """Basic authentication, as the provider asks for it."""
    try:
        name, _, secret = b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
    except (NotBase64, UnicodeDecodeError):
        name, secret = "", ""
    for known in network.accounts:
        same = hmac.compare_digest(name.encode(), known.sid.encode())
        if same and hmac.compare_digest(secret.encode(), known.secret.encode()) and account == known.sid:
            return known
    raise HTTPException(401, {"code": 20003, "message": "Authenticate", "status": 401})


Customer = Annotated[Account, Depends(customer)]


async def posted(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


Posted = Annotated[dict[str, str], Depends(posted)]


def message_came(
    network: Network, account: Customer, form: Posted, x_reference: Annotated[str, Header()] = ""
) -> Response:
    missing = None if form.get("Body") else (21602, "Message body is required")
    return _came(network, "messages", account, form, missing=missing, reference=x_reference)


def call_came(
    network: Network, account: Customer, form: Posted, x_reference: Annotated[str, Header()] = ""
) -> Response:
    missing = None if form.get("Twiml") else (21205, "Url parameter is required")
    return _came(network, "calls", account, form, missing=missing, reference=x_reference)


def _came(
    network: Exchange,
    what: What,
    account: Account,
    form: dict[str, str],
    *,
    missing: tuple[int, str] | None,
    reference: str,
) -> Response:
    wrong = missing or _wrong(account, form)
    if wrong is not None:
        return _error(400, *wrong)
    to = form["To"]
    fault = network.plan.take(to, what)
    if what == "messages" and network.opted_out(to):
        fault = "opted_out"
    if fault in NOT_TAKEN:
        return _faulty(fault)
    body = form["Body" if what == "messages" else "Twiml"]
    entry = network.take(what, account.number, to, body, reference, lost=fault in LOST)
    network.report(entry, form.get("StatusCallback", ""), fault)
    return JSONResponse(shown(entry, account, "queued"), 201) if fault in LOST or fault is None else _faulty(fault)


def _wrong(account: Account, form: dict[str, str]) -> tuple[int, str] | None:
    if not form.get("To"):
        return 21604, "A 'To' phone number is required"
    if not E164.fullmatch(form["To"]):
        return 21211, "The 'To' number is not a valid phone number"
    if form.get("From") != account.number:
        return 21606, "The 'From' phone number is not a valid, SMS-capable number of this account"
    return None


def _error(status: int, code: int, message: str) -> Response:
    headers = {"Retry-After": "1"} if status in (429, 503) else None
    return JSONResponse({"code": code, "message": message, "status": status}, status, headers=headers)


def _faulty(fault: Fault | None) -> Response:
    """What a provider in trouble answers."""
    if fault in ERRORS:
        return _error(*ERRORS[fault])
    if fault in ("hang", "accept_then_hang"):
        time.sleep(HANG)
        return JSONResponse({}, 504)
    if fault == "garbage":
        return Response("<html>gateway", 201, media_type="text/html")
    if fault == "endless":
        return Response(b"{" + b" " * (10 * 1024 * 1024) + b"}", 201, media_type="application/json")
    if fault == "redirect":
        return RedirectResponse("/elsewhere", 307)
    error = 30001 if fault == "error_in_success" else None
    return JSONResponse({"sid": None, "status": "queued", "error_code": error}, 201)


def shown(entry: Entry, account: Account, status: str) -> dict[str, object]:
    return {
        "sid": entry.sid,
        "account_sid": account.sid,
        "to": entry.phone,
        "from": entry.line,
        "body": entry.body,
        "status": status,
        "date_created": entry.at,
        "error_code": 30005 if status in ("undelivered", "failed") else None,
        "error_message": None,
    }


def one(network: Network, account: Customer, sid: str) -> Response:
    """A message or a call as it stands now."""
    entry = network.ledger.by_sid(sid)
    if entry is None or entry.line != account.number:
        return _error(404, 20404, "The requested resource was not found")
    return JSONResponse(shown(entry, account, _status(entry)))


def _status(entry: Entry) -> str:
    if entry.sid.startswith("CA"):
        return "failed" if entry.kind == "lost" else "completed"
    return "undelivered" if entry.kind == "lost" else "delivered"


def messages(network: Network, account: Customer, request: Request) -> dict[str, object]:
    return {"messages": _listed(network, account, "SM", request.query_params.get("To"))}


def calls(network: Network, account: Customer, request: Request) -> dict[str, object]:
    return {"calls": _listed(network, account, "CA", request.query_params.get("To"))}


def _listed(network: Exchange, account: Account, kind: str, to: str | None) -> list[dict[str, object]]:
    """What was sent, the newest first; what came from telephones is not among it."""
    sent = [each for each in network.ledger.entries if each.kind in ("text", "call", "lost")]
    mine = [each for each in sent if each.line == account.number and each.sid.startswith(kind)]
    return [shown(each, account, _status(each)) for each in reversed(mine) if to in (None, each.phone)]


def set_fault(network: Network, phone: str, what: What, fault: Fault, times: int = 1) -> dict[str, bool]:
    network.plan.set(phone, what, fault, times)
    return {"ok": True}


def clear_faults(network: Network) -> dict[str, bool]:
    network.plan.clear()
    return {"ok": True}


def build_handsets(exchange: Exchange) -> FastAPI:
    app = FastAPI(title="Handsets", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.exchange = exchange
    app.add_api_route(f"{API}/Messages.json", message_came, methods=["POST"], response_model=None)
    app.add_api_route(f"{API}/Calls.json", call_came, methods=["POST"], response_model=None)
    app.add_api_route(f"{API}/Messages.json", messages, methods=["GET"])
    app.add_api_route(f"{API}/Calls.json", calls, methods=["GET"])
    for kind in ("Messages", "Calls"):
        app.add_api_route(f"{API}/{kind}/{{sid}}.json", one, methods=["GET"], response_model=None)
    app.add_api_route("/control/faults", set_fault, methods=["POST"], dependencies=[handsets_page.OwnSite])
    app.add_api_route("/control/faults", clear_faults, methods=["DELETE"], dependencies=[handsets_page.OwnSite])
    handsets_page.add_to(app)
    return app


def serve_handsets(exchange: Exchange, port: int) -> None:
    """Until the process is ended; on this machine only."""
    uvicorn.run(build_handsets(exchange), host="127.0.0.1", port=port, log_level="warning", access_log=False)
