"""Who sees how much on the console and by the API: what one raised, a page to somebody, conflicts of interest."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.access_words import ConflictKind
from crisis.store import audit, gathering, roster
from crisis.store.engine import open_store
from crisis.vocabulary import PersonId, StudentId
from tests.factories import DISTRICT, SCHOOL, STUDENT
from tests.web.district import COUNSELOR, NURSE, OFFICER, TEACHER, Api, District, a_district, acting
from tests.web.test_api import actions
from tests.web.test_pages import at_console, words
from web.pages.incident import PARTS, SHEETS


@pytest.fixture
def district(sqlite_url: str, key_file: Path) -> Iterator[District]:
    """One database is enough for pages: `tests/store/test_sight.py` asks both."""
    store = open_store(sqlite_url, key_file)
    yield a_district(store)
    store.close()


def api(site: TestClient, district: District, person: PersonId) -> Api:
    return acting(site, district.token(person))


def test_whoever_raised_it_is_told_that_it_is_handled_and_sees_no_more(site: TestClient, district: District) -> None:
    teacher, counselor = at_console(site, district, TEACHER), at_console(site, district, COUNSELOR)
    address = teacher.opens(beside="nobody")
    before = words(teacher.get(address))
    counselor.identifies(address, "quetzal", STUDENT)
    counselor.send(f"{address}/people", f"{address}/lead", lead=COUNSELOR)

    after, board = words(teacher.get(address)), words(teacher.get("/board"))

    assert "Received. Nobody has taken it on yet." in before
    assert "It is being handled." in after
    assert "Quetzal" not in after + board
    assert address.rpartition("/")[2] in teacher.get("/board")
    for part in PARTS:
        assert teacher.client.get(f"{address}/parts/{part}").status_code == 404
    for sheet in (*SHEETS, "conflicts"):
        assert teacher.client.get(f"{address}/{sheet}").status_code == 404


def test_whoever_raised_it_can_tell_more_and_say_that_they_are_with_the_student(
    site: TestClient, district: District
) -> None:
    teacher, counselor = at_console(site, district, TEACHER), at_console(site, district, COUNSELOR)
    address = teacher.opens(beside="nobody")

    teacher.send(address, f"{address}/note", note="She went towards the gym")
    empty = teacher.send(address, f"{address}/note", 422, note="")
    teacher.send(address, f"{address}/take")

    assert "She went towards the gym" in counselor.get(address)
    assert "Fill this in" in words(empty)
    assert "With the student" in words(teacher.get(address))  # whoever has the student was called in


def test_the_api_says_the_same_and_lists_it_apart(site: TestClient, district: District) -> None:
    teacher = api(site, district, TEACHER)
    incident, _ = teacher.opened(beside="nobody")

    status, board = teacher.get(f"/incidents/{incident}/status").body, teacher.get("/incidents").body

    assert (status["handling"], status["crisis_type"], status["pages"]) == ("received", "suicide_ideation", [])
    assert set(status) == {"id", "seq", "mode", "school", "opened_at", "handling", "crisis_type", "pages"}
    assert (board["open"], [each["id"] for each in board["part"]]) == ([], [incident])
    for path in ("", "/events", "/next", "/conflicts"):
        assert teacher.get(f"/incidents/{incident}{path}").status == 404
    assert api(site, district, NURSE).get("/incidents").body["part"] == []
    assert "status viewed" in [action for action, _ in actions(district.store)]


def test_a_part_that_is_pulled_without_a_look_at_the_page_is_on_record_pr_58(
    site: TestClient, district: District
) -> None:
    counselor, nurse = at_console(site, district, COUNSELOR), at_console(site, district, NURSE)
    address = counselor.opens()
    counselor.get(address)
    before = len(actions(district.store))
    counselor.get_part(f"{address}/parts/timeline")
    same_eyes = len(actions(district.store))
    nurse.get_part(f"{address}/parts/timeline")

    assert same_eyes == before
    assert actions(district.store)[-1][0] == "incident viewed"
    assert len(actions(district.store)) == before + 1


def test_a_conflict_of_interest_ends_everything_on_the_next_request_pr_54(site: TestClient, district: District) -> None:
    nurse, counselor, officer = (at_console(site, district, each) for each in (NURSE, COUNSELOR, OFFICER))
    address = counselor.opens(student=STUDENT)
    nurse.get(address)
    page = f"{address}/conflicts"

    officer.send(page, f"{page}/enter", person=NURSE, kind=ConflictKind.NAMED)

    assert nurse.client.get(address).status_code == 404
    assert nurse.client.get(f"{address}/parts/header").status_code == 404
    assert address not in nurse.get("/board")
    assert api(site, district, NURSE).get("/incidents").body["open"] == []
    assert "Named in the report" in words(counselor.get(page))
    refused = counselor.send(f"{address}/people", f"{address}/lead", 422, lead=NURSE)
    assert "has a conflict of interest here" in words(refused)


def test_the_lead_who_has_a_conflict_is_told_to_the_others(site: TestClient, district: District) -> None:
    counselor, officer = at_console(site, district, COUNSELOR), at_console(site, district, OFFICER)
    address = counselor.opens(student=STUDENT)
    counselor.send(f"{address}/people", f"{address}/lead", lead=COUNSELOR)

    officer.send(f"{address}/conflicts", f"{address}/conflicts/enter", person=COUNSELOR, kind=ConflictKind.RELATED)

    assert "sees nothing of this any more and still answers for it" in words(officer.get(address))
    assert "It is being handled." in words(counselor.get(address))  # they raised it
    assert counselor.client.get(f"/students/{STUDENT}/contacts").status_code == 404
    assert counselor.client.get(f"/students/{STUDENT}/instructions").status_code == 404


def test_everybody_says_it_of_themselves_and_only_some_of_others(site: TestClient, district: District) -> None:
    nurse, counselor = at_console(site, district, NURSE), at_console(site, district, COUNSELOR)
    address = counselor.opens(student=STUDENT)
    page = f"{address}/conflicts"
    form = nurse.form(page, f"{page}/enter")

    refused = nurse.post(f"{page}/enter", form | {"person": COUNSELOR, "kind": "named"}, 422)
    nowhere = nurse.send(page, f"{page}/enter", 422, person=NURSE)
    led = nurse.send(page, f"{page}/enter", person=NURSE, kind="related")

    assert "privacy officer enter this" in words(refused)
    assert "Why? Fill this in." in words(nowhere)
    assert led == "/board"
    assert nurse.client.get(address).status_code == 404


def test_what_was_entered_by_mistake_is_ended_by_somebody_else(site: TestClient, district: District) -> None:
    counselor, officer = at_console(site, district, COUNSELOR), at_console(site, district, OFFICER)
    address = counselor.opens(student=STUDENT)
    page = f"{address}/conflicts"
    counselor.send(f"{address}/people", f"{address}/lead", lead=COUNSELOR)
    counselor.send(page, f"{page}/enter", person=NURSE, kind="named")

    mine, theirs = counselor.get(page), officer.get(page)
    officer.send(page, f"{page}/end")

    assert ("It was a mistake" in mine, "It was a mistake" in theirs) == (False, True)
    assert at_console(site, district, NURSE).get(address)
    with district.store.read() as tx:
        assert audit.verify(tx).ok


def test_conflicts_by_the_api(site: TestClient, district: District) -> None:
    counselor, officer = api(site, district, COUNSELOR), api(site, district, OFFICER)
    incident, _ = counselor.opened(student=STUDENT)
    path = f"/incidents/{incident}/conflicts"

    entered = site.post(f"/api/v1{path}", json={"person": NURSE, "kind": "named"}, headers=officer.headers)
    found = counselor.get(path).body
    again = officer.post(path, {"person": NURSE, "kind": "named"})
    unknown = officer.post(path, {"person": "nobody", "kind": "named"})
    own = officer.post(f"{path}/{found['entered'][0]['id']}/end", {})
    ended = site.post(f"/api/v1{path}/{found['entered'][0]['id']}/end", headers=acting(site, "").headers)

    assert (entered.status_code, again.status, unknown.status, own.status, ended.status_code) == (
        204,
        422,
        422,
        422,
        401,
    )
    assert [(each["person"], each["kind"]) for each in found["entered"]] == [(NURSE, "named")]
    assert found["by_roster"] == []


def test_in_spanish_too(site: TestClient, district: District) -> None:
    teacher, counselor = at_console(site, district, TEACHER, "es"), at_console(site, district, COUNSELOR, "es")
    address = teacher.opens(beside="nobody")

    assert "Recibido. Nadie se ha hecho cargo todavía." in words(teacher.get(address))
    assert "Conflicto de interés" in words(counselor.get(f"{address}/conflicts"))
    assert re.search("Quién no ve nada", words(counselor.get(f"{address}/conflicts")))


def test_who_goes_through_records_is_slowed_and_a_student_of_an_open_incident_is_not(
    site: TestClient, district: District
) -> None:
    others = [StudentId(f"st-other-{each}") for each in range(3)]
    with district.store.write() as tx:
        for each in others:
            roster.add_student(tx, (DISTRICT, SCHOOL), each, ("Another", "Student"))
        for each in range(gathering.AN_HOUR):
            gathering.look(tx, COUNSELOR, StudentId(f"st-before-{each}"), DISTRICT, clock.now())
    counselor = at_console(site, district, COUNSELOR)
    program = acting(site, district.token(COUNSELOR))

    first = counselor.client.get(f"/students/{others[0]}/contacts")
    slowed = counselor.client.get(f"/students/{others[1]}/contacts")
    by_program = program.get(f"/students/{others[2]}/contacts")
    counselor.opens(student=STUDENT)
    in_incident = counselor.client.get(f"/students/{STUDENT}/contacts")

    assert (first.status_code, slowed.status_code, by_program.status) == (200, 429, 429)
    assert "opens in a minute" in words(slowed.text)
    assert in_incident.status_code == 200
