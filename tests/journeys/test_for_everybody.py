"""Every page that a counselor and a district crisis lead come to, as those who cannot see or point need it (PR-83).

axe-core looks at each kind of page: WCAG 2.2, levels A and AA. Pages are found by their links, so a new one is looked
at without being named here. In CI a few of them on a phone, by day and by night; with `--full` all of them, on a phone
and on a desk, in English and Spanish as well.
"""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page

from crisis.store.sample_record import STUDENT
from tests.browser import NEEDS_CHROMIUM
from tests.journeys.browsing import Desk, Office, an_office
from tests.journeys.test_suicide_risk import JOAN, MAYA, screened
from tests.journeys.town import Town

pytestmark = NEEDS_CHROMIUM

AXE = Path(AXE_FILE_PATH).read_text(encoding="utf-8")
LOOK = """() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    resultTypes: ['violations']}).then(all => all.violations.map(
    each => each.id + ': ' + each.nodes.slice(0, 2).map(node => node.html.slice(0, 120)).join(' | ')))"""
WIDER = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
PRESSED = "button, a.btn, select, summary, input:not([type=hidden])"
SMALL = """() => [...document.querySelectorAll('PRESSED')].filter(each => {
    const box = (each.closest('label') || each).getBoundingClientRect();
    return box.width > 0 && getComputedStyle(each).visibility === 'visible' && (box.width < 44 || box.height < 44);
}).map(each => 'smaller than a finger: ' + each.outerHTML.slice(0, 120)).slice(0, 3)""".replace("PRESSED", PRESSED)
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
LINK = re.compile(r'<a [^>]*href="(/[^"]*)"')
ASKED = {"sec-fetch-site": "same-origin", "accept-encoding": "br"}  # as a browser asks from a page of ours
LEAST = {MAYA: 30, JOAN: 20}  # kinds of pages that each comes to
MOST = 3  # of them in CI; all with --full


def kind(path: str) -> str:
    """A page, whoever and whatever it is about."""
    plain = path.partition("?")[0].partition("#")[0]
    return "/".join("*" if re.search(r"\d", part) and len(part) > 9 else part for part in plain.split("/"))


def faults(page: Page) -> list[str]:
    page.evaluate(AXE)  # evaluated, not added as a script: the content policy stays on
    found: list[str] = page.evaluate(LOOK)
    return found + (["wider than the screen"] if page.evaluate(WIDER) else [])


def weighed(desk: Desk, *begin: str) -> dict[str, tuple[str, int]]:
    """Each kind of page that links lead to: one address of it, and how many bytes went over the line.

    Not what only downloads or signs out.
    """
    found: dict[str, tuple[str, int]] = {}
    waiting = ["/board", *begin]
    while waiting:
        path = waiting.pop(0)
        if kind(path) in found or path.endswith((".ics", ".csv", ".pdf")) or path.startswith("/static"):
            continue
        answer: Any = desk.page.request.get(desk.town.settings.public_url + path, headers=ASKED)
        if answer.status != 200 or "text/html" not in answer.headers.get("content-type", ""):
            continue
        found[kind(path)] = path, int(answer.headers["content-length"])
        waiting += [unescape(each) for each in LINK.findall(answer.text())]
    return found


def under_way(town: Town) -> str:
    """An incident in which something was asked and answered."""
    maya = town.acts(MAYA)
    incident = maya.opens(student=STUDENT)
    screened(maya, incident, "ynynn")
    return incident


def at_work(town: Town, office: Office) -> Iterator[tuple[str, Desk, dict[str, tuple[str, int]]]]:
    """Who walks, at their desk, and what they come to while an incident is under way, by kind: address and weight."""
    incident = under_way(town)
    for name, least in LEAST.items():
        desk = office.desk(name)
        desk.goes_to("/board")
        found = weighed(desk, f"/incidents/{incident}", f"/students/{STUDENT}/contacts")
        assert len(found) >= least, sorted(found)
        yield name, desk, found


def looked_at(page: Page, *, whole: bool) -> list[str]:
    """Each fault once, with where it was found first."""
    found: dict[str, str] = {}

    def look(where: str) -> None:
        for fault in faults(page):
            found.setdefault(fault, where)

    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        look(f"phone, {scheme}")
    page.emulate_media(color_scheme="light")
    found |= dict.fromkeys(page.evaluate(SMALL), "phone")
    page.evaluate("() => { document.documentElement.dir = 'rtl' }")
    look("from right to left")
    if whole:
        page.evaluate("() => { document.documentElement.dir = 'ltr' }")
        page.set_viewport_size(DESK)
        look("desk")
        page.emulate_media(color_scheme="dark")
        look("desk, dark")
        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="light")
    return [f"{where}: {fault}" for fault, where in found.items()]


@pytest.mark.timeout(3600)
def test_every_page_keeps_to_wcag_also_at_night_and_from_right_to_left_pr_83(
    recorded_town: Town, chromium: Browser, request: pytest.FixtureRequest
) -> None:
    """axe finds nothing, no page is wider than a phone, nothing to press is smaller than a finger."""
    whole: bool = request.config.getoption("--full")
    found: dict[str, list[str]] = {}
    with an_office(recorded_town, chromium, script=True) as office:
        for name, desk, pages in at_work(recorded_town, office):
            desk.page.set_viewport_size(PHONE)
            for language in ("en", "es") if whole else ("en",):
                cookie = {"name": "language", "value": language, "url": recorded_town.settings.public_url}
                desk.page.context.add_cookies([cookie])
                for each in pages if whole else sorted(pages)[:: -(-len(pages) // MOST)]:
                    desk.page.goto(recorded_town.settings.public_url + pages[each][0])
                    if said := looked_at(desk.page, whole=whole):
                        found[f"{name} {each} {language}"] = said

    assert found == {}
