"""What a page leaves out, because somebody new to it would take it for something to do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis import page_commands as pcmd
from crisis.protocols import loader
from crisis.store import protocols, roster
from crisis.store.engine import open_store
from crisis.submit import submit
from crisis.vocabulary import IncidentId, PersonId, Role, StaffRole, WordsId
from tests.factories import DISTRICT, SCHOOL, STUDENT, a_person, screen
from tests.web.district import COUNSELOR, District, a_district
from tests.web.test_pages import at_console, words

CARE = a_person(COUNSELOR, *Role)
HEAD = PersonId("p-head")


@pytest.fixture
def district(sqlite_url: str, key_file: Path) -> Iterator[District]:
    """One database is enough for pages."""
    store = open_store(sqlite_url, key_file)
    made = a_district(store)
    with store.write() as tx:
        for name in ("postvention_death", "handle_with_care", "abuse_disclosure", "reentry"):
            protocols.publish(tx, loader.protocol(name), clock.now())
    yield made
    store.close()


def test_an_incident_of_a_whole_school_says_so_and_names_no_student(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    address = counselor.opens(kind="death_student", beside="not_asked", place="Main office")
    page = counselor.get(address)
    card = page[page.index('id="part-student"') :]

    assert 'id="h-st">Who it is about<' in card
    assert "This is about a whole school." in card
    assert "If someone asks, say" not in page
    assert "Assess again" not in words(counselor.get(f"{address}/facts"))  # nobody decides a level of risk there
    assert "Optional" not in words(counselor.get(f"{address}/steps/verify"))  # either answer needs its reason


def test_where_nobody_decides_a_level_of_risk_none_is_missing(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    notice = counselor.get(counselor.opens(kind="handle_with_care", student=STUDENT, place="", beside="nobody"))

    assert "Risk not known yet" not in words(notice)
    assert "The student is with school staff" not in words(notice)
    assert "Risk not known yet" in words(counselor.get(counselor.opens(student=STUDENT)))


def test_a_student_who_comes_back_from_a_hospital_goes_to_class(site: TestClient, district: District) -> None:
    """Whoever opened it was with them; nobody decides a level of risk there, so it would stand there for a month."""
    counselor = at_console(site, district, COUNSELOR)
    alone, here = "Risk not known: do not leave the student alone", "“The student is with school staff.”"
    returning = words(counselor.get(counselor.opens(kind="return_from_care", student=STUDENT)))
    at_risk = words(counselor.get(counselor.opens(student=STUDENT)))

    assert (alone in returning, here in returning) == (False, False)
    assert "“I cannot talk about a student.”" in returning  # what is said to whoever asks is true
    assert (alone in at_risk, here in at_risk) == (True, True)


def test_a_family_that_nobody_may_contact_is_said_once(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    address = counselor.opens(kind="abuse_told", student=STUDENT, beside="nobody")
    page = counselor.get(address)
    know = page[page.index("Know before you act") :].partition("</div>")[0]

    assert know.count("Do not contact") == 1


def test_while_a_page_is_out_another_one_is_folded(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    address = counselor.opens(student=STUDENT)
    step, incident = f"{address}/steps/clinician_page", IncidentId(address.rpartition("/")[2])
    acute = submit(district.store, incident, screen("ynnny", CARE), at=clock.now()).incident
    assert "Page again" in words(counselor.get(step))

    for page in acute.pages:
        order = pcmd.CancelPage(by=CARE, page=page, reason=WordsId("w-1"))
        submit(district.store, incident, order, at=clock.now(), words={WordsId("w-1"): "Here already"})
    after = words(counselor.get(step))
    assert "Page now" in after
    assert "Page again" not in after


def test_who_may_not_close_it_is_told_who_does_and_signs_once(site: TestClient, district: District) -> None:
    with district.store.write() as tx:
        roster.add_person(tx, DISTRICT, HEAD, ("Given", "Head"), staff=True)
        roster.give_post(tx, DISTRICT, HEAD, StaffRole.PRINCIPAL, SCHOOL)
    counselor, head = at_console(site, district, COUNSELOR), at_console(site, district, HEAD)
    address = counselor.opens(kind="handle_with_care", student=STUDENT, place="", beside="nobody")

    mine, theirs = words(counselor.get(f"{address}/close")), words(head.get(f"{address}/close"))
    assert "It is closed by: Administrator, District on-call. Sign it, and ask one of them to open this page." in mine
    assert "Close this incident" not in mine
    assert "Close this incident" in theirs
    assert "It is closed by" not in theirs
