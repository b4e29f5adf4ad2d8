"""Whom the forms of an incident offer: few enough to find somebody among them, and everybody for whoever asks."""

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.protocols import loader
from crisis.store import protocols, roster
from crisis.vocabulary import PersonId, StaffRole
from tests.factories import DISTRICT, SCHOOL
from tests.journeys.page_as_read import Page
from tests.web.district import COUNSELOR, NEIGHBOUR, NURSE, OTHER_SCHOOL, District
from tests.web.test_pages import Browser, at_console

AWAY, EVERYWHERE, BOTH = PersonId("p-away"), PersonId("p-everywhere"), PersonId("p-both")
LISTS = {"people": "lead", "custody": "to", "steps/screen": "to"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Pages alone: one database is enough."""
    return sqlite_url


@pytest.fixture
def counselor(site: TestClient, district: District) -> Browser:
    with district.store.write() as tx:
        for person, post, schools in (
            (AWAY, StaffRole.TEACHER, [OTHER_SCHOOL]),
            (EVERYWHERE, StaffRole.DISTRICT_LEAD, [None]),
            (BOTH, StaffRole.NURSE, [OTHER_SCHOOL, SCHOOL]),
        ):
            roster.add_person(tx, DISTRICT, person, ("Given", person.title()), staff=True)
            for school in schools:
                roster.give_post(tx, DISTRICT, person, post, school)
    return at_console(site, district, COUNSELOR)


def offered(page: str, name: str) -> set[str]:
    found = [each for form in Page(page).forms() for each in form.fields if each.name == name]
    return {value for field in found for value, _ in field.options}


@pytest.mark.parametrize("sheet", LISTS)
def test_a_list_offers_the_school_and_the_district_and_leads_to_everybody(counselor: Browser, sheet: str) -> None:
    path = f"{counselor.opens()}/{sheet}"
    near, everybody = counselor.get(path), counselor.get(f"{path}?staff=all")

    assert {NURSE, EVERYWHERE, BOTH} <= offered(near, LISTS[sheet])
    assert AWAY not in offered(near, LISTS[sheet])
    assert f'href="{path}?staff=all#{LISTS[sheet]}"' in near
    assert f'id="{LISTS[sheet]}"' in everybody
    assert offered(everybody, LISTS[sheet]) == offered(near, LISTS[sheet]) | {AWAY, NEIGHBOUR}
    assert "staff=all" not in everybody


def test_whoever_has_part_in_it_already_is_offered_wherever_they_work(counselor: Browser) -> None:
    incident = counselor.opens()
    counselor.send(f"{incident}/people?staff=all", f"{incident}/lead", lead=NEIGHBOUR)

    assert NEIGHBOUR in offered(counselor.get(f"{incident}/custody"), "to")


def test_who_was_chosen_from_everybody_stays_chosen_after_a_refusal(counselor: Browser, district: District) -> None:
    with district.store.write() as tx:
        protocols.publish(tx, loader.protocol("handle_with_care"), clock.now())
    incident = counselor.opens(kind="handle_with_care")
    counselor.send(f"{incident}/steps/notice", f"{incident}/steps/notice/complete", evidence__sent_by="police")
    step = f"{incident}/steps/tell_teachers"

    refused = counselor.send(f"{step}?staff=all", f"{step}/complete", 422, evidence__second_teacher=AWAY)
    [chosen] = [each for form in Page(refused).forms() for each in form.fields if each.given == (AWAY,)]

    assert chosen.name == "evidence.second_teacher"
    assert AWAY not in offered(refused, "evidence.teacher")
