"""Each column has its label, and each category its decision in each view (PR-49)."""

from dataclasses import fields
from importlib import import_module
from pkgutil import iter_modules

from sqlalchemy import Column, LargeBinary, MetaData, Table
from sqlmodel import SQLModel

from crisis import store
from crisis.access_words import Category, Sensitivity, View
from crisis.policy.projection import BY_ANOTHER_RULE, LISTED, OF_CATEGORY, holds
from crisis.store.labels import ASKS, Asks, Kept
from crisis.store.labels_of_columns import TABLES


def tables() -> dict[str, Table]:
    for found in iter_modules(store.__path__):
        if found.name.endswith("tables"):
            import_module(f"crisis.store.{found.name}")  # that fills the metadata
    return dict(SQLModel.metadata.tables)


def unlabelled(known: dict[str, Table]) -> list[str]:
    """Columns without a label, and labels without a column."""
    columns = {f"{name}.{column.name}" for name, table in known.items() for column in table.columns}
    labelled = {f"{name}.{column}" for name, table in TABLES.items() for column in table.columns}
    return sorted(columns ^ labelled)


def test_each_column_of_each_table_has_its_label_pr_49() -> None:
    assert unlabelled(tables()) == []


def test_a_new_column_without_a_label_is_named_pr_49() -> None:
    known = Table("incident", MetaData(), *(Column(name) for name in TABLES["incident"].columns), Column("mood"))

    assert unlabelled(tables() | {"incident": known}) == ["incident.mood"]


def test_each_category_has_its_decision_in_each_view_or_the_rule_that_decides_instead_pr_49() -> None:
    assert set(OF_CATEGORY) == set(Category)
    assert set(BY_ANOTHER_RULE) == {each for each, matter in OF_CATEGORY.items() if matter is None}
    for view in View:
        assert {each for each in Category if holds(view, each)} == {
            each for each, matter in OF_CATEGORY.items() if matter in LISTED[view]
        }


def test_what_is_stored_as_bytes_is_sealed_and_what_refers_to_words_says_so() -> None:
    for name, table in tables().items():
        for column in table.columns:
            label = TABLES[name].columns[column.name]
            if isinstance(column.type, LargeBinary) and column.name != "public_key":
                assert label.kept is Kept.SEALED, f"{name}.{column.name}"
            refers = any(key.target_fullname == "words.id" for key in column.foreign_keys)
            assert (label.kept is Kept.WORDS) == (refers or (name, column.name) == ("intake_answer", "words"))


def test_each_level_says_what_it_asks_for() -> None:
    """ASVS 14.1.2: how it is kept, whether it may be logged, where it may go, and how long."""
    assert set(ASKS) == set(Sensitivity)
    assert [level for level in Sensitivity if ASKS[level].may_be_logged.startswith("yes")] == [Sensitivity.TECHNICAL]
    assert all(getattr(ASKS[level], each.name) for level in Sensitivity for each in fields(Asks))


def test_nothing_very_restricted_is_seen_by_every_member_of_staff() -> None:
    for name, table in TABLES.items():
        for column, label in table.columns.items():
            if label.sensitivity is Sensitivity.VERY_RESTRICTED or label.categories:
                assert table.readers.name not in ("STAFF", "PLANNERS", "ACCOUNTS", "CALL_TREE"), f"{name}.{column}"
