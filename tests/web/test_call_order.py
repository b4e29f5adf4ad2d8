"""Whom to call first, on the pages and by the API: in order, with what must be so first, and why for nobody."""

import re

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.store import policy_packs
from crisis.store.policy_packs import Counsel
from crisis.vocabulary import PersonId
from tests.factories import DISTRICT, STUDENT
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
from tests.web.test_contacts import AUNT, FATHER, HIS, MOTHER, district
from tests.web.test_pages import Browser, at_console, words
from tests.web.test_policy import for_now

__all__ = ["district"]
PAGE = f"/students/{STUDENT}/call-order"
STEP = "steps/guardian_contact"
HOUSING = ("McKinney", "foster", "custody of the state", "unaccompanied", "homeless", "shelter")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What the store does runs on both databases; this is about pages."""
    return sqlite_url


def at_the_step(browser: Browser) -> str:
    incident = browser.opens()
    browser.identifies(incident, "quetzal", STUDENT)
    browser.send(f"{incident}/emergency", f"{incident}/emergency", dangers="weapon", called_911="yes")
    return incident


def called(html: str) -> list[str]:
    return re.findall(r"<b><bdi>(\w+) Quetzal</bdi> ·", html[html.index("Whom to call</h2>") :])


def test_they_are_called_in_the_order_that_the_family_said_with_what_must_be_so_first(
    site: TestClient, district: District
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    counselor.send(PAGE, f"{PAGE}/order", source="family", **{f"turn__{AUNT}": "1", f"turn__{FATHER}": "2"})
    beside = {"person": MOTHER, "condition": "with_adult", "beside": AUNT, "source": "student"}
    counselor.send(PAGE, f"{PAGE}/add", **beside)
    incident = at_the_step(counselor)

    step = counselor.get(f"{incident}/{STEP}")
    counselor.send(
        f"{incident}/{STEP}",
        f"{incident}/{STEP}/contact",
        who=f"other:{AUNT}",
        method="phone",
        outcome="no_answer",
        alone="Nobody else was free",
    )

    assert called(step) == ["Elena", "Victor", "Rosa"]
    mother = step[step.index("<bdi>Rosa Quetzal</bdi> ·") :].partition("</li>")[0]
    assert mother.index("Only with this adult beside them: Elena Quetzal") < mother.index("tel:")
    assert "Try next: Elena Quetzal" in words(step)
    assert "Try next: Victor Quetzal" in words(counselor.get(f"{incident}/{STEP}"))


def test_two_adults_in_one_place_are_refused_where_it_happened(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)

    both = {f"turn__{AUNT}": "1", f"turn__{FATHER}": "1"}
    refused = counselor.send(PAGE, f"{PAGE}/order", 422, source="family", **both)

    assert "Give each adult another place in the order" in words(refused)


def test_where_somebody_else_answers_they_come_first_and_the_lead_decides_about_parents(
    site: TestClient, district: District
) -> None:
    counselor, nurse = at_console(site, district, COUNSELOR), at_console(site, district, NURSE)
    counselor.send(PAGE, f"{PAGE}/status", answers="unaccompanied", first=NURSE)
    incident = at_the_step(counselor)

    before = counselor.get(f"{incident}/{STEP}")
    decide = f"{incident}/{STEP}/decide-contact"
    no = nurse.send(f"{incident}/{STEP}", decide, 422, person=FATHER, tell="yes", reason="He asked")
    counselor.send(f"{incident}/{STEP}", decide, person=FATHER, tell="yes", reason="The student wants him to know")
    after, timeline = counselor.get(f"{incident}/{STEP}"), words(counselor.get(incident))

    assert "Somebody else comes first for this student; the lead decides" in words(before)
    assert re.search(r"Call first: \w+", words(before))
    assert "The lead of this incident decides that" in words(no)
    assert f'href="tel:{HIS}"' not in before
    assert f'href="tel:{HIS}"' in after
    assert "Decided: this adult may be told: Victor Quetzal" in timeline
    assert "The student wants him to know" in timeline


def test_why_it_is_so_stands_on_no_page_of_the_incident(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    assert counselor.send(PAGE, f"{PAGE}/status", answers="unaccompanied") == PAGE
    incident = at_the_step(counselor)

    shown = [counselor.get(f"{incident}{each}") for each in ("", f"/{STEP}", "/student", "/brief/emergency")]

    assert "nobody is named: ask the district crisis lead" in words(shown[1])
    assert [word for word in HOUSING for html in shown if word.lower() in words(html).lower()] == []
    assert "McKinney-Vento" in words(counselor.get(PAGE))


def test_in_spanish_too_and_what_staff_say_for_a_tribe_is_refused(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR, "es")

    counselor.send(PAGE, f"{PAGE}/tribe", wish="do_not_contact", asked_by="student")
    refused = counselor.send(PAGE, f"{PAGE}/tribe", 422, wish="invite", asked_by="staff")

    assert "No hablen con nuestra tribu" in words(counselor.get(PAGE))
    assert "Solo el estudiante o uno de los padres puede decirlo" in words(refused)


@pytest.mark.parametrize("person", [NEIGHBOUR, STRANGER, TEACHER])
def test_nobody_else_sees_or_changes_it(site: TestClient, district: District, person: PersonId) -> None:
    other, api = at_console(site, district, person), acting(site, district.token(person))

    assert other.client.get(PAGE).status_code == 404
    assert api.get(PAGE).status == 404
    assert api.post(PAGE, {"order": [MOTHER], "source": "family"}).status == 404
    assert acting(site, district.token(COUNSELOR)).get(PAGE).body["order"] == []


def test_by_the_api_too(site: TestClient, district: District) -> None:
    counselor = acting(site, district.token(COUNSELOR))
    condition = {"person": MOTHER, "condition": "with_adult", "beside": AUNT, "source": "student"}

    ordered = counselor.post(PAGE, {"order": [AUNT, MOTHER], "source": "family"}).body
    made = counselor.post(f"{PAGE}/conditions", condition)
    one = made.body["conditions"][0]
    wrong = counselor.post(f"{PAGE}/conditions", {**condition, "beside": None})
    confirmed = counselor.post(f"{PAGE}/conditions/{one['id']}/confirm", {})
    status = counselor.post(f"{PAGE}/status", {"status": "state_custody", "first": NURSE}).body
    tribal = counselor.post(f"{PAGE}/tribal-wish", {"wish": "invite", "source": "family"}).body
    ended = counselor.post(f"{PAGE}/conditions/{one['id']}/end", {}).body
    contacts = counselor.get(f"/students/{STUDENT}/contacts").body["contacts"]

    assert ordered["order"] == [AUNT, MOTHER]
    assert (made.status, one["beside"], wrong.status, confirmed.status) == (201, AUNT, 422, 200)
    assert (status["status"], status["first"], tribal["tribal_wish"]) == ("state_custody", NURSE, "invite")
    assert ended["conditions"] == []
    assert [each["person"] for each in contacts] == [AUNT, MOTHER, FATHER]
    assert [each["effect"] for each in contacts if each["person"] == FATHER] == ["human"]


@pytest.mark.parametrize(
    ("law", "notice"),
    [(None, "The law here leaves it to the school"), ("us-ct", "parents are told only that the student is safe")],
)
def test_care_of_their_own_says_what_the_law_makes_of_it_and_acts_beside_the_call_pr_42(
    site: TestClient, district: District, law: str | None, notice: str
) -> None:
    if law is not None:
        with district.store.write() as tx:
            pack = policy_packs.propose(tx, DISTRICT, for_now(law), by=OFFICER, at=clock.now())
            counsel = Counsel(name="R. Lawyer", reviewed_on=clock.now().date())
            policy_packs.approve(tx, DISTRICT, pack, counsel, by=NURSE, at=clock.now(), today=clock.now().date())
    counselor, api = at_console(site, district, COUNSELOR), acting(site, district.token(COUNSELOR))
    incident = at_the_step(counselor)
    before = words(counselor.get(f"{incident}/{STEP}"))

    counselor.send(PAGE, f"{PAGE}/own-care")

    shown, after = words(counselor.get(PAGE)), words(counselor.get(f"{incident}/{STEP}"))
    only = "Say only that the student is safe"
    assert (notice in shown, "The student agreed to care of their own" in shown) == (True, True)
    assert (only in before, only in after) == (False, law is not None)
    assert "care of their own" not in after
    assert api.get(PAGE).body["own_care"] is True
    counselor.send(PAGE, f"{PAGE}/own-care")
    assert api.get(PAGE).body["own_care"] is False
    assert api.post(f"{PAGE}/own-care", {"agreed": True}).body["own_care"] is True
    assert api.post(f"{PAGE}/own-care", {"agreed": "maybe"}).status == 422
