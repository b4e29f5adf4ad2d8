"""What must never be stored has no column, no word in a closed list, and no way into who is paged (PR-45, PR-46)."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from importlib import import_module
from pkgutil import iter_modules
from typing import get_args, get_type_hints

from sqlmodel import SQLModel

import crisis
from crisis import store
from crisis.access_words import Category
from crisis.ladders import Cadence, Ladder
from crisis.notify.owing import Due, Owing, Past
from crisis.notify.pacing import Turn
from crisis.notify.people_to_tell import Reachable
from crisis.policy.contact import Adult, Circumstances, Contact, ContactRecord, Restriction
from crisis.policy.directory import Agency, Wanted
from crisis.policy.family_plan import Condition, Plan
from crisis.protocols import loader
from crisis.schedules.rota import Rotation, Slot
from crisis.statemachine.ground import Ground, Wishes
from crisis.statemachine.incident import Incident, Page
from crisis.store import codec

NEVER = re.compile(
    r"immigra|visa|citizen|ssn|social_security|birth_?place|birth_?country|country_of_birth|city_of_birth"
    r"|orientation|transgender|religio|faith|ethnic|(^|_)race($|_)|nationalit|diagnos|biometric|psychotherapy|(counsel|therapy|sud)\w*_note"
)
ROUTING = (
    Incident, Page, Ladder, Cadence, Reachable, Turn, Due, Owing, Past, Rotation, Slot,
    Adult, Circumstances, Contact, ContactRecord, Restriction, Plan, Condition,
    Ground, Wishes, Wanted, Agency,
)  # fmt: skip


def test_no_table_has_a_column_for_it_pr_45() -> None:
    for found in iter_modules(store.__path__):
        if found.name.endswith("tables"):
            import_module(f"crisis.store.{found.name}")  # that fills the metadata
    columns = [f"{table.name}.{column.name}" for table in SQLModel.metadata.tables.values() for column in table.columns]

    assert len(columns) > 200
    assert [each for each in columns if NEVER.search(each.split(".")[1])] == []


def test_no_closed_list_has_a_word_for_it_pr_45() -> None:
    modules = [import_module(f"crisis.{each.name}") for each in iter_modules(crisis.__path__) if is_of_words(each.name)]
    lists = {
        thing
        for module in modules
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Enum)
    }
    words = [f"{each.__name__}.{member.value}" for each in lists - {Category} for member in each]

    assert {"crisis.vocabulary", "crisis.message_words", "crisis.referral_words"} <= {each.__name__ for each in modules}
    assert len(words) > 500
    assert [each for each in words if NEVER.search(each.split(".", 1)[1].lower())] == []


def test_labels_name_what_is_sensitive_and_hold_nothing_of_anybody_pr_45() -> None:
    """That a column may tell of a faith is said about the column; no row, event or order of a student has the word."""
    kinds = [*codec.EVENTS.values(), *codec.COMMANDS.values()]
    held_by = {inner for kind in kinds for hint in get_type_hints(kind).values() for inner in held(hint)}

    assert Category not in held_by


def is_of_words(name: str) -> bool:
    return name == "vocabulary" or name.endswith("_words")


def test_no_event_and_no_order_has_a_field_for_it_pr_45() -> None:
    """What is in the log or can be sent is stored for ever, whatever the columns are called."""
    kinds = [*codec.EVENTS.values(), *codec.COMMANDS.values()]
    names = [f"{kind.__name__}.{name}" for kind in kinds for name in names_within(kind, set())]

    assert len(names) > 500
    assert [each for each in names if NEVER.search(each.split(".")[1])] == []


def test_no_question_of_a_protocol_or_form_for_families_asks_for_it_pr_45() -> None:
    """What staff are asked at a step is kept under its name; a diagnosis is the hospital's word, and none of ours."""
    steps = [step for name in loader.names() for step in loader.protocol(name).steps]
    asked = [f"{step.id}.{field.name}" for step in steps for field in step.evidence]
    facts = [fact.id for name in loader.names() for fact in loader.protocol(name).facts]

    assert len(asked) > 100
    assert [each for each in [*asked, *facts] if NEVER.search(each)] == []


def test_nothing_that_decides_who_is_reached_takes_it_in_pr_46() -> None:
    names = {name for kind in ROUTING for name in names_within(kind, set())}

    assert {"language", "urgency", "numbers"} <= names
    assert sorted(name for name in names if NEVER.search(name)) == []


def names_within(kind: type, seen: set[type]) -> Iterator[str]:
    """Of every field, and of the fields of what it holds."""
    if kind in seen:
        return
    seen.add(kind)
    hints = get_type_hints(kind)
    for each in fields(kind):
        yield each.name
        for inner in held(hints[each.name]):
            if is_dataclass(inner):
                yield from names_within(inner, seen)


def held(hint: object) -> Iterator[type]:
    if isinstance(hint, type):
        yield hint
    for inner in get_args(hint):
        yield from held(inner)


def test_the_pattern_would_find_it() -> None:
    """A check that cannot fail is none."""
    forbidden = ["immigration_status", "birthplace", "sexual_orientation", "religion", "ethnicity", "race", "diagnosis"]

    assert [bool(NEVER.search(each)) for each in forbidden] == [True] * len(forbidden)
    assert not NEVER.search("trace")
