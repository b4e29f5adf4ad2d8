"""`crisis oncall readiness` and `test`, `crisis roster leave` and `account end`, as an operator types them."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from rich.console import Console

from crisis import cli_ready, clock
from crisis.readiness_words import Proof
from crisis.store import errands, methods, pins
from crisis.vocabulary import Channel, PersonId
from tests.test_cli_oncall import ANN, BEN, Crisis, crisis, installed, rotated

__all__ = ["crisis"]  # the fixture


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_ready, "out", Console(width=200))


def makes_ready(folder: Path, *people: PersonId) -> None:
    numbers = {ANN: "+16175550100", BEN: "+16175550101"}
    with installed(folder) as store, store.write() as tx:
        for person in people:
            for channel in (Channel.TEXT, Channel.VOICE):
                methods.prove(tx, person, numbers[person], channel, Proof.ANSWERED, at=clock.now())
            pins.set_pin(tx, person, "408215", clock.now())


def test_what_is_red_is_printed_and_the_command_fails(crisis: Crisis, tmp_path: Path) -> None:
    rotated(crisis)
    makes_ready(tmp_path, ANN)

    said = crisis("oncall", "readiness", "d", fails=True)
    told = json.loads(crisis("oncall", "readiness", "d", "--json", fails=True))

    assert "no test answered in 30 days" in said
    assert "1 of 2 people on the rota are ready" in said
    assert told["ready"] is False
    assert {each["person"]: each["lacks"] for each in told["people"]}[ANN] == []
    assert "Lee" not in str(told)
    assert "+1617" not in str(told)


def test_where_all_is_well_it_says_so_and_succeeds(crisis: Crisis, tmp_path: Path) -> None:
    rotated(crisis)
    makes_ready(tmp_path, ANN, BEN)
    with installed(tmp_path) as store, store.write() as tx:  # the roles that every school needs are not theirs to take
        tx.exec_driver_sql("UPDATE rotation SET school = NULL")
        for role in ("oncall_clinician", "district_oncall"):
            tx.exec_driver_sql(
                "INSERT INTO shift (id, district, school, role, level, person, starts_at, ends_at)"
                f" VALUES ('{role}', 'd', NULL, '{role}', 0, '{ANN}', '2020-01-01', '2100-01-01')"
            )

    assert "Ready." in crisis("oncall", "readiness", "d")


def test_a_test_page_is_put_on_its_way(crisis: Crisis, tmp_path: Path) -> None:
    said = crisis("oncall", "test", ANN)

    with closing(installed(tmp_path).thing) as store, store.read() as tx:
        waiting = errands.asking(tx, clock.now(), person=ANN)
    assert "text and voice" in said
    assert len(waiting) == 2
    assert "no such thing" in crisis("oncall", "test", "p-nobody", fails=True)


def test_who_is_alone_on_a_level_leaves_only_when_somebody_follows(crisis: Crisis) -> None:
    crisis("oncall", "rotate", "s", "nurse", ANN, "--starts", "2026-10-05T08:00", "--days", "1")

    refused = crisis("roster", "leave", ANN, fails=True)
    also = crisis("account", "end", ANN, fails=True)
    crisis("roster", "leave", ANN, "--instead", BEN)

    assert "Name who takes their place" in refused
    assert "F56" in also
    assert "Ben Lee" in crisis("oncall", "who", "s", "nurse")
