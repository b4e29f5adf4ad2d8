"""What a student and a family asked for, on the pages and by the API: where it acts, and for nobody else."""

import pytest
from starlette.testclient import TestClient

from crisis.vocabulary import PersonId
from tests.factories import STUDENT
from tests.web.district import (
    COUNSELOR,
    NEIGHBOUR,
    NURSE,
    OFFICER,
    STRANGER,
    TEACHER,
    District,
    acting,
)
from tests.web.test_pages import Browser, at_console, words

PAGE, PATH = f"/students/{STUDENT}/wishes", f"/students/{STUDENT}/preferences"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What the store does runs on both databases; this is about pages."""
    return sqlite_url


def asked(browser: Browser, preference: str, status: int = 303, **fields: str) -> str:
    return browser.send(PAGE, f"{PAGE}/add", status, preference=preference, source="family", **fields)


def test_it_stands_on_the_incident_and_what_only_leads_may_know_for_them_alone(
    site: TestClient, district: District
) -> None:
    counselor, nurse = at_console(site, district, COUNSELOR), at_console(site, district, NURSE)
    officer = at_console(site, district, OFFICER)
    asked(counselor, "woman")
    asked(counselor, "ask_lead_before_agencies")
    incident = counselor.opens(student=STUDENT)

    lead, other = words(counselor.get(incident)), words(nurse.get(incident))
    lane, kept = words(nurse.get(f"{incident}/emergency")), words(nurse.get(PAGE))

    assert "Clinician: a woman, where it takes no longer" in other
    assert "Agencies: the lead decides before any agency is called" in lead
    assert "Agencies: the lead decides" not in other
    assert "Agencies: the lead decides" not in kept.split("Add a wish")[0]
    assert "Agencies: the lead decides" in words(officer.get(PAGE)).split("Add a wish")[0]
    assert "Then the lead decides before the police are called" in lane  # the same as for every other reason


def test_the_assessment_asks_whether_the_support_is_here_pr_76(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    asked(counselor, "pictures")
    incident = counselor.opens(student=STUDENT)
    screen = f"{incident}/steps/screen"
    answers = {f"answers__q{number}": "no" for number in range(1, 5)}
    counselor.send(screen, f"{screen}/screen", instrument="asq", language="en", language_help="shared", **answers)
    page = f"{incident}/steps/assess"

    refused = words(counselor.send(page, f"{page}/tier", 422, tier="low", rationale="Calm and with plans"))
    counselor.send(page, f"{page}/supports", here="pictures")
    counselor.send(page, f"{page}/tier", tier="low", rationale="Calm and with plans")

    assert "Say first whether what the student needs to tell us things is here" in refused
    assert "What the student needs to tell us things was here" in words(counselor.get(incident))
    assert "First: how this student tells us things" not in words(counselor.get(page))


def test_a_refusal_keeps_what_was_typed_and_spanish_is_spoken_too(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR, "es")

    refused = words(asked(counselor, "named_clinician", 422))
    asked(counselor, "sign_language")

    assert "Elija a la persona" in refused
    assert "Para comunicarse: lengua de señas" in words(counselor.get(PAGE))


@pytest.mark.parametrize("person", [NEIGHBOUR, STRANGER, TEACHER])
def test_nobody_else_sees_or_changes_it(site: TestClient, district: District, person: PersonId) -> None:
    counselor, other = acting(site, district.token(COUNSELOR)), at_console(site, district, person)
    api = acting(site, district.token(person))
    body = {"preference": "woman", "source": "student"}

    assert other.client.get(PAGE).status_code == 404
    assert other.client.post(f"{PAGE}/add", data={"csrf": "", **body}).status_code in (403, 404)
    assert (api.get(PATH).status, api.post(PATH, body).status) == (404, 404)
    assert counselor.get(PATH).body == []


def test_by_the_api_too(site: TestClient, district: District) -> None:
    counselor, officer = (acting(site, district.token(person)) for person in (COUNSELOR, OFFICER))

    made = counselor.post(PATH, {"preference": "woman", "source": "student"})
    (one,) = made.body
    hidden = counselor.post(PATH, {"preference": "ask_lead_before_agencies", "source": "family"}).body
    wrong = counselor.post(PATH, {"preference": "named_clinician", "source": "family"})
    confirmed = counselor.post(f"{PATH}/{one['id']}/confirm", {}).body
    counselor.post(f"{PATH}/{one['id']}/end", {})

    assert (made.status, one["kind"], one["strength"], one["stale"]) == (201, "clinician", "route", False)
    assert [each["preference"] for each in hidden] == ["woman"]
    assert (wrong.status, "Choose the person" in str(wrong.body)) == (422, True)
    assert confirmed[0]["confirmed_at"] >= one["confirmed_at"]
    assert [each["preference"] for each in officer.get(PATH).body] == ["ask_lead_before_agencies"]
    assert counselor.get(PATH).body == []
