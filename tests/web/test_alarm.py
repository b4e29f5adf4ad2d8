"""A page to oneself stands on every page and rings, after a press and in one tab; shortcuts send nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from crisis import page_commands as pcmd
from crisis.store import incidents, people
from crisis.vocabulary import AttemptOutcome, Channel, IncidentId, PageId, Role, Urgency
from tests.browser import NEEDS_CHROMIUM
from tests.factories import SYSTEM
from tests.web.consoles import LIVE, Site, a_console, a_site, opened
from tests.web.district import COUNSELOR, NURSE
from tests.web.test_drafts import events

pytestmark = NEEDS_CHROMIUM

RINGS, STILL = (f"() => {no}('rings' in document.querySelector('#bell').dataset)" for no in ("", "!"))


@pytest.fixture
def site(sqlite_url: str, key_file: Path) -> Iterator[Site]:
    with a_site(sqlite_url, key_file) as made:
        yield made


def pages_the_nurse(site: Site, incident: str) -> PageId:
    """The counselor asks for a nurse, and the worker has called this one."""
    with site.district.store.read() as tx:
        counselor = people.actor(tx, COUNSELOR)
    order = pcmd.RequestPage(by=counselor, role=Role.NURSE, urgency=Urgency.U1)
    page = next(each.id for each in site.order(incident, order).incident.pages.values() if each.role is Role.NURSE)
    report = pcmd.RecordPageAttempt(
        by=SYSTEM,
        page=page,
        person=NURSE,
        channel=Channel.TEXT,
        outcome=AttemptOutcome.ACCEPTED,
        attempt=f"{page}-{NURSE}",
        level=0,
    )
    site.order(incident, report)
    return page


def test_a_page_to_oneself_rings_in_one_tab_until_it_is_answered_anywhere(chromium: Browser, site: Site) -> None:
    with a_console(chromium, site, COUNSELOR) as raising, a_console(chromium, site, NURSE) as page:
        incident = opened(raising, site).rpartition("/")[2]
        page.goto(f"{site.url}/board")
        page.wait_for_function(LIVE)
        assert "Sound is off" in (page.get_attribute("#bell", "aria-label") or "")
        with page.expect_response("**/me/choices"):
            page.click("#bell")
        page.wait_for_selector("#bell[data-state=on]")
        other = page.context.new_page()
        other.goto(f"{site.url}/board")
        other.click("h1")  # a press anywhere, and it is on here too: it was chosen before

        asked = pages_the_nurse(site, incident)
        page.wait_for_selector("#part-mine >> text=You are paged: Nurse")
        other.wait_for_selector("#part-mine >> text=You are paged: Nurse")
        page.wait_for_function("() => document.title.startsWith('(1) Page waiting')")
        other.wait_for_selector("#bell[data-state=on]")
        page.wait_for_timeout(1500)
        ringing = [each.evaluate(RINGS) for each in (page, other)]
        assert sorted(ringing) == [False, True]
        assert "paged: Nurse" in page.inner_text("#shout")

        with site.district.store.read() as tx:
            nurse = people.actor(tx, NURSE)
        site.order(incident, pcmd.AcceptPage(by=nurse, page=asked, eta_minutes=None))
        for each in (page, other):
            each.wait_for_function(STILL)
            each.wait_for_function("() => document.title.startsWith('Incident board')")


def test_shortcuts_are_off_until_they_are_switched_on_and_none_sends_anything(chromium: Browser, site: Site) -> None:
    with a_console(chromium, site, COUNSELOR) as page:
        incident = opened(page, site)
        page.keyboard.press("n")
        page.wait_for_timeout(200)
        assert page.url == incident

        page.goto(f"{site.url}/shortcuts")
        page.click("main form button[name=to]")
        page.wait_for_selector("text=Switch them off on this device")
        page.goto(incident)
        page.wait_for_function(LIVE)
        assert presses(page, "j", "j") == (True, "e-")
        assert presses(page, "2") == (True, "")
        page.keyboard.press("a")
        page.keyboard.type("npg")
        assert page.input_value("#note") == "npg"
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("#tl >> text=npg")
        before = {
            each: events(site, each) for each in ("NoteAdded", "IncidentOpened", "PageRequested", "StepCompleted")
        }
        page.keyboard.press("Escape")
        page.keyboard.press("p")
        page.wait_for_url(f"{incident}/people")
        page.keyboard.press("g")
        page.keyboard.press("b")
        page.wait_for_url("**/board")
        page.keyboard.press("?")
        page.wait_for_url("**/shortcuts")
        page.keyboard.press("n")
        page.wait_for_url("**/incidents/new")
        assert {each: events(site, each) for each in before} == before
        with site.district.store.read() as tx:
            assert incidents.load(tx, IncidentId(incident.rpartition("/")[2])).lead is not None


def presses(page: Page, *keys: str) -> tuple[bool, str]:
    """Whether the focus moved, and the beginning of the id of where it is."""
    for key in keys:
        page.keyboard.press(key)
    moved: bool = page.evaluate("() => document.activeElement !== document.body")
    return moved, page.evaluate("() => document.activeElement.id.slice(0, 2)")
