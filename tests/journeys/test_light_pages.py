"""Every page that a counselor and a district crisis lead come to, as it goes over a bad line (`user-interface.md` 8.2).

Pages are found by their links, so a new one is weighed without being named here.
"""

import pytest
from playwright.sync_api import Browser

from crisis.store.sample_record import STUDENT
from tests.browser import NEEDS_CHROMIUM
from tests.journeys.browsing import Desk, an_office
from tests.journeys.test_for_everybody import LEAST, walked
from tests.journeys.test_suicide_risk import MAYA, screened
from tests.journeys.town import Town
from tests.web.test_weights import FETCHED, KB

pytestmark = NEEDS_CHROMIUM

WARM = 6 * KB
ASKED = {"sec-fetch-site": "same-origin", "accept-encoding": "br"}
HEAVIER = {  # that nobody waits for in the worst quarter of an hour, or that bring all that they need
    "/guide/counselor": 8 * KB,  # to be read from end to end
    "/guide/administrator": 8 * KB,
    "/paper/all": 14 * KB,  # every form that is printed
    "/incidents/new": 14 * KB,  # with all that it names; style and icons stand in it
}


def weight(desk: Desk, path: str) -> int:
    """Bytes of the body; of the form of an opening, those of each file that it names too."""
    answer = desk.page.request.get(desk.town.settings.public_url + path, headers=ASKED)
    assert answer.headers.get("content-encoding") == "br" or path.endswith(".woff2"), path
    named = sorted(set(FETCHED.findall(answer.text()))) if path == "/incidents/new" else []
    return int(answer.headers["content-length"]) + sum(weight(desk, each) for each in named)


@pytest.mark.timeout(300)
def test_every_page_weighs_6_kb_where_scripts_and_style_are_known(recorded_town: Town, chromium: Browser) -> None:
    maya = recorded_town.acts(MAYA)
    incident = maya.opens(student=STUDENT)
    screened(maya, incident, "ynynn")
    heavy: dict[str, int] = {}
    with an_office(recorded_town, chromium, script=True) as office:
        for name, least in LEAST.items():
            desk = office.desk(name)
            desk.goes_to("/board")
            pages = walked(desk, f"/incidents/{incident}", f"/students/{STUDENT}/contacts")
            assert len(pages) >= least, sorted(pages)
            found = {path: (weight(desk, path), HEAVIER.get(kind, WARM)) for kind, path in pages.items()}
            heavy |= {f"{name} {path}": weighs for path, (weighs, most) in found.items() if weighs > most}

    assert heavy == {}
