"""What was signed with agencies, on the page and by the API: what runs out, who is shut out, and nobody else's eyes."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.policy.directory import Entry
from crisis.referral_words import AgencyId, AgencyKind, DataPoint
from crisis.store import directory, roster
from crisis.store.engine import Store
from crisis.vocabulary import PersonId, StaffRole
from tests.factories import DISTRICT
from tests.web.district import COUNSELOR, OFFICER, STRANGER, TEACHER, District, a_district, acting
from tests.web.test_pages import at_console, words

CLINICIAN = PersonId("p-clinician")
PAGE = "/agreements"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Both databases are the business of tests/store/test_partners.py."""
    return sqlite_url


@pytest.fixture
def district(store: Store) -> District:
    made = a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, CLINICIAN, ("Given", "Clinician"), staff=True)
        roster.give_post(tx, DISTRICT, CLINICIAN, StaffRole.CLINICIAN)
    return made


@pytest.fixture
def agency(district: District) -> AgencyId:
    with district.store.write() as tx:
        entry = Entry(name="Mill Street", kind=AgencyKind.HEALTH_CENTER)
        return directory.add(tx, DISTRICT, entry, by=OFFICER, at=clock.now())


def terms(agency: AgencyId, days: int = 30) -> dict[str, str]:
    today = clock.now().date()
    return {
        "agency": agency,
        "first_day": str(today - timedelta(days=2)),
        "last_day": str(today + timedelta(days=days)),
        "data_points": "identity",
        "uses": "crisis_response",
        "direct_control": "yes",
        "redisclosure_ban": "yes",
        "signed_for_district": "A. Head",
        "signed_for_agency": "B. Chief",
        "paper": "Office, folder 3",
    }


def test_who_works_for_an_agency_is_let_in_with_its_agreement_and_out_with_its_end(
    site: TestClient, district: District, agency: AgencyId
) -> None:
    officer, clinician = at_console(site, district, OFFICER), at_console(site, district, CLINICIAN, "es")
    officer.send(PAGE, f"{PAGE}/put-in", person=CLINICIAN, works_for=agency)
    shut = words(officer.get(PAGE))
    assert clinician.client.get("/board").status_code == 303  # to sign in again
    refused = officer.send(PAGE, f"{PAGE}/record", 422, **terms(agency) | {"direct_control": "no"})
    officer.send(PAGE, f"{PAGE}/record", **terms(agency))
    shown = words(officer.get(PAGE))
    inside = clinician.client.get("/board").status_code
    officer.send(PAGE, f"{PAGE}/end")
    after = words(officer.get(PAGE))

    assert "No agreement is in force: Mill Street" in shut
    assert "Cannot sign in: Given Clinician" in shut
    assert "direct control and the ban" in words(refused)
    assert 'value="A. Head"' in refused
    assert "Runs out within 60 days" in shown
    assert "Name and date of birth" in shown
    assert inside == 200
    assert "No agreement is in force: Mill Street" in after
    assert clinician.client.get("/board").status_code == 303


def test_one_that_lasts_is_not_said_to_run_out(site: TestClient, district: District, agency: AgencyId) -> None:
    officer = at_console(site, district, OFFICER, "es")
    officer.send(PAGE, f"{PAGE}/record", **terms(agency, days=61))

    shown = words(officer.get(PAGE))

    assert "Vence en menos de 60 días" not in shown
    assert "Mill Street" in shown


@pytest.mark.parametrize("person", [COUNSELOR, TEACHER, STRANGER])
def test_nobody_else_sees_or_records_any(
    site: TestClient, district: District, agency: AgencyId, person: PersonId
) -> None:
    other = acting(site, district.token(person))

    at_console(site, district, person).get(PAGE, 404)
    assert (other.get(PAGE).status, other.post(f"{PAGE}/members/{CLINICIAN}", {"agency": agency}).status) == (404, 404)


def test_the_same_by_the_api(site: TestClient, district: District, agency: AgencyId) -> None:
    officer = acting(site, district.token(OFFICER))
    body = {**terms(agency), "data_points": ["identity"], "uses": ["follow_up"], "direct_control": True}
    body |= {"redisclosure_ban": True}

    made = officer.post(PAGE, body)
    (one,) = made.body["agreements"]
    member = officer.post(f"{PAGE}/members/{CLINICIAN}", {"agency": agency})
    ended = officer.post(f"{PAGE}/{one['id']}/end", {})

    assert (made.status, one["in_force"], one["runs_out"]) == (201, True, True)
    assert one["data_points"] == [DataPoint.IDENTITY]
    assert member.body["members"] == [{"person": CLINICIAN, "agency": agency}]
    assert ended.body["agreements"][0]["in_force"] is False
    assert officer.post(f"{PAGE}/{one['id']}/end", {}).status == 404
    assert officer.post(f"{PAGE}/members/{CLINICIAN}/take-out", {}).body["members"] == []
    assert officer.post(PAGE, {**body, "direct_control": False}).status == 422
