"""The timeline by kind, and the audit of an incident for those who answer for records."""

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from crisis.store import codec
from tests.factories import STUDENT
from tests.web.district import COUNSELOR, NEIGHBOUR, OFFICER, District
from tests.web.test_pages import at_console, words
from web.pages import timeline
from web.pages.timeline import KIND_OF, EntryKind


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is filtered is filtered in the page; the audit is read on both in tests/store."""
    return sqlite_url


def test_every_event_has_one_kind() -> None:
    assert set(KIND_OF) == set(codec.EVENTS)
    assert set(KIND_OF.values()) == set(EntryKind)


def test_the_timeline_shows_one_kind_when_asked_and_its_part_stays_so(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    address = counselor.opens()
    counselor.identifies(address, "quetzal", STUDENT)
    counselor.send(address, f"{address}/note", note="Calm and talking")

    whole, notes, odd = (counselor.get(f"{address}{query}") for query in ("", "?only=notes", "?only=nothing"))
    part = counselor.get_part(f"{address}/parts/timeline?only=notes")

    def shown(page: str) -> int:
        return page.partition('<ol class="tl"')[2].partition("</ol>")[0].count("<li ")

    assert shown(whole) > 2
    assert shown(notes) == shown(part) == 1
    assert shown(odd) == shown(whole)  # what is no kind hides nothing
    assert "Calm and talking" in notes
    assert f'data-src="{address}/parts/timeline?only=notes"' in notes
    assert f'href="{address}?only=student#part-timeline"' in notes


def test_the_latest_stand_on_the_page_and_what_was_before_is_one_press_away(
    site: TestClient, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day of pages that nobody answers is hundreds of entries; a phone would pull them anew with each change."""
    monkeypatch.setattr(timeline, "LATEST", 3)
    counselor = at_console(site, district, COUNSELOR)
    address = counselor.opens()
    for n in range(4):
        counselor.send(address, f"{address}/note", note=f"Note number {n}")

    short, notes = counselor.get(address), counselor.get(f"{address}?only=notes")
    more = re.search(r'href="([^"]+whole=yes)#part-timeline">Show what was before: (\d+)<', notes)
    assert more
    whole = counselor.get(unescape(more[1]))
    part = counselor.get_part(unescape(whole.partition('id="part-timeline" data-src="')[2].partition('"')[0]))

    assert "Note number 3" in short
    assert "Note number 0" not in short
    assert more[2] == "1"
    assert "Note number 0" in whole
    assert "Note number 0" in part
    assert "Show what was before" not in whole


def test_who_looked_and_who_changed_is_shown_to_those_who_answer_for_records(
    site: TestClient, district: District
) -> None:
    counselor, officer = at_console(site, district, COUNSELOR), at_console(site, district, OFFICER)
    address = counselor.opens()
    counselor.get(address)

    page = words(officer.get(f"{address}/log"))

    assert "incident viewed" in page
    assert "log viewed" in page  # this look stands in it too
    assert "Given P-Counselor" in page
    assert f'href="{address}/log"' in officer.get(address)
    counselor.get(f"{address}/log", 404)
    assert f'href="{address}/log"' not in counselor.get(address)
    at_console(site, district, NEIGHBOUR).get(f"{address}/log", 404)
    assert officer.client.get(f"{address}/log?page=0").status_code == 422
