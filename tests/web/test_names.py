"""A student's name on the pages: where its owner wants it, for whoever may see it there, and nowhere else."""

import pytest
from starlette.testclient import TestClient

from crisis.store import roster
from crisis.store.engine import Store
from crisis.vocabulary import Guardian, PersonId, Relation, StaffRole
from tests.factories import DISTRICT, SCHOOL, STUDENT
from tests.web.district import (
    COUNSELOR,
    NEIGHBOUR,
    NURSE,
    OFFICER,
    STRANGER,
    District,
    a_district,
    acting,
)
from tests.web.test_pages import Browser, at_console, words
from web.pages.incident import PARTS, SHEETS

PAGE, PATH = f"/students/{STUDENT}/names", f"/students/{STUDENT}/names"
CANARY = "Zephyrine"
CLINICIAN, MOTHER = PersonId("p-clinician"), PersonId("p-mother")
IN_SCHOOL = {"contexts": ["staff_console", "face_to_face"], "source": "student"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What the store does runs on both databases; this is about pages."""
    return sqlite_url


@pytest.fixture
def district(store: Store) -> District:
    made = a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, CLINICIAN, ("Given", "P-Clinician"), staff=True)
        roster.give_post(tx, DISTRICT, CLINICIAN, StaffRole.CLINICIAN, None)
        roster.add_person(tx, DISTRICT, MOTHER, ("Elena", "P-Mother"), staff=False, language="es")
        roster.tie(tx, STUDENT, MOTHER, Relation.PARENT, guardian=Guardian.YES)
    return made


def named(browser: Browser, status: int = 303, **fields: object) -> str:
    sent = {"name": CANARY, "pronouns": "they/them", **IN_SCHOOL, **fields}
    return browser.post(f"{PAGE}/add", {**browser.form(PAGE, f"{PAGE}/add"), **sent}, status)  # type: ignore[dict-item]


def an_incident_with(browser: Browser) -> str:
    incident = browser.opens()
    browser.identifies(incident, "quetzal", STUDENT)
    return incident


def called_in(site: TestClient, district: District, incident: str) -> Browser:
    """A clinician who sees the incident since a step of it was given to them."""
    api = acting(site, district.token(COUNSELOR))
    number = incident.removeprefix("/incidents/")
    step = api.get(f"/incidents/{number}/next").body["next"][0]["step"]
    seen = api.get(f"/incidents/{number}").body["seq"]
    given = api.order(number, "assign-step", seen, step=step, to=CLINICIAN)
    assert given.status == 200, given.body
    return at_console(site, district, CLINICIAN)


def everything_about(browser: Browser, incident: str) -> str:
    """Every page and part of an incident, as bytes of one text."""
    pages = ["", *(f"/{sheet}" for sheet in SHEETS), *(f"/parts/{part}" for part in PARTS)]
    return "".join([browser.get("/board"), *(browser.get_part(f"{incident}{page}") for page in pages)])


def test_it_stands_on_the_incident_for_staff_and_not_for_whoever_comes_from_outside_pr_9(
    site: TestClient, district: District
) -> None:
    counselor, nurse = at_console(site, district, COUNSELOR), at_console(site, district, NURSE)
    assert named(counselor) == PAGE
    incident = an_incident_with(counselor)
    clinician = called_in(site, district, incident)
    before = words(clinician.get(incident))
    named(counselor, name="Zephyr", contexts=["external_clinician"])

    shown = words(nurse.get(incident))

    assert f"Say: {CANARY} · they/them" in shown
    assert "Enrolled asXimena Quetzal" in shown
    assert "Ask the student what they want to be called" in before
    assert "Say: Zephyr · they/them" in words(clinician.get(incident))
    assert CANARY not in everything_about(clinician, incident)


def test_a_name_that_is_only_spoken_stands_on_no_screen_but_the_one_that_keeps_it_pr_9(
    site: TestClient, district: District
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    named(counselor, contexts=["face_to_face"])
    incident = an_incident_with(counselor)

    found = everything_about(counselor, incident)
    found += counselor.get(f"/students/{STUDENT}/contacts")
    found += counselor.send("/incidents/new", "/incidents/new", 200, school=SCHOOL, q=CANARY) + counselor.get(
        f"/students/{STUDENT}/contacts"
    )
    found += str(acting(site, district.token(COUNSELOR)).get(f"{incident}").body)

    assert CANARY not in found.replace(f'value="{CANARY}"', "")  # what was typed into the search
    assert f"{CANARY} · they/them" in words(counselor.get(PAGE))


def test_what_it_is_kept_with_is_shown_and_can_be_ended(site: TestClient, district: District) -> None:
    counselor, officer = at_console(site, district, COUNSELOR), at_console(site, district, OFFICER)
    named(counselor, guardians=[MOTHER])
    counselor.send(PAGE, f"{PAGE}/caution", caution="ask_student_first")
    incident = an_incident_with(counselor)

    kept, shown = words(officer.get(PAGE)), words(counselor.get(incident))
    officer.send(PAGE, f"{PAGE}/end")

    assert "When staff talk with the student · On this screen, for the response team · With Elena P-Mother" in kept
    assert shown.index("Ask the student before you tell anybody else") < shown.index(f"Say: {CANARY}")
    assert CANARY not in officer.get(PAGE)


def test_the_law_that_is_in_force_is_asked_and_what_was_typed_is_kept_pr_11(
    site: TestClient, district: District
) -> None:
    counselor = at_console(site, district, COUNSELOR, "es")

    refused = words(counselor.send(PAGE, f"{PAGE}/caution", 422, caution="do_not_volunteer"))
    nowhere = named(counselor, 422, contexts=[])

    assert "PR-11" in refused
    assert "La ley vigente aquí no permite que la escuela oculte un nombre" in refused
    assert f'value="{CANARY}"' in nowhere


@pytest.mark.parametrize("person", [NURSE, NEIGHBOUR, STRANGER, CLINICIAN])
def test_only_those_who_talk_with_the_student_keep_names(
    site: TestClient, district: District, person: PersonId
) -> None:
    counselor, other = at_console(site, district, COUNSELOR), at_console(site, district, person)
    named(counselor)
    api = acting(site, district.token(person))
    body = {"name": "Mine", "contexts": ["records"], "source": "staff"}

    assert other.client.get(PAGE).status_code == 404
    assert other.client.post(f"{PAGE}/add", data={"csrf": "", **body}).status_code in (403, 404)
    assert (api.get(PATH).status, api.post(PATH, body).status) == (404, 404)
    assert "Mine" not in counselor.get(PAGE)


def test_by_the_api_too(site: TestClient, district: District) -> None:
    counselor = acting(site, district.token(COUNSELOR))
    body = {"name": CANARY, "contexts": ["staff_console"], "source": "student"}

    made = counselor.post(PATH, body)
    (one,) = made.body["names"]
    confirmed = counselor.post(f"{PATH}/{one['id']}/confirm", {})
    (found,) = counselor.post("/students/find", {"school": SCHOOL, "name": CANARY}).body
    refused = counselor.post(f"{PATH}/caution", {"caution": "do_not_volunteer"})
    ended = counselor.post(f"{PATH}/{one['id']}/end", {})

    assert (made.status, one["name"], one["contexts"], one["stale"]) == (201, CANARY, ["staff_console"], False)
    assert (found["id"], found["goes_by"]) == (STUDENT, CANARY)
    assert confirmed.body["names"][0]["confirmed_at"] >= one["confirmed_at"]
    assert (refused.status, "PR-11" in str(refused.body)) == (422, True)
    assert (ended.body["names"], ended.body["caution"]) == ([], "none")
