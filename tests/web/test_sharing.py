"""What may be told to whom, on the pages and by the API: it holds at the offer, in the brief, and nobody dies of it."""

import re

import pytest
from starlette.testclient import TestClient

from crisis.vocabulary import PersonId
from tests.factories import STUDENT
from tests.web.district import COUNSELOR, NEIGHBOUR, STRANGER, TEACHER, District, acting
from tests.web.test_brief import EMERGENCY, at_the_handoff, brief_of, center, district, offered
from tests.web.test_pages import Browser, at_console, words

__all__ = ["center", "district"]
PAGE, PATH = f"/students/{STUDENT}/sharing", f"/students/{STUDENT}/directives"
MEANS = {"audience": "clinician", "category": "means", "action": "ask_first", "source": "student"}
RISK = {"audience": "clinician", "category": "risk", "action": "do_not_volunteer", "source": "family"}
STEP = "steps/referral"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What the store does runs on both databases; this is about pages."""
    return sqlite_url


def says(browser: Browser, wanted: dict[str, str], status: int = 303) -> str:
    fields = {"may" if name == "action" else name: value for name, value in wanted.items()}
    return browser.send(PAGE, f"{PAGE}/add", status, **fields)


def told(browser: Browser, incident: str, *agreed: str) -> None:
    """The student was asked; each item of the list has its box."""
    page = f"{incident}/{STEP}"
    fields = browser.form(page, f"{page}/assent") | {"answer": "agreed"}
    assert browser.client.post(f"{page}/assent", data={**fields, "agreed": list(agreed)}).status_code == 303


def choices(html: str, item: str) -> list[str]:
    form = html[html.index(f'name="items.{item}"') :].partition("</select>")[0]
    return re.findall(r'value="(\w+)"', form)


def test_what_they_want_to_be_asked_about_goes_out_only_after_that(
    site: TestClient, district: District, center: str
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    says(counselor, MEANS)
    says(counselor, RISK)
    incident = at_the_handoff(counselor)
    partner = {"basis": "partner_official", "agency": center, "organisation": ""}

    before = counselor.get(f"{incident}/{STEP}")
    untold = offered(counselor, incident, ("identity",), 422, **partner)
    told(counselor, incident, "identity")
    unasked = offered(counselor, incident, ("identity", "means"), 422, **partner)
    told(counselor, incident, "means")
    kept = offered(counselor, incident, ("identity", "risk"), 422, **partner)
    offered(counselor, incident, ("identity", "what_helps"), **partner)

    assert ("given" in choices(before, "means"), "given" in choices(before, "identity")) == (False, True)
    assert "They want to be asked first" in words(before)
    assert "Tell the student first what leaves" in words(untold)
    assert "They want to be asked before some of this is told" in words(unasked)
    assert "They asked that some of this is not told" in words(kept)
    assert "given" in choices(counselor.get(f"{incident}/{STEP}"), "means")
    assert "The student about what leaves: Told, and agrees" in words(counselor.get(incident))


def test_what_is_said_after_the_offer_is_out_of_the_brief_at_once(
    site: TestClient, district: District, center: str
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    incident = at_the_handoff(counselor)
    told(counselor, incident, "identity")
    partner = {"basis": "partner_official", "agency": center, "organisation": ""}
    offered(counselor, incident, ("identity", "what_helps"), **partner)
    page = brief_of(counselor, incident)
    assert "A walk outside" in words(counselor.get(page))

    says(counselor, {**RISK, "category": "what_helps"})

    assert "A walk outside" not in words(counselor.get(page))


def test_where_a_life_is_in_danger_nobody_asks_first(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    says(counselor, MEANS)
    says(counselor, {**RISK, "category": "identity"})
    incident = at_the_handoff(counselor)

    counselor.send(f"{incident}/emergency", f"{incident}/emergency", dangers="weapon", called_911="yes")
    offered(counselor, incident, ("identity", "means"), **EMERGENCY)

    assert "Ximena Quetzal" in words(counselor.get(brief_of(counselor, incident)))


def test_a_parent_is_told_after_the_student_is_asked_and_nothing_is_kept_from_them_by_itself_pr_10(
    site: TestClient, district: District
) -> None:
    counselor = at_console(site, district, COUNSELOR, "es")
    guardian = {"audience": "guardian", "category": "risk", "source": "student"}

    refused = says(counselor, {**guardian, "action": "do_not_volunteer"}, 422)
    says(counselor, {**guardian, "action": "ask_first"})
    incident = at_the_handoff(counselor)
    step = words(counselor.get(f"{incident}/steps/guardian_contact"))

    assert "La ley permite a los padres ver el expediente" in words(refused)
    assert "Pregunte al estudiante antes de decírselo a la familia:" in step


@pytest.mark.parametrize("person", [NEIGHBOUR, STRANGER, TEACHER])
def test_nobody_else_sees_or_changes_it(site: TestClient, district: District, person: PersonId) -> None:
    other, api = at_console(site, district, person), acting(site, district.token(person))

    assert other.client.get(PAGE).status_code == 404
    assert (api.get(PATH).status, api.post(PATH, MEANS).status) == (404, 404)
    assert acting(site, district.token(COUNSELOR)).get(PATH).body == []


def test_by_the_api_too(site: TestClient, district: District) -> None:
    counselor = acting(site, district.token(COUNSELOR))

    made = counselor.post(PATH, MEANS)
    (one,) = made.body
    twice = counselor.post(PATH, MEANS)
    wrong = counselor.post(PATH, {**RISK, "audience": "guardian"})
    confirmed = counselor.post(f"{PATH}/{one['id']}/confirm", {}).body
    ended = counselor.post(f"{PATH}/{one['id']}/end", {}).body

    assert (made.status, one["action"], one["stale"]) == (201, "ask_first", False)
    assert (twice.status, wrong.status) == (422, 422)
    assert confirmed[0]["confirmed_at"] >= one["confirmed_at"]
    assert ended == []
