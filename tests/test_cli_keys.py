"""`crisis keys` as an operator types it, with a backup of before."""

import re
from datetime import timedelta
from pathlib import Path

from crisis.store import audit, key_file, sealed
from crisis.vocabulary import WordsId
from tests.test_cli_oncall import Crisis, crisis, installed
from tests.watch import Watch

__all__ = ["crisis"]  # the fixture


def test_a_new_key_takes_over_the_old_one_goes_and_a_backup_of_before_still_opens(
    crisis: Crisis, tmp_path: Path, watch: Watch
) -> None:
    with installed(tmp_path) as store, store.write() as tx:
        sealed.put(tx, store.keys, "subject", {WordsId("w-1"): "what somebody wrote"})
        [old] = store.keys.names
    crisis("backup", str(tmp_path / "before.bak"))

    new = re.findall(r"Added (k[0-9a-f]{8})", crisis("keys", "add"))[0]
    too_early = crisis("keys", "retire", old, "--to", str(tmp_path / "old.json"), fails=True)
    crisis("keys", "use", new)
    said = crisis("keys", "retire", old, "--to", str(tmp_path / "old.json"), fails=True)
    anew = crisis("keys", "seal-anew")
    listed = crisis("keys", "list")
    watch.ahead += key_file.SETTLED + timedelta(minutes=1)
    crisis("keys", "retire", old, "--to", str(tmp_path / "old.json"))

    assert "still seals 1 values" in too_early
    assert "still seals 1 values" in said
    assert "Sealed anew: 1." in anew
    assert [re.findall(rf"{each} .* (\d+) ", listed) for each in (new, old)] == [["1"], ["0"]]
    with installed(tmp_path) as store, store.read() as tx:
        assert store.keys.names == (new,)
        assert sealed.read(tx, store.keys, [WordsId("w-1")]) == {WordsId("w-1"): "what somebody wrote"}
        assert [each.action for each in audit.of(tx, new)] == ["key added", "key put in front", "sealed anew"]
    assert "take-back" in crisis("restore", str(tmp_path / "before.bak"), "--yes", fails=True)
    crisis("keys", "take-back", str(tmp_path / "old.json"))
    crisis("restore", str(tmp_path / "before.bak"), "--yes")
    with installed(tmp_path) as store, store.read() as tx:
        assert sealed.read(tx, store.keys, [WordsId("w-1")]) == {WordsId("w-1"): "what somebody wrote"}
