"""What is there to try things with does not run against a district that works with it (ASVS 15.2.3)."""

import hashlib
import json
import sys
from contextlib import closing
from pathlib import Path

import pytest

from crisis import cli, demo
from crisis.errors import Refused
from crisis.notify.handsets_main import must_stand_in
from crisis.settings import Settings
from crisis.store import roster
from crisis.store.engine import open_store
from crisis.store.sealed import KeyRing
from crisis.vocabulary import DistrictId


def refused(monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    said: list[str] = []
    monkeypatch.setattr(sys, "argv", ["crisis", *words])
    monkeypatch.setattr(cli, "_no", lambda text: said.append(text) or 1)
    with pytest.raises(SystemExit):
        cli.main()
    return said[0]


def digests(folder: Path) -> dict[str, str]:
    return {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in folder.iterdir()}


def a_district_of_its_own(folder: Path) -> None:
    KeyRing.create(folder / "keys.json")
    made = open_store(f"sqlite:///{folder}/crisis.db", folder / "keys.json", migrate=True)
    with closing(made) as store, store.write() as tx:
        roster.add_district(tx, DistrictId("real"), "A real district")


def test_the_demo_leaves_a_database_alone_that_it_did_not_make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_district_of_its_own(tmp_path)
    before = digests(tmp_path)

    said = refused(monkeypatch, "demo", "--data", str(tmp_path), "--port", "0")

    assert "the demo did not make it" in said
    assert digests(tmp_path) == before


def test_nor_one_that_came_into_its_folder_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_district_of_its_own(tmp_path)
    (tmp_path / "sign-ins.json").write_text(json.dumps([]))

    assert "left alone" in refused(monkeypatch, "demo", "--data", str(tmp_path), "--port", "0")


def test_the_demo_takes_no_setting_of_an_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("CRISIS_HEARTBEAT_URL=https://watch.example.org/1\n")
    monkeypatch.setenv("CRISIS_SMTP_HOST", "mail.example.org")
    monkeypatch.setenv("CRISIS_SMTP_FROM", "crisis@example.org")

    made = demo._settings(tmp_path, 8000, 8001)

    assert (Settings().smtp_host, Settings().heartbeat_url) == ("mail.example.org", "https://watch.example.org/1")
    assert (made.smtp_host, made.heartbeat_url) == ("", None)


@pytest.mark.parametrize("name", ["provider_url", "second_url"])
def test_the_stand_in_takes_the_place_of_no_real_provider(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"CRISIS_{name.upper()}", "https://api.provider.example")

    assert "settings are of a real installation" in refused(monkeypatch, "handsets")


def test_at_this_machine_it_does() -> None:
    must_stand_in(Settings(provider_url="http://127.0.0.1:8001", second_url="http://localhost:8001"))
    with pytest.raises(Refused):
        must_stand_in(Settings(provider_url="http://127.0.0.1.example:8001"))
