"""Trying a protocol out at the console: click by click, nothing stored, and by the machine."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.testclient import TestClient

from tests.web.district import TEACHER, District
from tests.web.test_pages import Browser, at_console, words


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough here: nothing is stored."""
    return sqlite_url


def chooses(browser: Browser, address: str, text: str) -> str:
    """The address to which a button of a form leads, with what was chosen before."""
    page = browser.get(address)
    form = next(each for each in page.split("<form")[1:] if text in words_of(each.partition("</form>")[0]))
    done = re.findall(r'name="done" value="([^"]+)"', form)
    key = next(
        value
        for value, said in re.findall(r'name="then" value="([^"]+)">(.*?)</button>', form)
        if text in unescape(said)
    )
    return f"{urlsplit(address).path}?" + "&".join([*(f"done={each}" for each in done), f"then={key}"])


def words_of(html: str) -> str:
    return unescape(html)


def test_a_teacher_clicks_through_what_would_be_asked_and_takes_the_last_back(
    site: TestClient, district: District
) -> None:
    teacher = at_console(site, district, TEACHER)
    start = f"/protocols/versions/{district.protocol_hash}/try"

    first = chooses(teacher, start, "An adult stays with the student")
    missed = chooses(teacher, first, "miss the next deadline")
    page = teacher.get(missed)

    assert "“Stay with the student”: An adult stays with the student" in words(page)
    assert "Missed:" in words(page)
    undo = unescape(re.findall(r'href="([^"]+)">Take the last one back', page)[0])
    assert [value for _, value in parse_qsl(urlsplit(undo).query)] == ["take_custody.0"]
    assert "Missed:" not in words(teacher.get(undo))


def test_the_machine_plays_it_to_the_close_in_spanish(site: TestClient, district: District) -> None:
    teacher = at_console(site, district, TEACHER, "es")

    page = words(teacher.get(f"/protocols/versions/{district.protocol_hash}/try?story=imminent"))

    assert "Cerrado después de 35 días" in page
    assert "Dos personas lo cierran" in page
    assert "El estudiante se va con: una ambulancia" in page


def test_what_is_no_key_is_refused_and_what_is_not_offered_ends_the_story(site: TestClient, district: District) -> None:
    teacher = at_console(site, district, TEACHER)
    start = f"/protocols/versions/{district.protocol_hash}/try"

    assert teacher.client.get(f"{start}?then=<b>").status_code == 422
    assert "What happened" not in words(teacher.get(f"{start}?done=no.such&done=take_custody.0"))
