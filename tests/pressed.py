"""Every form that any test sends with success is sent again: the same press twice, and by somebody who saw less.

The second press of a button leaves every row as the first one left it. Somebody else of the same posts, who sends the
same form with the version that it had before, gets their draft back and is told what changed; that is tried on a copy
of the test's database, so that nothing of the test's own changes.

Each kind of form is tried once in a run, by whichever test sends it first.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from sqlalchemy import Connection, insert, select, text
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from crisis import clock
from crisis.store import sessions, sqlite
from crisis.store.engine import Store
from crisis.store.people_tables import PERSON, POST
from crisis.vocabulary import PersonId
from web.app import all_routes, build_app
from web.deps import form_token
from web.pressed_once import FORM, SHOWN_ONCE, WITH_FILE

BESIDE_FILE = re.compile(rb'; name="([^"]+)"\r\n\r\n(.*?)\r\n--', re.DOTALL)
TRIED = "CRISIS_TRIED_FORMS"  # a folder that all processes of a run share: a file for each kind that was tried
ELSE = PersonId("p-somebody-else")
TOUCHES = ("session", "sign_of_life", "alembic_version")  # that somebody is there, that the console lives
TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}
Rows = dict[str, frozenset[str]]
FORMS = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
ACTION = re.compile(r'\baction="([^"]*)"')
WORK_EACH_TIME = {
    "/login": "a second sign-in is a second session, and both are in the chain",
    "/login/with": "each begins a way of its own to the provider, and signs nobody in; the browser goes the last one",
    "/lock": "what was being typed goes along and is sealed anew; one of a session, the last",
}
# What takes a program or a browser that no client of a test is; each is pressed by a test of its own.
ELSEWHERE = {
    "/login/with/{name}/logout": "sent by a provider's page",
}
_ADDS = "adds to what others wrote, and overwrites nothing"
# Whoever knew less is not stopped; where a rule does, it keeps what they typed all the same.
NEVER_STALE = {
    "/incidents/{incident_id}/note": _ADDS,
    "/incidents/{incident_id}/suspect": _ADDS,
    "/incidents/{incident_id}/ask-to-come": _ADDS,
    "/incidents/{incident_id}/say-if-coming": "an answer of one's own",
    "/incidents/{incident_id}/draft-referral": _ADDS,
    "/incidents/{incident_id}/open-task": _ADDS,
    "/incidents/{incident_id}/page": _ADDS,
    "/incidents/{incident_id}/correct": _ADDS,
    "/incidents/{incident_id}/emergency": "an alarm is raised whatever is known",
    "/incidents/{incident_id}/sign-close": "a signature of one's own, and the rules look at all that stands in the way",
    "/incidents/{incident_id}/accept-page": "an answer of one's own",
    "/incidents/{incident_id}/decline-page": "an answer of one's own",
    "/incidents/{incident_id}/stand-by": "an answer of one's own",
    "/incidents/{incident_id}/here": "an answer of one's own",
    "/incidents/{incident_id}/delay-page": "an answer of one's own",
    "/incidents/{incident_id}/steps/{step_id}/watch": _ADDS,
    "/incidents/{incident_id}/steps/{step_id}/contact": _ADDS,
    "/incidents/{incident_id}/steps/{step_id}/count-contact": _ADDS,
    "/incidents/{incident_id}/steps/{step_id}/interpreter": _ADDS,
    "/incidents/{incident_id}/steps/{step_id}/page": _ADDS,
    "/incidents/{incident_id}/steps/{step_id}/spawn": _ADDS,
    "/incidents/{incident_id}/steps/{step_id}/wrong-number": "somebody else has it, whoever says so and when",
    "/incidents/{incident_id}/steps/{step_id}/no-more-texts": "a family's no holds, whoever writes it down and when",
}


# They show what was looked for or what would become of something, and change nothing: a look alone is on record.
LOOKS = frozenset(
    {
        "/emergency-access/find",
        "/incidents/new",
        "/incidents/{incident_id}/steps/{step_id}/look",
        "/incidents/{incident_id}/student",
        "/ladders/try",
        "/p/{token}/details",
        "/rotations/preview",
        "/school-calendar/preview",
        "/school-hours/try-bells",
        "/school-hours/try-terms",
    }
)
LOOKED = ("audit", "head")  # where a look is on record, and where that chain ends: who looks twice has looked twice

_known = set[tuple[str, str]]()


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A form as it went over the wire. `kind` is its route, with the action where a route serves several.

    `sent_as`: its content type.
    """

    kind: str
    path: str
    cookies: dict[str, str]
    body: bytes
    sent_as: str
    app: Starlette

    @property
    def fields(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        typed = parse_qsl(self.body.decode(), keep_blank_values=True) if self.sent_as == FORM else self._beside_file()
        for name, value in typed:
            found.setdefault(name, []).append(value)
        return found

    def _beside_file(self) -> list[tuple[str, str]]:
        return [(name.decode(), value.decode()) for name, value in BESIDE_FILE.findall(self.body)]

    def changed(self, **fields: str) -> bytes:
        return urlencode(self.fields | {name: [value] for name, value in fields.items()}, doseq=True).encode()

    def client(self, app: Starlette, **cookies: str) -> TestClient:
        return TestClient(
            app,
            base_url=app.state.settings.public_url,
            cookies=self.cookies | cookies,
            headers={"accept": "text/html", "content-type": self.sent_as},
            follow_redirects=False,
            raise_server_exceptions=False,
        )


def first_of_its_kind(kind: str, how: str) -> bool:
    """Whether nobody in this run has tried it yet; from now on somebody has."""
    if (kind, how) in _known:
        return False
    _known.add((kind, how))
    name = hashlib.sha256(f"{how} {kind}".encode()).hexdigest()[:24]
    try:
        with (Path(os.environ[TRIED]) / name).open("x") as file:
            file.write(f"{how} {kind}")
    except FileExistsError:
        return False
    return True


def is_tried(kind: str, how: str) -> bool:
    return (kind, how) in _known or kind in tried(how)


def tried(how: str) -> set[str]:
    found = [each.read_text() for each in Path(os.environ[TRIED]).iterdir()]
    return {each.partition(" ")[2] for each in found if each.startswith(f"{how} ")}


def seen_on(html: str) -> None:
    """Which forms there are, the pages say: those that are never sent in a whole run are a fault of the run."""
    for opening, inner in FORMS.findall(html):
        action = ACTION.search(opening)
        if 'method="post"' not in opening or action is None:
            continue
        path = unescape(action[1]).partition("?")[0].partition("#")[0]
        kind = kind_of(path)
        if kind is not None:
            first_of_its_kind(kind, "form")
            if 'name="key"' in inner:
                first_of_its_kind(kind, "keyed")
            if 'name="seen"' in inner:
                first_of_its_kind(kind, "versioned")


@cache
def posts() -> tuple[tuple[re.Pattern[str], str], ...]:
    routes = iter_route_contexts(FastAPI(routes=all_routes()).routes)
    return tuple((each.path_regex, each.path) for each in routes if "POST" in (getattr(each, "methods", None) or ()))


@lru_cache(maxsize=4096)
def kind_of(path: str) -> str | None:
    """As `Press.kind`; None where no route takes the form."""
    for pattern, route in posts():
        if (found := pattern.match(path)) is not None:
            return route.replace("{action}", found.groupdict().get("action", ""))
    return None


def never_tried() -> list[str]:
    """Of all forms on all pages of a whole run."""
    unpressed = tried("form") - tried("twice") - set(WORK_EACH_TIME) - set(ELSEWHERE)
    unversioned = tried("versioned") - tried("stale") - set(NEVER_STALE) - set(ELSEWHERE) - LOOKS
    return [
        *(
            f"no test sends this form with success, so nobody knows what a second press does: {each}"
            for each in unpressed
        ),
        *(f"no test sends this form, so nobody knows what an older version does: {each}" for each in unversioned),
    ]


def is_form(headers: Headers) -> bool:
    return headers.get("content-type", "").partition(";")[0] in (FORM, WITH_FILE)


def is_success(kind: str, status: int) -> bool:
    """It leads on; or it answers with the page itself, where that is what it is for."""
    return status == 303 or (status == 200 and (kind in LOOKS or kind in SHOWN_ONCE))


def faults(press: Press) -> list[str]:
    found: list[str] = []
    if "key" not in press.fields and (press.kind in SHOWN_ONCE or is_tried(press.kind, "keyed")):
        return []  # not as a page sends it
    if press.kind not in WORK_EACH_TIME and first_of_its_kind(press.kind, "twice"):
        found += twice(press)
    store: Store = press.app.state.store
    changes = "seen" in press.fields and press.kind not in LOOKS  # a look is no change that could make it stale
    if changes and store.dialect == "sqlite" and not is_tried(press.kind, "stale"):
        found += stale(press)
    return found


def twice(press: Press) -> list[str]:
    store: Store = press.app.state.store
    before = rows(store)
    answer = press.client(press.app).post(press.path, content=press.body)
    after = rows(store)
    free = LOOKED if press.kind in LOOKS else ()
    more = {name: len(after[name] ^ before[name]) for name in after if after[name] != before[name] and name not in free}
    found = [f"{press.kind} pressed twice changed rows again: {more}"] if more else []
    return found + ([f"{press.kind} pressed twice: {answer.status_code}"] if answer.status_code >= 500 else [])


def rows(store: Store) -> Rows:
    with store.read() as tx:
        names = set(tx.exec_driver_sql(TABLES[store.dialect]).scalars()) - set(TOUCHES)
        return {name: frozenset(map(repr, tx.execute(text(f'SELECT * FROM "{name}"')))) for name in sorted(names)}


def stale(press: Press) -> list[str]:
    with a_copy(press) as (store, app):
        with store.write() as tx:
            token = somebody_else(tx, press.cookies["session"])
        form = press.changed(csrf=form_token(token), key="somebody-elses-key")
        answer = press.client(app, session=token).post(press.path, content=form)
    page = unescape(answer.text)
    drafts = [value for values in press.fields.values() for value in values if " " in value]
    if answer.status_code in (403, 404):
        return []  # it was for this person alone: the next test may have one for others too
    first_of_its_kind(press.kind, "stale")
    if press.kind in NEVER_STALE and answer.status_code == 303:
        return []
    told = answer.status_code == 409 and 'id="conflict"' in page
    if not told and not (press.kind in NEVER_STALE and answer.status_code == 422):
        return [f"{press.kind} sent with a version before the last change: {answer.status_code}, and not what changed"]
    return [f"{press.kind} does not keep {each!r}" for each in drafts if each not in page]


@contextmanager
def a_copy(press: Press) -> Iterator[tuple[Store, Starlette]]:
    original: Store = press.app.state.store
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy.db"
        one, other = sqlite.driver.connect(sqlite.path_of(original.url)), sqlite.driver.connect(path)
        one.backup(other)
        one.close()
        other.close()
        store = Store("sqlite", sqlite.writer(path), sqlite.reader(path), original.keys, None)
        try:
            yield store, build_app(store, press.app.state.settings)
        finally:
            store.close()


def somebody_else(tx: Connection, session: str) -> str:
    """Of the same posts as whoever this session belongs to. Returns a session of theirs."""
    person = sessions.holder(tx, session, clock.now())
    known = tx.execute(select(PERSON).where(PERSON.c.id == person)).one()._asdict()
    tx.execute(insert(PERSON).values({**known, "id": ELSE}))
    for at, post in enumerate(tx.execute(select(POST).where(POST.c.person == person)).all()):
        tx.execute(insert(POST).values({**post._asdict(), "id": f"else-{at}", "person": ELSE}))
    return sessions.begin(tx, ELSE, at=clock.now(), factors=2)
