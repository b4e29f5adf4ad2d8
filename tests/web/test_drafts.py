"""What somebody typed outlives a reload, a lost network and a locked screen; on a shared device nothing is stored."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, Browser, Page, Route

from crisis import clock
from crisis.store import sessions
from crisis.store.people_tables import SESSION
from tests.browser import NEEDS_CHROMIUM
from tests.web.consoles import LIVE, Site, a_console, a_site, opened
from tests.web.district import COUNSELOR, NURSE

pytestmark = NEEDS_CHROMIUM

TYPED = "Mother says he wrote a note"
STORED = """() => new Promise((ok) => {
  const asked = indexedDB.open('crisis'), words = new TextDecoder('latin1');
  const text = (row) => (row.sealed ? words.decode(row.sealed) : '');
  asked.onsuccess = () => {
    const db = asked.result, names = [...db.objectStoreNames], rows = [];
    if (!names.length) { db.close(); ok([]); return; }
    const tx = db.transaction(names);
    for (const name of names) tx.objectStore(name).getAll().onsuccess = (e) => {
      for (const row of e.target.result) rows.push({ name, text: text(row) });
    };
    tx.oncomplete = () => { db.close(); ok(rows); };
  };
})"""


@pytest.fixture
def site(sqlite_url: str, key_file: Path) -> Iterator[Site]:
    with a_site(sqlite_url, key_file) as made:
        yield made


def stored(page: Page, count: int, kind: str = "") -> list[dict[str, str]]:
    for _ in range(50):
        rows: list[dict[str, str]] = [row for row in page.evaluate(STORED) if row["name"].startswith(kind)]
        if len(rows) == count:
            return rows
        page.wait_for_timeout(100)
    raise AssertionError(f"{len(rows)} rows are stored, not {count}")


def events(site: Site, kind: str) -> int:
    with site.district.store.read() as tx:
        return tx.exec_driver_sql(f"SELECT count(*) FROM event WHERE name = '{kind}'").scalar_one()


def test_a_draft_comes_back_after_a_reload_and_is_dropped_when_it_was_taken(chromium: Browser, site: Site) -> None:
    with a_console(chromium, site, COUNSELOR) as page:
        incident = opened(page, site)
        page.fill("#note", TYPED)
        [row] = stored(page, 1)
        assert TYPED not in row["text"]
        assert page.query_selector("meta[name=drafts-key]") is None

        page.reload()
        page.wait_for_selector("#noteform >> text=is back")
        assert page.input_value("#note") == TYPED
        site.note(incident.rpartition("/")[2], "Calm and talking")
        page.wait_for_selector("#tl >> text=Calm and talking")
        assert page.input_value("#note") == TYPED

        page.click("#noteform button[type=submit]")
        page.wait_for_selector(f"#tl >> text={TYPED}")
        assert (page.url, page.input_value("#note"), stored(page, 0)) == (incident, "", [])
        page.fill("#note", "A second one")
        page.click("#noteform button[type=submit]")
        page.wait_for_selector("#tl >> text=A second one")
        assert events(site, "NoteAdded") == 3


def test_without_our_sending_the_next_page_says_which_form_was_taken(chromium: Browser, site: Site) -> None:
    """Forms that the browser sends itself: the draft goes when it was taken, and stays when the answer is lost."""
    with a_console(chromium, site, COUNSELOR) as page:
        incident = opened(page, site)
        page.fill("#note", TYPED)
        stored(page, 1)
        page.context.set_offline(True)
        page.evaluate("document.querySelector('#noteform').submit()")
        page.wait_for_timeout(300)
        page.context.set_offline(False)
        page.goto(incident)
        page.wait_for_selector("#noteform >> text=is back")

        page.evaluate("document.querySelector('#noteform').submit()")
        page.wait_for_selector(f"#tl >> text={TYPED}")
        stored(page, 0)
        assert page.input_value("#note") == ""
        assert events(site, "NoteAdded") == 1


def test_on_a_device_of_others_nothing_is_stored_and_another_person_drops_what_is(
    chromium: Browser, site: Site
) -> None:
    with a_console(chromium, site, COUNSELOR) as page:
        incident = opened(page, site)
        page.fill("#note", TYPED)
        stored(page, 1)
        page.context.clear_cookies()
        page.context.add_cookies([{"name": "session", "value": site.district.session(NURSE), "url": site.url}])
        page.goto(incident)
        stored(page, 0)
        assert page.input_value("#note") == ""

        with site.district.store.write() as tx:
            tx.execute(SESSION.update().values(shared=True))
        page.reload()
        page.fill("#note", TYPED)
        page.wait_for_timeout(800)
        assert (page.evaluate(STORED), page.input_value("#note")) == ([], TYPED)


def test_locking_takes_the_page_away_and_gives_what_was_typed_back_to_its_writer(chromium: Browser, site: Site) -> None:
    with a_console(chromium, site, COUNSELOR) as page:
        opened(page, site)
        page.fill("#note", TYPED)
        page.click("#lock button")
        page.wait_for_url("**/locked")
        seen = page.inner_text("body")
        page.goto(f"{site.url}/board")
        assert "Locked: Given P-Counselor" in seen
        assert "open: 1" in seen
        assert "Library" not in seen
        assert page.url == f"{site.url}/login"
        assert "What you typed is kept" in page.inner_text("main")

        with site.district.store.write() as tx:
            sessions.forget(tx, NURSE)
        page.fill("#username", COUNSELOR)
        page.fill("#password", "a lamp under seven quiet stairs")
        page.click("form[action='/login'] button[type=submit]")
        page.wait_for_url("**/kept")
        assert page.input_value("#note") == TYPED


def test_a_part_that_is_refused_does_not_overtake_the_lock(chromium: Browser, site: Site) -> None:
    with a_console(chromium, site, COUNSELOR) as page:
        incident = opened(page, site)
        held: list[tuple[Route, APIResponse]] = []
        page.route("**/lock", lambda way: held.append((way, way.fetch(max_redirects=0))))
        page.fill("#note", TYPED)
        with page.expect_response(lambda answer: answer.status == 401 and "/parts/" in answer.url):
            page.click("#lock button", no_wait_after=True)
            site.note(incident.rpartition("/")[2], "Calm and talking")
        page.wait_for_timeout(500)
        [(way, answer)] = held
        way.fulfill(response=answer)
        page.wait_for_url("**/locked")


def test_a_screen_that_somebody_locks_elsewhere_takes_along_what_was_typed(chromium: Browser, site: Site) -> None:
    """Also on a device that others use, where nothing is stored."""
    with a_console(chromium, site, COUNSELOR) as page:
        incident = opened(page, site)
        with site.district.store.write() as tx:
            tx.execute(SESSION.update().values(shared=True))
        page.reload()
        page.wait_for_function(LIVE)
        page.fill("#note", TYPED)
        with site.district.store.write() as tx:
            tx.execute(SESSION.update().values(seen_at=clock.now() - timedelta(hours=1)))
        site.note(incident.rpartition("/")[2], "Calm and talking")
        page.wait_for_selector("text=What you typed is kept")
        page.fill("#username", COUNSELOR)
        page.fill("#password", "a lamp under seven quiet stairs")
        page.click("form[action='/login'] button[type=submit]")
        page.wait_for_url("**/kept")
        assert page.input_value("#note") == TYPED


def test_signing_out_leaves_nothing(chromium: Browser, site: Site) -> None:
    with a_console(chromium, site, COUNSELOR) as page:
        opened(page, site)
        page.fill("#note", TYPED)
        stored(page, 1)
        page.click("header form[action='/logout'] button")
        page.wait_for_url("**/login")
        assert page.evaluate(STORED) == []
        assert page.evaluate("() => caches.keys().then((names) => names.length)") == 0
