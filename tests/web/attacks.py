"""Requests that nobody may succeed with: forged, foreign, with more fields than asked, and sent by other sites.

`attacks` makes any number of them from a seed, over every operation that the application has.
"""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import unquote, urlencode

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from crisis.vocabulary import PersonId
from tests.factories import SCHOOL, STUDENT
from web.deps import form_token, signed_in, token_holder
from web.incident_forms import INCIDENT_FORMS
from web.my_paging_forms import MY_PAGING_FORMS
from web.oncall_forms import ONCALL_FORMS
from web.pages.incident import PARTS, SHEETS
from web.step_forms import STEP_FORMS

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
HOSTILE = (
    "' OR '1'='1", "'; DROP TABLE incident;--", "../../etc/passwd", "%2e%2e%2f", "\x00", "{{7*7}}", "${7*7}", "*", "%",
    "0", "-1", "null", "true", "__proto__", "<script>alert(1)</script>", "\u202e", "a" * 79,
)  # fmt: skip
ORIGINS = (
    "https://evil.example", "null", "http://testserver.evil.example", "http://eviltestserver", "http://testserver:8443",
    "https://testserver", "http://sub.testserver", "http://testserver@evil.example", "http://127.0.0.1", "file://",
)  # fmt: skip
ASKED = ("csrf", "key", "linked_to", "occurred_at", "place", "seen", "student")  # forms and bodies may carry these
JWT_NONE = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJwLWNvdW5zZWxvciJ9."
Dice = Random


@dataclass(frozen=True)
class Request:
    """As it goes over the wire; `kind` says what is tried."""

    kind: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def carried_out(self) -> bool:
        """Anything that is neither a refusal nor the way to the sign-in form."""
        return self.status < 400 and not (self.status == 303 and self.headers.get("location") == "/login")


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    page: bool
    schema: Mapping[str, Any] | None  # of a JSON body


@dataclass(frozen=True)
class Town:
    """Whom and what there is to attack. `legitimate` are requests that succeed, by name."""

    operations: tuple[Operation, ...]
    schemas: Mapping[str, Any]
    things: Mapping[str, str]  # by the name of a place in an address
    people: tuple[str, ...]
    columns: tuple[str, ...]
    tokens: Mapping[PersonId, str]
    sessions: Mapping[PersonId, str]
    dead: tuple[str, ...]  # tokens and sessions that were ended
    legitimate: Mapping[str, tuple[str, dict[str, object]]]  # address and body; a form where it is no `/api/`
    insider: PersonId  # who may do all that is legitimate
    outsider: PersonId  # of another district
    colleague: PersonId  # of the same district, and of another school


def operations_of(app: FastAPI) -> tuple[tuple[Operation, ...], Mapping[str, Any]]:
    """Every operation that needs somebody, with what its body looks like."""
    described = app.openapi()
    found = []
    for route in iter_route_contexts(app.routes):
        calls = _called(route.dependant) if getattr(route, "dependant", None) is not None else set()
        for method in sorted(set(getattr(route, "methods", None) or ()) & {"GET", "POST"}):
            if calls & {signed_in, token_holder}:
                known = described["paths"].get(route.path, {}).get(method.lower(), {}).get("requestBody")
                schema = known["content"][JSON]["schema"] if known and JSON in known["content"] else None
                found.append(Operation(method, str(route.path), signed_in in calls, schema))
    return tuple(found), described["components"]["schemas"]


def _called(dependant: Any) -> set[object]:
    return {dependant.call}.union(*(_called(each) for each in dependant.dependencies))


def filled(path: str, town: Town, dice: Dice) -> str:
    """The address with what is there, and now and then with something hostile."""
    actions = [*INCIDENT_FORMS, *STEP_FORMS, *ONCALL_FORMS, *MY_PAGING_FORMS, "restrict", "check", "lift", "add", "end"]
    known: dict[str, list[str]] = {"action": actions, "sheet": list(map(str, SHEETS)), "name": list(map(str, PARTS))}
    for name in (part[1:-1] for part in path.split("/") if part.startswith("{")):
        value = dice.choice(known[name]) if name in known else town.things.get(name, "x-1")
        path = path.replace("{" + name + "}", value)
    return path


def a_body(town: Town, schema: Mapping[str, Any], dice: Dice, depth: int = 0) -> Any:
    """A value of a shape, with what there is in it: people, students and places of others."""
    if "$ref" in schema:
        return a_body(town, town.schemas[schema["$ref"].rsplit("/", 1)[1]], dice, depth)
    if "anyOf" in schema:
        return a_body(town, schema["anyOf"][0], dice, depth)
    if "enum" in schema:
        return dice.choice(schema["enum"])
    match schema.get("type"):
        case "object":
            return {
                name: _named(name, town, dice) or a_body(town, each, dice, depth + 1)
                for name, each in schema.get("properties", {}).items()
                if name in schema.get("required", ()) or dice.random() < 0.4
            }
        case "array":
            return [] if depth > 3 else [a_body(town, schema.get("items", {}), dice, depth + 1)]
        case "integer":
            return dice.randint(1, 12)
        case "boolean":
            return dice.random() < 0.5
        case "string" if schema.get("format") == "date-time":
            return "2026-12-01T10:00:00Z"
        case "string" if schema.get("format") == "date":
            return "2026-12-01"
        case "string" if schema.get("format") == "time":
            return "08:00"
    return dice.choice(("clear_means", "screen", "high", "said in the hall"))


def _named(name: str, town: Town, dice: Dice) -> str | None:
    if name in ("to", "person", "taker", "incoming", "contact", "adult", "who"):
        return dice.choice(town.people)
    return {"school": str(SCHOOL), "student": str(STUDENT), "other": town.things["incident_id"]}.get(name)


def as_program(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}", "content-type": JSON}


def as_browser(session: str, **more: str) -> dict[str, str]:
    return {"cookie": f"session={session}", "content-type": FORM, "accept": "text/html", **more}


def mutated(secret: str, dice: Dice) -> str:
    place = dice.randrange(len(secret))
    other = dice.choice([each for each in "Aa0_-zZ9" if each != secret[place]])
    changed = secret[:place] + other + secret[place + 1 :]
    return dice.choice((changed, secret[:-1], secret + "A", secret[::-1], secret.swapcase(), f"{secret} {secret}"))


def a_forged_secret(town: Town, dice: Dice) -> Request:
    """Nobody's token or session, one that was ended, or the one in the place of the other."""
    operation = dice.choice(town.operations)
    token, session = town.tokens[town.insider], town.sessions[town.insider]
    no_name = "".join(dice.choices("ABCDEFabcdef0123456789_-", k=43))
    near = (mutated(token, dice), mutated(session, dice))
    wrong = dice.choice((no_name, "", JWT_NONE, "undefined", "admin", *town.dead, *near))
    swapped = dice.random() < 0.15
    secret = (token if operation.page else session) if swapped else wrong
    headers = as_browser(secret) if operation.page else as_program(secret)
    return _sent("forged", operation, town, dice, headers, csrf=form_token(secret))


def another_district(town: Town, dice: Dice) -> Request:
    """A genuine person of another district asks for what is ours by its right name."""
    return _by(town.outsider, "another district", town, dice)


def another_school(town: Town, dice: Dice) -> Request:
    return _by(town.colleague, "another school", town, dice)


def _by(person: PersonId, kind: str, town: Town, dice: Dice) -> Request:
    ours = [each for each in town.operations if any(f"{{{name}}}" in each.path for name in ("incident_id", "student"))]
    ours += [each for each in town.operations if each.path == "/api/v1/students/find"]
    operation = dice.choice(ours)
    session = town.sessions[person]
    headers = as_browser(session) if operation.page else as_program(town.tokens[person])
    return _sent(kind, operation, town, dice, headers, csrf=form_token(session))


def a_hostile_address(town: Town, dice: Dice) -> Request:
    """By a genuine person; where a place in the address is, something stands that was never an id."""
    operation = dice.choice([each for each in town.operations if "{" in each.path and each.method == "GET"])
    path = operation.path
    for name in [part[1:-1] for part in path.split("/") if part.startswith("{")]:
        path = path.replace("{" + name + "}", _escaped(dice.choice(HOSTILE)))
    headers = as_browser(town.sessions[town.outsider]) if operation.page else as_program(town.tokens[town.outsider])
    return Request("hostile address", "GET", path, headers)


def _escaped(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


def _sent(kind: str, operation: Operation, town: Town, dice: Dice, headers: dict[str, str], csrf: str) -> Request:
    path = filled(operation.path, town, dice)
    if operation.method == "GET":
        return Request(kind, "GET", path, headers)
    if operation.page:
        fields = {"csrf": csrf, "seen": "1", "note": "x", "to": dice.choice(town.people), "reason": "x", "q": "xi"}
        return Request(kind, "POST", path, headers, urlencode(fields).encode())
    body = a_body(town, operation.schema or {"type": "object"}, dice)
    key = {"idempotency-key": f"key-{dice.getrandbits(60)}"}
    return Request(kind, "POST", path, headers | key, json.dumps(body).encode())


def more_fields(town: Town, dice: Dice) -> Request:
    """What is legitimate, with one field more: every column of every table by its name, and what attackers guess."""
    path, body = dice.choice(list(town.legitimate.values()))
    guessed = ("is_admin", "role", "posts", "by", "actor", "district_id", "created_at", "__class__", "constructor")
    name = dice.choice([each for each in (*town.columns, *guessed) if each not in body and each not in ASKED])
    value = dice.choice(("d-2", "p-officer", "1", "true", "district_lead", "2020-01-01T00:00:00Z"))
    headers = _legitimate(town, path, dice)
    return Request("more fields", "POST", path, headers, _encoded(path, body | {name: value}, town))


def legitimate(town: Town, name: str, dice: Dice) -> Request:
    path, body = town.legitimate[name]
    return Request("legitimate", "POST", path, _legitimate(town, path, dice), _encoded(path, body, town))


def _legitimate(town: Town, path: str, dice: Dice) -> dict[str, str]:
    if path.startswith("/api/"):
        return as_program(town.tokens[town.insider]) | {"idempotency-key": f"key-{dice.getrandbits(60)}"}
    return as_browser(town.sessions[town.insider])


def _encoded(path: str, body: dict[str, object], town: Town) -> bytes:
    if path.startswith("/api/"):
        return json.dumps(body).encode()
    return urlencode({"csrf": form_token(town.sessions[town.insider]), **body}).encode()


def another_site(town: Town, dice: Dice) -> Request:
    """The browser of somebody who is signed in, sent here by another site; or a form that does not know its token."""
    path, body = dice.choice([each for each in town.legitimate.values() if not each[0].startswith("/api/")])
    session = town.sessions[town.insider]
    right = form_token(session)
    tries: tuple[Callable[[], tuple[dict[str, str], str | None]], ...] = (
        lambda: ({"origin": dice.choice(ORIGINS)}, right),
        lambda: ({"sec-fetch-site": dice.choice(("cross-site", "same-site"))}, right),
        lambda: ({"origin": dice.choice(ORIGINS), "x-csrf-token": right}, None),
        lambda: ({}, None),
        lambda: ({}, mutated(right, dice)),
        lambda: ({}, form_token(town.sessions[town.colleague])),
        lambda: ({"x-http-method-override": "POST", "x-csrf-token": ""}, ""),
        lambda: ({"content-type": "text/plain", "origin": dice.choice(ORIGINS)}, right),
    )
    headers, csrf = dice.choice(tries)()
    fields = body if csrf is None else {"csrf": csrf, **body}
    return Request("another site", "POST", path, as_browser(session) | headers, urlencode(fields).encode())


KINDS = (a_forged_secret, another_district, another_school, a_hostile_address, more_fields, another_site)


def attacks(town: Town, dice: Dice) -> Iterator[Request]:
    while True:
        yield dice.choice(KINDS)(town, dice)


async def asked(app: FastAPI, request: Request) -> Answer:
    """Straight into the application, as a server would hand it over."""
    path, _, query = request.path.partition("?")
    headers = {"host": "testserver", **request.headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(path, errors="replace"),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
        "state": {},
    }
    told: list[Any] = []
    body = [{"type": "http.request", "body": request.body, "more_body": False}]

    async def receive() -> Any:
        return body.pop() if body else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        told.append(message)

    await app(scope, receive, send)
    start = next(each for each in told if each["type"] == "http.response.start")
    content = b"".join(each.get("body", b"") for each in told if each["type"] == "http.response.body")
    return Answer(start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, content)
