"""My settings: how the console looks, how pages reach somebody and how they sign in, of themselves alone."""

import pytest
from starlette.testclient import TestClient

from crisis.store import roster
from crisis.store.engine import Store
from tests.web.district import COUNSELOR, NURSE, District, a_district
from tests.web.test_pages import at_console, words

PAGE = "/settings/me"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """A theme is stored nowhere; the rest is read as on the pages that it leads to."""
    return sqlite_url


@pytest.fixture
def district(store: Store) -> District:
    made = a_district(store)
    with store.write() as tx:
        roster.add_phone(tx, NURSE, "(617) 555-0143")
    return made


def test_the_console_is_dark_or_light_on_this_device_as_somebody_chose(site: TestClient, district: District) -> None:
    nurse = at_console(site, district, NURSE)
    looks = []

    for theme in ("dark", "light", "auto"):
        assert nurse.send(PAGE, f"{PAGE}/theme", theme=theme) == PAGE
        looks.append(nurse.get("/board").partition('data-theme="')[2].partition('"')[0])
    refused = nurse.send(PAGE, f"{PAGE}/theme", 422, theme="<b>")
    nurse.client.cookies.set("theme", "<b>")

    assert looks == ["dark", "light", "auto"]
    assert 'href="#theme"' in refused
    assert 'data-theme="auto"' in nurse.get("/board")  # what is none of the three is as if there were none


def test_it_says_how_pages_reach_me_and_leads_on_and_of_nobody_else(site: TestClient, district: District) -> None:
    nurse, counselor = at_console(site, district, NURSE), at_console(site, district, COUNSELOR, "es")
    hers, other = nurse.get(PAGE), counselor.get(PAGE)

    assert "(617) 555-0143" in words(hers)
    assert "555-0143" not in other
    for address in ("/me/paging", "/me/sign-in", "/readiness/mine", "/shortcuts", "/guide"):
        assert f'href="{address}"' in hers
    assert "Keyboard shortcutsOff" in words(hers)
    nurse.send("/shortcuts", "/me/choices", choice="keys", to="on")
    assert "Keyboard shortcutsOn" in words(nurse.get(PAGE))
    assert nurse.send(PAGE, "/readiness/mine/test") == "/readiness/mine"
    assert 'action="/readiness/mine/test"' not in other  # no telephone, so no test
    assert counselor.send(PAGE, "/language", to="en", back=PAGE) == PAGE
    assert "My settings" in words(counselor.get(PAGE))
