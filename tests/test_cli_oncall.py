"""`crisis oncall` as an operator types it."""

import sys
from collections.abc import Callable
from contextlib import closing
from datetime import time, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from crisis import cli, cli_ladders, cli_oncall, clock
from crisis.store import overrides, roster
from crisis.store.engine import Store, open_store
from crisis.store.overrides import Away
from crisis.vocabulary import DistrictId, PersonId, SchoolId, StaffRole

Crisis = Callable[..., str]
D, SCHOOL, ANN, BEN = DistrictId("d"), SchoolId("s"), PersonId("p-ann"), PersonId("p-ben")


def installed(folder: Path) -> closing[Store]:
    return closing(open_store(f"sqlite:///{folder}/var/crisis.db", folder / "var" / "keys.json"))


@pytest.fixture
def crisis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Crisis:
    """One command, on an installation with a school and two nurses; fails where it fails unless `fails` says so."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CRISIS_DATABASE_URL", f"sqlite:///{tmp_path}/var/crisis.db")
    monkeypatch.setenv("CRISIS_KEY_FILE", str(tmp_path / "var" / "keys.json"))
    for module in (cli, cli_oncall, cli_ladders):
        monkeypatch.setattr(module, "out", Console(width=200))
    monkeypatch.setattr(cli, "err", Console(width=200, stderr=True))

    def run(*words: str, fails: bool = False) -> str:
        monkeypatch.setattr(sys, "argv", ["crisis", *words])
        with pytest.raises(SystemExit) as end:
            cli.main()
        printed = capsys.readouterr()
        assert bool(end.value.code) is fails, printed
        return printed.out + printed.err

    run("init")
    with installed(tmp_path) as store, store.write() as tx:
        roster.add_district(tx, D, "A district")
        roster.add_school(tx, D, SCHOOL, "A school", zone="America/New_York", opens=time(8), closes=time(15))
        for number, person in enumerate((ANN, BEN)):
            roster.add_person(tx, D, person, (person.removeprefix("p-").title(), "Lee"), staff=True)
            roster.give_post(tx, D, person, StaffRole.NURSE, SCHOOL)
            roster.add_phone(tx, person, f"617-555-01{number:02}")
    return run


def rotated(crisis: Crisis) -> None:
    crisis("oncall", "rotate", "s", "nurse", ANN, BEN, "--starts", "2026-10-05T08:00", "--days", "1")


def test_who_is_on_call_and_which_layer_decided(crisis: Crisis) -> None:
    rotated(crisis)

    monday = crisis("oncall", "who", "s", "nurse", "--at", "2026-10-05T08:00")
    before = crisis("oncall", "who", "s", "nurse", "--at", "2026-10-05T07:59")
    twice = crisis("oncall", "who", "s", "nurse", "--at", "2026-11-01T01:30")

    assert "Ann Lee" in monday
    assert "rotation" in monday
    assert "NOBODY" in before
    assert "2026-11-01 01:30 EDT" in twice


def test_gaps_fail_so_that_a_script_can_ask(crisis: Crisis) -> None:
    said = crisis("oncall", "gaps", "d", fails=True)

    assert "oncall_clinician" in said
    assert "NOBODY" in said


def test_a_gap_by_absence_is_shown_until_the_days_that_are_asked_for(crisis: Crisis, tmp_path: Path) -> None:
    rotated(crisis)
    at = clock.now()
    away = Away(id="a", person=ANN, starts_at=at, ends_at=at + timedelta(days=2), told_by=ANN)
    with installed(tmp_path) as store, store.write() as tx:
        overrides.add_absence(tx, D, away, at=at)

    assert "nurse" in crisis("oncall", "gaps", "d", "--days", "2", fails=True)


def test_a_closure_hands_over_to_the_rotation_for_out_of_hours(crisis: Crisis) -> None:
    for person, covers in ((ANN, "school_hours"), (BEN, "out_of_hours")):
        crisis("oncall", "rotate", "s", "nurse", person, "--starts", "2026-10-05T08:00", "--covers", covers)
    before = crisis("oncall", "who", "s", "nurse", "--at", "2026-10-06T12:00")

    crisis("oncall", "close", "s", "2026-10-06", "--from", "11:00")

    after = crisis("oncall", "who", "s", "nurse", "--at", "2026-10-06T12:00")
    assert ("Ann Lee" in before, "bell schedule" in before) == (True, True)
    assert ("Ben Lee" in after, "closure" in after) == (True, True)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("who", "s", "--at", "soon"), "2026-11-01T01:30"),
        (("who", "nowhere"), "no such thing"),
        (("close", "s", "tomorrow"), "2026-09-01"),
        (("close", "s", "2026-10-06", "--from", "noon"), "08:00"),
        (("rotate", "s", "admin", ANN, "--starts", "2026-10-05T08:00"), "does not let them"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(crisis: Crisis, words: tuple[str, ...], why: str) -> None:
    assert why in crisis("oncall", *words, fails=True)


def test_a_ladder_is_shown_as_it_is_and_changed_for_the_pages_to_come(crisis: Crisis) -> None:
    usual = crisis("oncall", "ladder", D, "oncall_clinician", "u1")
    crisis("oncall", "ladder", D, "nurse", "u1", "--answer-within", "60,90", "--asks", "rota,pool")
    changed = crisis("oncall", "ladder", D, "nurse", "u1")
    refused = crisis("oncall", "ladder", D, "nurse", "u1", "--answer-within", "60", "--texts", "75", fails=True)
    empty = crisis("oncall", "ladder", D, "nurse", "u1", "--answer-within", "60,60", fails=True)
    nonsense = crisis("oncall", "ladder", D, "nurse", "u1", "--answer-within", "soon", fails=True)

    assert "Alarm after 480 s" in usual
    assert "called after 0, 45, 90, 210, 330, 450 s" in usual
    assert "Alarm after 150 s" in changed
    assert "pool" in changed
    assert "before the time of its level is over" in refused
    assert "Level 2 would call nobody in the coming 14 days" in empty
    assert "Write seconds separated by commas" in nonsense


def test_skills_are_set_for_one_person_and_shown_for_all(crisis: Crisis) -> None:
    crisis("oncall", "skills", D, ANN, "language:es", "sign_language")

    assert "Ann Lee: language:es, sign_language" in crisis("oncall", "skills", D)
    assert "as a code" in crisis("oncall", "skills", D, ANN, "Spanish!", fails=True)
    crisis("oncall", "skills", D, ANN)
    assert "Ann" not in crisis("oncall", "skills", D)
