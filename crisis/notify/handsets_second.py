"""The stand-in for the second provider: Telnyx's addresses, JSON, states and error codes."""

import hmac
from collections.abc import Mapping
from email.utils import format_datetime
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse, Response

from crisis.notify.handsets import Exchange, Order
from crisis.notify.handsets_calling import Account
from crisis.notify.handsets_faults import NOT_TAKEN, Faults
from crisis.notify.handsets_first import E164
from crisis.notify.handsets_notes import ALL_EVENTS, ONLY_THE_END, SECOND_CODES, SECOND_STATUS, Sent
from crisis.notify.handsets_page import Network
from crisis.notify.handsets_plans import Fault, What

REFUSALS: Mapping[str, tuple[int, str, str]] = {
    "internal": (500, "10007", "Unexpected error"),
    "unavailable": (503, "10007", "Service unavailable"),
    "too_many": (429, "10011", "Too many requests"),
    "stopped": (400, "40300", "Blocked due to STOP message"),
    "bad_number": (422, "40310", "Invalid 'to' address"),
    "landline": (422, "40301", "Unsupported message type for the 'to' address"),
    "wrong_secret": (401, "10009", "Authentication failed"),
    "suspended": (403, "20012", "Account inactive"),
}


class Telnyx:
    def refusal(self, kind: str) -> Response:
        return _error(*REFUSALS[kind])

    def odd(self, fault: Fault) -> Response:
        errors = [{"code": "40008", "title": "Undeliverable"}] if fault == "error_in_success" else []
        return JSONResponse({"data": {"id": None, "errors": errors}}, 200)


FAULTS = Faults(Telnyx())


async def said_by(request: Request) -> dict[str, object]:
    said = await request.json()
    return cast(dict[str, object], said) if isinstance(said, dict) else {}


def customer(network: Network, authorization: Annotated[str, Header()] = "") -> Account | None:
    key = authorization.removeprefix("Bearer ").encode()
    known = [each for each in network.accounts if each.second and hmac.compare_digest(key, each.secret.encode())]
    return known[0] if known else None


Said = Annotated[dict[str, object], Depends(said_by)]
Customer = Annotated[Account | None, Depends(customer)]
Reference = Annotated[str, Header()]


def message_came(network: Network, account: Customer, said: Said, x_reference: Reference = "") -> Response:
    if account is None:
        return FAULTS.dialect.refusal("wrong_secret")
    to, sender, body = (_text(said, name) for name in ("to", "from", "text"))
    wrong = _wrong(account, to, sender) or (None if body else (422, "40316", "No content provided for message"))
    if wrong is not None:
        return _error(*wrong)
    order = Order(
        what="messages",
        account=account,
        phone=to,
        body=body,
        sender=sender,
        reference=x_reference,
        status=_text(said, "webhook_url"),
    )
    stopped = network.opted_out(to, sender)
    return _taken(network, order, "opted_out" if stopped else network.plan.faults.take(to, "messages", "second"))


def call_came(network: Network, account: Customer, said: Said, sid: str, x_reference: Reference = "") -> Response:
    if account is None or sid != account.sid:
        return FAULTS.dialect.refusal("wrong_secret")
    to, sender, body = (_text(said, name) for name in ("To", "From", "Texml"))
    wrong = _wrong(account, to, sender) or (None if body else (422, "10004", "Missing required parameter"))
    if wrong is None and said.get("ApplicationSid") != account.application:
        wrong = (404, "10005", "Resource not found")
    if wrong is not None:
        return _error(*wrong)
    order = Order(
        what="calls",
        account=account,
        phone=to,
        body=body,
        sender=sender,
        reference=x_reference,
        status=_text(said, "StatusCallback"),
        fallback=_text(said, "FallbackUrl"),
        answered_by=_text(said, "AsyncAmdStatusCallback") if said.get("MachineDetection") else "",
        events=frozenset(_text(said, "StatusCallbackEvent").split()) & ALL_EVENTS or ONLY_THE_END,
    )
    return _taken(network, order, network.plan.faults.take(to, "calls", "second"))


async def call_said(network: Network, account: Customer, sid: str, call: str, request: Request) -> Response:
    made = network.sent.get(call)
    if account is None or made is None or made.account.sid != account.sid or sid != account.sid:
        return _error(404, "10005", "Resource not found")
    form = await request.form()
    status = str(form.get("Status", ""))
    if status not in ("", "completed"):
        return _error(422, "10015", "Bad Request")
    if status and not network.end(made, status):
        return _error(422, "90018", "Call has already ended")
    if not status:
        network.say(made, str(form.get("Texml", "")))
    return JSONResponse(_shown(made, "calls", status or "in-progress"))


def _taken(network: Exchange, order: Order, fault: Fault | None) -> Response:
    if fault is not None and fault in NOT_TAKEN:
        return FAULTS.answer(fault, None)
    made = network.take(order, fault)
    success = JSONResponse(_shown(made, order.what, "queued"))
    return success if fault in (None, "undelivered", "silent", "no_content_privacy") else FAULTS.answer(fault, success)


def _wrong(account: Account, to: str, sender: str) -> tuple[int, str, str] | None:
    if not E164.fullmatch(to):
        return 422, "40310", "Invalid 'to' address"
    return None if sender in account.numbers else (422, "40305", "Invalid 'from' address")


def _error(status: int, code: str, title: str) -> Response:
    headers = {"Retry-After": "1"} if status in (429, 503) else None
    return JSONResponse({"errors": [{"code": code, "title": title, "detail": title}]}, status, headers=headers)


def _shown(made: Sent, what: What, status: str) -> dict[str, object]:
    if what == "calls":
        made_at, who = format_datetime(made.made_at), made.answered_by or None
        said = {"from": made.sender, "to": made.phone, "status": status, "sid": made.sid}
        return {**said, "date_created": made_at, "answered_by": who, "account_sid": made.account.sid}
    to = [{"phone_number": made.phone, "status": SECOND_STATUS.get(status, status)}]
    inner = {"id": made.sid, "record_type": "message", "direction": "outbound", "to": to, "errors": _errors(made)}
    more = {"webhook_url": made.callback, "received_at": made.made_at.isoformat()}
    return {"data": {**inner, **more, "from": {"phone_number": made.sender}}}


def _errors(made: Sent) -> list[dict[str, str]]:
    code = SECOND_CODES.get(made.code, "40008")
    return [{"code": code, "title": "Undelivered"}] if made.status in ("undelivered", "failed") else []


def _record(made: Sent) -> dict[str, object]:
    """The detail record of a text."""
    return {
        "record_type": "message_detail_record",
        "uuid": made.sid,
        "cli": made.sender,
        "cld": made.phone,
        "direction": "outbound",
        "status": SECOND_STATUS.get(made.status, made.status),
        "created_at": made.made_at.isoformat(),
        "delivery_status_webhook_url": made.callback,
        "errors": [each["code"] for each in _errors(made)],
    }


def records(network: Network, account: Customer, request: Request) -> Response:
    """Of texts alone; the newest first where that is asked for."""
    asked = request.query_params
    if account is None:
        return FAULTS.dialect.refusal("wrong_secret")
    if asked.get("filter[record_type]") != "messaging":
        return _error(422, "10004", "Missing required parameter")
    found = [each for each in _sent(network, account, "messages") if asked.get("filter[cld]") in (None, each.phone)]
    fault = network.plan.lookups.take(asked.get("filter[cld]", "*"), "messages", "second")
    if fault is not None:
        return FAULTS.answer(fault, None)
    ordered = found if asked.get("sort") == "-created_at" else found[::-1]
    size = int(asked.get("page[size]", "20"))
    return JSONResponse({"data": [_record(each) for each in ordered[:size]], "meta": {"page_size": size}})


def calls(network: Network, account: Customer, sid: str, request: Request) -> Response:
    asked = request.query_params
    if account is None or sid != account.sid:
        return FAULTS.dialect.refusal("wrong_secret")
    fault = network.plan.lookups.take(asked.get("To", "*"), "calls", "second")
    if fault is not None:
        return FAULTS.answer(fault, None)
    found = [each for each in _sent(network, account, "calls") if asked.get("To") in (None, each.phone)]
    size = int(asked.get("PageSize", "20"))
    shown = [_shown(each, "calls", each.status) for each in found[:size]]
    return JSONResponse({"calls": shown, "page": 0, "page_size": size})


def call(network: Network, account: Customer, sid: str, call: str) -> Response:
    """A call as it stands now."""
    made = network.sent.get(call)
    if account is None or made is None or made.account.sid != account.sid or sid != account.sid:
        return _error(404, "10005", "Resource not found")
    return JSONResponse(_shown(made, "calls", made.status))


def _sent(network: Exchange, account: Account, what: What) -> list[Sent]:
    """The newest first."""
    return [each for each in reversed(network.sent.values()) if (each.account.sid, each.what) == (account.sid, what)]


def one(network: Network, account: Customer, sid: str) -> Response:
    """A message as it stands now."""
    made = network.sent.get(sid)
    if made is None or account is None or made.account.sid != account.sid:
        return _error(404, "10005", "Resource not found")
    return JSONResponse(_shown(made, "messages", made.status))


def _text(said: Mapping[str, object], name: str) -> str:
    found = said.get(name)
    return found if isinstance(found, str) else ""


def add_to(routes: APIRouter) -> None:
    routes.add_api_route("/v2/messages", message_came, methods=["POST"], response_model=None)
    routes.add_api_route("/v2/messages/{sid}", one, methods=["GET"], response_model=None)
    routes.add_api_route("/v2/detail_records", records, methods=["GET"], response_model=None)
    routes.add_api_route("/v2/texml/Accounts/{sid}/Calls", calls, methods=["GET"], response_model=None)
    routes.add_api_route("/v2/texml/Accounts/{sid}/Calls/{call}", call, methods=["GET"], response_model=None)
    routes.add_api_route("/v2/texml/Accounts/{sid}/Calls/{call}", call_said, methods=["POST"], response_model=None)
    routes.add_api_route("/v2/texml/Accounts/{sid}/Calls", call_came, methods=["POST"], response_model=None)
