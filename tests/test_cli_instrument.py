"""Text packs as an operator types them: an empty one, what is wrong with it, the permission, and in use."""

from pathlib import Path

import pytest
from rich.console import Console

from crisis import cli_instrument
from crisis.store import instrument_texts
from tests.factories import DISTRICT
from tests.store.packs import body_of
from tests.test_cli import Crisis, crisis, installation, installed
from tests.web.district import OFFICER, a_district

__all__ = ["crisis", "installation"]
WHO = ("--district", DISTRICT, "--by", OFFICER)


def test_an_empty_pack_is_filled_in_checked_permitted_and_installed(
    crisis: Crisis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli_instrument, "out", Console(width=200))
    crisis("init")
    with installed(tmp_path) as store:
        a_district(store)
    empty, filled = tmp_path / "empty.yaml", tmp_path / "filled.yaml"
    empty.write_text(crisis("instrument", "template", "cssrs"))
    filled.write_text(body_of("cssrs"))

    listed = crisis("instrument", "list")
    wrong = crisis("instrument", "check", str(empty), fails=True)
    right = crisis("instrument", "check", str(filled))
    refused = crisis("instrument", "install", str(filled), *WHO, fails=True)
    terms = ("--basis", "letter", "--given-by", "R. Owner", "--paper", "Folder 9", "--notice", "With permission")
    crisis("instrument", "permit", "cssrs", *WHO, *terms, "--until", "2099-06-30")
    crisis("instrument", "install", str(filled), *WHO)

    assert "permission_required" in listed
    assert "empty.yaml line" in wrong
    assert "fits cssrs" in right
    assert "Record the permission first" in refused
    with installed(tmp_path) as store, store.read() as tx:
        kept = instrument_texts.of_district(tx, DISTRICT)
    assert [(use.instrument, use.language) for use in kept.uses] == [("cssrs", "en")]
    assert [str(each.terms.last_day) for each in kept.permissions] == ["2099-06-30"]
