"""What a provider in trouble answers, at the level of HTTP: it hangs, breaks off, lies, or says no."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from crisis.notify.handsets_plans import Fault

HANG = 30.0  # seconds; it ends when the caller hangs up
SLOW = 1.0
HUGE = 10 * 1024 * 1024
NOT_TAKEN = frozenset(
    {
        "hang",
        "reset",
        "error",
        "bad_gateway",
        "gateway_timeout",
        "unavailable",
        "busy",
        "opted_out",
        "bad_number",
        "landline",
        "wrong_secret",
        "suspended",
        "redirect",
    }
)
REFUSALS: Mapping[Fault, str] = {
    "error": "internal",
    "accept_then_error": "internal",
    "unavailable": "unavailable",
    "busy": "too_many",
    "opted_out": "stopped",
    "bad_number": "bad_number",
    "landline": "landline",
    "wrong_secret": "wrong_secret",
    "suspended": "suspended",
}


NONSENSE: Mapping[Fault, tuple[int, bytes, str]] = {
    "bad_gateway": (502, b"<html>", "text/html"),
    "gateway_timeout": (504, b"<html>", "text/html"),
    "garbage": (201, b"<html>gateway", "text/html"),
    "endless": (201, b"{" + b" " * HUGE + b"}", "application/json"),
    "truncated": (201, b'{"sid": "SM1234', "application/json"),
}


class Hanging(Response):
    """Says nothing until the caller has hung up, or for the time it was given; then `after`, or nothing at all."""

    def __init__(self, seconds: float, after: Response | None = None) -> None:
        super().__init__()
        self.seconds, self.after = seconds, after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        hung_up = asyncio.create_task(_hung_up(receive))
        gone, _waiting = await asyncio.wait({hung_up}, timeout=self.seconds)
        hung_up.cancel()
        if self.after is not None and not gone:
            await self.after(scope, receive, send)
        elif not gone:
            await JSONResponse({}, 504)(scope, receive, send)


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class BrokenOff(Response):
    """Announces more than it says: the server ends the connection in the middle."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"sid": "', "more_body": True})


class Dialect(Protocol):
    """How a provider words a refusal, and a success that is none."""

    def refusal(self, kind: str) -> Response: ...

    def odd(self, fault: Fault) -> Response: ...


@dataclass(frozen=True, slots=True)
class Faults:
    dialect: Dialect

    def answer(self, fault: Fault, success: Response | None) -> Response:
        """`success` is what it would have said, where it took the request."""
        match fault:
            case "hang" | "accept_then_hang":
                return Hanging(HANG)
            case "slow":
                return Hanging(SLOW, success)
            case "reset" | "accept_then_reset":
                return BrokenOff()
            case "redirect":
                return RedirectResponse("/elsewhere", 307)
            case _ if fault in NONSENSE:
                status, body, kind = NONSENSE[fault]
                return Response(body, status, media_type=kind)
            case _:
                return self.dialect.refusal(REFUSALS[fault]) if fault in REFUSALS else self.dialect.odd(fault)
