"""Protocols as text: what is read, what an overlay changes, and how every fault is told."""

from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest

from crisis.protocols import loader
from crisis.protocols.plain_yaml import ProtocolFault
from crisis.protocols.schema import Overlay
from crisis.protocols.scoring import ASQ, ASQ_VERSION, DISPOSITIONS, ITEMS
from crisis.protocols.wellformed import faults
from crisis.vocabulary import Clockwork, Role, ScreenResult, StepId
from tests.protocols.small import SMALL, a_protocol, line_of, small

MASSACHUSETTS = {
    "id": "US-MA",
    "extends": "US",
    "title": "Massachusetts",
    "citations": [{"key": "S9", "title": "A law", "url": "https://example.org/s9", "retrieved": None}],
    "review": {"clinical": {"name": None, "on": None}, "legal": {"name": None, "on": None}, "expires": None},
    "parameters": {"report_written": {"value": "PT48H", "source": "S9", "verified": False}},
    "deadlines": [{"step": "screen", "deadline": "begin", "within": "PT1H", "source": "S9"}],
}


def an_overlay(**changes: object) -> Overlay:
    return Overlay.model_validate({**MASSACHUSETTS, **changes}, strict=False)


def told(text: str | bytes, tmp_path: Path) -> tuple[str, ...]:
    """What is wrong with a file of this content."""
    path = tmp_path / "small.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ProtocolFault) as refused:
        loader.protocol_from_file(path)
    return refused.value.faults


@pytest.mark.parametrize(("name", "overlay"), [*product(loader.names(), loader.overlays())])
def test_every_built_in_protocol_is_well_formed_with_every_overlay(name: str, overlay: str) -> None:
    composed = loader.protocol(name, overlay)

    assert (composed.id, composed.jurisdiction, faults(composed)) == (name, overlay, [])


def test_the_built_in_protocols_are_there() -> None:
    assert {"suicide_risk", "missing_student"} <= set(loader.names())
    assert {"US", "US-MA", "US-CT"} <= set(loader.overlays())


def test_instruments_and_their_scoring_name_the_same_things() -> None:
    asq, bssa = loader.instrument(ASQ), loader.instrument("bssa")

    assert (asq.version, tuple(item.id for item in asq.items)) == (ASQ_VERSION, ITEMS)
    assert {each.id: each.tier for each in bssa.dispositions} == DISPOSITIONS["bssa"]


def test_text_becomes_the_values_of_the_rules() -> None:
    found = a_protocol()

    screen, decide = found.steps[1], found.steps[2]
    assert found.roles == {Role.ASSESSOR: 2, Role.ADMIN: 1}
    assert found.citations[0].retrieved == date(2026, 7, 1)
    assert screen.deadlines[0].clock is Clockwork.SCHOOL_DAY
    assert screen.deadlines[1].within == timedelta(minutes=90)
    assert decide.when is not None
    assert decide.when.screen == (ScreenResult.ACUTE_POSITIVE,)


def test_yes_no_and_on_are_words() -> None:
    found = a_protocol()

    assert set(found.facts[0].values) == {"yes", "no"}
    assert found.review.legal.on == date(2026, 7, 1)


def test_a_fault_names_file_line_place_and_what_to_do(tmp_path: Path) -> None:
    text = (
        small("within: PT1M", "within: a minute")
        .replace("subject: student\n", "")
        .replace("    roles: []\n", "    rolls: []\n", 1)
    )

    found = told(text, tmp_path)

    assert [fault.split(": ")[:2] for fault in found] == [
        ["small.yaml line 1", "subject"],
        [f"small.yaml line {line_of('id: take_custody') - 1}", "steps.0.roles"],
        [f"small.yaml line {line_of('id: at_once') - 1}", "steps.0.deadlines.0.within"],
        [f"small.yaml line {line_of('^    roles: ..$') - 1}", "steps.0.rolls"],
    ]
    assert found[0].endswith("this key is missing; add it")
    assert found[3].endswith("this key is not known here; take it out, or check its spelling")


def test_a_key_that_stands_twice_is_told(tmp_path: Path) -> None:
    found = told(small("    safety: hard\n", "    safety: hard\n    safety: reason\n"), tmp_path)

    assert found == (f"small.yaml line {line_of('safety: hard') + 1}: “safety” stands twice here; keep one",)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (small("roles: []", "roles: &all []").replace("roles: []", "roles: *all"), "aliases are not allowed"),
        (small("version: 1.0.0", "version: !!python/name:os.system x"), "tags are not allowed"),
        (small("version: 1.0.0", "version: !!int x"), "tags are not allowed"),
        (small("version: 1.0.0", "version: " + "[" * 50 + "]" * 50), "more than 40 levels"),
        ("[" * 100_000, "more than 40 levels"),
        (small("version: 1.0.0", "? [a]\n: b"), "a key is one word"),
        (small("version: 1.0.0", "version: [1"), "check the indentation"),
        (small("id: small", "id: small\n\tversion: 1"), "check the indentation"),
        ("id: a\n---\nid: b\n", "check the indentation"),
        ("id: \x07", "this is not YAML"),
        ("", "the file holds nothing"),
        ("- a\n- b\n", "the file holds nothing"),
        ("# " + "x" * loader.LARGEST, "larger than 1 MiB"),
        (small("Small", "Sm\xe4ll").encode("latin-1"), "not UTF-8"),
        (small("version: 1.0.0", "version: 1" + "0" * 5000), "line 2: version:"),
        (small("id: small", 'id: "\\ud800"'), "line 1: "),
        (small("PT36H", "[]"), "report_written"),
        (small("id: take_custody", 'id: "take:custody"'), "steps.0.id"),
        (small("id: take_custody", "id: ../custody"), "steps.0.id"),
        (small("screen: [acute_positive]", "screen: [acute_positive], done: screen"), "exactly one key"),
    ],
)
def test_what_cannot_be_a_protocol_is_refused_with_the_reason(text: str | bytes, why: str, tmp_path: Path) -> None:
    assert why in " ".join(told(text, tmp_path))


@pytest.mark.parametrize("name", ["nothing", "../library/suicide_risk", "/etc/passwd", ""])
def test_a_name_that_is_not_built_in_is_refused_and_never_a_path(name: str) -> None:
    for load in (loader.protocol, loader.overlay, loader.instrument):
        with pytest.raises(ProtocolFault):
            load(name)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProtocolFault, match="there is no such file"):
        loader.protocol_from_file(tmp_path / "nothing.yaml")


def test_an_overlay_changes_parameters_and_lengths_and_nothing_else() -> None:
    base = a_protocol()

    composed = loader.compose(base, an_overlay())

    expected = base.model_dump()
    expected["jurisdiction"] = "US-MA"
    expected["citations"] += (an_overlay().citations[0].model_dump(),)
    expected["parameters"]["report_written"] = {"value": "PT48H", "source": "S9", "verified": False}
    begin = expected["steps"][1]["deadlines"][1]
    begin["within"], begin["source"] = timedelta(hours=1), "S9"
    assert composed.model_dump() == expected
    assert base == a_protocol()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"extends": "US-NY"}, "extends US-NY, but small is for US"),
        ({"parameters": {"nothing": {"value": "x", "source": "S9"}}}, "parameter “nothing” is not declared"),
        (
            {"parameters": {"report_oral": {"value": "soon", "source": "S9"}}},
            "“report_oral”, which is no length of time",
        ),
        ({"parameters": {"report_oral": {"value": "PT1H", "source": "S8"}}}, "“report_oral” names S8 as its source"),
        (
            {"deadlines": [{"step": "screen", "deadline": "nothing", "within": "PT1H", "source": "S9"}]},
            "screen has no deadline “nothing”",
        ),
        (
            {"deadlines": [{"step": "screen", "deadline": "begin", "days": 1, "source": "S9"}]},
            "`within` with wall and school_hours",
        ),
    ],
)
def test_an_overlay_that_does_not_fit_is_refused(changes: dict[str, object], why: str) -> None:
    with pytest.raises(ProtocolFault, match=why):
        loader.compose(a_protocol(), an_overlay(**changes))


@pytest.mark.parametrize("key", ["steps", "safety", "roles", "lane"])
def test_an_overlay_cannot_even_name_a_step_or_a_safety_class(key: str) -> None:
    with pytest.raises(ValueError, match=key):
        an_overlay(**{key: []})


def test_the_same_content_has_the_same_hash_whatever_the_file_looks_like() -> None:
    head, steps = SMALL.split("lane:\n")
    moved = "lane:\n" + steps + head  # keys in another order, a comment, other quotes
    looks_different = moved.replace("subject: student", "# who\nsubject: 'student'")

    assert loader.content_hash(loader.protocol_from_text(looks_different, "other.yaml")) == loader.content_hash(
        a_protocol()
    )


@pytest.mark.parametrize(
    ("old", "new"), [("PT1M", "PT2M"), ("{en: Close", "{en: Closed"), ("version: 1.0.0", "version: 1.0.1")]
)
def test_another_content_has_another_hash(old: str, new: str) -> None:
    assert loader.content_hash(a_protocol(old, new)) != loader.content_hash(a_protocol())


def test_a_step_is_found_by_its_name() -> None:
    found = a_protocol().step(StepId("screen"))

    assert found is not None
    assert found.instruments == ("asq",)
