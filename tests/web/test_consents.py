"""Signed consents on the page and by the API: whole or not at all, and the handoff that rests on one."""

import pytest
from starlette.testclient import TestClient

from crisis.store import roster
from crisis.store.engine import Store
from crisis.vocabulary import Guardian, PersonId, Relation
from tests.factories import DISTRICT, STUDENT
from tests.web.district import COUNSELOR, NEIGHBOUR, STRANGER, TEACHER, District, a_district, acting
from tests.web.test_pages import at_console, words

pytestmark = pytest.mark.page

PAGE = f"/students/{STUDENT}/consents"
MOTHER = PersonId("p-mother")
BODY = {
    "records": ["risk", "identity"],
    "purpose": "care",
    "party": "County Hospital",
    "signer": MOTHER,
    "minor_checked": True,
    "method": "paper",
    "document": "2026-117",
    "language": "es",
    "read": True,
    "signed_on": "2026-10-05",
}
FIELDS = {
    "party": "County Hospital",
    "purpose": "care",
    "records": "risk",
    "signer": MOTHER,
    "minor": "yes",
    "signed_on": "2026-10-05",
    "method": "paper",
    "document": "2026-117",
    "language": "es",
    "read": "yes",
}


@pytest.fixture
def district(store: Store) -> District:
    made = a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, MOTHER, ("Given", "Mother"), staff=False, language="es")
        roster.tie(tx, STUDENT, MOTHER, Relation.PARENT, guardian=Guardian.YES, priority=1)
    return made


def test_it_is_recorded_shown_and_taken_back(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)

    assert counselor.send(PAGE, f"{PAGE}/record", **FIELDS) == PAGE
    shown = words(counselor.get(PAGE))
    counselor.send(PAGE, f"{PAGE}/take-back")
    after = words(counselor.get(PAGE))

    assert "County Hospital · for care" in shown
    assert "What: level of risk and result of the screening" in shown
    assert "Taken back on" not in shown
    assert "Taken back on" in after
    assert "It was taken back" not in after


def test_what_is_not_whole_is_not_saved_and_stays_in_the_form_pr_26_pr_27(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    told = {
        "Choose the records that the consent is for": {"records": ""},
        "No birth date is on record; check that the student is not of age": {"minor": ""},
        "name who interpreted it": {"read": ""},
        "A consent is signed": {"method": ""},
        "This cannot be read; check it.": {"document": "Mrs. Quetzal"},
    }

    for sentence, change in told.items():
        again = counselor.send(PAGE, f"{PAGE}/record", 422, **{**FIELDS, **change})
        assert sentence in words(again)
        assert 'value="County Hospital"' in again

    assert "It was taken back" not in words(counselor.get(PAGE))


def test_the_same_by_the_api_and_in_spanish(site: TestClient, district: District) -> None:
    api = acting(site, district.token(COUNSELOR))

    made = api.post(PAGE, BODY)
    known = made.body[0]
    taken = api.post(f"{PAGE}/{known['id']}/take-back", {})

    assert (made.status, known["party"], known["records"]) == (201, "County Hospital", ["identity", "risk"])
    assert taken.body[0]["ended_on"] is not None
    assert api.post(f"{PAGE}/{known['id']}/take-back", {}).status == 404
    assert api.post(PAGE, {**BODY, "method": "oral"}).status == 422
    assert api.post(PAGE, {**BODY, "signer": COUNSELOR}).body["reasons"][0]["rule"] == "PR-26"
    assert "Consentimientos" in words(at_console(site, district, COUNSELOR, "es").get(PAGE))


@pytest.mark.parametrize("person", [NEIGHBOUR, STRANGER, TEACHER])
def test_nobody_else_sees_or_records_one(site: TestClient, district: District, person: PersonId) -> None:
    api, browser = acting(site, district.token(person)), at_console(site, district, person)

    assert (api.get(PAGE).status, api.post(PAGE, BODY).status) == (404, 404)
    browser.get(PAGE, 404)
