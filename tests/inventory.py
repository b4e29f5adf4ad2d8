"""What the database holds: `python -m tests.inventory` writes `docs/data-inventory.md`, a test compares the two."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from crisis.access_words import Category, Matter, Sensitivity, View
from crisis.policy import matters
from crisis.policy.projection import AGREED, BY_ANOTHER_RULE, LISTED, OF_CATEGORY, holds
from crisis.store.labels import ASKS, Asks, Label, Table
from crisis.store.labels_of_columns import TABLES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "data-inventory.md"
ASKED = [each.name for each in fields(Asks)]
VIEWS = [view for view in View if LISTED[view]]
HEAD = """# What the database holds, and who sees it

Made from `crisis/store/labels_of_columns.py`, `crisis/store/labels_of_staff.py` and `crisis/policy/projection.py` by
`python -m tests.inventory`; a test compares them. A column without a label, and a category without a decision for each
view, fail the tests.

Sensitivity: **technical** says nothing of anybody; **N** normal; **R** restricted, as everything of an incident is;
**V** very restricted: it could out or endanger somebody by itself. Kept: **open**; **sealed** under the key of one
student or incident, or of the installation; **words**: the id of sealed words, with the label of what they say;
**digest**: what it was made of cannot be read back. Who may do what, operation by operation: [access.md](access.md).
"""


def _levels() -> Iterator[str]:
    yield "## What each level asks for\n"
    yield "Each column has one of them (below); the narrowest of a row counts for what is copied out of it.\n"
    yield from _header("sensitivity", *(each.replace("_", " ") for each in ASKED))
    for level in Sensitivity:
        yield row(level, *(getattr(ASKS[level], name) for name in ASKED))
    yield ""


def yes(found: bool) -> str:
    return "yes" if found else ""


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _header(*cells: str) -> list[str]:
    return [row(*cells), row(*("---" for _ in cells))]


def _views() -> Iterator[str]:
    yield "## Which view of an incident lists what\n"
    yield "Whoever raised an incident is told its status, and whoever is paged the page; they see nothing of this.\n"
    yield from _header("matter", *VIEWS, "what a partner's agreement must list")
    for matter in Matter:
        agreed = ", ".join(sorted(AGREED[matter])) or "nothing" if matter in AGREED else "never"
        yield row(matter, *(yes(matter in LISTED[view]) for view in VIEWS), agreed)
    yield ""
    yield from _header("matter", "fields of an incident", "events")
    for matter in Matter:
        names = [f"`{name}`" for name in matters.INCIDENT.get(matter, ())]
        events = [f"`{event.__name__}`" for event, about in matters.EVENTS.items() if about.matter is matter]
        yield row(matter, ", ".join(names), ", ".join(events))
    yield ""


def _categories() -> Iterator[str]:
    yield "## Which view may show a value of which category\n"
    yield from _header("category", "by the matter", *VIEWS)
    for category in Category:
        matter = OF_CATEGORY[category]
        by = matter if matter is not None else BY_ANOTHER_RULE[category]
        yield row(category, by, *(yes(holds(view, category)) for view in VIEWS))
    yield ""


def _columns() -> Iterator[str]:
    yield "## Each column\n"
    for name, table in sorted(TABLES.items()):
        yield from _table(name, table)


def _table(name: str, table: Table) -> Iterator[str]:
    yield f"### `{name}`\n"
    yield f"Seen by: {table.readers}.\n"
    yield from _header("columns", "sensitivity", "categories", "kept")
    alike: dict[Label, list[str]] = {}
    for column, label in table.columns.items():
        alike.setdefault(label, []).append(f"`{column}`")
    for label, columns in alike.items():
        categories = "any" if label.categories == frozenset(Category) else ", ".join(sorted(label.categories))
        yield row(", ".join(columns), label.sensitivity, categories, label.kept)
    yield ""


def page() -> str:
    return "\n".join([HEAD, *_levels(), *_views(), *_categories(), *_columns()])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
