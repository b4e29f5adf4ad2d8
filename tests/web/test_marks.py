"""Sealed, unfounded, in error, on the console: who says it, who sees it then, and what a records request does."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crisis.store.engine import Store, open_store
from crisis.vocabulary import IncidentId
from tests.factories import STUDENT
from tests.store.leavers import HERS, LEAD, a_leaver
from tests.web.district import COUNSELOR, OFFICER, SETTINGS, District, acting
from tests.web.test_api import actions
from tests.web.test_pages import at_console, words
from web.app import build_app

WHY = "The court has ordered it"


@pytest.fixture
def store(sqlite_url: str, key_file: Path) -> Iterator[Store]:
    """One database is enough for pages: `tests/store/test_marks.py` asks both."""
    with closing(open_store(sqlite_url, key_file)) as opened:
        yield opened


@pytest.fixture
def incident(store: Store) -> IncidentId:
    return a_leaver(store, law=None)


@pytest.fixture
def site(store: Store, incident: IncidentId) -> Iterator[TestClient]:
    with TestClient(build_app(store, SETTINGS), base_url=SETTINGS.public_url) as made:
        yield made


@pytest.fixture
def district(store: Store) -> District:
    return District(store, protocol_hash=None)  # type: ignore[arg-type]  # nothing is opened here


def test_what_is_sealed_is_there_for_the_privacy_officer_alone(
    site: TestClient, district: District, incident: IncidentId
) -> None:
    officer, lead = at_console(site, district, OFFICER), at_console(site, district, LEAD)
    page = f"/incidents/{incident}/marks"
    whole = lead.get(f"/incidents/{incident}")
    forged = lead.post(f"{page}/make", {**lead.form(page, f"{page}/make"), "kind": "sealed", "why": WHY}, 422)
    led = officer.send(page, f"{page}/make", kind="sealed", why=WHY)
    api = acting(site, district.token(LEAD))
    hidden = [f"/incidents/{incident}", page, f"/incidents/{incident}/record", f"/incidents/{incident}/export"]

    assert HERS["note"] in whole
    assert 'value="sealed"' not in lead.client.get("/board").text
    assert "The privacy officer seals an incident" in words(forged)
    assert WHY in officer.get(led)
    assert [lead.client.get(each).status_code for each in hidden] == [404] * len(hidden)
    assert [api.get(f"/incidents/{incident}{each}").status for each in ("", "/events", "/status")] == [404] * 3
    assert HERS["note"] in officer.get(f"/incidents/{incident}")

    officer.send(page, f"{page}/end")

    assert HERS["note"] in lead.get(f"/incidents/{incident}")
    said = [each for each, _ in actions(district.store) if "mark" in each and "viewed" not in each]
    assert said == ["incident marked: sealed", "incident mark ended"]


def test_a_request_for_a_record_with_a_sealed_incident_is_the_privacy_officers(
    site: TestClient, district: District, incident: IncidentId
) -> None:
    officer, lead = at_console(site, district, OFFICER), at_console(site, district, LEAD)
    page, new = f"/incidents/{incident}/marks", f"/students/{STUDENT}/requests"
    asked = officer.send(new, f"{new}/record", who="p-mother", asked_on="2026-11-02")
    before = lead.get(asked)
    officer.send(page, f"{page}/make", kind="sealed", why=WHY)

    after = lead.client.get(asked)

    assert HERS["note"] in before
    assert after.status_code == 422
    assert "the privacy officer answers the request" in words(after.text)
    assert HERS["note"] not in after.text
    assert HERS["note"] in officer.get(asked)


def test_a_request_for_a_record_with_an_incident_kept_apart_is_the_privacy_officers_pr_43(
    site: TestClient, district: District, incident: IncidentId
) -> None:
    officer, lead = at_console(site, district, OFFICER), at_console(site, district, LEAD)
    page, new = f"/incidents/{incident}/compartment", f"/students/{STUDENT}/requests"
    asked = officer.send(new, f"{new}/record", who="p-mother", asked_on="2026-11-02")
    lead.send(page, f"{page}/enter", side="complainant", coordinator=str(COUNSELOR))

    after = lead.client.get(asked)

    assert after.status_code == 422
    assert "kept apart: the privacy officer answers the request" in words(after.text)
    assert HERS["note"] in officer.get(asked)


def test_unfounded_takes_it_from_the_team_and_says_why_to_the_district(
    site: TestClient, district: District, incident: IncidentId
) -> None:
    counselor, lead = at_console(site, district, COUNSELOR), at_console(site, district, LEAD)
    page = f"/incidents/{incident}/marks"
    silent = lead.send(page, f"{page}/make", 422, kind="unfounded", why="")

    lead.send(page, f"{page}/make", kind="unfounded", why="It was a line of a play")

    assert "Fill this in." in words(silent)
    assert counselor.client.get(f"/incidents/{incident}").status_code == 404
    assert "It was a line of a play" in lead.get(page)


def test_a_program_marks_and_reads_marks_and_a_person_takes_them_back_pr_61(
    site: TestClient, district: District, incident: IncidentId
) -> None:
    officer, lead = acting(site, district.token(OFFICER)), acting(site, district.token(LEAD))
    path = f"/incidents/{incident}/marks"

    forged = lead.post(path, {"kind": "sealed", "why": WHY})
    made = lead.post(path, {"kind": "unfounded", "why": WHY})
    again = lead.post(path, {"kind": "unfounded", "why": WHY})
    read, wrong = officer.get(path).body, lead.post(path, {"kind": "gone", "why": WHY})
    ended = officer.post(f"{path}/{made.body['id']}/end", {})
    sealed = officer.post(path, {"kind": "sealed", "why": WHY})

    assert (made.status, sealed.status, wrong.status) == (201, 201, 422)
    assert [each.body["reasons"][0]["rule"] for each in (forged, again, ended)] == ["ACCESS", "MARK", "PR-61"]
    assert [(each["id"], each["kind"], each["why"]) for each in read] == [(made.body["id"], "unfounded", WHY)]
    assert [lead.get(path).status, lead.post(path, {"kind": "in_error", "why": WHY}).status] == [404, 404]
    assert [each["kind"] for each in officer.get(path).body] == ["unfounded", "sealed"]
    left = officer.get(f"/students/{STUDENT}/disclosures").body
    assert "marks" in str(left)
