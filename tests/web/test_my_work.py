"""What waits for one person in one place, the follow-ups by day, and the board on a wall."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.commands import AssignStep
from crisis.statemachine.incident import Incident, Page, StepRecord
from crisis.store import codec, incidents, my_work, people, roster
from crisis.store.engine import Store
from crisis.store.tables import INCIDENT
from crisis.store.upcoming import NextStep
from crisis.submit import submit
from crisis.vocabulary import (
    Custody,
    IncidentId,
    PageId,
    PageState,
    PersonId,
    ReleaseTo,
    Role,
    StaffRole,
    StepId,
    Urgency,
)
from tests.factories import DISTRICT, STUDENT, an_incident, suicide_risk
from tests.web.district import COUNSELOR, NEIGHBOUR, NURSE, OFFICER, STRANGER, TEACHER, District, a_district
from tests.web.test_pages import Browser, at_console, words
from web.pages.my import LATE, OPEN, TODAY, TOMORROW, day_of
from web.pages.wall import Tile

OPERATOR = PersonId("p-operator")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing is asked here that the board does not ask of both."""
    return sqlite_url


@pytest.fixture
def district(store: Store) -> District:
    made = a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, OPERATOR, ("Given", "Operator"), staff=True)
        roster.give_post(tx, DISTRICT, OPERATOR, StaffRole.OPERATOR)
    return made


def step(name: str, assigned_to: PersonId | None = None) -> NextStep:
    found = suicide_risk().step(StepId(name))
    assert found is not None
    return NextStep(step=found, due_at=None, kind=None, assigned_to=assigned_to)


def led(by: PersonId | None, adult: PersonId | None = None) -> Incident:
    return replace(an_incident(), lead=by, adult=adult, custody=Custody.HELD)


def test_a_step_is_mine_where_it_was_given_to_me_or_where_i_lead_and_may_do_it() -> None:
    screen, custody = step("screen"), step("custody_release")

    assert my_work.is_mine(NURSE, led(COUNSELOR), step("screen", NURSE), may=True)
    assert not my_work.is_mine(COUNSELOR, led(COUNSELOR), step("screen", NURSE), may=True)
    assert my_work.is_mine(COUNSELOR, led(COUNSELOR), screen, may=True)
    assert not my_work.is_mine(COUNSELOR, led(COUNSELOR), screen, may=False)
    assert not my_work.is_mine(NURSE, led(COUNSELOR), screen, may=True)
    assert my_work.is_mine(NURSE, led(COUNSELOR, adult=NURSE), custody, may=True)
    assert not my_work.is_mine(NURSE, led(COUNSELOR, adult=NURSE), screen, may=True)
    assert not my_work.is_mine(None, led(None), screen, may=True)


def test_a_day_is_one_of_the_school_and_what_is_over_is_late() -> None:
    at = datetime(2026, 10, 7, 2, 30, tzinfo=UTC)  # still the 6th in New York
    zone = "America/New_York"

    assert day_of(None, zone, at) == OPEN
    assert day_of(at - timedelta(seconds=1), zone, at) == LATE
    assert day_of(at + timedelta(minutes=30), zone, at) == TODAY
    assert day_of(at + timedelta(hours=2), zone, at) == TOMORROW
    assert day_of(at + timedelta(days=9), zone, at) == date(2026, 10, 15)


def test_what_waits_for_me_stands_in_one_place_without_a_name(site: TestClient, district: District) -> None:
    counselor, nurse = at_console(site, district, COUNSELOR), at_console(site, district, NURSE)
    empty = words(nurse.get("/my"))
    address = counselor.opens()
    incident = address.rpartition("/")[2]
    counselor.identifies(address, "quetzal", STUDENT)
    with district.store.read() as tx:
        me = people.actor(tx, COUNSELOR)
    submit(
        district.store, IncidentId(incident), AssignStep(by=me, step=StepId("clear_means"), to=NURSE), at=clock.now()
    )

    mine, hers = counselor.get("/my"), nurse.get("/my")

    assert "Nothing waits for you." in empty
    assert f'href="{address}/steps/clear_means"' in hers.partition("Nobody has it yet")[0]
    assert f'href="{address}/steps/clear_means"' not in mine.partition("Nobody has it yet")[0]
    assert f'href="{address}/steps/tell_admin"' in hers.partition("Nobody has it yet")[2]
    assert "Quetzal" not in mine + hers
    assert address not in at_console(site, district, NEIGHBOUR).get("/my")
    assert address not in at_console(site, district, STRANGER, "es").get("/my")


def test_a_page_and_a_student_who_is_handed_over_wait_there_too(site: TestClient, district: District) -> None:
    counselor, nurse = at_console(site, district, COUNSELOR), at_console(site, district, NURSE)
    address = counselor.opens()
    counselor.send(f"{address}/custody", f"{address}/offer-student", to=NURSE)
    with district.store.write() as tx:
        before = incidents.load(tx, IncidentId(address.rpartition("/")[2]))
        times = {"requested_at": clock.now(), "level_since": clock.now()}
        page = Page(id=PageId("pg"), role=Role.NURSE, urgency=Urgency.U1, step=None, state=PageState.PAGING, level=0,
                    asked=(NURSE,), **times)  # fmt: skip
        after = replace(before, pages={page.id: page})
        tx.execute(INCIDENT.update().where(INCIDENT.c.id == before.id).values(state=codec.incident_text(after)))

    waits = words(nurse.get("/my"))

    assert "Somebody hands a student over to you" in waits
    assert "Pages to me" in waits
    assert "Waits for an answer" in waits
    assert "Pages to me" not in words(counselor.get("/my"))
    assert counselor.get("/my").count("/custody") == 0


def followed_up(store: Store, incident: str, at: datetime) -> None:
    """As it stands when the student was released in the morning of the day before."""
    with store.write() as tx:
        before = incidents.load(tx, IncidentId(incident))
        gone = StepRecord(done_at=at - timedelta(hours=30), by=COUNSELOR)
        after = replace(
            before,
            custody=Custody.RELEASED,
            released_to=ReleaseTo.GUARDIAN,
            released_at=at - timedelta(hours=30),
            steps={**before.steps, StepId("custody_release"): gone},
        )
        tx.execute(INCIDENT.update().where(INCIDENT.c.id == incident).values(state=codec.incident_text(after)))


def test_follow_ups_stand_by_day_over_all_that_one_may_see(site: TestClient, district: District) -> None:
    officer, counselor = at_console(site, district, OFFICER), at_console(site, district, COUNSELOR)
    assert "No follow-up is open." in words(officer.get("/followups"))
    address = counselor.opens()
    followed_up(district.store, address.rpartition("/")[2], clock.now())

    page = officer.get("/followups")

    late = words(page).partition("Late")[2]
    assert "Ask the student and the family how they are" in late
    assert "Late by 6:00:" in late
    assert f'href="{address}/steps/first_follow_up"' in page
    assert address not in at_console(site, district, NEIGHBOUR).get("/followups")


def test_the_wall_says_where_somebody_is_needed_and_nothing_of_what_happened(
    site: TestClient, district: District
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    address = counselor.opens(beside="nobody")
    counselor.identifies(address, "quetzal", STUDENT)

    wall, part = counselor.get("/board/wall"), counselor.get_part("/board/wall/parts/wall")

    assert "No adult is with the student." in words(wall)
    assert "1 open" in words(wall)
    assert 'data-src="/board/wall/parts/wall"' in wall
    assert 'id="part-wall"' in part
    kinds = [kind.en for kind in suicide_risk().crisis_types.values()]
    for hidden in ("Quetzal", "Given P-Counselor", "Room 112", "Stay with the student", *kinds):
        assert hidden not in words(wall) + part
    assert "<form" not in wall
    assert "<button" not in wall
    assert address not in wall
    assert set(Tile.__dataclass_fields__) == {
        "id", "state", "school", "opened_at", "phase", "phase_number", "marks", "due_at", "alarm", "tags",
    }  # fmt: skip


def test_the_wall_is_for_the_crisis_team_and_shows_each_what_they_may_see(site: TestClient, district: District) -> None:
    at_console(site, district, COUNSELOR).opens()
    teacher, operator = at_console(site, district, TEACHER), at_console(site, district, OPERATOR)
    neighbour: Browser = at_console(site, district, NEIGHBOUR, "es")

    for nobody in (teacher, operator):
        nobody.get("/board/wall", 404)
    assert teacher.client.get("/board/wall/parts/wall").status_code == 404
    assert "No hay ningún incidente abierto." in words(neighbour.get("/board/wall"))
