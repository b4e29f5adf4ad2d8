"""When and how to reach them, on the pages and by the API: beside the number, in the form, and for a follow-up."""

import re

import pytest
from starlette.testclient import TestClient

from tests.factories import STUDENT
from tests.web.district import COUNSELOR, NEIGHBOUR, TEACHER, District, acting
from tests.web.test_call_order import STEP, called
from tests.web.test_contacts import AUNT, FATHER, MOTHER, district
from tests.web.test_pages import Browser, at_console, words

__all__ = ["district"]
PAGE = f"/students/{STUDENT}/times"
ALWAYS = (("00:00", "12:00"), ("12:00", "00:00"))  # whatever the hour of the test


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What the store does runs on both databases; this is about pages."""
    return sqlite_url


def left_alone(browser: Browser, person: str) -> None:
    for starts, ends in ALWAYS:
        browser.send(PAGE, f"{PAGE}/add", person=person, starts=starts, ends=ends, source="family")


def test_who_asked_to_be_left_alone_is_tried_later_and_in_an_emergency_as_ever(
    site: TestClient, district: District
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    order = {f"turn__{MOTHER}": "1", f"turn__{FATHER}": "2"}
    counselor.send("/students/st-1/call-order", "/students/st-1/call-order/order", source="family", **order)
    left_alone(counselor, MOTHER)
    incident = counselor.opens()
    counselor.identifies(incident, "quetzal", STUDENT)

    quiet = counselor.get(f"/students/{STUDENT}/contacts")
    counselor.send(f"{incident}/emergency", f"{incident}/emergency", dangers="weapon", called_911="yes")
    urgent = counselor.get(f"{incident}/{STEP}")

    assert "They asked to be left alone until" in words(quiet)
    assert "tel:" in quiet[quiet.index("<bdi>Rosa Quetzal</bdi> ·") :].partition("</li>")[0]  # it advises
    assert "They asked to be left alone" not in words(urgent)
    assert "Try next: Rosa Quetzal" in words(urgent)
    assert called(urgent)[0] == "Rosa"


def test_the_ways_stand_beside_the_number_in_their_order_and_come_first_in_the_form(
    site: TestClient, district: District
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    counselor.send(PAGE, f"{PAGE}/ways", adult=MOTHER, way_1="video", way_2="text")
    incident = counselor.opens()
    counselor.identifies(incident, "quetzal", STUDENT)
    counselor.send(f"{incident}/emergency", f"{incident}/emergency", dangers="weapon", called_911="yes")

    step = counselor.get(f"{incident}/{STEP}")
    offered = re.findall(r'name="method" value="(\w+)"( checked)?', step)

    assert "In this order: Video, or a relay for sign language, Text" in words(step)
    assert "Try next: Rosa Quetzal" in words(step)
    assert [method for method, _ in offered[:2]] == ["video", "text"]
    assert [method for method, checked in offered if checked] == ["video"]


def test_what_is_wrong_is_said_where_it_happened_and_what_holds_can_end(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)

    same = counselor.send(PAGE, f"{PAGE}/add", 422, person=AUNT, starts="08:00", ends="08:00", source="family")
    twice = counselor.send(PAGE, f"{PAGE}/ways", 422, adult=AUNT, way_1="call", way_2="call")
    no_hour = counselor.send(PAGE, f"{PAGE}/add", 422, starts="late", ends="08:00", source="family")
    left_alone(counselor, AUNT)
    counselor.send(PAGE, f"{PAGE}/end")

    assert "another one at which it ends" in words(same)
    assert "another place in the order" in words(twice)
    assert "From what time?" in words(no_hour)
    assert counselor.get(PAGE).count(f"{PAGE}/end") == 1
    counselor.client.cookies.set("language", "es")
    assert "Cuándo y cómo comunicarse" in words(counselor.get(PAGE))
    for person in (TEACHER, NEIGHBOUR):
        assert at_console(site, district, person).client.get(PAGE).status_code == 404


def test_the_same_by_the_api(site: TestClient, district: District) -> None:
    counselor = acting(site, district.token(COUNSELOR))
    prayer = {"starts": "12:30:00", "ends": "14:00:00", "days": [4], "source": "family"}

    added = counselor.post(PAGE, prayer)
    ways = counselor.post(f"/students/{STUDENT}/ways/{FATHER}", {"ways": ["text", "call"]})
    wrong = counselor.post(PAGE, prayer | {"ends": "12:30:00"})
    [time] = counselor.get(PAGE).body["times"]
    confirmed = counselor.post(f"{PAGE}/{time['id']}/confirm", {})
    ended = counselor.post(f"{PAGE}/{time['id']}/end", {})
    counselor.post(PAGE, prayer | {"person": MOTHER, "starts": "00:00:00", "ends": "12:00:00", "days": []})
    counselor.post(PAGE, prayer | {"person": MOTHER, "starts": "12:00:00", "ends": "00:00:00", "days": []})
    contacts = {each["person"]: each for each in counselor.get(f"/students/{STUDENT}/contacts").body["contacts"]}

    assert (added.status, wrong.status, confirmed.status) == (201, 422, 200)
    assert (time["person"], time["days"], time["starts"]) == (None, [4], "12:30:00")
    assert ways.body["ways"] == {FATHER: ["text", "call"]}
    assert ended.body["times"] == []
    assert "other_hour" in contacts[MOTHER]["obligations"]
    assert contacts[FATHER]["ways"] == ["call"]  # no text is published that could go to him
    assert acting(site, district.token(TEACHER)).get(PAGE).status == 404
