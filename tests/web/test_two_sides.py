"""Who made a threat and who was threatened: two incidents, and no name goes from one to the other (6.1)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.effects import OpenLinked
from crisis.notify.linking import open_linked
from crisis.protocols import loader
from crisis.store import incidents, protocols, roster
from crisis.store.engine import open_store
from crisis.store.outbox import Job
from crisis.vocabulary import IncidentId, PersonId, StaffRole, StudentId
from tests.factories import DISTRICT, SCHOOL, STUDENT
from tests.web.district import COUNSELOR, FAR_SCHOOL, OTHER_SCHOOL, TEACHER, Api, District, a_district, acting
from tests.web.test_pages import at_console

TARGET, COACH = StudentId("st-target"), PersonId("p-coach")
THREATENER, THREATENED = "Quetzal", "Umbrellabird"


@pytest.fixture
def district(sqlite_url: str, key_file: Path) -> Iterator[District]:
    store = open_store(sqlite_url, key_file)
    made = a_district(store)
    with store.write() as tx:
        roster.add_student(tx, (DISTRICT, SCHOOL), TARGET, ("Oriol", THREATENED))
        roster.add_person(tx, DISTRICT, COACH, ("Given", "Coach"), staff=True)
        roster.give_post(tx, DISTRICT, COACH, StaffRole.TEACHER, SCHOOL)
        for name in ("threat_others", "threat_target"):
            protocols.publish(tx, loader.protocol(name), clock.now())
    yield made
    store.close()


def threat(counselor: Api) -> str:
    """A teacher is with the one who made it; the level is set, so that those who were threatened are asked about."""
    incident, seq = counselor.opened(crisis_type="threat_to_others", student=STUDENT, place="Room 4", beside="nobody")
    said = {"said": "words", "student": "words", "others": "words"}
    for name, body in (
        ("name-adult", {"adult": TEACHER}),
        ("answer-decision", {"step": "imminent", "choice": "not_now"}),
        ("complete-step", {"step": "interviews", "evidence": said}),
        ("answer-decision", {"step": "signs", "choice": "found"}),
        ("answer-decision", {"step": "threat_level", "choice": "substantive"}),
        ("spawn-incidents", {"step": "targets", "students": [TARGET]}),
    ):
        answer = counselor.order(incident, name, seq, **body)
        assert answer.status == 200, (name, answer.body)
        seq = answer.body["seq"]
    return incident


def target_of(district: District, parent: str, counselor: Api) -> str:
    """As the worker opens it; a coach is asked to help there."""
    effect = OpenLinked(
        protocol="threat_target",
        crisis_type="threat_target",
        parent=IncidentId(parent),
        student=TARGET,
        lead=COUNSELOR,
    )
    job = Job(id=1, incident=IncidentId(parent), seq=9, effect=effect, due_at=clock.now(), attempts=1, fence=1)
    open_linked(district.store, job, effect, clock.now())
    with district.store.read() as tx:
        (child,) = incidents.load(tx, IncidentId(parent)).links
        seq = incidents.load(tx, child).seq
    assert counselor.order(child, "assign-step", seq, step="protect", to=COACH).status == 200
    return child


def test_whoever_sees_one_side_learns_no_name_of_the_other_and_who_is_on_both_sees_both(
    site: TestClient, district: District
) -> None:
    counselor = acting(site, district.token(COUNSELOR))
    one = threat(counselor)
    other = target_of(district, one, counselor)

    for person, own, hidden in ((TEACHER, one, THREATENED), (COACH, other, THREATENER)):
        browser, program = at_console(site, district, person), acting(site, district.token(person))
        pages = [browser.get(path) for path in (f"/incidents/{own}", f"/incidents/{own}/linked")]
        said = str([program.get(f"/incidents/{own}").body, program.get(f"/incidents/{own}/events").body])

        assert hidden not in " ".join(pages) + said
        assert "not yours to see: 1" in pages[1]
        foreign = other if own == one else one
        assert program.get(f"/incidents/{foreign}").status == 404
    at_both = at_console(site, district, COUNSELOR)
    linked = at_both.get(f"/incidents/{one}/linked")
    assert "not yours to see" not in linked
    assert f"/incidents/{other}" in linked


def test_who_was_threatened_may_go_to_another_school_of_the_district_for_whoever_keeps_its_records(
    site: TestClient, district: District
) -> None:
    incident = threat(acting(site, district.token(COUNSELOR)))
    with district.store.write() as tx:
        roster.add_student(tx, (DISTRICT, OTHER_SCHOOL), StudentId("st-there"), ("Ada", "Elsewhere"))
        roster.give_post(tx, DISTRICT, COACH, StaffRole.COUNSELOR, SCHOOL)
        roster.give_post(tx, DISTRICT, COUNSELOR, StaffRole.COUNSELOR, OTHER_SCHOOL)
    path, action = f"/incidents/{incident}/steps/targets", f"/incidents/{incident}/steps/targets/look"
    both, one = at_console(site, district, COUNSELOR), at_console(site, district, COACH)

    assert "Elsewhere" in both.send(path, action, 200, q="Elsewhere", school=OTHER_SCHOOL)
    assert "Elsewhere" not in both.send(path, action, 200, q="Elsewhere").replace('value="Elsewhere"', "")
    assert 'name="school"' in both.get(path)
    assert 'name="school"' not in one.get(path)
    one.send(path, action, 404, q="Elsewhere", school=OTHER_SCHOOL)
    both.send(path, action, 404, q="Faraway", school=FAR_SCHOOL)


def test_looking_up_a_name_tells_only_who_is_on_both_sides_that_it_is_one_of_those_threatened(
    site: TestClient, district: District
) -> None:
    counselor = acting(site, district.token(COUNSELOR))
    one = threat(counselor)
    target_of(district, one, counselor)
    path, action = f"/incidents/{one}/steps/targets", f"/incidents/{one}/steps/targets/look"

    found = at_console(site, district, COUNSELOR).send(path, action, 200, q=THREATENED)
    assert "Has one already" in found
    seen = at_console(site, district, TEACHER).send(path, action, 200, q=THREATENED)
    assert "Has one already" not in seen
