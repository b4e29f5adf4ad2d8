"""Every page that a counselor and a district crisis lead come to, as it goes over a bad line (`user-interface.md` 8.2).

Pages are found by their links, so a new one is weighed without being named here.
"""

import pytest
from playwright.sync_api import Browser

from tests.browser import NEEDS_CHROMIUM
from tests.journeys.browsing import Desk, an_office
from tests.journeys.test_for_everybody import ASKED, at_work
from tests.journeys.town import Town
from tests.web.test_weights import FETCHED, KB

pytestmark = NEEDS_CHROMIUM

WARM = 6 * KB
FORM = "/incidents/new"
HEAVIER = {
    "/paper/all": 14 * KB,  # a booklet to print: every form at once
    FORM: 14 * KB,  # with all that it names; style and icons stand in it
}


def with_all_it_names(desk: Desk, path: str) -> int:
    """Bytes of the bodies of the page and of each file that it names."""
    url = desk.town.settings.public_url
    answers = [desk.page.request.get(url + path, headers=ASKED)]
    answers += [desk.page.request.get(url + each, headers=ASKED) for each in set(FETCHED.findall(answers[0].text()))]
    return sum(int(answer.headers["content-length"]) for answer in answers)


@pytest.mark.timeout(300)
def test_every_page_weighs_6_kb_where_scripts_and_style_are_known(recorded_town: Town, chromium: Browser) -> None:
    heavy: dict[str, int] = {}
    with an_office(recorded_town, chromium, script=True) as office:
        for name, desk, found in at_work(recorded_town, office):
            found[FORM] = FORM, with_all_it_names(desk, FORM)
            heavy |= {f"{name} {path}": n for kind, (path, n) in found.items() if n > HEAVIER.get(kind, WARM)}

    assert heavy == {}
