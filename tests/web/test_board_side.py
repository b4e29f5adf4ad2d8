"""Beside the board: one school at a time, and who would be called there right now."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.store import oncall, people
from crisis.store.oncall import Shift
from crisis.vocabulary import PersonId, Role
from tests.watch import Watch
from tests.web.district import COUNSELOR, DISTRICT, NURSE, OFFICER, OTHER_SCHOOL, SCHOOL, TEACHER, District
from tests.web.test_pages import at_console, words

pytestmark = pytest.mark.page


def on_call(district: District, person: PersonId, level: int = 0) -> None:
    now = clock.now()
    with district.store.write() as tx:
        turn = Shift(
            id=f"turn-{level}",
            district=DISTRICT,
            school=SCHOOL,
            role=Role.ONCALL_CLINICIAN,
            level=level,
            person=person,
            starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(hours=8),
        )
        oncall.add_shifts(tx, [turn])


def test_whoever_is_at_one_school_sees_who_would_be_called_there(site: TestClient, district: District) -> None:
    on_call(district, NURSE)
    on_call(district, TEACHER, level=1)

    said = words(at_console(site, district, COUNSELOR).get("/board"))

    with district.store.read() as tx:
        names = people.names(tx, [NURSE, TEACHER])
    assert f"{names[NURSE]}On-call clinician" in said
    assert f"{names[TEACHER]}On-call clinician, after that" in said
    assert "NobodyDistrict on-callNobody is on call" in said


def test_a_district_chooses_one_school_and_an_unknown_one_is_as_none(site: TestClient, district: District) -> None:
    at_console(site, district, COUNSELOR).opens()
    officer = at_console(site, district, OFFICER)

    everywhere, there = officer.get("/board"), officer.get(f"/board?school={OTHER_SCHOOL}")

    assert "Open now 1" in words(everywhere)
    assert "Choose a school" in words(everywhere)
    assert "Open now 0" in words(there)
    assert f'data-src="/board/parts/board?school={OTHER_SCHOOL}"' in there
    assert "Open now 1" in words(officer.get(f"/board?school={SCHOOL}"))
    assert "Open now 1" in words(officer.get("/board?school=nowhere"))


def test_a_school_that_is_not_theirs_is_as_none(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    counselor.opens()

    assert "Open now 1" in words(counselor.get(f"/board?school={OTHER_SCHOOL}"))


def test_what_is_late_is_one_sentence_at_the_top(watch: Watch, site: TestClient, district: District) -> None:
    at_console(site, district, COUNSELOR).opens(beside="me")
    watch.ahead += timedelta(hours=2)

    said = words(at_console(site, district, NURSE).get("/board"))  # a session of the counselor's would have ended

    assert "Late: " in said.split("Open now")[0]
