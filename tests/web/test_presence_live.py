"""Two people at their consoles see each other come and go."""

from pathlib import Path

from playwright.sync_api import Browser

from crisis.vocabulary import StepType
from tests.browser import NEEDS_CHROMIUM
from tests.web.consoles import LIVE, a_console, a_site, opened
from tests.web.district import COUNSELOR, NURSE
from tests.web.test_pages import first

pytestmark = NEEDS_CHROMIUM


def test_coming_opening_a_form_and_going_show_in_the_others_console(
    chromium: Browser, sqlite_url: str, key_file: Path
) -> None:
    with (
        a_site(sqlite_url, key_file) as site,
        a_console(chromium, site, COUNSELOR) as mine,
        a_console(chromium, site, NURSE) as hers,
    ):
        incident = opened(mine, site)
        hers.goto(incident)
        mine.wait_for_selector("#part-here >> text=Given P-Nurse is looking at this")
        hers.goto(f"{incident}/steps/{first(StepType.ACT).id}")
        mine.wait_for_selector("#part-here >> text=Given P-Nurse is filling in")
        hers.goto(f"{site.url}/board")
        hers.wait_for_function(LIVE)
        mine.wait_for_function("() => !document.querySelector('#part-here').textContent.includes('Nurse')")
