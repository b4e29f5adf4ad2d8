"""An entry that is wrong stays: what is right stands beside it; what should not be there is struck, and in no brief."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crisis.store.engine import open_store
from tests.factories import STUDENT
from tests.web.district import COUNSELOR, OFFICER, District, a_district, acting
from tests.web.test_pages import at_console, words


@pytest.fixture
def district(sqlite_url: str, key_file: Path) -> Iterator[District]:
    with closing(open_store(sqlite_url, key_file)) as store:
        yield a_district(store)


def struck(page: str) -> list[str]:
    return re.findall(r"<del>(.*?)</del>", page)


def test_what_was_entered_in_error_is_struck_with_its_reason_and_stays(site: TestClient, district: District) -> None:
    counselor, officer = at_console(site, district, COUNSELOR), at_console(site, district, OFFICER)
    incident = counselor.opens(student=STUDENT)
    counselor.send(incident, f"{incident}/note", note="Her brother told me so")
    seq = int(re.findall(rf'href="{incident}/entries/(\d+)"', counselor.get(incident))[0])
    page = f"{incident}/entries/{seq}"

    silent = counselor.send(page, f"{incident}/correct", 422, entry=str(seq), in_error="yes")
    counselor.send(page, f"{incident}/correct", entry=str(seq), correction="It was of another girl", in_error="yes")

    after, copy = counselor.get(incident), officer.get(page)
    assert "Fill this in." in words(silent)
    assert "Correct an entry" in words(silent)
    assert struck(after) == ["Note", "Her brother told me so"]
    assert f"Entry {seq} was entered in error" in words(after)
    assert "It was of another girl" in words(after)
    assert "Her brother told me so" in words(copy)
    assert counselor.client.get(f"{incident}/entries/999").status_code == 404


def test_a_plain_correction_strikes_nothing(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    incident = counselor.opens(student=STUDENT)

    counselor.send(f"{incident}/entries/1", f"{incident}/correct", entry="1", correction="It was room 114")

    assert "Correction to entry 1" in words(counselor.get(incident))
    assert struck(counselor.get(incident)) == []


def test_a_danger_that_was_entered_in_error_is_in_no_brief(site: TestClient, district: District) -> None:
    api, counselor = acting(site, district.token(COUNSELOR)), at_console(site, district, COUNSELOR)
    incident, seen = api.opened(student=STUDENT)
    api.order(incident, "raise-emergency", seen, dangers=["weapon"], called_911=True)
    brief = f"/incidents/{incident}/brief/emergency"
    before = words(counselor.get(brief))
    log = api.get(f"/incidents/{incident}/events").body["events"]
    seq = next(each["seq"] for each in log if each["event"] == "EmergencyRaised")

    answer = api.order(incident, "correct-event", log[-1]["seq"], seq=seq, words="No weapon", in_error=True)

    assert answer.status == 200, answer.body
    assert "Has a weapon" in before
    assert "Has a weapon" not in words(counselor.get(brief))
