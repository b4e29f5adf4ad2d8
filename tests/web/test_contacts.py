"""Whom to contact, on the page: who is barred comes first and without a number; every wrong thing has its reason."""

import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.privacy_words import RestrictionKind
from crisis.store import restrictions, roster
from crisis.store.engine import Store
from crisis.store.restrictions import Entry
from crisis.vocabulary import Guardian, PersonId, Relation
from tests.factories import DISTRICT, STUDENT
from tests.web.district import COUNSELOR, NEIGHBOUR, NURSE, OFFICER, STRANGER, TEACHER, District, a_district
from tests.web.test_pages import Browser, at_console, words

pytestmark = pytest.mark.page

MOTHER, FATHER, AUNT = PersonId("p-mother"), PersonId("p-father"), PersonId("p-aunt")
HERS, HIS, SHARED = "+16175550301", "+16175550302", "+16175550303"
PAGE = f"/students/{STUDENT}/contacts"


@pytest.fixture
def district(store: Store) -> District:
    made = a_district(store)
    with store.write() as tx:
        for person, name, numbers, guardian, relation, language in (
            (MOTHER, "Rosa", (HERS, SHARED), Guardian.YES, Relation.PARENT, "es"),
            (FATHER, "Victor", (HIS,), Guardian.YES, Relation.PARENT, "en"),
            (AUNT, "Elena", (SHARED,), Guardian.NO, Relation.RELATIVE, "es"),
        ):
            roster.add_person(tx, DISTRICT, person, (name, "Quetzal"), staff=False, language=language)
            roster.tie(tx, STUDENT, person, relation, guardian=guardian, priority=1)
            for number in numbers:
                roster.add_phone(tx, person, number)
    return made


def barred(browser: Browser, who: PersonId = FATHER, **more: str) -> None:
    assert browser.send(PAGE, f"{PAGE}/restrict", who=who, kind="court_order", **more) == PAGE


@pytest.mark.parametrize("language", ["en", "es"])
def test_who_is_barred_comes_first_and_without_a_number_pr_1(
    site: TestClient, district: District, language: str
) -> None:
    counselor = at_console(site, district, COUNSELOR, language)
    before = counselor.get(PAGE)
    barred(counselor)

    after = counselor.get(PAGE)
    names = re.findall(r"<b><bdi>(\w+) Quetzal</bdi> ·", after[after.index('id="h-fam"') :])
    assert f"tel:{HIS}" in before
    assert HIS not in after
    assert names[0] == "Victor"
    said = {"en": "a court order is in force", "es": "hay una orden judicial en vigor"}
    assert said[language] in words(after)


def test_a_shared_number_is_shown_with_why_and_not_dialled_pr_2(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    barred(counselor, AUNT)

    shown = counselor.get(PAGE)

    assert f'href="tel:{HERS}"' in shown
    assert f'href="tel:{SHARED}"' not in shown
    assert "This number is shared with somebody who must not be contacted" in words(shown)


def test_in_an_incident_it_is_the_first_thing_to_know_pr_1(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    barred(counselor)
    incident = counselor.opens()
    counselor.identifies(incident, "quetzal", STUDENT)

    shown, sheet = counselor.get(incident), counselor.get(f"{incident}/student")

    assert "Do not contact Victor Quetzal" in words(shown)
    assert HIS not in sheet
    assert f"tel:{HERS}" in sheet
    assert "Have an interpreter on the line before you talk" in words(sheet)


def test_two_people_check_and_lift_it_on_the_page_pr_6(site: TestClient, district: District) -> None:
    counselor, nurse = at_console(site, district, COUNSELOR), at_console(site, district, NURSE)
    barred(counselor, until="2027-06-30", household="yes")
    mine = counselor.get(PAGE)
    nurse.send(PAGE, f"{PAGE}/check")
    nurse.send(PAGE, f"{PAGE}/ask-to-lift")
    waiting = nurse.get(PAGE)

    counselor.send(PAGE, f"{PAGE}/lift")

    assert "I have checked it" not in words(mine)
    assert "I agree: lift it" not in words(waiting)
    assert "asks for it to be lifted. A second person decides." in words(waiting)
    assert f'href="tel:{HIS}"' in counselor.get(PAGE)


def test_what_nobody_has_checked_for_a_day_says_so(site: TestClient, district: District) -> None:
    with district.store.write() as tx:
        entry = Entry(student=STUDENT, person=FATHER, kind=RestrictionKind.SAFETY_PLAN)
        restrictions.enter(tx, entry, by=COUNSELOR, at=clock.now() - timedelta(hours=25))

    assert "Nobody else has looked at it for a day" in words(at_console(site, district, NURSE).get(PAGE))


def test_a_refusal_keeps_what_was_typed_and_says_where(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)

    empty = counselor.send(PAGE, f"{PAGE}/restrict", 422, who=FATHER)
    stranger = counselor.send(PAGE, f"{PAGE}/restrict", 422, who=NURSE, kind="student_fear")

    assert "Why? Fill this in." in words(empty)
    assert f'value="{FATHER}" selected' in empty
    assert "This person is not on the student's record" in words(stranger)


def test_a_wish_is_kept_and_acts_pr_21_pr_72(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    form = counselor.form(PAGE, f"{PAGE}/wish")
    fields = {**form, "adult": FATHER, "household": "his home", "reads": "en", "no_message": "yes"}

    assert counselor.post(f"{PAGE}/wish", fields) == PAGE

    shown = counselor.get(PAGE)
    assert 'value="his home"' in shown
    assert "Leave no message: somebody else may hear it" in words(shown).split("How they want to be reached")[0]


@pytest.mark.parametrize("person", [TEACHER, NEIGHBOUR, STRANGER])
def test_it_is_for_the_school_s_own_team_and_the_district_s_posts(
    site: TestClient, district: District, person: PersonId
) -> None:
    """For others the page is as if there were none."""
    browser = at_console(site, district, person)
    known = browser.get(PAGE, 404)

    assert words(known) == words(browser.get("/students/nobody/contacts", 404))
    browser.client.cookies.set("language", "en")
    at_console(site, district, OFFICER).get(PAGE)


def test_what_waits_for_a_second_person_is_listed_for_those_who_answer_for_it_pr_6(
    site: TestClient, district: District
) -> None:
    with district.store.write() as tx:
        entry = Entry(student=STUDENT, person=FATHER, kind=RestrictionKind.SAFETY_PLAN)
        restrictions.enter(tx, entry, by=COUNSELOR, at=clock.now() - timedelta(hours=25))
    officer, counselor = at_console(site, district, OFFICER), at_console(site, district, COUNSELOR)

    shown = officer.get("/second-look")
    officer.send(PAGE, f"{PAGE}/check")

    assert "Ximena Quetzal" in words(shown)
    assert "Nobody else has looked at it for a day" in words(shown)
    assert f'href="{PAGE}"' in shown
    assert "Nothing waits for a second person" in words(officer.get("/second-look"))
    counselor.get("/second-look", 404)


def test_a_release_to_whoever_was_barred_meanwhile_is_refused_at_its_field_pr_1_pr_5(
    site: TestClient, district: District
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    incident = counselor.opens()
    counselor.identifies(incident, "quetzal", STUDENT)
    page, action = f"{incident}/custody", f"{incident}/release"
    before = counselor.get(page)
    hidden = counselor.form(page, action)
    with district.store.write() as tx:
        entry = Entry(student=STUDENT, person=FATHER, kind=RestrictionKind.COURT_ORDER)
        restrictions.enter(tx, entry, by=NURSE, at=clock.now())

    to_him = {**hidden, "release_to": "guardian", "contact": FATHER, "identity_checked": "yes"}
    refused = counselor.post(action, to_him, 422)

    assert f'value="{FATHER}"' in before
    assert "a court order is in force" in words(refused)
    assert 'href="#contact"' in refused
    assert f'<option value="{FATHER}"' not in refused
    assert f'<option value="{MOTHER}"' in refused  # the right one is one press away
