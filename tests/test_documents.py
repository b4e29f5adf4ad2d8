"""Documents that are made from the code are current, and what they name exists."""

import re
from pathlib import Path

import pytest
import typer.main

from crisis import cli
from tests import asvs, failures, invariants, inventory, proved

ROOT = Path(__file__).resolve().parent.parent
DOCS = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])


def test_the_page_of_protocols_is_current() -> None:
    assert (ROOT / "docs" / "protocols.md").read_text(encoding="utf-8") == proved.page()


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8"))

    missing = [target for target in targets if not (page.parent / target).exists()]

    assert missing == []


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_files_that_a_document_names_exist(page: Path) -> None:
    named = re.findall(r"`((?:crisis|web|tests|bench|docs)/[\w/.-]+)`", page.read_text(encoding="utf-8"))

    missing = [place for place in named if not (ROOT / place.rstrip("/")).exists()]

    assert missing == []


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_commands_that_a_document_names_exist(page: Path) -> None:
    root = typer.main.get_command(cli.app)
    named = re.findall(r"^crisis ([a-z-]+)(?: ([a-z][a-z-]*))?", _in_code(page), re.MULTILINE)
    commands = getattr(root, "commands", {})
    groups = {name: getattr(command, "commands", {}) for name, command in commands.items()}

    unknown = [
        f"{first} {second}"
        for first, second in named
        if first not in commands or (groups[first] and second and second not in groups[first])
    ]

    assert unknown == []


def _in_code(page: Path) -> str:
    """Only what stands as code: prose also speaks of crises."""
    text = page.read_text(encoding="utf-8")
    return "\n".join([*re.findall(r"`([^`\n]+)`", text), *re.findall(r"^    (.+)$", text, re.MULTILINE)])


def test_compose_starts_commands_that_exist() -> None:
    root = typer.main.get_command(cli.app)
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")

    started = re.findall(r'command: \["crisis", "([a-z]+)"', compose)

    assert started == ["init", "serve", "worker", "sentinel"]
    assert set(started) <= set(getattr(root, "commands", {}))


def test_the_table_of_failures_is_current() -> None:
    """Made anew by `python -m tests.failures`."""
    page = failures.PAGE.read_text(encoding="utf-8")

    assert page == failures.with_table(page)


def test_each_failure_has_a_test_or_a_reason_and_not_both() -> None:
    proved, explained = failures.proofs().keys(), failures.WHY_NOT.keys()

    assert [row for row in failures.ROWS if (row in proved) == (row in explained)] == []
    assert failures.vanished() == []


def test_the_table_of_asvs_is_current_and_names_tests_that_exist() -> None:
    """Made anew by `python -m tests.asvs`."""
    page = asvs.PAGE.read_text(encoding="utf-8")

    assert page == asvs.page_with(page)
    assert asvs.vanished() == []
    assert [number for number, row in asvs.ROWS.items() if bool(row.proof) == bool(row.why) and not row.in_part] == []


def test_each_requirement_of_asvs_stands_once_with_its_level() -> None:
    """All of levels 1 and 2: what is not met says so, and none is left out."""
    assert asvs.unsaid() == []
    assert [sum(level == each for level in asvs.LEVELS.values()) for each in (1, 2, 3)] == [70, 183, 92]


def test_the_table_of_privacy_is_current() -> None:
    """Made anew by `python -m tests.invariants`."""
    page = invariants.PAGE.read_text(encoding="utf-8")

    assert page == invariants.with_table(page)
    assert not invariants.proofs().keys() & invariants.WHY_NOT.keys()
    assert invariants.proofs().keys() <= invariants.ROWS.keys()
    assert invariants.vanished() == []


def test_the_inventory_of_data_is_current_pr_49() -> None:
    assert inventory.PAGE.read_text(encoding="utf-8") == inventory.page()
