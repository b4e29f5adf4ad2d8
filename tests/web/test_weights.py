"""What a phone on a bad line has to fetch (`user-interface.md` 8.2), counted as it goes over the wire."""

import random
import re
import secrets
from collections.abc import Mapping

import pytest
from starlette.responses import HTMLResponse
from starlette.testclient import TestClient

from crisis.store import roster
from crisis.vocabulary import PersonId, StaffRole
from tests.factories import DISTRICT, SCHOOL
from tests.web.district import COUNSELOR, District
from tests.web.test_pages import Browser, at_console
from web.squeezing import LONG, Squeezed

pytestmark = pytest.mark.page

brotli = pytest.importorskip("brotli")  # by which the budgets are counted; CI has it

KB = 1024
SAID = [
    "calm",
    "now",
    "and",
    "talks",
    "asked",
    "for",
    "water",
    "wrote",
    "that",
    "nobody",
    "at",
    "home",
    "knows",
    "mother",
    "comes",
    "at",
    "ten",
    "again",
    "quiet",
]
FETCHED = re.compile(r'<(?:link rel="(?:stylesheet|preload|icon)" href|script src|use href|img src)="(/static/[^"#]+)')


OURS = {"accept-encoding": "br", "sec-fetch-site": "same-origin"}
LETTER = {"accept-encoding": "br", "sec-fetch-site": "cross-site"}


def fetched(browser: Browser, path: str, asked: Mapping[str, str] = OURS) -> dict[str, int]:
    """The page and each file that it names, in bytes of their bodies, from nothing."""
    answer = browser.client.get(path, headers=asked)
    assert answer.status_code == 200
    files = {each: browser.client.get(each, headers=asked) for each in FETCHED.findall(answer.text)}
    sizes = {each.partition("?")[0]: int(got.headers["content-length"]) for each, got in files.items()}
    return {path: int(answer.headers["content-length"]), **sizes}


@pytest.mark.parametrize("asked", [OURS, LETTER])
def test_the_form_that_opens_an_incident_comes_in_one_round_trip_of_14_kb_with_all_that_it_names(
    site: TestClient, district: District, asked: dict[str, str]
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    sizes = fetched(counselor, "/incidents/new", asked)

    assert sum(sizes.values()) <= 14 * KB, sizes
    assert {each for each in sizes if not each.endswith((".js", "mark.svg"))} == {"/incidents/new"}
    assert " defer" in counselor.client.get("/incidents/new").text  # no script is waited for


def test_the_form_that_opens_an_incident_weighs_the_same_where_hundreds_work(
    site: TestClient, district: District
) -> None:
    with district.store.write() as tx:
        for number in range(300):
            who = PersonId(f"p-{secrets.token_urlsafe(16)}")
            roster.add_person(tx, DISTRICT, who, (f"Given{number}", secrets.token_hex(4)), staff=True)
            roster.give_post(tx, DISTRICT, who, StaffRole.TEACHER, SCHOOL)

    sizes = fetched(at_console(site, district, COUNSELOR), "/incidents/new")

    assert sum(sizes.values()) <= 14 * KB, sizes


@pytest.mark.parametrize("path", ["/board", "/my", "/oncall", "/status", "/paging", "/guide", "/drills", ""])
def test_a_page_of_the_console_weighs_60_kb_cold_and_6_warm(site: TestClient, district: District, path: str) -> None:
    counselor = at_console(site, district, COUNSELOR)
    path = path or counselor.opens()

    sizes = fetched(counselor, path)

    assert sum(sizes.values()) <= 60 * KB, sizes
    assert sizes[path] <= 6 * KB
    assert sum(size for each, size in sizes.items() if each.endswith(".js")) <= 20 * KB
    assert sum(size for each, size in sizes.items() if each.endswith(".css") and "print" not in each) <= 10 * KB


def test_an_incident_of_a_hundred_entries_weighs_6_kb(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    incident, chance = counselor.opens(), random.Random(11)
    for _ in range(100):
        said = " ".join(chance.choice(SAID) for _ in range(8))
        counselor.send(incident, f"{incident}/note", note=said)

    assert fetched(counselor, incident)[incident] <= 6 * KB


def test_a_part_weighs_4_kb(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    parts = set(re.findall(r'data-src="([^"]+)"', counselor.get(counselor.opens())))

    sizes = {each: int(counselor.client.get(each, headers=OURS).headers["content-length"]) for each in parts}

    assert parts
    assert max(sizes.values()) <= 4 * KB


def test_a_page_is_squeezed_as_hard_as_it_goes_and_a_part_which_many_ask_for_at_once_quickly(
    site: TestClient, district: District
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    incident = counselor.opens()

    for path, effort in ((incident, 11), (f"{incident}/parts/steps", 5)):
        answer = counselor.client.get(path, headers=OURS)
        assert int(answer.headers["content-length"]) == len(brotli.compress(answer.content, quality=effort))


@pytest.mark.parametrize(("letters", "effort"), [(LONG, 11), (LONG + 1, 5)])
def test_a_very_long_page_is_squeezed_quickly(letters: int, effort: int) -> None:
    chance = random.Random(11)
    html = f"<!doctype html>{' '.join(chance.choice(SAID) for _ in range(letters))}"[:letters]
    client = TestClient(Squeezed(HTMLResponse(html)))

    answer = client.get("/", headers=OURS)

    assert int(answer.headers["content-length"]) == len(brotli.compress(answer.content, quality=effort))


ASKED = {
    "by a page of ours": ({"sec-fetch-site": "same-origin"}, "", "br"),
    "by the reader": ({"sec-fetch-site": "none"}, "", "br"),
    "by the reader, or by who sent them an address": ({"sec-fetch-site": "none"}, "?school=x", None),
    "by another site": ({"sec-fetch-site": "cross-site"}, "", None),
    "by a neighbour": ({"sec-fetch-site": "same-site"}, "", None),
    "by nobody knows whom": ({}, "", None),
}


@pytest.mark.parametrize("by", ASKED)
def test_a_page_is_squeezed_only_where_nobody_but_the_reader_can_have_had_it_asked_for(
    site: TestClient, district: District, by: str
) -> None:
    """Else its length would tell of the secrets in it, letter by letter (BREACH)."""
    asked, query, way = ASKED[by]
    answer = at_console(site, district, COUNSELOR).client.get(
        f"/board{query}", headers={"accept-encoding": "br, gzip", **asked}
    )

    assert answer.headers.get("content-encoding") == way
    assert "accept-encoding" in answer.headers.get("vary", "").lower() or way is None


def test_the_length_of_a_squeezed_page_is_moved_by_chance(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)

    answers = [counselor.client.get("/shortcuts", headers=OURS) for _ in range(20)]

    assert len({answer.headers["content-length"] for answer in answers}) > 5
    assert all(re.search(r"<!--[\w]*-->$", answer.text) for answer in answers)


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
