"""The two pages that come in one piece look as they would with the whole style sheet, whatever is done to them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route
from starlette.testclient import TestClient

from crisis.notify.gateway import lines
from crisis.notify.handsets_app import build_handsets
from crisis.store.engine import Store, open_store
from tests.browser import NEEDS_CHROMIUM
from tests.notify.village import ANA, PUBLIC, Village, a_network, served, the_settings, village
from tests.watch import Watch
from tests.web.district import COUNSELOR, District
from tests.web.test_landing import answers, link, paged
from tests.web.test_pages import at_console
from web.app import build_app
from web.one_piece import hash_of, sheet_of
from web.rendering import static

pytestmark = NEEDS_CHROMIUM

WIDTHS = (390, 900, 1440)
LOOK = """() => (document.body.offsetWidth, document.getAnimations().forEach((each) => each.finish()),
[...document.body.querySelectorAll('*')].flatMap((each) => [null, '::before', '::after'].map((part) => {
  const style = getComputedStyle(each, part);
  let sum = 0;
  for (const name of part && style.content === 'none' ? [] : style) {
    const words = style.getPropertyValue(name);
    for (let at = 0; at < words.length; at++) sum = (sum * 31 + words.charCodeAt(at)) | 0;
  }
  return `${each.tagName}.${each.getAttribute('class')} ${part} ${sum}`;
})))"""
WHOLE_SHEET = """(address) => new Promise((ok) => {
  const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: address, onload: ok });
  document.head.append(link);
})"""
# What scripts, presses and answers may make of the page, one after the other.
STATES = {
    "as it comes": "() => {}",
    "all of it out": """() => {
      for (const each of document.querySelectorAll('[hidden]')) each.hidden = false;
      for (const each of document.querySelectorAll('details')) each.open = true;
      for (const each of document.querySelectorAll('[type=radio],[type=checkbox]')) each.checked = true;
      for (const each of document.querySelectorAll('dialog')) each.showModal();
    }""",
    "dark and from right to left": """() => {
      document.documentElement.dir = 'rtl';
      document.documentElement.dataset.theme = 'dark';
      document.documentElement.toggleAttribute('data-blank', true);
    }""",
}


@pytest.fixture
def store(sqlite_url: str, key_file: Path) -> Iterator[Store]:
    """What a page looks like is no matter of the database."""
    opened = open_store(sqlite_url, key_file)
    yield opened
    opened.close()


@contextmanager
def shown(chromium: Browser, client: TestClient, path: str) -> Iterator[tuple[Page, set[str]]]:
    """In a browser, answered by the application of the test; with what the browser asked for before it painted."""
    asked: set[str] = set()

    def answered(way: Route) -> None:
        at = way.request.url.removeprefix(PUBLIC).removeprefix("http://testserver")
        asked.add(at.partition("?")[0])
        found = client.get(at, headers={"accept-encoding": "identity"})
        way.fulfill(status=found.status_code, headers=dict(found.headers), body=found.content)

    context = chromium.new_context()
    context.route("**/*", answered)
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(f"{PUBLIC}{path}", wait_until="load")
    yield page, asked
    context.close()
    assert [each for each in complaints if "Cross-Origin-Opener-Policy" not in each] == []  # the test has no https


def looks_the_same(page: Page) -> None:
    """Each property that the browser works out, of each element, at each width, with the whole sheet put beside it."""
    before: dict[tuple[str, int], Any] = {}
    for again in (False, True):
        if again:
            page.reload()
            page.evaluate(WHOLE_SHEET, static("app.css"))
        for state, make in STATES.items():
            page.evaluate(make)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                found = page.evaluate(LOOK)
                if not again:
                    before[state, width] = found
                    continue
                assert len(found) == len(before[state, width])
                assert [pair for pair in zip(before[state, width], found, strict=True) if pair[0] != pair[1]] == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_form_that_opens_an_incident_looks_as_with_the_whole_sheet_and_waits_for_nothing(
    chromium: Browser, site: TestClient, district: District, language: str
) -> None:
    client = at_console(site, district, COUNSELOR).client
    client.cookies.set("language", language)

    with shown(chromium, client, "/incidents/new") as (page, asked):
        looks_the_same(page)

    assert {each for each in asked if each.endswith((".css", ".woff2", "icons.svg"))} <= {
        static("app.css").partition("?")[0]
    }


@pytest.fixture
def town(store: Store, tmp_path: Path, watch: Watch) -> Iterator[Village]:
    network = a_network(tmp_path)
    with served(build_handsets(network)) as url:
        yield village(store, network, lines(the_settings(url)), watch)


@pytest.mark.parametrize("answer", ["", "accept", "here", "decline", "stand_by"])
def test_the_answer_to_a_page_looks_as_with_the_whole_sheet(chromium: Browser, town: Village, answer: str) -> None:
    paged(town)
    with TestClient(build_app(town.store, the_settings(None)), base_url=PUBLIC, follow_redirects=False) as client:
        if answer:
            answers(client, link(town, ANA), answer)
        with shown(chromium, client, link(town, ANA)) as (page, _asked):
            looks_the_same(page)


def test_the_sheet_in_the_page_is_the_one_of_its_policy(site: TestClient, district: District) -> None:
    found = at_console(site, district, COUNSELOR).client.get("/incidents/new")
    [sheet] = re.findall("<style>(.*?)</style>", found.text, re.DOTALL)

    assert sheet == sheet_of("pages/open.html")
    assert f"style-src 'self' '{hash_of(sheet)}';" in found.headers["content-security-policy"]
    assert "#i-phone" in found.text
    assert 'id="i-phone"' in found.text
    assert "icons.svg" not in found.text


def test_rules_for_what_is_not_there_are_left_out_and_those_by_not_and_is_are_kept() -> None:
    sheet = sheet_of("pages/landing.html")

    assert ".ihead" not in sheet
    assert ".land" in sheet
    assert ":root:not([data-theme=light])" in sheet
    assert sheet.count("{") == sheet.count("}")
