"""A district leaves on the console: given back on the command line, ended by two people, and nobody is signed in."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from crisis.cli import app
from crisis.store.engine import Store, open_store
from tests.factories import DISTRICT
from tests.store.leavers import HERS, LEAD, a_key_of_its_own, a_leaver
from tests.store.test_destruction import found
from tests.web.district import COUNSELOR, OFFICER, SETTINGS, STRANGER, District
from tests.web.filling import twice
from tests.web.test_pages import at_console, words
from web.app import build_app

PAGE = "/whole-district"


@pytest.fixture
def key(key_file: Path, tmp_path: Path) -> Path:
    return a_key_of_its_own(key_file, tmp_path)


def given_back(url: str, key: Path, target: Path, officer: str, patch: pytest.MonkeyPatch) -> str:
    """What the command said."""
    patch.setenv("CRISIS_DATABASE_URL", url)
    patch.setenv("CRISIS_KEY_FILE", str(key))
    run = CliRunner().invoke(app, ["records", "give-back", DISTRICT, str(target), "--officer", officer])
    return f"{run.output} {run.exception}"


@pytest.fixture
def store(sqlite_url: str, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """`tests/store/test_district_ends.py` asks both databases."""
    with closing(open_store(sqlite_url, key)) as opened:
        a_leaver(opened)
    refused = given_back(sqlite_url, key, tmp_path / "no.jsonl", STRANGER, monkeypatch)
    assert "Only the district's own privacy officer" in refused
    assert not (tmp_path / "no.jsonl").exists()
    assert "Its SHA-256 is" in given_back(sqlite_url, key, tmp_path / "all.jsonl", OFFICER, monkeypatch)
    with closing(open_store(sqlite_url, key)) as opened:
        yield opened


def test_two_people_end_a_district_that_has_its_file_and_it_is_gone_pr_64_pr_65(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: Path
) -> None:
    district = District(store, protocol_hash=None)  # type: ignore[arg-type]  # nothing is opened here
    file = tmp_path / "all.jsonl"
    assert file.stat().st_mode & 0o077 == 0
    assert HERS["note"] in file.read_text()
    with store.read() as tx:
        digits = tx.exec_driver_sql("SELECT file FROM district_end").scalar_one()[:12]

    with TestClient(build_app(store, SETTINGS), base_url=SETTINGS.public_url) as site:
        officer, lead = at_console(site, district, OFFICER), at_console(site, district, LEAD, "es")
        counselor = at_console(site, district, COUNSELOR)
        wrong = words(officer.send(PAGE, f"{PAGE}/ask", 422, file="0123"))
        hidden = [counselor.client.get(PAGE).status_code, counselor.client.post(f"{PAGE}/ask", data={}).status_code]
        officer.send(PAGE, f"{PAGE}/ask", file=digits)
        twice(lead, PAGE, f"{PAGE}/withdraw", lambda: f"{PAGE}/destroy" in lead.get(PAGE))
        officer.send(PAGE, f"{PAGE}/ask", file=digits)
        own = officer.get(PAGE)
        with store.write() as tx:
            tx.exec_driver_sql("UPDATE session SET proved_at = '2026-01-01 00:00:00' WHERE person = 'p-lead'")
        form = {**lead.form(PAGE, f"{PAGE}/destroy"), "file": digits, "sure": "yes"}
        stale = lead.client.post(f"{PAGE}/destroy", data=form).status_code
        assert found(store, HERS)
        with store.write() as tx:
            tx.exec_driver_sql("UPDATE session SET proved_at = created_at WHERE person = 'p-lead'")
        lead.send(PAGE, f"{PAGE}/destroy", 422, file=digits)
        sure = {**lead.form(PAGE, f"{PAGE}/destroy"), "file": digits, "sure": "yes"}
        gone, once_more = (words(lead.post(f"{PAGE}/destroy", sure, 200)) for _ in range(2))
        afterwards = [each.client.get("/board").status_code for each in (officer, lead, counselor)]
        signs_in = site.post("/login", data={"username": LEAD, "password": "a lamp under seven quiet stairs"})

    assert "Type the first 12 digits" in wrong
    assert hidden in ([404, 404], [404, 403])
    assert f'action="{PAGE}/destroy"' not in own
    assert stale == 401
    assert "Todo el distrito: estudiantes: 2" in gone
    assert once_more == gone
    assert afterwards == [303, 303, 303]
    assert signs_in.status_code == 401
    assert found(store, HERS) == {}
    assert digits in key.with_name(f"{key.name}.destroyed").read_text()
    monkeypatch.setenv("CRISIS_KEY_FILE", str(key))
    store.close()
    shown = CliRunner().invoke(app, ["records", "districts"]).output
    assert f"the whole district {DISTRICT}: 2 students" in shown
