"""Without a network: notes wait and go once, what nobody may think was sent says NOT SENT, a page says what to do."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from crisis.events import NoteAdded
from crisis.store import incidents, people
from crisis.vocabulary import IncidentId
from tests import every_page
from tests.browser import NEEDS_CHROMIUM
from tests.factories import done, screen
from tests.web.consoles import LIVE, Site, a_console, a_site, opened
from tests.web.district import COUNSELOR
from tests.web.test_drafts import TYPED, events, stored

pytestmark = NEEDS_CHROMIUM

KEPT = """() => caches.keys().then(async (names) => (await Promise.all(names.map(async (name) =>
  (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname)))).flat())"""
READY = "() => navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"


@pytest.fixture
def site(sqlite_url: str, key_file: Path) -> Iterator[Site]:
    with a_site(sqlite_url, key_file) as made:
        yield made


def test_a_note_waits_for_the_network_and_is_recorded_once_with_both_times(chromium: Browser, site: Site) -> None:
    with a_console(chromium, site, COUNSELOR) as page:
        incident = opened(page, site)
        page.evaluate(READY)
        page.reload()
        page.context.set_offline(True)
        page.fill("#note", TYPED)
        page.click("#noteform button[type=submit]")
        page.wait_for_selector("#unsent:visible >> text=Not sent yet: 1")
        assert page.input_value("#note") == ""
        page.fill("#note", "And a second one")
        page.click("#noteform button[type=submit]")
        page.wait_for_selector("#unsent:visible >> text=Not sent yet: 2")
        assert not [row for row in stored(page, 2) if TYPED in row["text"]]

        page.goto(f"{incident}/people")
        assert page.inner_text("h1") == "No connection"
        page.wait_for_selector("#unsent:visible")
        assert page.inner_text("#unsent b") == "2"
        kept = page.evaluate(KEPT)
        assert [each for each in kept if not each.startswith("/static/") and each != "/offline"] == []

        page.context.set_offline(False)
        page.goto(incident)
        page.wait_for_selector(f"#tl >> text={TYPED}")
        page.wait_for_selector("#tl >> text=And a second one")
        stored(page, 0)
        page.wait_for_selector("#unsent", state="hidden")
    with site.district.store.read() as tx:
        log = incidents.events_of(tx, IncidentId(incident.rpartition("/")[2]))
    notes = [each.event for each in log if isinstance(each.event, NoteAdded)]
    assert len(notes) == 2
    assert all(each.occurred_at is not None and each.occurred_at < each.at for each in notes)


def test_an_answer_that_is_lost_on_its_way_records_nothing_twice(chromium: Browser, site: Site) -> None:
    """The server took it, and the browser never heard."""
    with a_console(chromium, site, COUNSELOR) as page:
        opened(page, site)
        lost: list[bool] = []

        def lose_the_first(route: object) -> None:
            if lost:
                route.continue_()  # type: ignore[attr-defined]
            else:
                lost.append(True)
                route.fetch(max_redirects=0)  # type: ignore[attr-defined]
                route.abort()  # type: ignore[attr-defined]

        page.route("**/note", lose_the_first)
        page.fill("#note", TYPED)
        page.click("#noteform button[type=submit]")
        page.wait_for_selector(f"#tl >> text={TYPED}")
        stored(page, 0)
        assert (events(site, "NoteAdded"), page.locator(f"#tl >> text={TYPED}").count()) == (1, 1)


def test_opening_an_incident_is_never_queued_it_says_not_sent_and_goes_while_the_page_is_open(
    chromium: Browser, site: Site
) -> None:
    with a_console(chromium, site, COUNSELOR) as page:
        page.goto(f"{site.url}/incidents/new")
        page.check("input[value=suicide_ideation]", force=True)
        page.fill("#place", "Library")
        page.check("input[value=me]", force=True)
        page.context.set_offline(True)
        page.click(".submitbar button")
        page.wait_for_selector("#notsent[open] >> text=NOT SENT")
        assert page.locator("#notsent a[href='tel:911']").is_visible()
        page.keyboard.press("Escape")
        page.wait_for_selector("#notsent", state="hidden")
        assert page.input_value("#place") == "Library"

        page.click(".submitbar button")
        page.wait_for_selector("#notsent[open]")
        page.context.set_offline(False)
        page.click("#notsent [data-again]")
        page.wait_for_url("**/incidents/0*")
        page.wait_for_function(LIVE)
        assert events(site, "IncidentOpened") == 1


def test_what_the_rules_refuse_later_is_shown_with_its_words(chromium: Browser, site: Site) -> None:
    every_page.watched.excused.add("leads nowhere")  # a note that goes where corrections go has none of their fields
    with a_console(chromium, site, COUNSELOR) as page:
        incident = opened(page, site)
        page.evaluate("document.querySelector('#noteform').setAttribute('action', location.pathname + '/correct')")
        page.context.set_offline(True)
        page.fill("#note", TYPED)
        page.click("#noteform button[type=submit]")
        page.wait_for_selector("#unsent:visible")
        page.context.set_offline(False)
        page.wait_for_selector("#unsent:visible >> text=Not recorded: 1")
        page.click("#unsent button")
        page.wait_for_selector("text=This was not saved")
        assert page.url == f"{incident}/correct"
        stored(page, 0, "out")


def test_a_page_to_which_its_own_form_leads_shows_what_was_recorded(chromium: Browser, site: Site) -> None:
    """The interview and the level of risk stand on one page: after the first it must not look as if nothing were."""
    with a_console(chromium, site, COUNSELOR) as page:
        incident = opened(page, site)
        with site.district.store.read() as tx:
            by = people.actor(tx, COUNSELOR)
        for order in (done("clear_means"), done("tell_admin"), screen("ynyn-")):
            site.order(incident.rpartition("/")[2], replace(order, by=by))
        page.goto(f"{incident}/steps/assess")
        page.check("input[name=right_now][value=no]", force=True)
        page.check("input[name=disposition][value=further_evaluation]", force=True)
        page.fill("[name=rationale]", TYPED)
        with page.expect_navigation():
            page.click("button:has-text('Record the interview')")

        assert events(site, "InterviewRecorded") == 1
        assert page.url == f"{incident}/steps/assess"
        assert page.locator("[name=rationale]").first.input_value() == ""
        assert page.locator("#changed").is_hidden()
