"""The return after a hospital on the console: opened like any other, or out of one that an ambulance took."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.protocols import loader
from crisis.store import incidents, protocols
from crisis.store.engine import open_store
from crisis.vocabulary import IncidentId
from tests.factories import SCHOOL, STUDENT
from tests.web.district import COUNSELOR, SETTINGS, District, a_district, acting
from tests.web.test_pages import Browser, at_console
from web.app import build_app

NOBODY_WITH = "One named adult must be with the student."


@pytest.fixture
def district(sqlite_url: str, key_file: Path) -> Iterator[District]:
    store = open_store(sqlite_url, key_file)
    made = a_district(store)
    with store.write() as tx:
        protocols.publish(tx, loader.protocol("reentry"), clock.now())
    yield made
    store.close()


@pytest.fixture
def counselor(district: District) -> Iterator[Browser]:
    with TestClient(build_app(district.store, SETTINGS), base_url=SETTINGS.public_url) as site:
        yield at_console(site, district, COUNSELOR)


def opened(counselor: Browser) -> str:
    told = {"kind": "return_from_care", "school": str(SCHOOL), "place": "Mill Street unit", "beside": "other"}
    return counselor.send("/incidents/new", "/incidents", **told)


def test_a_return_is_opened_like_any_other_and_nobody_is_asked_to_stay_with_a_student_who_is_away(
    counselor: Browser, district: District
) -> None:
    place = opened(counselor)
    page, sheet = counselor.get(place), counselor.get(f"{place}/custody")

    assert NOBODY_WITH not in page
    assert "Hand over or release" not in page
    assert "Release the student" not in sheet
    assert "Back at school" in sheet
    counselor.send(f"{place}/custody", f"{place}/returned")
    with district.store.read() as tx:
        incident = incidents.load(tx, IncidentId(place.rsplit("/", 1)[-1]))
    assert incident.returned_at is not None
    assert "The student is back at school" in counselor.get(place)
    assert "Record it the moment" not in counselor.get(f"{place}/custody")


def test_out_of_an_incident_that_an_ambulance_took_the_return_is_prepared_with_the_same_student(
    counselor: Browser, district: District
) -> None:
    program = acting(counselor.client, district.token(COUNSELOR))
    first, seq = program.opened(student=STUDENT)
    assert "Prepare the return to school" not in counselor.get(f"/incidents/{first}/custody")
    released = program.order(first, "release-custody", seq, to="ems", receiver="Crew 4")
    assert released.status == 200, released.body

    place = counselor.send(f"/incidents/{first}/custody", "/incidents", place="County hospital, unit 3")
    with district.store.read() as tx:
        incident = incidents.load(tx, IncidentId(place.rsplit("/", 1)[-1]))

    assert (incident.protocol, incident.student, incident.linked_to) == ("reentry", STUDENT, first)
    assert first in counselor.get(f"{place}/linked")


def test_of_a_student_who_may_be_alone_no_page_says_that_somebody_must_stay(counselor: Browser) -> None:
    place = opened(counselor)

    for page in (counselor.get(place), counselor.get("/board"), counselor.get(f"{place}/steps/reentry_meeting")):
        assert "No adult is with the student" not in page
        assert "do not leave the student alone" not in page


def test_the_meeting_before_coming_back_leads_to_where_the_family_is_written_when(counselor: Browser) -> None:
    place = opened(counselor)
    counselor.identifies(place, "quetzal", STUDENT)
    counselor.send(f"{place}/custody", f"{place}/returned")

    meeting, review = counselor.get(f"{place}/steps/reentry_meeting"), counselor.get(f"{place}/steps/month_review")

    leads = f'href="{place}/steps/guardian_contact"><'
    assert "Write the family when to meet" in meeting
    assert leads in meeting.replace("\n", "")
    assert "Write the family when to meet" not in review
