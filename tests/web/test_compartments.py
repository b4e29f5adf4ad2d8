"""Two sides of a Title IX matter at the console and by the API: what each person is answered about either."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.access_words import TitleIxSide
from crisis.privacy_words import RestrictionKind
from crisis.store import restrictions, roster
from crisis.store.engine import open_store
from crisis.store.restrictions import Entry
from crisis.vocabulary import Guardian, PersonId, Relation, StudentId
from tests.factories import DISTRICT, SCHOOL, STUDENT
from tests.web.district import COUNSELOR, NURSE, OFFICER, TEACHER, Api, District, a_district, acting
from tests.web.test_pages import Browser, at_console, words
from web.pages.incident import PARTS

OTHER, UNCLE = StudentId("st-2"), PersonId("p-uncle")


@pytest.fixture
def district(sqlite_url: str, key_file: Path) -> Iterator[District]:
    """One database is enough for pages: `tests/store/test_compartments.py` asks both."""
    store = open_store(sqlite_url, key_file)
    made = a_district(store)
    with store.write() as tx:
        roster.add_student(tx, (DISTRICT, SCHOOL), OTHER, ("Noé", "Ferrer"))
    yield made
    store.close()


def api(site: TestClient, district: District, person: PersonId) -> Api:
    return acting(site, district.token(person))


def kept_apart(browser: Browser, address: str, side: TitleIxSide) -> str:
    page = f"{address}/compartment"
    return browser.send(page, f"{page}/enter", side=side, coordinator=TEACHER)


def test_who_works_on_one_side_is_answered_nothing_about_the_other_pr_43(site: TestClient, district: District) -> None:
    """Page, parts, sheets, board, the student's record, the API; the coordinator is answered about both."""
    counselor, nurse, teacher = (at_console(site, district, each) for each in (COUNSELOR, NURSE, TEACHER))
    hers, his = counselor.opens(student=STUDENT), nurse.opens(student=OTHER)
    stayed = kept_apart(counselor, hers, TitleIxSide.COMPLAINANT)
    kept_apart(nurse, his, TitleIxSide.RESPONDENT)
    before = teacher.get(f"{hers}/compartment")
    teacher.send(f"{hers}/compartment", f"{hers}/compartment/join", other=his.rpartition("/")[2])

    assert stayed == f"{hers}/compartment"
    assert "Only you see this part." in words(before)
    for browser, own, across, theirs in ((counselor, hers, his, OTHER), (nurse, his, hers, STUDENT)):
        assert own in browser.get("/board")
        assert across not in browser.get("/board") + browser.get(own) + browser.get(f"{own}/compartment")
        assert "Only you see this part." not in words(browser.get(f"{own}/compartment"))
        for path in ("", "/compartment", "/conflicts", "/duties", "/brief/emergency", *(f"/parts/{x}" for x in PARTS)):
            assert browser.client.get(f"{across}{path}").status_code == 404
        for path in ("contacts", "instructions", "sharing"):
            assert browser.client.get(f"/students/{theirs}/{path}").status_code == 404
    for own in (hers, his):
        assert own in teacher.get("/board")
        assert teacher.get(own)

    program, code = api(site, district, COUNSELOR), his.rpartition("/")[2]
    for path in ("", "/status", "/events", "/next", "/texts", "/conflicts", "/compartment"):
        assert program.get(f"/incidents/{code}{path}").status == 404
    assert code not in str(program.get("/incidents").body)
    assert program.get(f"/students/{OTHER}/contacts").status == 404


def test_by_a_post_alone_nobody_sees_it_and_the_coordinator_admits_pr_43(site: TestClient, district: District) -> None:
    counselor, nurse, teacher, officer = (
        at_console(site, district, each) for each in (COUNSELOR, NURSE, TEACHER, OFFICER)
    )
    address = counselor.opens(student=STUDENT)
    page = f"{address}/compartment"
    kept_apart(counselor, address, TitleIxSide.COMPLAINANT)

    hidden = nurse.client.get(address).status_code
    offered = counselor.get(page)
    nobody = teacher.send(page, f"{page}/admit", 422)
    teacher.send(page, f"{page}/admit", person=NURSE)
    admitted = nurse.get(address)
    officer.send(page, f"{page}/end")

    assert hidden == 404
    assert f"{page}/admit" not in offered
    assert "Who? Fill this in." in words(nobody)
    assert admitted
    assert nurse.get(address)  # by their post again
    officer.client.cookies.set("language", "es")
    assert "Mantener aparte" in words(officer.get(page))


def test_what_waits_for_a_second_look_is_listed_for_nobody_on_the_other_side_pr_43(
    site: TestClient, district: District
) -> None:
    counselor, nurse, teacher, officer = (
        at_console(site, district, each) for each in (COUNSELOR, NURSE, TEACHER, OFFICER)
    )
    hers, his = counselor.opens(student=STUDENT), nurse.opens(student=OTHER)
    with district.store.write() as tx:
        roster.add_person(tx, DISTRICT, UNCLE, ("Elio", "Quetzal"), staff=False)
        roster.tie(tx, STUDENT, UNCLE, Relation.RELATIVE, guardian=Guardian.NO, priority=None)
        barred = Entry(student=STUDENT, person=UNCLE, kind=RestrictionKind.COURT_ORDER)
        restrictions.enter(tx, barred, by=COUNSELOR, at=clock.now())
    before = officer.get("/second-look")

    kept_apart(counselor, hers, TitleIxSide.COMPLAINANT)
    kept_apart(nurse, his, TitleIxSide.RESPONDENT)
    teacher.send(f"{his}/compartment", f"{his}/compartment/admit", person=OFFICER)
    teacher.send(f"{hers}/compartment", f"{hers}/compartment/join", other=his.rpartition("/")[2])

    assert STUDENT in before
    assert STUDENT not in officer.get("/second-look")


def test_by_the_api_it_is_kept_apart_admitted_to_and_joined_pr_43(site: TestClient, district: District) -> None:
    counselor, teacher, nurse = (api(site, district, each) for each in (COUNSELOR, TEACHER, NURSE))
    (hers, _), (his, _) = counselor.opened(student=STUDENT), nurse.opened(student=OTHER)
    for program, code, side in ((counselor, hers, "complainant"), (nurse, his, "respondent")):
        entered = site.post(
            f"/api/v1/incidents/{code}/compartment",
            json={"side": side, "coordinator": TEACHER},
            headers=program.headers,
        )
        assert entered.status_code == 204

    stranger = nurse.post(f"/incidents/{his}/compartment/join", {"incident": hers})
    for path, body in (("join", {"incident": his}), ("admissions", {"person": OFFICER})):
        done = site.post(f"/api/v1/incidents/{hers}/compartment/{path}", json=body, headers=teacher.headers)
        assert done.status_code == 204
    found = {who: api(site, district, who).get(f"/incidents/{hers}/compartment") for who in (COUNSELOR, TEACHER, NURSE)}

    assert stranger.status == 422
    assert {who: each.status for who, each in found.items()} == {COUNSELOR: 200, TEACHER: 200, NURSE: 404}
    assert (found[COUNSELOR].body["joined"], found[TEACHER].body["joined"]) == ([], [his])
    assert found[COUNSELOR].body["on_side"] == sorted([COUNSELOR, OFFICER])
    assert api(site, district, OFFICER).get(f"/incidents/{his}").status == 404  # who is put on one side, whatever post
