"""What the audit calls each deed has words in both languages: whoever lists deeds reads no code."""

import ast
from collections.abc import Iterator
from pathlib import Path

from crisis.store.codec import COMMANDS
from web.pages.incident import SHEETS
from web.rendering import translations
from web.words_of_audit import DEEDS, ORDER, OTHER, deed

ROOT = Path(__file__).resolve().parents[2]
BY_WORDS = ("seen_by", "sent_of_student", "_record")  # they take the deed in order, not by its name


def written() -> Iterator[str]:
    """Every deed that some line of the product puts on record."""
    for path in (*(ROOT / "crisis").rglob("*.py"), *(ROOT / "web").rglob("*.py")):
        for each in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(each, ast.Call):
                yield from _said(each)
    yield from (f"{sheet} viewed" for sheet in SHEETS)


def _said(call: ast.Call) -> Iterator[str]:
    named = [each.value for each in call.keywords if each.arg == "action"]
    ordered = call.args if isinstance(call.func, ast.Name) and call.func.id in BY_WORDS else []
    for each in (*named, *ordered):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and " " in each.value:
            yield each.value


def test_every_deed_that_is_put_on_record_has_its_words() -> None:
    assert sorted(set(written()) - DEEDS) == []
    assert len(set(written())) > 150


def test_they_are_in_the_readers_language_and_an_order_is_not_told_by_its_name() -> None:
    spanish = translations("es").gettext

    assert spanish(deed("contacts viewed")) == "contactos vistos"
    assert {deed(each) for each in COMMANDS} == {ORDER}
    assert spanish(deed("AddNote")) == "una orden en un incidente"
    assert deed("a word of another time") == OTHER
