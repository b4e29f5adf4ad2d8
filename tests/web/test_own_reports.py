"""A report to child protection is one person's own: they find it and file it, whatever else they see or do not see."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.access_words import ConflictKind
from crisis.notify import people_to_tell
from crisis.policy.directory import Entry
from crisis.protocols import loader
from crisis.referral_words import AgencyKind
from crisis.store import conflicts, directory, incidents, protocols
from crisis.store.engine import open_store
from crisis.vocabulary import IncidentId, PersonId, Role
from tests.factories import DISTRICT, STUDENT
from tests.web.district import COUNSELOR, NURSE, TEACHER, District, a_district
from tests.web.test_pages import at_console, words

HERE = "/my-reports"


@pytest.fixture
def district(sqlite_url: str, key_file: Path) -> Iterator[District]:
    """One database is enough: what is asked of both is in `tests/store`."""
    store = open_store(sqlite_url, key_file)
    made = a_district(store)
    with store.write() as tx:
        protocols.publish(tx, loader.protocol("abuse_disclosure", "US-MA"), clock.now())
    yield made
    store.close()


def kept_out(district: District, incident: IncidentId, person: PersonId, by: PersonId = NURSE) -> None:
    with district.store.write() as tx:
        known = incidents.load(tx, incident)
        conflicts.enter(tx, known, person, ConflictKind.NAMED, by=by, at=clock.now())


def told(district: District, incident: IncidentId) -> set[PersonId]:
    """Whom a notice to the nurse reaches."""
    with district.store.read() as tx:
        known = incidents.load(tx, incident)
        return {each.person for each in people_to_tell.of_role(tx, known, Role.NURSE, clock.now())}


def test_who_suspects_files_their_own_also_when_they_see_nothing_else_of_it_i_11_pr_54(
    site: TestClient, district: District
) -> None:
    """The teacher opens it, is kept out afterwards, and still finds and files what is theirs; nobody else can."""
    teacher, counselor = at_console(site, district, TEACHER), at_console(site, district, COUNSELOR)
    address = teacher.opens(kind="abuse_told")
    code = IncidentId(address.rpartition("/")[2])
    assert "Yours to report" in words(teacher.get(address))
    counselor.send(f"{address}/duties", f"{address}/suspect", to=NURSE)
    kept_out(district, code, TEACHER)

    assert teacher.client.get(f"{address}/duties").status_code == 404
    assert "Reports that are yours" in words(teacher.get("/board"))
    page = teacher.get(HERE)
    assert (page.count(f"{HERE}/{code}/report"), STUDENT in page) == (2, False)
    wrong = teacher.send(HERE, f"{HERE}/{code}/report", 422, agency="DCF")
    assert "Fill this in." in words(wrong)
    teacher.send(HERE, f"{HERE}/{code}/report", agency="DCF", number="4711", worker="J. Soto")

    with district.store.read() as tx:
        reports = list(incidents.load(tx, code).obligations.values())
    assert [(each.owner, each.filed_at is not None) for each in reports] == [
        (TEACHER, True),
        (TEACHER, False),
        (NURSE, False),
        (NURSE, False),
    ]
    foreign = {**counselor.form(f"{address}/duties", f"{address}/report"), "obligation": reports[1].id}
    refused = counselor.post(f"{address}/report", {**foreign, "agency": "DCF", "number": "1"}, 422)
    assert "belongs to the person who suspects" in words(refused)


def test_the_delegates_number_comes_back_to_whoever_passed_it_on_i_11(site: TestClient, district: District) -> None:
    teacher, nurse = at_console(site, district, TEACHER), at_console(site, district, NURSE)
    address = teacher.opens(kind="abuse_suspected")
    code = address.rpartition("/")[2]
    teacher.send(f"{address}/duties", f"{address}/delegate", to=NURSE)

    assert "A colleague passed this report on to you" in words(nurse.get(HERE))
    nurse.send(HERE, f"{HERE}/{code}/report", agency="DCF", number="intake 4711")
    assert "Report number: intake 4711" in words(teacher.get(HERE))
    teacher.client.cookies.set("language", "es")
    assert "Informes que le tocan a usted" in words(teacher.get(HERE))


def test_whoever_is_accused_finds_nothing_of_it_anywhere_pr_54(site: TestClient, district: District) -> None:
    """protocols.md 1 e 7: in no list, search, page, part, text or answer of the API; and nobody gives them anything."""
    counselor, accused = at_console(site, district, COUNSELOR), at_console(site, district, NURSE)
    address = counselor.opens(kind="abuse_told", student=STUDENT)
    code = IncidentId(address.rpartition("/")[2])
    counselor.send(f"{address}/steps/staff_suspected", f"{address}/steps/staff_suspected/decide", choice="staff")
    done = f"{address}/steps/keep_out"
    early = counselor.send(done, f"{done}/complete", 422)
    assert "First enter who must see nothing of this incident" in words(early)
    kept_out(district, code, NURSE, by=COUNSELOR)
    counselor.send(done, f"{done}/complete")
    other = IncidentId(counselor.opens(kind="abuse_told").rpartition("/")[2])

    for path in ("", "/duties", "/conflicts", "/linked", "/parts/next", "/steps/own_words", "/brief/emergency"):
        assert accused.client.get(f"{address}{path}").status_code == 404
    for page in ("/board", HERE, "/second-look"):
        assert code not in accused.client.get(page).text
    token = {"Authorization": f"Bearer {district.token(NURSE)}"}
    for path in ("", "/status", "/events", "/next", "/conflicts"):
        assert site.get(f"/api/v1/incidents/{code}{path}", headers=token).status_code == 404
    assert code not in site.get("/api/v1/incidents", headers=token).text
    given = counselor.send(f"{address}/duties", f"{address}/suspect", 422, to=NURSE)
    assert "This person has a conflict of interest here" in words(given)
    assert (told(district, code), told(district, other)) == (set(), {NURSE})


def test_whom_to_call_stands_beside_the_report_and_in_a_drill_nobody(site: TestClient, district: District) -> None:
    """The clock is at minutes: nobody looks for a number first. Without one in the directory it says so."""
    counselor = at_console(site, district, COUNSELOR)
    drill = counselor.opens(kind="abuse_told", drill="yes")  # before: none begins while a real page is out
    teacher = at_console(site, district, TEACHER)
    address = teacher.opens(kind="abuse_told")
    without = [words(teacher.get(page)) for page in (f"{address}/duties", HERE)]
    line = Entry(name="Child Protection Line", kind=AgencyKind.CHILD_WELFARE, phone="617-555-0186")
    with district.store.write() as tx:
        directory.add(tx, DISTRICT, line, by=None, at=clock.now())

    pages = [teacher.get(page) for page in (f"{address}/duties", HERE)]
    played = counselor.get(f"{drill}/duties")

    assert all("No number of child protection is in your directory" in each for each in without)
    assert all('href="tel:+16175550186"' in each for each in pages)
    assert all("Child Protection Line · (617) 555-0186" in words(each) for each in pages)
    assert "tel:+16175550186" not in played
    assert "Call no one outside the drill." in words(played)
