"""The table of invariants says what the code does."""

import inspect
import re
from pathlib import Path

from crisis.sentinel import auditing, auditor
from web.pages.paging import FOUND

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (I\d+) \| ([^|]+) \| (yes|no) \| ([^|]+) \|$", re.MULTILINE)


def in_docstrings() -> set[str]:
    functions = [*auditing.CHECKS, *(each for _, each in inspect.getmembers(auditor.Auditor, inspect.isfunction))]
    said = " ".join(each.__doc__ or "" for each in functions)
    return set(re.findall(r"\bI\d+\b", said)) | ({"I20"} if auditor.SLOW else set())


def test_every_invariant_is_looked_at_or_has_a_reason_why_not() -> None:
    rows = ROW.findall((ROOT / "docs" / "reliability.md").read_text(encoding="utf-8"))

    assert [row[0] for row in rows] == [f"I{number}" for number in range(1, 21)]
    assert {row[0] for row in rows if row[2] == "yes"} == in_docstrings()
    assert all(len(row[3]) > 20 for row in rows if row[2] == "no")


def test_what_is_looked_at_is_planted_and_has_words_on_the_console() -> None:
    planted = (ROOT / "tests" / "sentinel" / "test_auditor.py").read_text(encoding="utf-8")

    assert in_docstrings() == set(FOUND)
    assert {name for name in in_docstrings() if f"_{name.lower()}_" not in planted} == set()
