"""What each adult may do, on the page and by the API: it counts when another person has seen the paper."""

import pytest
from starlette.testclient import TestClient

from crisis.vocabulary import PersonId
from tests.factories import STUDENT
from tests.web.district import COUNSELOR, NEIGHBOUR, NURSE, OFFICER, STRANGER, TEACHER, District, acting
from tests.web.test_contacts import AUNT, district
from tests.web.test_pages import at_console, words

__all__ = ["district"]
PAGE, PATH = f"/students/{STUDENT}/authority", f"/students/{STUDENT}/authorities"
CONTACTS = f"/students/{STUDENT}/contacts"
RIGHTS = {"person": AUNT, "authority": "education_rights", "paper": "court_order"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What the store does runs on both databases; this is about pages."""
    return sqlite_url


@pytest.mark.parametrize("language", ["en", "es"])
def test_it_waits_for_another_person_who_has_seen_the_paper_pr_64(
    site: TestClient, district: District, language: str
) -> None:
    counselor, nurse = at_console(site, district, COUNSELOR, language), at_console(site, district, NURSE, language)
    officer = at_console(site, district, OFFICER, language)
    wrong = counselor.send(
        PAGE, f"{PAGE}/add", 422, **{**RIGHTS, "authority": "adult_guardian", "paper": "appointment"}
    )
    counselor.send(PAGE, f"{PAGE}/add", **RIGHTS)

    own, look = counselor.get(PAGE), words(officer.get("/second-look"))
    nurse.send(PAGE, f"{PAGE}/check")
    checked = words(counselor.get(PAGE))
    counselor.send(PAGE, f"{PAGE}/end")

    waits = {"en": "It counts only when a second person", "es": "Cuenta solo cuando una segunda persona"}[language]
    court = {"en": "only by a court's order", "es": "solo por orden judicial"}[language]
    assert court in words(wrong)
    assert waits in words(own)
    assert f"{PAGE}/check" not in own
    assert waits in look
    assert waits not in checked
    assert f"{PAGE}/end" not in counselor.get(PAGE)


@pytest.mark.parametrize("person", [NEIGHBOUR, STRANGER, TEACHER])
def test_nobody_else_sees_or_changes_it(site: TestClient, district: District, person: PersonId) -> None:
    other, api = at_console(site, district, person), acting(site, district.token(person))

    assert other.client.get(PAGE).status_code == 404
    assert (api.get(PATH).status, api.post(PATH, RIGHTS).status) == (404, 404)
    assert acting(site, district.token(COUNSELOR)).get(PATH).body == []


def test_by_the_api_too_and_a_program_checks_nothing_pr_61(site: TestClient, district: District) -> None:
    counselor, nurse = (acting(site, district.token(person)) for person in (COUNSELOR, NURSE))
    at_the_console = at_console(site, district, NURSE)

    def aunt() -> str:
        found = counselor.get(CONTACTS).body["contacts"]
        return next(each["effect"] for each in found if each["person"] == AUNT)

    made = counselor.post(PATH, RIGHTS)
    (one,) = made.body
    program = nurse.post(f"{PATH}/{one['id']}/check", {})
    at_the_console.send(PAGE, f"{PAGE}/check")
    (checked,) = counselor.get(PATH).body
    ended = counselor.post(f"{PATH}/{one['id']}/end", {})

    assert (made.status, one["checked"], one["counts"]) == (201, False, False)
    assert program.status == 422
    assert (checked["checked"], checked["counts"]) == (True, True)
    assert (ended.status, ended.body) == (200, [])
    assert aunt() in ("allow", "allow_with")
