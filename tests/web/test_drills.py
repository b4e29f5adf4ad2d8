"""Drills on the pages: planned, begun, taken back, run, ended, written up; and seen by nobody who has no part in it."""

import csv
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.drill_words import DrillId, DrillState
from crisis.protocols import reading_level
from crisis.readiness_words import ErrandKind
from crisis.store import errands, kept_drills, people, proving, queries, roster, school_lines
from crisis.store.engine import Store
from crisis.store.kept_drills import Drill
from crisis.vocabulary import PersonId, StaffRole
from tests.factories import DISTRICT, SCHOOL
from tests.watch import Watch
from tests.web.district import COUNSELOR, NURSE, OTHER_SCHOOL, TEACHER, District, a_district
from tests.web.test_pages import Browser, at_console, words

PRINCIPAL = PersonId("p-principal-of-drills")
LEAD, AWAY = PersonId("p-lead"), PersonId("p-away")
SHOP = "America/New_York"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Both databases are the business of tests/store/test_drill_runs.py."""
    return sqlite_url


@pytest.fixture
def district(store: Store, watch: Watch) -> District:
    made = a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, PRINCIPAL, ("Given", "Principal"), staff=True)
        roster.give_post(tx, DISTRICT, PRINCIPAL, StaffRole.PRINCIPAL, SCHOOL)
    return made


def a_form(**changes: object) -> dict[str, object]:
    today = clock.now().astimezone(ZoneInfo(SHOP))
    form: dict[str, object] = {
        "type": "functional",
        "school": SCHOOL,
        "starts_at": today.strftime("%Y-%m-%dT%H:%M"),
        "kind": "suicide_ideation",
        "scenario": "Somebody made up cries in room 12",
        "objectives.1": "The nurse comes within 5 minutes",
        "capabilities.1": "operational_communications",
        "takes_part": [COUNSELOR, NURSE],
        "observes": TEACHER,
        "support": COUNSELOR,
        "announced": "yes",
        "parents_told_on": (today.date() - timedelta(days=6)).isoformat(),
        "script": "0 The phone rings\n5 It rings again\nHand over the note",
    }
    return {name: value for name, value in (form | changes).items() if value}


def planned(console: Browser, **changes: object) -> tuple[str, DrillId]:
    page = sent(console, "/drills/new", "/drills", **changes)
    return page, DrillId(page.rpartition("/")[2])


def sent(console: Browser, page: str, action: str, **changes: object) -> str:
    answer = console.client.post(action, data={**console.form(page, action), **a_form(**changes)})
    assert answer.status_code == 303, words(answer.text)[:1000]
    return str(answer.headers["location"])


def the(district: District, drill: DrillId) -> Drill:
    with district.store.read() as tx:
        return kept_drills.one(tx, DISTRICT, drill)


def test_a_functional_drill_from_the_plan_to_its_record(site: TestClient, district: District, watch: Watch) -> None:
    principal = at_console(site, district, PRINCIPAL)
    page, drill = planned(principal)

    control = principal.send(page, f"{page}/start")
    back = principal.send(control, f"{page}/undo")
    assert (back, the(district, drill).state) == (page, DrillState.PLANNED)
    principal.send(page, f"{page}/start")
    watch.ahead += timedelta(minutes=6)
    shown = words(principal.get(control))
    assert ("Take it back" in shown, "Minute 5 · now" in shown, "Stay with the student" in shown) == (False, True, True)
    principal.send(control, f"{page}/give", line=_line(district, drill))
    principal.send(control, f"{page}/time", what="protective_at")
    report = principal.send(control, f"{page}/end")

    record = {"situation": "class", "alert": "page", "students": "300", "staff": "2", "distressed": "1"}
    refused = principal.send(report, f"{page}/record", 422, **record, looked_after="2")
    principal.send(report, f"{page}/record", **record, looked_after="1", problems="arrived_late", notes="The key")
    nurse = at_console(site, district, NURSE)
    nurse.send(page, f"{page}/say", knew_what_to_do="4", felt_safe="5", words="Shorter, please")
    again = nurse.get(page)
    told = words(principal.get(report))

    assert "nobody can have been looked after" in words(refused).lower()
    assert [each in told for each in ("Somebody came late", "The key", "Shorter, please", "felt safe: 5")] == [True] * 4
    assert "Nurse" not in told.partition("What those say who took part")[2].partition("Change the record")[0]
    assert "How was it?" not in words(again)
    after = the(district, drill)
    assert (after.state, after.protective_at is not None) == (DrillState.OVER, True)


def _line(district: District, drill: DrillId) -> str:
    with district.store.read() as tx:
        return str(tx.exec_driver_sql("SELECT id FROM drill_inject WHERE minute = 0").scalar_one())


def test_it_says_what_is_missing_and_does_not_begin(site: TestClient, district: District) -> None:
    """In Spanish: the plan may be kept half done."""
    principal = at_console(site, district, PRINCIPAL, "es")
    page, drill = planned(principal, takes_part=[], support="", announced="", parents_told_on="")

    shown = words(principal.get(page))
    refused = words(principal.send(page, f"{page}/start", 422))

    for said in (shown, refused):
        assert "Elija quién participa" in said
        assert "ningún simulacro llega por sorpresa" in said
    assert the(district, drill).state is DrillState.PLANNED


def test_whoever_takes_part_sees_it_and_may_opt_out_and_nobody_else_sees_it(
    site: TestClient, district: District
) -> None:
    principal, counselor = at_console(site, district, PRINCIPAL), at_console(site, district, COUNSELOR)
    page, drill = planned(principal, observes="")

    assert "Opt out" in words(counselor.get(page))
    assert "The phone rings" not in words(counselor.get(page))
    counselor.send(page, f"{page}/opt-out")
    teacher = at_console(site, district, TEACHER)

    assert the(district, drill).takes_part == {NURSE}
    assert "No drill is planned" in words(teacher.get("/drills"))
    for place in (page, f"{page}/control", f"{page}/report", f"{page}/change", "/drills/new"):
        assert teacher.client.get(place).status_code == 404, place
    for place in (f"{page}/control", f"{page}/report", f"{page}/change"):
        assert counselor.client.get(place).status_code in (403, 422), place


def test_from_any_page_of_the_practised_incident_one_press_makes_it_real(site: TestClient, district: District) -> None:
    """The teacher has no part in it: it is on no board of theirs."""
    principal, teacher = at_console(site, district, PRINCIPAL), at_console(site, district, TEACHER)
    page, drill = planned(principal, observes="")
    principal.send(page, f"{page}/start")
    practised = the(district, drill).incident
    assert practised is not None
    assert practised[-3:].upper() in words(principal.get("/board"))

    with district.store.read() as tx:
        board = queries.board(tx, people.actor(tx, TEACHER), clock.now())
    opened = principal.send(f"/incidents/{practised}/people", f"/incidents/{practised}/real")

    assert [row.incident.id for row in board.open] == []
    assert practised[-3:].upper() not in words(teacher.get("/board"))
    assert "This is real" not in principal.get(opened)
    assert the(district, drill).state is DrillState.STOOD_DOWN


def test_the_calendar_and_the_log_are_for_who_runs_drills(site: TestClient, district: District) -> None:
    principal, teacher = at_console(site, district, PRINCIPAL), at_console(site, district, TEACHER)
    page, _drill = planned(principal)
    principal.send(page, f"{page}/start")
    principal.send(f"{page}/control", f"{page}/end")

    shown = words(principal.get("/drills/calendar"))
    log = principal.client.get("/drills/log.csv")

    assert ("Functional exercise" in shown, "done" in shown, "No state’s law" in shown) == (True, True, True)
    head, line = list(csv.reader(log.text.splitlines()))
    assert (head[3], line[3], line[4], line[9]) == ("type", "functional", "over", "")
    for place in ("/drills/calendar", "/drills/log.csv"):
        assert teacher.client.get(place).status_code == 404


def test_one_press_makes_it_real(site: TestClient, district: District) -> None:
    """Also by somebody who only takes part."""
    principal, nurse = at_console(site, district, PRINCIPAL), at_console(site, district, NURSE)
    page, drill = planned(principal)
    principal.send(page, f"{page}/start")

    opened = nurse.send(page, f"{page}/real", place="Room 12")

    shown = words(nurse.get(opened))
    assert (the(district, drill).state, "DRILL" in shown, "Room 12" in shown) == (DrillState.STOOD_DOWN, False, True)


def test_a_tabletop_has_a_clock_that_can_be_put_on(site: TestClient, district: District) -> None:
    principal = at_console(site, district, PRINCIPAL)
    page, drill = planned(principal, type="tabletop", support="", announced="", parents_told_on="")
    control = principal.send(page, f"{page}/start")

    principal.send(control, f"{page}/put-on", minutes="15")

    shown = words(principal.get(control))
    assert (the(district, drill).ahead, "now at minute 15" in shown, "late" in shown) == (15, True, True)


def test_a_plan_is_changed_until_it_begins_or_is_called_off(site: TestClient, district: District) -> None:
    principal = at_console(site, district, PRINCIPAL)
    page, drill = planned(principal)

    assert "The phone rings" in principal.get(f"{page}/change")
    sent(principal, f"{page}/change", f"{page}/change", scenario="Another story", type="tabletop")
    principal.send(page, f"{page}/call-off")

    assert the(district, drill).state is DrillState.CALLED_OFF
    assert "not running" in words(principal.get(f"{page}/control"))


def test_the_letter_to_families_says_what_will_be_and_names_nobody(site: TestClient, district: District) -> None:
    """S49d: in writing, at least five days before. In plain words, in both languages; nothing is sent."""
    principal, teacher = (at_console(site, district, each) for each in (PRINCIPAL, TEACHER))
    page, _ = planned(principal)
    table, _ = planned(principal, type="tabletop")
    with district.store.write() as tx:
        line = school_lines.SchoolLine(callback="+16175550140")
        school_lines.set_line(tx, DISTRICT, SCHOOL, line, by=PRINCIPAL, at=clock.now())

    letter = principal.get(f"{page}/letter")
    spanish = principal.get(f"{page}/letter?language=es")

    assert f'href="{page}/letter"' in principal.get(page)
    assert "It is practice only. Students do not take part" in words(letter)
    assert "(617) 555-0140" in words(letter)
    assert "Sus hijos no toman parte" in words(spanish)
    assert "Given" not in words(letter) + words(spanish)
    read = [re.sub("<[^>]+>", " ", each.partition("<h1")[2].partition(">")[2]) for each in (letter, spanish)]
    assert reading_level.english(read[0]).grade <= reading_level.HARDEST_GRADE
    assert reading_level.spanish(read[1]).ease >= reading_level.LEAST_EASE
    principal.get(f"{table}/letter", 404)
    kept_back = words(teacher.get(f"{page}/letter", 422))  # they observe it, and do not run it
    assert "This is not shown now" in kept_back
    assert "not saved" not in kept_back


def test_a_reach_test_from_the_plan_to_its_record(site: TestClient, district: District, watch: Watch) -> None:
    """Nothing of a scenario is asked, no incident is opened, and the log says how many answered."""
    with district.store.write() as tx:
        for turn, person in enumerate((COUNSELOR, NURSE)):
            roster.add_phone(tx, person, f"+1617555018{turn}")
    principal = at_console(site, district, PRINCIPAL)
    none = dict.fromkeys(("kind", "scenario", "objectives.1", "support", "announced", "parents_told_on", "script"))
    page, drill = planned(principal, type="reach_test", **none)

    control = principal.send(page, f"{page}/start")
    waiting = words(principal.get(control))
    with district.store.write() as tx:
        (text, _) = errands.lately(tx, NURSE, ErrandKind.TEST, clock.now() - timedelta(minutes=1))
        watch.ahead += timedelta(seconds=65)
        assert proving.answered(tx, text, clock.now())
    answered = re.sub("<[^>]+>", "", principal.get_part(f"{page}/reached"))
    report = principal.send(control, f"{page}/end")
    log = list(csv.DictReader(principal.client.get("/drills/log.csv").text.splitlines()))

    assert "0 of 2 answered" in waiting
    assert "Take it back" in waiting
    assert "1 of 2 answered · half of them within 1:00" in answered
    assert "1 of 2 answered · half of them within 1:00" in words(principal.get(report))
    assert [(each["type"], each["asked"], each["reached"]) for each in log] == [("reach_test", "2", "1")]
    assert "not scheduled" in words(principal.get("/drills/calendar"))  # it practices no protocol
    assert the(district, drill).incident is None


def test_staff_are_offered_of_the_school_that_practices_and_of_all_on_request(
    site: TestClient, district: District
) -> None:
    with district.store.write() as tx:
        for person, post, school in ((AWAY, StaffRole.NURSE, OTHER_SCHOOL), (LEAD, StaffRole.DISTRICT_LEAD, None)):
            roster.add_person(tx, DISTRICT, person, ("Given", person.title()), staff=True)
            roster.give_post(tx, DISTRICT, person, post, school)
    lead = at_console(site, district, LEAD)

    def offered(path: str) -> list[bool]:
        return [f'name="takes_part" value="{each}"' in lead.get(path) for each in (NURSE, AWAY, LEAD)]

    assert offered(f"/drills/new?school={SCHOOL}") == [True, False, True]
    assert offered(f"/drills/new?school={OTHER_SCHOOL}") == [False, True, True]
    assert offered(f"/drills/new?school={SCHOOL}&staff=all") == [True, True, True]
    page, drill = planned(lead, takes_part=[NURSE, AWAY])
    assert offered(f"{page}/change") == [True, True, True]  # who takes part stays among them
    assert the(district, drill).takes_part == {NURSE, AWAY}
