"""Emergency access on the console: found by name, proved, read only, told, ended, and looked at by somebody else."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.store import emergency, roster
from crisis.store.engine import open_store
from crisis.vocabulary import PersonId, StaffRole
from tests.cheap import HASHING
from tests.factories import DISTRICT, SCHOOL, STUDENT
from tests.watch import Watch
from tests.web.district import (
    COUNSELOR,
    NEIGHBOUR,
    OFFICER,
    SETTINGS,
    TEACHER,
    District,
    a_district,
    acting,
)
from tests.web.test_api import actions
from tests.web.test_pages import HIDDEN, Browser, at_console, words

HERE = "/emergency-access"
WHY = {"reason": "student_is_here", "text": "She stands in my office and does not speak"}


@pytest.fixture
def district(sqlite_url: str, key_file: Path) -> Iterator[District]:
    """One database is enough for pages: `tests/store/test_break_glass.py` asks both."""
    store = open_store(sqlite_url, key_file)
    yield a_district(store)
    store.close()


def breaks(browser: Browser, status: int = 303, **fields: str) -> str:
    """Looks for the student and fills in the form that comes."""
    found = browser.send(HERE, f"{HERE}/find", 200, school=SCHOOL, q="quetzal")
    hidden = dict(HIDDEN.findall(found[found.index(f'action="{HERE}/begin"') :]))
    return browser.post(f"{HERE}/begin", {**hidden, "student": STUDENT, **WHY, **fields}, status)


def test_one_incident_to_read_and_nothing_else_pr_55(site: TestClient, district: District) -> None:
    counselor, neighbour = at_console(site, district, COUNSELOR), at_console(site, district, NEIGHBOUR)
    address = counselor.opens(student=STUDENT)
    assert neighbour.client.get(address).status_code == 404

    led = breaks(neighbour)
    shown = neighbour.get(led)
    note = neighbour.form(led, f"{address}/note")

    assert led == address
    assert "to read only, until" in words(shown)
    assert 'class="imain noprint"' in shown
    assert "Quetzal" in shown
    assert address not in neighbour.get("/board")
    assert acting(site, district.token(NEIGHBOUR)).get("/incidents").body["open"] == []
    refused = neighbour.client.post(f"{address}/lead", data={**note, "lead": NEIGHBOUR})
    assert (refused.status_code, "Only those who were called in" in words(refused.text)) == (422, True)
    assert neighbour.client.get(f"{address}/conflicts").status_code == 404
    neighbour.send(led, f"{address}/emergency-access/end")
    assert neighbour.client.get(address).status_code == 404


def test_whoever_signed_in_a_while_ago_shows_again_that_it_is_them_pr_55_pr_61(
    site: TestClient, district: District, watch: Watch
) -> None:
    counselor, neighbour = at_console(site, district, COUNSELOR), at_console(site, district, NEIGHBOUR)
    address = counselor.opens(student=STUDENT)

    watch.ahead += timedelta(minutes=6)
    asked = breaks(neighbour, 401)

    assert 'type="password"' in asked
    assert neighbour.client.get(address).status_code == 404


def test_a_reason_is_wanted_and_what_was_typed_is_kept(site: TestClient, district: District) -> None:
    counselor, neighbour = at_console(site, district, COUNSELOR), at_console(site, district, NEIGHBOUR)
    address = counselor.opens(student=STUDENT)

    short = breaks(neighbour, 422, text="she is here")
    none = breaks(neighbour, 422, reason="")

    assert "does not speak</textarea>" in none
    assert "at least 20 letters" in words(short)
    assert "Why? Fill this in." in words(none)
    assert neighbour.client.get(address).status_code == 404


def test_that_there_is_no_incident_is_said_after_the_reason_and_on_record(site: TestClient, district: District) -> None:
    neighbour = at_console(site, district, NEIGHBOUR)

    said = breaks(neighbour, 422)

    assert "There is no open incident of this student that you could see" in words(said)
    done = [action for action, _ in actions(district.store)]
    assert done[-2:] == ["students looked up", "break-glass found nothing"]


def test_somebody_else_looks_at_it(site: TestClient, district: District) -> None:
    counselor, neighbour, officer = (at_console(site, district, each) for each in (COUNSELOR, NEIGHBOUR, OFFICER))
    address = counselor.opens(student=STUDENT)
    breaks(neighbour)
    neighbour.get(address)

    waiting = words(officer.get(HERE))
    officer.send(HERE, f"{HERE}/review", verdict="justified")

    assert "She stands in my office and does not speak" in waiting
    assert "Given P-Neighbour · The student is with me" in waiting
    assert "Nothing waits." in words(officer.get(HERE))
    assert "break-glass reviewed" in [action for action, _ in actions(district.store)]
    assert '"by":"break-glass"' in dict(actions(district.store))["incident viewed"].replace(" ", "")


def test_it_is_not_for_everybody(site: TestClient, district: District) -> None:
    teacher, officer = at_console(site, district, TEACHER), at_console(site, district, OFFICER)

    assert teacher.client.get(HERE).status_code == 404
    assert "Emergency access" not in teacher.get("/board")
    assert f'action="{HERE}/find"' not in officer.get(HERE)


def test_in_spanish_too(site: TestClient, district: District) -> None:
    assert "Acceso de emergencia" in words(at_console(site, district, NEIGHBOUR, "es").get(HERE))


def test_the_lead_seals_an_emergency_account_and_sees_what_was_done_by_it(site: TestClient, district: District) -> None:
    """It reads, and does nothing that is dangerous; the privacy officer sees it too, and seals nothing."""
    with district.store.write() as tx:
        account = emergency.make(tx, DISTRICT, clock.now(), hashing=HASHING)
        roster.add_person(tx, DISTRICT, PersonId("p-lead"), ("Given", "Lead"), staff=True)
        roster.give_post(tx, DISTRICT, PersonId("p-lead"), StaffRole.DISTRICT_LEAD, None)
    lead, officer = at_console(site, district, PersonId("p-lead")), at_console(site, district, OFFICER)
    page = lead.send(HERE, f"{HERE}/seal", 200, person=account.person)
    passphrase = page.split("<code>")[1].split("</code>")[0]
    client = TestClient(site.app, base_url=SETTINGS.public_url, headers={"accept": "text/html"}, follow_redirects=False)
    client.post("/login", data={"username": account.username, "password": passphrase})
    paper = Browser(client)

    paper.get("/board")
    opened = paper.opens(student=STUDENT)
    refused = words(paper.send("/accounts", "/accounts", 422, asked="yes"))
    told = words(officer.get(HERE))
    answer = officer.client.post(
        f"{HERE}/seal", data=officer.form("/me/sign-in", "/logout") | {"person": account.person}
    )

    assert opened.startswith("/incidents/")
    assert "somebody in their own name must" in refused
    assert "Emergency account 1" in told
    assert "In use since" in told
    assert "signed in" in told
    assert passphrase not in lead.get(HERE)
    assert answer.status_code == 404
