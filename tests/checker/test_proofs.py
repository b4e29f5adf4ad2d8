"""The record of proofs is current: for this source of the rules and for each protocol in each jurisdiction."""

from collections.abc import Callable

import pytest

from crisis import clock
from crisis.protocols import loader
from crisis.vocabulary import SafetyClass
from tests.checker import proofs

WALKS = sorted(proofs.walks())
AFFORDED = 80  # seconds of one core: a longer walk, and one that is on no record, is made anew with --full
SHORT = [walk for walk in WALKS if proofs.recorded().get(walk, {}).get("seconds", AFFORDED + 1) <= AFFORDED]
TODAY = SHORT[clock.now().toordinal() % len(SHORT)]  # the one that is walked anew


@pytest.mark.parametrize("walk", WALKS)
def test_every_built_in_protocol_is_proved_by_these_very_rules(walk: str) -> None:
    row = proofs.recorded().get(walk)

    assert proofs.is_current(walk, row), "renew it: python -m tests.checker.proofs"
    assert row is not None
    assert min(row["states"], row["moves"], row["closed"]) > 0


def test_the_record_holds_nothing_else_and_every_jurisdiction_shares_a_walk() -> None:
    assert set(proofs.recorded()) == set(WALKS) >= set(loader.names())


@pytest.mark.slow
@pytest.mark.parametrize(
    "walk", [pytest.param(walk, marks=() if walk == TODAY else pytest.mark.full) for walk in WALKS]
)
def test_a_walk_made_anew_finds_what_is_on_record(walk: str) -> None:
    """One of the short ones by default, another one each day."""
    found, row = proofs.walked(walk), proofs.recorded()[walk]

    assert {name: found[name] for name in ("states", "moves", "closed")} == {
        name: row[name] for name in ("states", "moves", "closed")
    }


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda text: text.replace('"""Proof."""', '"""Another."""'), True),
        (lambda text: text + "# a remark\n", True),
        (lambda text: text.replace("> 1", "> 2"), False),
        (lambda text: text.replace("return", "raise"), False),
    ],
)
def test_remarks_change_nothing_and_rules_do(change: Callable[[str], str], same: bool) -> None:
    text = 'def proved(of: int) -> object:\n    """Proof."""\n    return of > 1\n'

    assert (proofs.meaning(change(text)) == proofs.meaning(text)) is same


def test_the_source_of_the_rules_is_all_that_a_walk_runs() -> None:
    named = {path.relative_to(proofs.ROOT).as_posix() for path in proofs.sources()}

    assert {
        "crisis/checker/space.py", "crisis/statemachine/working.py", "crisis/statemachine/conditions.py",
        "crisis/protocols/scoring.py", "crisis/vocabulary.py",
    } <= named  # fmt: skip
    assert not {"crisis/statemachine/react.py", "crisis/store/protocols.py", "crisis/protocols/loader.py"} & named


def test_another_word_in_a_protocol_needs_no_other_walk_and_another_rule_does() -> None:
    known = loader.protocol("missing_student")
    first, *rest = known.steps
    worded = known.model_copy(
        update={"version": "9.0.0", "steps": (first.model_copy(update={"why": first.title}), *rest)}
    )
    waived = known.model_copy(update={"steps": (first.model_copy(update={"safety": SafetyClass.REASON}), *rest)})

    assert proofs.shape(worded) == proofs.shape(known)
    assert proofs.shape(waived) != proofs.shape(known)
