"""The stand-in for the first provider: Twilio's addresses, forms, states and error codes."""

import hmac
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from datetime import date, datetime
from email.utils import format_datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse, Response

from crisis.notify.handsets import Exchange, Order
from crisis.notify.handsets_calling import Account
from crisis.notify.handsets_faults import NOT_TAKEN, Faults
from crisis.notify.handsets_notes import ALL_EVENTS, ONLY_THE_END, RECEIVED, Sent
from crisis.notify.handsets_page import Network
from crisis.notify.handsets_plans import Fault, What

API = "/2010-04-01/Accounts/{account}"
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
LONGEST_VALID = 36_000
UNDER_WAY = ("queued", "sending", "initiated", "ringing", "in-progress")
REFUSALS: Mapping[str, tuple[int, int, str]] = {
    "internal": (500, 20500, "Internal server error"),
    "unavailable": (503, 20503, "Service unavailable"),
    "too_many": (429, 20429, "Too many requests"),
    "stopped": (400, 21610, "Attempt to send to unsubscribed recipient"),
    "bad_number": (400, 21211, "The 'To' number is not a valid phone number"),
    "landline": (400, 21614, "The 'To' number is not a valid mobile number"),
    "wrong_secret": (401, 20003, "Authenticate"),
    "suspended": (403, 20005, "Account not active"),
}


class NotTheirs(Exception):
    """Name and secret are not those of the account."""


class Twilio:
    def refusal(self, kind: str) -> Response:
        return _error(*REFUSALS[kind])

    def odd(self, fault: Fault) -> Response:
        if fault == "no_content_privacy":
            return _error(400, 30029, "Invalid ContentRetention")
        error = 30001 if fault == "error_in_success" else None
        return JSONResponse({"sid": None, "status": "queued", "error_code": error}, 201)


FAULTS = Faults(Twilio())


def customer(network: Network, account: str, authorization: Annotated[str, Header()] = "") -> Account:
    """Basic authentication, as the provider asks for it."""
    try:
        name, _, secret = b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
    except (NotBase64, UnicodeDecodeError):
        name, secret = "", ""
    for known in (each for each in network.accounts if not each.second):
        same = hmac.compare_digest(name.encode(), known.sid.encode())
        if same and hmac.compare_digest(secret.encode(), known.secret.encode()) and account == known.sid:
            return known
    raise NotTheirs


Customer = Annotated[Account, Depends(customer)]


async def posted(request: Request) -> dict[str, list[str]]:
    form = await request.form()
    return {name: [each for each in form.getlist(name) if isinstance(each, str)] for name in form}


Posted = Annotated[dict[str, list[str]], Depends(posted)]
Reference = Annotated[str, Header()]


def message_came(network: Network, account: Customer, form: Posted, x_reference: Reference = "") -> Response:
    return _came(network, "messages", account, form, x_reference)


def call_came(network: Network, account: Customer, form: Posted, x_reference: Reference = "") -> Response:
    return _came(network, "calls", account, form, x_reference)


def _came(network: Exchange, what: What, account: Account, form: dict[str, list[str]], reference: str) -> Response:
    said = {name: values[0] for name, values in form.items() if values}
    wrong = _wrong(what, account, said)
    if wrong is not None:
        return _error(400, *wrong)
    fault = network.plan.faults.take(said["To"], what, "first")
    if what == "messages" and network.opted_out(said["To"], said["From"]):
        fault = "opted_out"
    if fault == "no_content_privacy" and "ContentRetention" not in said:
        fault = None
    if fault is not None and (fault in NOT_TAKEN or fault == "no_content_privacy"):
        return FAULTS.answer(fault, None)
    order = Order(
        what=what,
        account=account,
        phone=said["To"],
        body=said["Body" if what == "messages" else "Twiml"],
        sender=said["From"],
        reference=reference,
        status=said.get("StatusCallback", ""),
        answered_by=said.get("AsyncAmdStatusCallback", "") if said.get("MachineDetection") else "",
        kept=said.get("ContentRetention") != "discard",
        valid=float(said.get("ValidityPeriod", LONGEST_VALID)),
        fallback=said.get("FallbackUrl", ""),
        events=frozenset(form.get("StatusCallbackEvent", [])) & ALL_EVENTS or _events(what),
    )
    made = network.take(order, fault)
    success = JSONResponse(_shown(made, "queued"), 201)
    return success if fault in (None, "undelivered", "silent") else FAULTS.answer(fault, success)


def _events(what: What) -> frozenset[str]:
    """Who asks for no events of a call is told its end."""
    return ONLY_THE_END if what == "calls" else ALL_EVENTS


def _wrong(what: What, account: Account, said: Mapping[str, str]) -> tuple[int, str] | None:
    if what == "messages" and not said.get("Body"):
        return 21602, "Message body is required"
    if what == "calls" and not said.get("Twiml"):
        return 21205, "Url parameter is required"
    if not said.get("To"):
        return 21604, "A 'To' phone number is required"
    if not E164.fullmatch(said["To"]):
        return 21211, "The 'To' number is not a valid phone number"
    if said.get("From") not in account.numbers:
        return 21606, "The 'From' phone number is not a valid, SMS-capable number of this account"
    if (
        not said.get("ValidityPeriod", "1").isdecimal()
        or not 1 <= int(said.get("ValidityPeriod", "1")) <= LONGEST_VALID
    ):
        return 21621, "ValidityPeriod is between 1 and 36000"
    return None


def _error(status: int, code: int, message: str) -> Response:
    headers = {"Retry-After": "1"} if status in (429, 503) else None
    more = f"https://www.twilio.com/docs/errors/{code}"
    return JSONResponse(
        {"code": code, "message": message, "more_info": more, "status": status}, status, headers=headers
    )


def _shown(made: Sent, status: str) -> dict[str, object]:
    return {
        "sid": made.sid,
        "account_sid": made.account.sid,
        "to": made.phone,
        "from": made.sender,
        "body": made.body,
        "status": status,
        "date_created": format_datetime(made.made_at),
        "answered_by": made.answered_by or None,
        "direction": "inbound" if made.status == RECEIVED else "outbound-api",
        "error_code": (made.code or None) if status == made.status else None,
        "error_message": None,
    }


def one(network: Network, account: Customer, sid: str) -> Response:
    """A message or a call as it stands now."""
    made = network.sent.get(sid) or network.came.get(sid)
    if made is None or made.account.sid != account.sid:
        return _error(404, 20404, "The requested resource was not found")
    return JSONResponse(_shown(made, made.status))


def forget(network: Network, account: Customer, sid: str) -> Response:
    """Deletes a message or a call for ever; what is not over yet cannot be deleted."""
    made = network.sent.get(sid) or network.came.get(sid)
    if made is None or made.account.sid != account.sid:
        return _error(404, 20404, "The requested resource was not found")
    fault = network.plan.lookups.take(made.phone, made.what, "first")
    if fault is not None:
        return FAULTS.answer(fault, None)
    if made.status in UNDER_WAY:
        return _error(409, 20009, "Cannot delete a resource that is in progress")
    (network.came if sid in network.came else network.sent).pop(sid)
    return Response(status_code=204)


def call_said(network: Network, account: Customer, sid: str, form: Posted) -> Response:
    """What a call that goes on is to say, or that it is to end; one that is over cannot be changed."""
    made = network.sent.get(sid)
    if made is None or made.account.sid != account.sid or made.what != "calls":
        return _error(404, 20404, "The requested resource was not found")
    status = form.get("Status", [""])[0]
    if status not in ("", "canceled", "completed"):
        return _error(400, 20001, "Invalid Status")
    if not status:
        network.say(made, form["Twiml"][0])
        return JSONResponse(_shown(made, "in-progress"))
    if not network.end(made, status):
        return _error(400, 21220, "Call is not in-progress. Cannot redirect.")
    return JSONResponse(_shown(made, made.status))


def messages(network: Network, account: Customer, request: Request) -> Response:
    return _listed(network, "messages", account, request)


def calls(network: Network, account: Customer, request: Request) -> Response:
    return _listed(network, "calls", account, request)


def _listed(network: Exchange, what: What, account: Account, request: Request) -> Response:
    """What was sent, the newest first, a page of it; what came from telephones is not among it."""
    asked = request.query_params
    fault = network.plan.lookups.take(asked.get("To", "*"), what, "first")
    if fault is not None:
        return FAULTS.answer(fault, None)
    when = "DateSent" if what == "messages" else "StartTime"
    wanted = {name: asked[name] for name in ("To", "From") if name in asked}
    found = [
        each
        for each in reversed(network.sent.values())
        if (each.account.sid, each.what) == (account.sid, what)
        and wanted.items() <= {"To": each.phone, "From": each.sender}.items()
        and _on_days(each.made_at.date(), asked, when)
    ]
    size = int(asked.get("PageSize", "50"))
    return JSONResponse({what: [_shown(each, each.status) for each in found[:size]], "page_size": size})


def _on_days(day: date, asked: Mapping[str, str], name: str) -> bool:
    """`DateSent`, `DateSent<` and `DateSent>`, by the day in UTC."""
    exact, until, since = (asked.get(name + sign) for sign in ("", "<", ">"))
    return (
        (exact is None or day == _day(exact))
        and (until is None or day <= _day(until))
        and (since is None or day >= _day(since))
    )


def _day(said: str) -> date:
    return datetime.fromisoformat(said).date()


def not_theirs(_request: Request, _error: Exception) -> Response:
    return FAULTS.dialect.refusal("wrong_secret")


def add_to(routes: APIRouter) -> None:
    routes.add_api_route(f"{API}/Messages.json", message_came, methods=["POST"], response_model=None)
    routes.add_api_route(f"{API}/Calls.json", call_came, methods=["POST"], response_model=None)
    routes.add_api_route(f"{API}/Messages.json", messages, methods=["GET"], response_model=None)
    routes.add_api_route(f"{API}/Calls.json", calls, methods=["GET"], response_model=None)
    routes.add_api_route(f"{API}/Calls/{{sid}}.json", call_said, methods=["POST"], response_model=None)
    for kind in ("Messages", "Calls"):
        routes.add_api_route(f"{API}/{kind}/{{sid}}.json", one, methods=["GET"], response_model=None)
        routes.add_api_route(f"{API}/{kind}/{{sid}}.json", forget, methods=["DELETE"], response_model=None)
