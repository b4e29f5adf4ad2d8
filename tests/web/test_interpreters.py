"""Interpreters as a family wants them: shown where one is looked for, checked when one is named."""

import pytest
from starlette.testclient import TestClient

from crisis.vocabulary import PersonId
from tests.factories import STUDENT
from tests.web.district import COUNSELOR, NEIGHBOUR, STRANGER, TEACHER, District, acting
from tests.web.test_brief import at_the_handoff
from tests.web.test_call_order import at_the_step
from tests.web.test_contacts import MOTHER, district
from tests.web.test_pages import at_console, words

__all__ = ["district"]
PAGE = f"/students/{STUDENT}/interpreters"
STEP = "steps/guardian_contact"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What the store does runs on both databases; this is about pages."""
    return sqlite_url


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_they_want_stands_where_one_is_looked_for_and_a_child_is_refused_by_name_pr_74(
    site: TestClient, district: District, language: str
) -> None:
    counselor = at_console(site, district, COUNSELOR, language)
    fields = counselor.form(PAGE, f"{PAGE}/wish")
    wish = {"adult": MOTHER, "need": "spoken", "woman": "yes", "not_own_community": "yes", "not_these": "Luz Vega"}
    counselor.post(f"{PAGE}/wish", {**fields, **wish})
    page = f"{at_the_handoff(counselor)}/{STEP}"

    child = counselor.send(page, f"{page}/interpreter", 422, kind="service", name="Ximena Quetzal")
    unwanted = counselor.send(page, f"{page}/interpreter", 422, kind="service", name="luz VEGA")
    counselor.send(page, f"{page}/interpreter", kind="service", name="Line 4471")

    step = words(counselor.get(page))
    nobody = {"en": "Nobody from their own community", "es": "Nadie de su propia comunidad"}[language]
    no_child = {"en": "no child interprets", "es": "ningún niño interpreta"}[language]
    another = {"en": "find another one", "es": "busque a otro"}[language]
    assert (no_child in words(child), another in words(unwanted)) == (True, True)
    assert nobody in step
    assert "Luz Vega" in step


def test_in_danger_nobody_waits_for_another_one_and_a_child_is_recorded_as_a_child_pr_74(
    site: TestClient, district: District
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    fields = counselor.form(PAGE, f"{PAGE}/wish")
    counselor.post(f"{PAGE}/wish", {**fields, "adult": MOTHER, "need": "spoken", "not_these": "Luz Vega"})
    page = f"{at_the_step(counselor)}/{STEP}"
    talk = {"who": f"guardian:{MOTHER}", "method": "phone", "outcome": "reached", "alone": "Nobody else was free"}
    talk |= {"language": "es", "language_help": "interpreter", "interpreter": "Ximena", "understood": "yes"}

    counselor.send(page, f"{page}/interpreter", kind="service", name="Luz Vega")
    refused = counselor.send(page, f"{page}/contact", 422, **talk, interpreted_by="staff")
    child = {"interpreted_by": "child", "waiver": "She was bleeding and nobody else was there"}
    counselor.send(page, f"{page}/contact", **talk, **child)

    assert "no child interprets" in words(refused)


@pytest.mark.parametrize("person", [NEIGHBOUR, STRANGER, TEACHER])
def test_nobody_else_sees_or_changes_it(site: TestClient, district: District, person: PersonId) -> None:
    other, api = at_console(site, district, person), acting(site, district.token(person))

    assert other.client.get(PAGE).status_code == 404
    assert (api.get(PAGE).status, api.post(f"{PAGE}/{MOTHER}", {"need": "sign"}).status) == (404, 404)
    assert acting(site, district.token(COUNSELOR)).get(PAGE).body == []


def test_by_the_api_too(site: TestClient, district: District) -> None:
    counselor = acting(site, district.token(COUNSELOR))

    made = counselor.post(f"{PAGE}/{MOTHER}", {"need": "deaf_interpreter", "not_these": ["Luz Vega"]}).body
    wrong = counselor.post(f"{PAGE}/{MOTHER}", {"need": "sign", "not_these": list("abcdef")})
    gone = counselor.post(f"{PAGE}/{MOTHER}", {"need": None}).body

    assert [(each["person"], each["need"], each["not_these"]) for each in made] == [
        (MOTHER, "deaf_interpreter", ["Luz Vega"])
    ]
    assert (wrong.status, gone) == (422, [])
