"""Whom the student trusts, on the page of an incident: one press asks them, and they say whether they come."""

import pytest
from starlette.testclient import TestClient

from tests.factories import STUDENT
from tests.web.district import COUNSELOR, NURSE, TEACHER, District
from tests.web.test_pages import Browser, at_console, words

WISHES = f"/students/{STUDENT}/wishes"

pytestmark = [pytest.mark.page]


def named(browser: Browser, person: str, source: str = "student", status: int = 303) -> str:
    return browser.send(WISHES, f"{WISHES}/add", status, preference="trusted_adult", person=person, source=source)


def test_one_press_asks_whom_the_student_named_and_they_answer_on_the_same_page(
    site: TestClient, district: District
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    refused = words(named(counselor, TEACHER, source="family", status=422))
    named(counselor, TEACHER)
    incident = counselor.opens(student=STUDENT)
    teacher = at_console(site, district, TEACHER)

    teacher.get(incident, 404)
    counselor.send(incident, f"{incident}/ask-to-come", to=TEACHER)
    waiting, asked = words(counselor.get(incident)), words(teacher.get(incident))
    teacher.post(f"{incident}/say-if-coming", {**teacher.form(incident, f"{incident}/say-if-coming"), "coming": "yes"})
    coming = words(counselor.get(incident))
    teacher.post(f"{incident}/say-if-coming", {**teacher.form(incident, f"{incident}/say-if-coming"), "coming": "no"})

    assert "Only the student says whom they trust" in refused
    assert "Asked, no answer yet" in waiting
    assert "You are asked to come and sit with the student." in asked
    assert "Is coming to sit with the student" in coming
    assert "cannot come" in words(counselor.get(incident))
    teacher.get(incident, 404)  # it is theirs no more


def test_who_is_kept_out_stands_on_no_page_of_the_incident_pr_54(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    named(counselor, TEACHER)
    named(counselor, NURSE)
    incident = counselor.opens(student=STUDENT)
    before = words(counselor.get(incident))
    counselor.send(f"{incident}/conflicts", f"{incident}/conflicts/enter", person=TEACHER, kind="named")

    after = words(counselor.get(incident))

    assert "Given P-Teacher" in before
    assert "Given P-Teacher" not in after.split("What happened")[0]
    assert "Given P-Nurse" in after
