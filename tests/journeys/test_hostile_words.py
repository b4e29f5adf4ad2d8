"""Words that would do harm, in what is imported, kept in the directory and signed: words, or refused (F122)."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from crisis import clock
from crisis.cli import app
from crisis.settings import Settings
from crisis.store import people, roster
from crisis.store.engine import Store, open_store
from crisis.vocabulary import PersonId, StaffRole, StudentId
from tests.browser import NEEDS_CHROMIUM, a_chromium
from tests.factories import DISTRICT
from tests.journeys.hostile import PAYLOADS, a_witness
from tests.journeys.town import free_port, serving
from tests.store.archives import A_DISTRICT, THEIR_ROLES, an_export, org, user
from tests.store.test_roster_import import DISTRICT as HARBOR
from tests.store.test_roster_import import imported
from tests.web.district import SETTINGS, District, a_district
from tests.web.test_pages import at_console
from web.app import build_app
from web.serve import server

pytestmark = [pytest.mark.slow, pytest.mark.page]
LEAD, OFFICER = PersonId("p-harbor-lead"), PersonId("p-harbor-officer")
LONG = "x" * 100_000
HEADINGS = "name,kind,phone,address,how,hours,languages,interpreters,youngest,oldest,care,insurance"


@pytest.fixture
def store(sqlite_url: str, key_file: Path) -> Iterator[Store]:
    with closing(open_store(sqlite_url, key_file)) as opened:
        yield opened


def a_harbor(store: Store) -> District:
    """A district whose every name, of schools, students, families and staff, is one of the payloads."""
    made = a_district(store)
    with store.write() as tx:
        roster.add_district(tx, HARBOR, PAYLOADS[0])
    users = (
        user("p1", PAYLOADS[1], PAYLOADS[2], sms="(617) 555-0101", agentSourcedIds="k1"),
        user("k1", PAYLOADS[3][:80], PAYLOADS[4], grades="09", primaryOrgSourcedId="s1", agentSourcedIds="p1"),
        user("t1", PAYLOADS[5], "\x00\u202eIto", phone="617-555-0110"),
    )
    imported(store, an_export(users, THEIR_ROLES, (A_DISTRICT[0], org("s1", PAYLOADS[6]), *A_DISTRICT[2:])))
    with store.write() as tx:
        for person, post in ((LEAD, StaffRole.DISTRICT_LEAD), (OFFICER, StaffRole.PRIVACY_OFFICER)):
            roster.add_person(tx, HARBOR, person, (PAYLOADS[9], PAYLOADS[13]), staff=True)
            roster.give_post(tx, HARBOR, person, post)
    return made


def kept_in_directory(store: Store, site: TestClient, district: District) -> str:
    """By its form, and by a table; the page of the one from the form."""
    lead = at_console(site, district, LEAD)
    words = {"name": PAYLOADS[0], "address": PAYLOADS[10], "how": PAYLOADS[18]}
    lead.send("/directory/new", "/directory", kind="health_center", **words)
    with store.read() as tx:
        agency = tx.exec_driver_sql("SELECT id FROM agency ORDER BY id").scalars().first()
    return f"/directory/{agency}"


@NEEDS_CHROMIUM[0]
@NEEDS_CHROMIUM[1]
def test_what_was_imported_kept_and_signed_is_words_on_every_page_f122(store: Store) -> None:
    port = free_port()
    settings = Settings(public_url=f"http://127.0.0.1:{port}", port=port)
    made = a_harbor(store)
    with TestClient(build_app(store, SETTINGS), base_url=SETTINGS.public_url) as site:
        page = kept_in_directory(store, site, made)
        officer = at_console(site, made, OFFICER)
        today = clock.now().date()
        terms = {"agency": page.rpartition("/")[2], "first_day": str(today), "last_day": str(today + timedelta(9))}
        terms |= {"data_points": "identity", "uses": "crisis_response", "direct_control": "yes"}
        signed = {"signed_for_district": PAYLOADS[1], "signed_for_agency": PAYLOADS[6], "paper": PAYLOADS[14]}
        officer.send("/agreements", "/agreements/record", redisclosure_ban="yes", **terms, **signed)
        officer.send("/agreements", "/agreements/put-in", person=LEAD, works_for=terms["agency"])
        session = officer.client.cookies["session"]
    with store.read() as tx:
        student = StudentId(tx.exec_driver_sql("SELECT id FROM student WHERE district = 'harbor'").scalar_one())
        known = people.student(tx, student)
    shown = ["/directory", page, "/agreements", "/call-tree"]
    shown += [f"/students/{student}/{each}" for each in ("contacts", "call-order", "intake")]

    with (
        serving(server(store, settings, "127.0.0.1", port), port),
        a_chromium() as browser,
        a_witness(browser, settings.public_url) as witness,
    ):
        witness.page.context.add_cookies([{"name": "session", "value": session, "url": settings.public_url}])
        read = {each: witness.looks(each) for each in shown}

    assert witness.seen == []
    assert "javascript:alert(1)//" in read["/agreements"], "the name of somebody who works for it"
    assert "{{7*7}}" in read["/agreements"]
    assert "evil.example" in read[page]
    assert known.name.startswith(PAYLOADS[3][:20])


def test_a_table_of_agencies_with_what_nobody_types_is_refused_line_by_line(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key_file: Path
) -> None:
    with closing(open_store(sqlite_url, key_file)) as store:
        a_district(store)
    monkeypatch.setenv("CRISIS_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("CRISIS_KEY_FILE", str(key_file))
    tables = {
        "In address is a sign that no keyboard writes".lower(): f"{HEADINGS}\nMill,housing,,a\x00b".encode(),
        "at most 120 letters": f"{HEADINGS}\n{LONG},housing".encode(),
        "far too long": f"{HEADINGS}\n{LONG * 2},housing".encode(),
        "not utf-8": f"{HEADINGS}\nMöll,housing".encode("latin-1"),
    }

    for said, content in tables.items():
        table = tmp_path / "agencies.csv"
        table.write_bytes(content)
        answer = CliRunner().invoke(app, ["directory", "import", str(table), "--district", DISTRICT])
        wrong = f"{answer.output} {answer.exception}".lower()
        assert said in wrong, (said, wrong[:300])
        assert answer.exit_code != 0
        assert LONG not in wrong
    with closing(open_store(sqlite_url, key_file)) as store, store.read() as tx:
        assert tx.exec_driver_sql("SELECT count(*) FROM agency").scalar_one() == 0
