"""`crisis protocol draft`: copied, changed in a file, told what it changes, and checked; by those who may."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from crisis import cli, cli_drafts, clock
from crisis.protocols import loader
from crisis.store import protocols, roster
from crisis.store.engine import open_store
from crisis.store.sealed import KeyRing
from crisis.vocabulary import DistrictId, PersonId, StaffRole

D, LEAD, NURSE = DistrictId("d"), PersonId("p-lead"), PersonId("p-nurse")
Crisis = Callable[..., str]


@pytest.fixture
def crisis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Crisis:
    url, keys = f"sqlite:///{tmp_path}/crisis.db", tmp_path / "keys.json"
    monkeypatch.setenv("CRISIS_DATABASE_URL", url)
    monkeypatch.setenv("CRISIS_KEY_FILE", str(keys))
    for module in (cli, cli_drafts):
        monkeypatch.setattr(module, "out", Console(width=300))
    monkeypatch.setattr(cli, "err", Console(width=300, stderr=True))
    KeyRing.create(keys)
    store = open_store(url, keys, migrate=True)
    with store.write() as tx:
        roster.add_district(tx, D, "District")
        for person, post in ((LEAD, StaffRole.DISTRICT_LEAD), (NURSE, StaffRole.NURSE)):
            roster.add_person(tx, D, person, ("Given", person), staff=True)
            roster.give_post(tx, D, person, post)
        protocols.publish(tx, loader.protocol("missing_student"), clock.now())
    store.close()

    def run(*words: str, ends: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["crisis", "protocol", "draft", *words])
        with pytest.raises(SystemExit) as end:
            cli.main()
        assert (end.value.code or 0) == ends
        printed = capsys.readouterr()
        return printed.out + printed.err

    return run


def test_a_draft_goes_out_as_a_file_and_comes_back_changed(crisis: Crisis, tmp_path: Path) -> None:
    draft, file = crisis("begin", D, "missing_student", "--by", LEAD).strip(), tmp_path / "mine.yaml"
    text = crisis("show", D, draft)
    file.write_text(text.replace("within: PT5M", "within: PT9M", 1))

    assert "Saving 2." in crisis("save", D, draft, str(file), "--by", LEAD)
    assert re.search(r"looser: .*within 9 minutes .*; was: within 5 minutes", crisis("difference", D, draft))
    assert "holds: 0 states" in crisis("check", D, draft, "--by", LEAD)
    assert "p-lead" in crisis("list", D)

    file.write_text("id: [")
    assert "the protocol line" in crisis("save", D, draft, str(file), "--by", LEAD, ends=1)
    assert crisis("show", D, draft) == "id: [\n"


def test_who_may_not_write_at_the_console_may_not_here(crisis: Crisis) -> None:
    crisis("begin", D, "missing_student", "--by", NURSE, ends=1)
    crisis("begin", "elsewhere", "missing_student", "--by", LEAD, ends=1)
