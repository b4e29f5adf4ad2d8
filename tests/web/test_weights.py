"""What a phone on a bad line has to fetch (`user-interface.md` 8.2), counted as it goes over the wire."""

import re

import pytest
from starlette.testclient import TestClient

from tests.web.district import COUNSELOR, District
from tests.web.test_pages import Browser, at_console

pytestmark = pytest.mark.page

KB = 1024
FETCHED = re.compile(r'<(?:link rel="(?:stylesheet|preload|icon)" href|script src|use href|img src)="(/static/[^"#]+)')
OWN_FONT = "vendor/public-sans"


def fetched(browser: Browser, path: str) -> dict[str, int]:
    """The page and each file that it names, in bytes of their bodies, from nothing."""
    answer = browser.client.get(path, headers={"accept-encoding": "br"})
    assert answer.status_code == 200
    files = {each: browser.client.get(each, headers={"accept-encoding": "br"}) for each in FETCHED.findall(answer.text)}
    sizes = {each.partition("?")[0]: int(got.headers["content-length"]) for each, got in files.items()}
    return {path: int(answer.headers["content-length"]), **sizes}


def test_the_form_that_opens_an_incident_comes_light_and_with_the_letters_of_the_device(
    site: TestClient, district: District
) -> None:
    sizes = fetched(at_console(site, district, COUNSELOR), "/incidents/new")

    assert not any(OWN_FONT in each for each in sizes)
    assert sum(sizes.values()) <= 18 * KB, sizes
    assert sizes["/incidents/new"] <= 4 * KB


def test_pages_of_the_console_are_light_enough_cold_and_warm(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    incident = counselor.opens()

    for path in ("/board", incident):
        sizes = fetched(counselor, path)
        assert sum(sizes.values()) <= 80 * KB, sizes
        assert sizes[path] <= 32 * KB  # not squeezed: it holds secrets


def test_what_repeats_the_request_is_never_squeezed(site: TestClient, district: District) -> None:
    """Else its length would tell of the secrets beside it."""
    counselor = at_console(site, district, COUNSELOR)
    answers = [
        counselor.client.get(path, headers={"accept-encoding": "br, gzip"})
        for path in ("/board", counselor.opens(), "/incidents/new")
    ]
    fields = {**counselor.form("/incidents/new", "/incidents"), "kind": "suicide_ideation", "place": "Gym"}
    answers.append(counselor.client.post("/incidents", data=fields, headers={"accept-encoding": "br, gzip"}))

    assert [answer.headers.get("content-encoding") for answer in answers] == [None, None, "br", None]
    assert all("x-may-be-squeezed" not in answer.headers for answer in answers)
    assert answers[-1].status_code == 422
