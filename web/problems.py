"""Errors as answers: RFC 9457 problem details for programs, the same content as a page for people."""

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from crisis.errors import Change, Conflict, NotFound, Reason, Refused

log = logging.getLogger(__name__)

SIGN_IN = "/login"
OWN_SIGN_IN = "/me/sign-in"
OWN_PASSPHRASE = "/me/passphrase"  # noqa: S105  (an address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`reasons` are all rules that said no; `changes` is what happened since the version that was seen."""

    status: int
    title: str
    detail: str | None = None
    reasons: tuple[Reason, ...] = ()
    seen: int | None = None
    now: int | None = None
    changes: tuple[Change, ...] = ()
    step_up: bool = False  # somebody must show again that it is them, and may then do it
    fields: tuple[tuple[str, str], ...] = ()  # where the input was wrong, and what is expected there


Render = Callable[[Request, Problem], Response]


class SignInNeeded(Exception):
    """Nobody is signed in; a page sends the person to the sign-in form."""


class SecondFactorNeeded(Exception):
    """Somebody is signed in by less than their district asks for; a page sends them to set it up."""


class OwnPassphraseNeeded(Exception):
    """Somebody is signed in by a passphrase that another person made; a page lets them take one of their own."""


class StepUpNeeded(Exception):
    """What was asked for wants somebody who has shown within five minutes that it is them (PR-61)."""


class TokenNeeded(Exception):
    """No token came, or it does not stand any more."""


def plain(reason: Reason) -> str:
    return reason.text % dict(reason.values) if reason.values else reason.text


def _told(reason: Reason) -> dict[str, str]:
    """`at`, where there is one: the field that was sent, or the page of the incident where a person acts on it."""
    at = {"at": reason.at} if reason.at else {}
    return {"rule": reason.rule, "text": plain(reason), **at}


def as_json(problem: Problem) -> Response:
    body: dict[str, object] = {"type": "about:blank", "title": problem.title, "status": problem.status}
    if problem.detail:
        body["detail"] = problem.detail
    if problem.reasons:
        body["reasons"] = [_told(reason) for reason in problem.reasons]
    if problem.now is not None:
        body |= {"seen": problem.seen, "now": problem.now}
        body["changes"] = [{"seq": c.seq, "event": c.event, "by": c.by} for c in problem.changes]
    if problem.fields:
        body["fields"] = [{"at": at, "text": text} for at, text in problem.fields]
    headers = {"WWW-Authenticate": "Bearer"} if problem.status == HTTPStatus.UNAUTHORIZED else None
    return JSONResponse(body, problem.status, headers, media_type="application/problem+json")


def wants_page(request: Request) -> bool:
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def answering(render: Render) -> Render:
    """Chooses between page and JSON by who asks."""

    def answer(request: Request, problem: Problem) -> Response:
        return render(request, problem) if wants_page(request) else as_json(problem)

    return answer


def of_refusal(refused: Refused) -> Problem:
    return Problem(status=422, title="The rules do not allow this", reasons=tuple(refused.reasons))


def of_conflict(conflict: Conflict) -> Problem:
    return Problem(
        status=409,
        title="Somebody was faster; yours was not recorded",
        seen=conflict.seen,
        now=conflict.now,
        changes=conflict.changes,
    )


def of_input(errors: Sequence[object]) -> Problem:
    """Names the place and what is expected, never the value that came: it may be a name or a narrative."""
    fields = []
    for error in errors:
        if isinstance(error, dict):
            at = ".".join(str(part) for part in error["loc"] if part not in ("body", "query", "path"))
            fields.append((at or "body", str(error["msg"])))
    return Problem(status=422, title="Some of what was sent cannot be read", fields=tuple(fields))


def kinds_of(error: RequestValidationError) -> list[str]:
    """What was wrong with it, in the closed words of the library: never what was sent, nor which field it was in."""
    return sorted({str(each["type"]) for each in error.errors() if re.fullmatch(r"[a-z_]{1,40}", str(each["type"]))})


def of_status(status: int, detail: object) -> Problem:
    title = HTTPStatus(status).phrase
    return Problem(status=status, title=title, detail=detail if isinstance(detail, str) and detail != title else None)


NOT_FOUND = Problem(status=404, title="There is no such thing here, or it is not yours to see")
NO_TOKEN = Problem(status=401, title="This needs a personal token", detail="Send it as: Authorization: Bearer TOKEN")
BROKEN = Problem(
    status=500,
    title="Something broke on our side",
    detail="It may or may not have been recorded. Ask again with the same Idempotency-Key.",
)


LOOKS = ("GET", "HEAD")
NOT_ON_RECORD = Problem(  # PR-58: a look and its record are one transaction
    status=503,
    title="Nothing can be put on record at this moment, so nothing is shown",
    detail="Ask again in a moment.",
)


def to_sign_in(request: Request) -> Response:
    if wants_page(request):
        return RedirectResponse(SIGN_IN, status_code=303)
    return as_json(Problem(status=401, title="Nobody is signed in"))


STEP_UP = Problem(status=401, title="Show again that it is you, on the console", step_up=True)


def to_second_factor(request: Request) -> Response:
    return _first(request, OWN_SIGN_IN, "Your district asks for a second factor")


def to_own_passphrase(request: Request) -> Response:
    return _first(request, OWN_PASSPHRASE, "Take a password of your own first, on the console")


def _first(request: Request, there: str, title: str) -> Response:
    """What has to be done before what was asked for."""
    return (
        RedirectResponse(there, status_code=303) if wants_page(request) else as_json(Problem(status=403, title=title))
    )


def problem_of(error: Exception) -> Problem:
    match error:
        case Refused():
            return of_refusal(error)
        case Conflict():
            return of_conflict(error)
        case NotFound():
            return NOT_FOUND
        case StepUpNeeded() | TokenNeeded():
            return STEP_UP if isinstance(error, StepUpNeeded) else NO_TOKEN
        case RequestValidationError():
            return of_input(error.errors())
        case StarletteHTTPException(status_code=404):
            return NOT_FOUND
        case StarletteHTTPException():
            return of_status(error.status_code, error.detail)
        case _:
            return BROKEN


NOT_ALLOWED = (401, 403, 404, 429)  # one's own mistakes too: what is not yours looks like what is not there
NEEDED = (TokenNeeded, StepUpNeeded)
KNOWN = (Refused, Conflict, NotFound, *NEEDED, RequestValidationError, StarletteHTTPException, HTTPException)


def install(app: FastAPI, answer: Render) -> None:
    def problem(request: Request, error: Exception) -> Response:
        found = problem_of(error)
        place = getattr(request.scope.get("route"), "path", None)  # with no id in it
        if found.status in NOT_ALLOWED and place is not None:
            log.info("refused with %s: %s %s", found.status, request.method, place)
        if isinstance(error, RequestValidationError):  # ASVS 16.3.3
            log.info("input that cannot be read: %s %s: %s", request.method, place, ", ".join(kinds_of(error)))
        response = answer(request, found)
        if isinstance(error, StarletteHTTPException):
            response.headers.update(dict(error.headers or {}))
        return response

    def broken(request: Request, error: Exception) -> Response:
        log.error("a request broke: %s", type(error).__name__)  # the words of an error may hold a name
        if request.method in LOOKS and isinstance(error, DBAPIError):
            return answer(request, NOT_ON_RECORD)
        return problem(request, error)

    for kind in KNOWN:
        app.add_exception_handler(kind, problem)
    app.add_exception_handler(SecondFactorNeeded, lambda request, _: to_second_factor(request))
    app.add_exception_handler(OwnPassphraseNeeded, lambda request, _: to_own_passphrase(request))
    app.add_exception_handler(SignInNeeded, lambda request, _: to_sign_in(request))
    app.add_exception_handler(Exception, broken)
