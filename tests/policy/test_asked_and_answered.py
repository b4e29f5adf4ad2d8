"""No rule asks for something that the product never says: what a decision takes in is filled from the record."""

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from crisis.policy import contact, disclosure_case

STORE = Path(__file__).resolve().parents[2] / "crisis" / "store"
# The one answer that stands: an interpreter is offered whatever the caller speaks, since nobody records who speaks what
# well enough to interpret (`privacy-and-culture.md` 2.3, field 6).
FIXED = {"staff_speak"}


def said() -> Iterator[str]:
    """Each name that the store gives a value to, where it makes or changes such a thing."""
    for path in STORE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and called(node) in {"Circumstances", "replace", "Adult", "ContactRecord"}:
                yield from (each.arg for each in node.keywords if each.arg is not None)


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


@pytest.mark.parametrize(
    "kind", [contact.Circumstances, contact.Adult, contact.ContactRecord, disclosure_case.Circumstances]
)
def test_what_a_decision_asks_the_store_answers_pr_42_pr_84(kind: type) -> None:
    """PR-42 was such a rule once: right, tested, and asked of a field that nothing ever filled."""
    asked = {each.name for each in fields(kind)}

    assert asked - set(said()) - FIXED == set()
