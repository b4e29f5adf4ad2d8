"""Whom to contact, by the API: the same decisions and refusals as on the page, for the same people."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from crisis.store import roster
from crisis.store.engine import Store
from crisis.vocabulary import Guardian, PersonId, Relation
from tests.factories import DISTRICT, STUDENT
from tests.web.district import COUNSELOR, NURSE, SETTINGS, STRANGER, TEACHER, Api, District, a_district, acting
from web.app import build_app

pytestmark = pytest.mark.page

FATHER, HIS = PersonId("p-father"), "+16175550302"
CONTACTS = f"/students/{STUDENT}/contacts"
RESTRICTIONS = f"/students/{STUDENT}/restrictions"


@pytest.fixture
def district(store: Store) -> District:
    made = a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, FATHER, ("Victor", "Quetzal"), staff=False, language="en")
        roster.tie(tx, STUDENT, FATHER, Relation.PARENT, guardian=Guardian.YES, priority=1)
        roster.add_phone(tx, FATHER, HIS)
    return made


@pytest.fixture
def client(district: District) -> Iterator[TestClient]:
    with TestClient(build_app(district.store, SETTINGS), base_url=SETTINGS.public_url) as made:
        yield made


def by(client: TestClient, district: District, person: PersonId) -> Api:
    return acting(client, district.token(person))


def test_a_restriction_acts_with_its_answer_and_no_program_lifts_it_pr_1_pr_6_pr_61(
    client: TestClient, district: District
) -> None:
    counselor, nurse = by(client, district, COUNSELOR), by(client, district, NURSE)
    (before,) = counselor.get(CONTACTS).body["contacts"]

    made = counselor.post(RESTRICTIONS, {"person": FATHER, "kind": "court_order", "until": "2099-06-30"})
    (after,), (kept,) = made.body["contacts"], made.body["restrictions"]
    own = counselor.post(f"{RESTRICTIONS}/{kept['id']}/check", {})
    checked = nurse.post(f"{RESTRICTIONS}/{kept['id']}/check", {})
    early = nurse.post(f"{RESTRICTIONS}/{kept['id']}/lift", {})
    nurse.post(f"{RESTRICTIONS}/{kept['id']}/ask-to-lift", {})
    lifted = counselor.post(f"{RESTRICTIONS}/{kept['id']}/lift", {})
    (still,) = counselor.get(CONTACTS).body["contacts"]

    assert (before["effect"], [each["number"] for each in before["numbers"]]) == ("allow", [HIS])
    assert (made.status, after["effect"], after["numbers"]) == (201, "refuse", [])
    assert after["why"][0]["rule"] == "PR-1"
    assert after["pack"].startswith("us-federal-floor")
    assert (own.status, early.status) == (422, 422)
    assert checked.body["restrictions"][0]["checked"]
    assert (lifted.status, lifted.body["reasons"][0]["rule"], still["effect"]) == (422, "PR-61", "refuse")


@pytest.mark.parametrize("person", [TEACHER, STRANGER])
def test_for_others_there_is_no_such_student(client: TestClient, district: District, person: PersonId) -> None:
    other = by(client, district, person)

    answers = [
        other.get(CONTACTS),
        other.post(RESTRICTIONS, {"person": FATHER, "kind": "court_order"}),
        other.post(f"{RESTRICTIONS}/r-1/lift", {}),
    ]

    assert [each.status for each in answers] == [404] * 3
    assert all(each.body == other.get("/students/nobody/contacts").body for each in answers)


def test_what_is_no_restriction_is_refused_at_its_field(client: TestClient, district: District) -> None:
    counselor = by(client, district, COUNSELOR)

    answer = counselor.post(RESTRICTIONS, {"person": FATHER, "kind": "dislike", "more": "?"})

    assert answer.status == 422
    assert {field["at"] for field in answer.body["fields"]} == {"kind", "more"}
