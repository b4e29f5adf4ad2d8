"""Everything about anybody is marked, a whole incident is played, and no mark stands where it must not.

Logs of all levels, addresses, texts, calls, e-mail, push, the audit, jobs, the bytes of the database and of a backup,
error pages, and every page and answer of those who have no need to know.
"""

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import repeat
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import inspect, make_url
from sqlalchemy import text as sql
from starlette.testclient import TestClient

from crisis import clock
from crisis.notify.gateway import Lines
from crisis.notify.upkeep import Upkeep
from crisis.settings import Settings
from crisis.store import accounts, audit, destruction, disclosures, kept_records, sealed
from crisis.store.backup import backup, manifest_of
from crisis.store.engine import Store, open_store
from crisis.store.sqlite import path_of
from crisis.vocabulary import IncidentId, PersonId, WordsId
from tests.browser import CHROMIUM, QUIET, a_chromium
from tests.cluster import as_owner
from tests.factories import DISTRICT, SCHOOL, suicide_risk
from tests.journeys.hostile import a_witness
from tests.journeys.marked import (
    CHILD,
    FROM_HER,
    MOTHER,
    PASSPHRASE,
    WITHOUT_NEED,
    Beside,
    Marks,
    Story,
    a_marked_school,
    by_mail_and_push,
    everything_logged,
    found_in,
    signed_in,
)
from tests.journeys.town import free_port, serving
from tests.notify.village import COUNSELOR, PRINCIPAL, PUBLIC, Village
from tests.notify.wired import a_wired_village
from tests.store.leavers import long_gone
from tests.web.district import SETTINGS, a_district, acting
from tests.web.page_contract import faults
from tests.web.test_api_fuzz import fresh
from tests.wire import Wire
from web.app import build_app
from web.deps import form_token
from web.pages.incident import PARTS, SHEETS
from web.serve import server

pytestmark = pytest.mark.slow
EVERYTHING_STORED = """async () => {
    const bases = (await indexedDB.databases()).map(each => each.name);
    const caught = await Promise.all((await caches.keys()).map(async name => (await caches.open(name)).keys()));
    return JSON.stringify([
        {...localStorage}, {...sessionStorage}, document.cookie, history.state, bases, caught.flat().map(r => r.url),
    ]);
}"""
BOTH = pytest.mark.parametrize(
    "after", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True, scope="module"
)
ROSTER = {"student", "person", "phone", "contact_wish", "method", "restriction_number", "account"}


@dataclass
class Aftermath:
    """All that is left when the story has been told."""

    village: Village
    marks: Marks
    story: Story
    wires: list[str]  # to the providers and back, addresses and headers too
    beside: Beside
    logged: list[str]
    page: str  # the incident, as the counselor sees it
    frames: list[str]  # of a live socket

    @property
    def app(self) -> FastAPI:
        return application(self.village)

    @property
    def store(self) -> Store:
        return self.village.store

    def addresses(self, method: str = "GET") -> Iterator[str]:
        """Every address of the application, with what is there in place of what it asks for."""
        protocol = self.village.protocol_hash
        ids = {"incident_id": self.story.incident, "student": CHILD, "protocol_hash": protocol, "school": SCHOOL}
        steps = [step.id for step in suicide_risk().steps]
        for route in iter_route_contexts(self.app.routes):
            path, methods = getattr(route, "path", ""), getattr(route, "methods", None) or ()
            if method not in methods:
                continue
            choices = {"sheet": SHEETS, "name": PARTS, "step_id": steps}
            wanted = next((name for name in choices if f"{{{name}}}" in path), None)
            for choice in choices.get(wanted or "", ["x"]):
                filled = ids | {wanted or "": str(choice)}
                yield re.sub(r"\{(\w+)(:path)?\}", lambda found, known=filled: known.get(found[1], "x"), path)


@pytest.fixture(scope="module", params=["sqlite"])
def after(
    request: pytest.FixtureRequest, key_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Aftermath]:
    folder = tmp_path_factory.mktemp("leaks")
    store = open_store(fresh(request, folder / "crisis.db"), key_file)
    with pytest.MonkeyPatch.context() as patch:
        village, wires = a_wired_village(store, folder, patch)
        marks = Marks()
        a_marked_school(village, marks)
        app = application(village)
        with everything_logged() as logged, TestClient(app, base_url=PUBLIC) as client:
            story = Story(village, marks, client)
            with by_mail_and_push(village, folder) as beside:
                story.told()
            page = signed_in(app, marks.staff[f"username of {COUNSELOR}"]).get(f"/incidents/{story.incident}").text
            frames = story.heard_live()
        yield Aftermath(village, marks, story, wires, beside, logged, page, frames)
    store.close()


@BOTH
def test_each_mark_was_written_and_is_there_for_those_who_need_it(after: Aftermath) -> None:
    with after.store.read() as tx:
        ids = [WordsId(each) for each in tx.execute(sql("SELECT id FROM words")).scalars()]
        told = " ".join(sealed.read(tx, after.store.keys, ids).values())
        kept = " ".join(content_of(after.store, ROSTER).values())

    missing = set(after.marks.words) - set(found_in(told, after.marks.words))
    assert missing == {"a text that came in"}  # kept in the inbox, sealed as it came
    assert found_in(kept, after.marks.names | after.marks.staff) == [*after.marks.names, *after.marks.staff]
    assert len(after.marks.words) > 25
    seen = found_in(after.page, after.marks.of_student)
    assert len(seen) > 10, seen


def test_no_mark_stands_in_a_log_of_any_level_pr_60(after: Aftermath) -> None:
    """F130: our own lines and those of every library, down to the most talkative."""
    assert len(after.logged) > 100
    assert [line for line in after.logged if found_in(line, after.marks.everything)] == []


def test_no_mark_goes_out_by_text_call_e_mail_push_or_socket_pr_12_pr_20_pr_60(after: Aftermath) -> None:
    """The name of the home is one of the marks."""
    came_in = {"a text that came in", FROM_HER}
    dialled = {f"phone of {MOTHER}"}  # the carrier has to know where a text goes

    out = [*after.wires, *after.beside.letters, *after.beside.pushed, *after.frames]

    assert len(out) > 100
    assert after.beside.letters
    assert after.beside.pushed
    assert len(after.frames) > 20
    assert {place for each in out for place in found_in(each, after.marks.everything)} <= came_in | dialled


@BOTH
def test_outside_of_the_roster_no_table_holds_a_mark_pr_60(after: Aftermath) -> None:
    """The log, the audit, jobs, receipts, errands, signs of life: ids and codes alone."""
    tables = content_of(after.store)

    for_a_week = {"outgoing": [f"phone of {MOTHER}"]}  # her number, as long as somebody may ask what became of a text
    leaks = {name: found_in(text, after.marks.everything) for name, text in tables.items() if name not in ROSTER}

    assert {"event", "audit", "outbox", "incident", "outgoing", "idempotency"} <= set(leaks)
    assert {name: found for name, found in leaks.items() if found} == for_a_week
    assert {name: found_in(tables[name], after.marks.words) for name in ROSTER} == {name: [] for name in ROSTER}


@BOTH
def test_no_word_stands_in_the_bytes_of_the_database_pr_60(after: Aftermath) -> None:
    """Not in its pages, its journal, or what an index kept."""
    store = after.store
    if store.dialect == "sqlite":
        files = [each for each in path_of(store.url).parent.iterdir() if each.name.startswith(path_of(store.url).name)]
        content = b"".join(each.read_bytes() for each in files)
    else:
        address = make_url(store.url).set(drivername="postgresql").render_as_string(hide_password=False)
        content = subprocess.run(
            [shutil.which("pg_dump") or "", as_owner(address)], capture_output=True, check=True
        ).stdout

    text = content.decode("latin-1")
    assert found_in(text, {"name": after.marks.names["student.given"]}), "this is the database, with its roster"
    assert found_in(text, after.marks.words) == []


@BOTH
def test_a_backup_holds_no_mark_pr_56(after: Aftermath, tmp_path: Path) -> None:
    """F132: neither words nor the roster, and its list says nothing of anybody."""
    backup(after.store, tmp_path / "backup", clock.now())

    content = (tmp_path / "backup").read_bytes() + manifest_of(tmp_path / "backup").read_bytes()

    assert found_in(content.decode("latin-1"), after.marks.everything) == []


def test_no_page_has_a_mark_in_its_title_or_an_address_pr_60(after: Aftermath) -> None:
    """Also where somebody looks for a name: what is typed is posted, and never becomes part of an address."""
    browser = signed_in(after.app, after.marks.staff[f"username of {COUNSELOR}"])
    names = tuple(after.marks.everything.values())
    pages = [browser.get(address) for address in after.addresses() if not address.startswith(("/static", "/api"))]
    whole = [page.text for page in pages if page.status_code == 200 and page.text.startswith("<!doctype")]

    assert len(whole) > 30
    found = [fault for page in whole for fault in faults(page, names)]
    assert [fault for fault in found if not fault.startswith("a name in tel:")] == []  # a number to dial is no page
    asked = re.compile(r'<form[^>]*method="get"[^>]*>(.*?)</form>', re.DOTALL)
    no_words = 'type="(hidden|date|time|datetime-local|number|range|checkbox|radio)"|inputmode="numeric"'
    typed = re.compile(rf"<(textarea|input(?![^>]*({no_words})))")
    assert [form for page in whole for form in asked.findall(page) if typed.search(form)] == []


def test_no_question_of_the_api_puts_free_text_in_an_address_pr_60(after: Aftermath) -> None:
    described = TestClient(after.app, base_url=PUBLIC).get("/api/v1/openapi.json").json()

    free = [
        f"{method} {path}?{each['name']}"
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
        for each in operation.get("parameters", ())
        if each["in"] == "query" and not closed(each["schema"])
    ]

    assert free == []


@pytest.mark.parametrize("person", WITHOUT_NEED)
def test_who_has_no_need_to_know_finds_no_mark_anywhere_pr_52_pr_56(after: Aftermath, person: PersonId) -> None:
    """A teacher who was not called in, who runs the machine, a counselor of another school, one of another district."""
    browser = signed_in(after.app, after.marks.staff[f"username of {person}"])
    with after.store.write() as tx:
        token = {"Authorization": f"Bearer {accounts.create_token(tx, person, 'a sweep', clock.now())}"}
    addresses = [each for each in after.addresses() if not each.startswith("/static")]

    answers = [(each, browser.get(each, headers=token).text) for each in addresses]

    assert len(answers) > 60
    assert [(each, found) for each, text in answers if (found := found_in(text, after.marks.of_student))] == []


def test_nobody_at_all_finds_no_mark_pr_52(after: Aftermath) -> None:
    stranger = TestClient(after.app, base_url=PUBLIC, headers={"accept": "text/html"}, follow_redirects=False)

    answers = [(each, stranger.get(each).text) for each in after.addresses() if not each.startswith("/static")]

    assert [(each, found) for each, text in answers if (found := found_in(text, after.marks.everything))] == []


@pytest.fixture(scope="module")
def site(after: Aftermath) -> Iterator[str]:
    """The same store on an address that a browser can open, and trusts enough to keep things for."""
    port = free_port()
    settings = Settings(public_url=f"http://127.0.0.1:{port}", port=port)
    with serving(server(after.store, settings, "127.0.0.1", port), port):
        yield settings.public_url


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")
def test_after_signing_out_a_browser_keeps_no_mark_pr_70(after: Aftermath, site: str, tmp_path: Path) -> None:
    """F131: not in its storage, not behind its back button, and not in the files of its profile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            str(tmp_path / "profile"), executable_path=str(CHROMIUM), args=QUIET
        )
        page = browser.new_page()
        signs_in(page, site, after.marks.staff[f"username of {COUNSELOR}"].lower())
        for address in ("", "/student", "/record", "/people", "/export"):
            page.goto(f"{site}/incidents/{after.story.incident}{address}")
        page.goto(f"{site}/students/{CHILD}/contacts")
        read = page.content()
        page.goto(f"{site}/incidents/{after.story.incident}")
        page.locator("textarea:visible").first.fill(after.marks.said("a draft"))
        page.get_by_role("button", name="Sign out").first.click()
        page.wait_for_url("**/login")
        stored = page.evaluate(EVERYTHING_STORED)
        page.go_back()
        behind = page.content()
        browser.close()

    assert found_in(read, after.marks.names), "there was something to keep"
    assert found_in(f"{stored} {behind}", after.marks.everything) == []
    kept = [each for each in (tmp_path / "profile").rglob("*") if each.is_file()]
    content = {each.name: each.read_bytes().replace(b"\0", b"").decode("latin-1") for each in kept}
    assert len(content) > 10
    assert {name: found for name, text in content.items() if (found := found_in(text, after.marks.of_student))} == {}


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")
def test_what_people_wrote_is_words_on_every_page_that_shows_it_f122(after: Aftermath, site: str) -> None:
    """No dialog, no script, nothing that the content policy had to refuse, nothing asked of anybody else."""
    username = after.marks.staff[f"username of {COUNSELOR}"]
    desk = signed_in(after.app, username)
    found = [(each, desk.get(each).text) for each in after.addresses() if not each.startswith(("/static", "/api"))]
    shown = {each: found_in(text, after.marks.everything) for each, text in found if text.startswith("<!doctype")}
    pages = one_of_each_kind(each for each, marks in shown.items() if marks)

    with a_chromium() as browser, a_witness(browser, site) as witness:
        signs_in(witness.page, site, username.lower())
        read = " ".join(witness.looks(each) for each in pages)

    assert len(pages) > 12, pages
    assert len(found_in(read, after.marks.everything)) > 40
    assert "{{7*7}}" in read, "no template is made of what people wrote"
    assert witness.seen == []


def one_of_each_kind(addresses: Iterable[str]) -> list[str]:
    """Of the pages of steps, which are one template, every fifth."""
    found = sorted(addresses)
    steps = [each for each in found if "/steps/" in each]
    return [each for each in found if each not in steps] + steps[::5]


def test_what_breaks_says_nothing_of_anybody_pr_56_pr_60(sqlite_url: str, key_file: Path) -> None:
    """F130: neither page, nor answer, nor log; an error of the database knows what it was asked to write."""
    store, marks = open_store(sqlite_url, key_file), Marks(harm=repeat(""))  # a long text is given back, not lost
    district = a_district(store)
    client = TestClient(build_app(store, SETTINGS), base_url=SETTINGS.public_url, raise_server_exceptions=False)
    api = acting(client, district.token(COUNSELOR))
    incident, seen = api.opened()
    client.cookies.set("session", district.session(COUNSELOR))
    form = {"csrf": form_token(client.cookies["session"]), "school": SCHOOL, "q": marks.said("what was looked for")}
    with store.write() as tx:
        for table in ("student", "words"):
            tx.execute(sql(f"ALTER TABLE {table} RENAME TO {table}_gone"))

    with everything_logged() as logged:
        note = api.order(incident, "add-note", seen, words=marks.said("a note"))
        page = client.post("/incidents/new", data=form, headers={"accept": "text/html"})

    store.close()
    assert (note.status, page.status_code) == (500, 500)
    assert "OperationalError" in " ".join(logged)
    assert [line for line in (str(note.body), page.text, *logged) if found_in(line, marks.everything)] == []


def application(village: Village) -> FastAPI:
    wire = village.network.transport
    assert isinstance(wire, Wire)
    assert isinstance(wire.app, FastAPI)
    return wire.app


def closed(schema: dict[str, object]) -> bool:
    """Whether only a number, a date, a code or an id fits."""
    parts = schema.get("anyOf") or [schema]
    assert isinstance(parts, list)
    return all(each.get("type") != "string" or each.keys() & {"pattern", "enum", "format", "$ref"} for each in parts)


def content_of(store: Store, only: set[str] | None = None) -> dict[str, str]:
    """Each table as text, bytes as they are."""
    with store.read() as tx:
        names = [each for each in inspect(tx).get_table_names() if only is None or each in only]
        rows = {name: tx.execute(sql(f'SELECT * FROM "{name}"')).all() for name in names}
    return {name: " ".join(shown(value) for row in found for value in row) for name, found in rows.items()}


def shown(value: object) -> str:
    return bytes(value).decode("latin-1") if isinstance(value, (bytes, memoryview)) else str(value)


def signs_in(page: Page, site: str, username: str) -> None:
    page.goto(f"{site}/login")
    page.fill("#username", username)
    page.fill("#password", PASSPHRASE)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/board")


@BOTH
def test_after_its_destruction_no_mark_of_it_is_anywhere_pr_65(after: Aftermath) -> None:
    """The last of the story: the record ends by two people, and what came in by its time. The chain still verifies."""
    store, at = after.store, datetime(2050, 7, 1, 16, 0, tzinfo=UTC)
    long_gone(store, CHILD, IncidentId(after.story.incident), (COUNSELOR, PRINCIPAL), at)
    with store.write() as tx:
        kept = kept_records.of_subject(tx, DISTRICT, CHILD, at)
        asked = destruction.ask(tx, kept, date(2050, 6, 1), by=COUNSELOR, at=at)
        destruction.confirm(tx, DISTRICT, asked, by=PRINCIPAL, at=at)
    Upkeep(store, Lines(None, None), lambda: at).retention()  # and takes it out of SQLite's journal

    tables = content_of(store)
    with store.read() as tx:
        told = sealed.read(
            tx, store.keys, [WordsId(each) for each in tx.execute(sql("SELECT id FROM words")).scalars()]
        )
        assert audit.verify(tx).ok
        assert disclosures.verify(tx) is None
        made = destruction.certificate(tx, DISTRICT, asked)
    assert made.keys == 2
    assert told == {}
    assert {name: found for name, text in tables.items() if (found := found_in(text, after.marks.of_student))} == {}
    assert tables["inbox"] == ""
    if store.dialect == "sqlite":
        path = path_of(store.url)
        files = [each for each in path.parent.iterdir() if each.name.startswith(path.name)]
        content = b"".join(each.read_bytes() for each in files).decode("latin-1")
        assert found_in(content, after.marks.of_student) == []
