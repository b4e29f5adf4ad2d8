"""What may be destroyed, on the console: why it may not, a hold at once and its release by two, and the certificate."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from crisis.cli import app
from crisis.store.engine import Store, open_store
from crisis.store.sqlite import path_of
from crisis.vocabulary import PersonId
from tests.factories import DISTRICT, STUDENT
from tests.store.leavers import HERS, LEAD, a_key_of_its_own, a_leaver
from tests.store.test_destruction import found
from tests.web.district import COUNSELOR, OFFICER, SETTINGS, District, acting
from tests.web.filling import twice
from tests.web.test_api import actions
from tests.web.test_pages import Browser, at_console, words
from web.app import build_app

LIST, RECORD = "/retention", f"/retention/{STUDENT}"
LONG_AGO = datetime(2016, 10, 6, 14, 0, tzinfo=UTC)
TOLD = {"told_on": "2026-11-02"}


@pytest.fixture
def own_key(key_file: Path, tmp_path: Path) -> Path:
    return a_key_of_its_own(key_file, tmp_path)


@pytest.fixture
def store(sqlite_url: str, own_key: Path) -> Iterator[Store]:
    """One database is enough for pages: `tests/store/test_destruction.py` asks both."""
    with closing(open_store(sqlite_url, own_key)) as opened:
        a_leaver(opened, at=LONG_AGO)
        yield opened


@pytest.fixture
def district(store: Store) -> District:
    return District(store, protocol_hash=None)  # type: ignore[arg-type]  # nothing is opened here


@pytest.fixture
def site(store: Store) -> Iterator[TestClient]:
    with TestClient(build_app(store, SETTINGS), base_url=SETTINGS.public_url) as made:
        yield made


@pytest.fixture
def officer(site: TestClient, district: District) -> Browser:
    return at_console(site, district, OFFICER)


@pytest.fixture
def lead(site: TestClient, district: District) -> Browser:
    return at_console(site, district, LEAD)


def in_files(store: Store) -> list[str]:
    """Which marks stand in the bytes of the database and its journal, while they are in use."""
    path = path_of(store.url)
    files = [each for each in path.parent.iterdir() if each.name.startswith(path.name)]
    content = b"".join(each.read_bytes() for each in files)
    return [name for name, mark in HERS.items() if mark.encode() in content]


def leaves(browser: Browser) -> None:
    browser.send(RECORD, f"{RECORD}/left", left_on="2017-06-30")


def test_it_says_why_not_yet_and_then_two_people_destroy_it_pr_65(
    officer: Browser, lead: Browser, district: District, own_key: Path
) -> None:
    early = words(officer.get(LIST))
    leaves(officer)
    due = words(officer.get(LIST))
    untold = officer.send(RECORD, f"{RECORD}/ask", 422)
    officer.send(RECORD, f"{RECORD}/ask", **TOLD)
    own = officer.get(RECORD)
    unsure = lead.send(RECORD, f"{RECORD}/destroy", 422)
    before = found(district.store, HERS)

    led = lead.send(RECORD, f"{RECORD}/destroy", sure="yes")
    certificate = lead.get(led)

    assert "Nobody has written down when the student left" in early
    assert "may go from 2024-07-01 on" in due
    assert "Its time is over, and nothing keeps it." in due
    assert "Say on which day the student or the parents were told" in words(untold)
    assert "Destroy this record for ever" not in own
    assert "I have read it: nobody can bring it back" in words(unsure)
    assert set(before) == set(HERS)
    assert found(district.store, HERS) == {}
    assert in_files(district.store) == []
    assert led.rpartition("/")[2] in own_key.with_name("own.json.destroyed").read_text()
    shown = words(certificate)
    for said in ("2024-07-01", "us-ma 2026.1", "2026-11-02", "P-Officer", "Given Lead", "Incidents: 1; keys: 2"):
        assert said in shown
    assert [each for each in HERS.values() if each in certificate] == []
    assert officer.client.get(RECORD).status_code == 404
    assert "No record has an end." in words(officer.get(LIST))
    assert {"destruction asked", "record destroyed", "retention viewed"} <= {
        each for each, _ in actions(district.store)
    }


def test_what_was_asked_is_taken_back_with_one_press_or_two(officer: Browser, district: District) -> None:
    leaves(officer)
    officer.send(RECORD, f"{RECORD}/ask", **TOLD)

    twice(officer, RECORD, f"{RECORD}/withdraw", lambda: taken_back(district))

    assert taken_back(district) == 1


def taken_back(district: District) -> int:
    return [each for each, _ in actions(district.store)].count("destruction withdrawn")


def test_a_hold_stands_at_once_and_two_people_release_it_pr_64_pr_66(
    officer: Browser, lead: Browser, district: District
) -> None:
    leaves(officer)
    officer.send(RECORD, f"{RECORD}/ask", **TOLD)
    officer.send(RECORD, f"{RECORD}/hold", why="Order of the court, 7 of 2026")
    held = lead.get(RECORD)
    officer.send(RECORD, f"{RECORD}/ask-release")
    own = officer.get(RECORD)
    forged = officer.post(f"{RECORD}/release", officer.form(RECORD, f"{RECORD}/keep-hold"), 422)
    still = lead.get(RECORD)

    lead.send(RECORD, f"{RECORD}/release")

    assert "A legal hold is on it" in words(held)
    assert "Order of the court, 7 of 2026" in words(held)
    assert "Destroy this record for ever" not in held
    assert "Release it" not in words(own)
    assert "another person has to release it" in words(forged)
    assert "Destroy this record for ever" not in still
    assert "Destroy this record for ever" in lead.get(RECORD)
    holds = [each for each, _ in actions(district.store) if each.startswith("legal hold")]
    assert holds == ["legal hold placed", "legal hold release asked", "legal hold released"]


def test_a_hold_says_why_and_is_placed_by_the_privacy_officer(officer: Browser, lead: Browser) -> None:
    silent = officer.send(RECORD, f"{RECORD}/hold", 422, why="  ")
    others = lead.send(RECORD, f"{RECORD}/hold", 422, why="I heard of a case")

    assert "Fill this in." in words(silent)
    assert "The privacy officer places a legal hold" in words(others)


@pytest.mark.parametrize("person", [COUNSELOR, PersonId("p-stranger")])
def test_nobody_else_finds_any_of_it_pr_52(site: TestClient, district: District, person: PersonId) -> None:
    browser = at_console(site, district, person)

    for address in (LIST, RECORD, "/certificates/x"):
        assert browser.client.get(address).status_code == 404
        assert HERS["family"] not in browser.client.get(address).text


def test_whoever_has_not_just_shown_who_they_are_destroys_and_releases_nothing_pr_61(
    officer: Browser, lead: Browser, district: District
) -> None:
    leaves(officer)
    officer.send(RECORD, f"{RECORD}/hold", why="Order of the court")
    lead.send(RECORD, f"{RECORD}/ask-release")
    with district.store.write() as tx:
        tx.exec_driver_sql("UPDATE session SET proved_at = '2026-01-01 00:00:00'")

    release = officer.client.post(f"{RECORD}/release", data=officer.form(RECORD, f"{RECORD}/release"))
    asks = officer.client.post(f"{RECORD}/ask", data={**officer.form(RECORD, f"{RECORD}/hold"), **TOLD})

    assert [each.status_code for each in (release, asks)] == [401, 401]
    assert "A legal hold is on it" in words(officer.get(RECORD))


def test_the_certificate_is_printed_on_the_command_line_too_pr_65(
    officer: Browser, lead: Browser, district: District, monkeypatch: pytest.MonkeyPatch, own_key: Path
) -> None:
    leaves(officer)
    officer.send(RECORD, f"{RECORD}/ask", **TOLD)
    made = lead.send(RECORD, f"{RECORD}/destroy", sure="yes").rpartition("/")[2]
    monkeypatch.setenv("CRISIS_DATABASE_URL", district.store.url)
    monkeypatch.setenv("CRISIS_KEY_FILE", str(own_key))
    run = CliRunner()

    listed, one, chain = (
        run.invoke(app, order.split())
        for order in ("records certificates", f"records certificate {made}", "audit verify")
    )

    assert made[:8] in listed.output
    assert "Its time was over on: 2024-07-01" in one.output
    assert "Asked for by: p-officer" in one.output
    assert "Whole." in chain.output
    assert DISTRICT not in one.output


def test_a_program_places_a_hold_and_asks_for_its_release_and_a_person_releases_it_pr_61_pr_64(
    site: TestClient, district: District
) -> None:
    officer, lead = acting(site, district.token(OFFICER)), acting(site, district.token(LEAD))
    path = f"/students/{STUDENT}"

    placed = officer.post(f"{path}/holds", {"why": "Order of the court"})
    read, refused = lead.get(f"{path}/retention"), lead.post(f"{path}/holds", {"why": "I heard of a case"})

    assert placed.status == 201
    assert [each["text"] for each in read.body["holds"]] == ["Order of the court"]
    assert read.body["rules"] == ["PR-66", "PR-66"]
    assert refused.status == 422

    hold = f"{path}/holds/{read.body['holds'][0]['id']}"
    early = lead.post(f"{hold}/release", {})
    asked = officer.post(f"{hold}/ask-release", {})
    twice = lead.post(f"{hold}/ask-release", {})
    by_program = lead.post(f"{hold}/release", {})
    stays = lead.post(f"{hold}/keep", {})
    officer.post(f"{hold}/ask-release", {})
    person = at_console(site, district, LEAD)
    person.send(RECORD, f"{RECORD}/release")

    assert asked.body["holds"][0]["release_asked_by"] == OFFICER
    assert [each.status for each in (early, twice, by_program)] == [422, 422, 422]
    assert by_program.body["reasons"][0]["rule"] == "PR-61"
    assert stays.body["holds"][0]["release_asked_by"] is None
    assert lead.get(f"{path}/retention").body["holds"] == []
    assert officer.post(f"{hold}/ask-release", {}).status == 404
