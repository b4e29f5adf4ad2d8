"""The shape of the code, checked by machine: sizes, complete tables, generated pages that are current."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from crisis import commands, effects, events
from crisis.statemachine import decide, lifecycle
from crisis.statemachine.case import rule
from crisis.statemachine.folding import folded

ROOT = Path(__file__).resolve().parent.parent
LINES_A_FILE = 400
LINES_A_FUNCTION = {
    "crisis/statemachine": 40,
    "crisis/policy": 40,
    "crisis/schedules": 40,
    "crisis/protocols": 40,
    "crisis/checker": 60,
    "web/pages": 50,
}
LINES_ELSEWHERE = 60
POSITIONAL = 5


def production_files() -> list[Path]:
    found = [path for room in ("crisis", "web") for path in (ROOT / room).rglob("*.py")]
    return [path for path in found if "migrations/versions" not in path.as_posix()]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text())
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def limit_of(path: Path) -> int:
    place = path.relative_to(ROOT).as_posix()
    return next((limit for room, limit in LINES_A_FUNCTION.items() if place.startswith(room)), LINES_ELSEWHERE)


def test_no_production_file_is_longer_than_the_limit() -> None:
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in production_files()}

    too_long = {place: lines for place, lines in lengths.items() if lines > LINES_A_FILE}

    assert too_long == {}


def test_no_function_is_longer_than_its_room_allows() -> None:
    too_long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {(node.end_lineno or 0) - node.lineno + 1}"
        for path in production_files()
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno + 1 > limit_of(path)
    ]

    assert too_long == []


def test_after_five_parameters_the_rest_are_named() -> None:
    too_many = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in production_files()
        for node in functions(path)
        if len([arg for arg in (*node.args.posonlyargs, *node.args.args) if arg.arg not in ("self", "cls")])
        > POSITIONAL
    ]

    assert too_many == []


def test_a_broad_except_stands_once_in_the_worker() -> None:
    broad = [
        path.relative_to(ROOT).as_posix()
        for path in production_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler) and isinstance(node.type, ast.Name | type(None))
        if node.type is None or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException"))
    ]

    assert broad == ["crisis/notify/worker.py"]


def concrete(module: object, base: type) -> set[type]:
    return {thing for thing in vars(module).values() if isinstance(thing, type) and issubclass(thing, base)} - {base}


def test_every_command_has_a_rule() -> None:
    missing = {command.__name__ for command in concrete(commands, commands.Command) if command not in rule.registry}

    assert missing == set()
    assert len(decide.CONCERNS) > 0


def test_every_event_has_a_fold_but_the_first() -> None:
    missing = {event.__name__ for event in concrete(events, events.Event) if event not in folded.registry}

    assert missing == {"IncidentOpened"}  # it begins an incident instead of changing one


def test_every_effect_is_in_the_closed_list() -> None:
    named = {thing for thing in vars(effects).values() if isinstance(thing, type) and hasattr(thing, "__slots__")}

    assert set(get_args(effects.Effect)) <= named


def test_the_machines_have_no_jumps_that_are_not_drawn() -> None:
    for machine in lifecycle.LIFECYCLES:
        drawn = {move.trigger for move in machine.moves}
        assert set(machine._machine.events) == drawn


def test_the_lifecycle_page_is_current() -> None:
    assert (ROOT / "docs" / "lifecycle.md").read_text() == lifecycle.drawing()


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["lint-imports"],
    ],
    ids=" ".join,
)
def test_the_house_rules_hold(command: list[str]) -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / command[0]), *command[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_no_lock_file_names_an_index() -> None:
    for lock in ROOT.glob("requirements*.txt"):
        text = lock.read_text()
        assert "index-url" not in text
        assert "://" not in text
