"""As a screen reader goes through it: names and roles in the order of the page, by Chromium's accessibility tree."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import NEEDS_CHROMIUM
from tests.web.consoles import Site, a_console, a_site, opened
from tests.web.district import COUNSELOR

pytestmark = NEEDS_CHROMIUM

CLOCKS = "[aria-live] [data-since], [aria-live] [data-until]"  # no clock is ever said by itself


@pytest.fixture
def site(sqlite_url: str, key_file: Path) -> Iterator[Site]:
    with a_site(sqlite_url, key_file) as made:
        yield made


def heard(page: Page) -> str:
    return page.locator("body").aria_snapshot()


def in_order(read: str, *wanted: str) -> bool:
    """Each after the one before, whatever is read between them."""
    at = 0
    for each in wanted:
        found = re.compile(each).search(read, at)
        assert found is not None, f"{each!r} is not read after {read[max(0, at - 200) : at]!r}"
        at = found.end()
    return True


def test_that_a_note_was_saved_is_said_where_one_goes_on_without_another_page(chromium: Browser, site: Site) -> None:
    """WCAG 4.1.3"""
    with a_console(chromium, site, COUNSELOR) as page:
        page.goto(opened(page, site))
        page.get_by_label("Add a note").fill("Calm now")
        page.get_by_role("button", name="Save note").press("Enter")
        page.wait_for_function("() => document.querySelector('[role=status]#say').textContent.includes('Saved')")
        standing = page.evaluate("() => document.activeElement.textContent.trim()")

    assert standing == "Save note"


def test_the_first_steps_are_heard_in_the_order_in_which_they_are_done(chromium: Browser, site: Site) -> None:
    with a_console(chromium, site, COUNSELOR) as page:
        page.goto(f"{site.url}/incidents/new")
        form = heard(page)
        page.goto(address := opened(page, site))
        incident = heard(page)
        page.goto(f"{address}/steps/clear_means")
        step = heard(page)
        page.get_by_role("radio", name="Found and taken away").check(force=True)
        page.get_by_role("button", name="Record as done").press("Enter")
        page.wait_for_url(address)
        page.goto(f"{address}/steps/screen")
        for question in page.get_by_role("group").filter(has_text="Would not answer").all():
            question.get_by_role("radio", name="No", exact=True).check(force=True)
        page.get_by_role("button", name="Record the screening").press("Enter")
        page.wait_for_url(address)
        live = page.evaluate("() => [...document.querySelectorAll('[aria-live], [role=alert]')].map((e) => e.id)")
        clocks = page.evaluate(
            "() => document.querySelectorAll('[aria-live] [data-since], [aria-live] [data-until]').length"
        )

    assert in_order(
        form,
        'link "Skip to main content"',
        "navigation",
        "main",
        'heading "Open an incident" \\[level=1\\]',
        'link "Call 911"',
        'group "What is happening\\?',
        'radio "Thoughts of suicide',
        'textbox "Where should people go\\?',
        'group "Is an adult with the student\\?',
        'button "Open and page the team"',
    )
    assert in_order(
        incident,
        "main",
        "heading .*\\[level=1\\]",
        'heading "Put dangerous things out of reach"',
        'link "Do this step"',
        'heading "People"',
        'heading "Timeline"',
    )
    assert in_order(
        step, 'heading "Put dangerous things out of reach" \\[level=1\\]', "radio", 'button "Record as done"'
    )
    assert {"say", "shout"} <= set(live)
    assert clocks == 0
