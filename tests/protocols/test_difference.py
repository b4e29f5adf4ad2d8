"""What differs between two versions is told in sentences, and what is looser is never told as anything else."""

import json
from typing import Any

import pytest

from crisis.draft_words import ChangeKind
from crisis.protocols import loader
from crisis.protocols.difference import Difference, differences, lines
from crisis.protocols.plain_yaml import written
from crisis.protocols.schema import Protocol
from tests.protocols.small import a_protocol

BIG = [name for name in loader.names() if name != "missing_student"]
SAFER, LOOSER, WORDS, LOOK = ChangeKind.SAFER, ChangeKind.LOOSER, ChangeKind.WORDS, ChangeKind.LOOK


def changed(old: str, new: str, language: str = "en") -> list[Difference]:
    return differences(a_protocol(), a_protocol(old, new), language)


@pytest.mark.parametrize(
    ("old", "new", "kind", "loud", "text"),
    [
        (
            "within: PT5M, kind: hard",
            "within: PT45M, kind: hard",
            LOOSER,
            True,
            "“Decide: who comes?”: within 45 minutes of the first acute danger (must); was: within 5 minutes",
        ),
        (
            "within: PT5M, kind: hard",
            "within: PT2M, kind: hard",
            SAFER,
            False,
            "“Decide: who comes?”: within 2 minutes of the first acute danger (must); was: within 5 minutes",
        ),
        (
            "kind: target, on_miss: [admin]",
            "kind: advice, on_miss: [admin]",
            LOOSER,
            False,
            "“Ask the questions”: within 90 minutes of school of the opening (advice); "
            "was: within 90 minutes of school of the opening (goal)",
        ),
        (
            "days: 0, clock: school_day, kind: hard",
            "days: 0, clock: calendar_day, kind: hard",
            LOOK,
            True,
            "“Ask the questions”: by the end of the day of the opening (must); was: by the end of the school day",
        ),
        (
            "roles: [assessor, admin]",
            "roles: [admin]",
            LOOK,
            False,
            "“Decide: who comes?”: who does it: administrator; was: assessor, administrator",
        ),
        (
            "en: Asking helps.",
            "en: Asking saves.",
            WORDS,
            False,
            "“Ask the questions”: why: “Asking saves.”; was: “Asking helps.”",
        ),
        ("value: PT36H", "value: PT48H", LOOSER, True, "Values · report written: 48 hours; was: 36 hours"),
        ("value: PT15M", "value: PT5M", SAFER, False, "Values · report oral: 5 minutes; was: 15 minutes"),
        ("safety: reason", "safety: hard", SAFER, False, "“Check in”: may be left out: never; was: with a reason"),
        ("count: 3", "count: 2", LOOK, False, "“Check in”: series · count: 2; was: 3"),
        (
            "reason_needed: true",
            "reason_needed: false",
            LOOK,
            False,
            "“Decide: who comes?”: answers · nobody · reason needed: no; was: yes",
        ),
        ("{en: Stay., es", "{en: Go., es", LOOK, False, "In danger · what to do in danger: “Go.”; was: “Stay.”"),
    ],
)
def test_one_change_is_one_sentence(old: str, new: str, kind: ChangeKind, loud: bool, text: str) -> None:
    (found,) = changed(old, new)

    assert (found.kind, found.loud, found.text) == (kind, loud, text)


def test_a_hard_deadline_that_is_gone_and_a_weaker_safety_are_loud() -> None:
    clock = "{id: at_once, anchor: opened, within: PT1M, kind: hard, on_miss: [admin], source: S1 D}"
    hard = f"    deadlines:\n      - {clock}\n"

    gone = differences(a_protocol(), a_protocol(hard, ""), "en")
    weaker = differences(a_protocol("safety: reason", "safety: hard"), a_protocol(), "en")

    assert [(each.kind, each.loud) for each in (*gone, *weaker)] == [(LOOSER, True)] * 2


def test_fewer_people_to_tell_of_a_miss_is_looser_and_more_are_safer() -> None:
    (fewer,) = differences(a_protocol("on_miss: [admin]", "on_miss: [admin, assessor]"), a_protocol(), "en")
    (more,) = changed("on_miss: [admin]", "on_miss: [admin, assessor]")

    assert (fewer.kind, fewer.loud, more.kind) == (LOOSER, True, SAFER)
    assert "if it is missed: administrator, was: administrator, assessor" in fewer.text


def test_a_step_that_is_left_out_or_new_is_told_first_where_it_is_loud() -> None:
    suicide, injury = loader.protocol("suicide_risk"), loader.protocol("nssi")
    fewer = suicide.model_copy(update={"steps": suicide.steps[1:]})

    out = differences(suicide, fewer, "en")[0]
    new = [each for each in differences(suicide, injury, "en") if each.text.endswith("this step is new")]

    assert (out.kind, out.loud, out.text) == (LOOSER, True, "“Stay with the student”: this step is left out")
    assert len(new) == len({step.id for step in injury.steps} - {step.id for step in suicide.steps})


def test_both_languages_tell_as_many_differences() -> None:
    old, new = loader.protocol("suicide_risk"), loader.protocol("nssi", "US-MA")

    assert len(differences(old, new, "es")) == len(differences(old, new, "en")) > 20
    assert "antes de 45 minutos" in changed("within: PT5M, kind: hard", "within: PT45M, kind: hard", "es")[0].text


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    inner = [leaf for key, each in pairs for leaf in leaves(each, (*path, key))]
    return inner if pairs else [path]


@pytest.mark.parametrize("name", ["missing_student", *(pytest.param(each, marks=pytest.mark.full) for each in BIG)])
def test_nothing_that_is_taken_out_of_a_protocol_goes_untold(name: str) -> None:
    """Whatever a later key is called: each list and each map with one entry less is told, but who reviewed it."""
    whole = loader.protocol(name)
    values = json.loads(whole.model_dump_json())
    for path in {leaf[:-1] for leaf in leaves(values) if len(leaf) > 1 and leaf[0] != "review"}:
        changed_values = json.loads(whole.model_dump_json())
        part = changed_values
        for key in path:
            part = part[key]
        taken = part.pop() if isinstance(part, list) else part.pop(list(part)[-1])
        try:
            shorter = Protocol.model_validate_json(json.dumps(changed_values))
        except ValueError:
            continue
        if shorter != whole:
            assert differences(whole, shorter, "en"), (path, taken)


def test_another_order_alone_is_told() -> None:
    whole = loader.protocol("suicide_risk")
    turned = whole.model_copy(update={"steps": whole.steps[::-1]})

    assert [each.text for each in differences(whole, turned, "en")] == ["The steps stand in another order"]
    assert differences(whole, whole.model_copy(update={"version": "9.9.9"}), "en") == []


@pytest.mark.parametrize("name", loader.names())
def test_a_protocol_that_is_written_out_reads_back_the_same(name: str) -> None:
    known = loader.protocol(name, "US-MA")
    text = written(json.loads(known.model_dump_json(exclude_unset=True)))

    assert loader.content_hash(loader.protocol_from_text(text, name)) == loader.content_hash(known)


def test_lines_are_told_with_what_stands_around_them() -> None:
    old = "".join(f"line {n}\n" for n in range(9))

    assert lines(old, old.replace("line 4", "line four")) == [
        ("@", ""),
        (" ", "line 2"),
        (" ", "line 3"),
        ("-", "line 4"),
        ("+", "line four"),
        (" ", "line 5"),
        (" ", "line 6"),
    ]
