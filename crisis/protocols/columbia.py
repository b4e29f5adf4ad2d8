"""What the answers of the C-SSRS screener mean: its table from Columbia, by key; its words are not here.

Source: `protocols.md` 2.2 (S35a, S35d). Copies elsewhere make the fourth question moderate: here it is high. `q6` is
ever, `q6_recent` the past three months.
"""

from collections.abc import Mapping

from crisis.vocabulary import ScreenAnswer, ScreenResult, Tier

CSSRS = "cssrs"
VERSION = "screener-recent"
ITEMS = ("q1", "q2", "q3", "q4", "q5", "q6", "q6_recent")
ASKED_AFTER: Mapping[str, str] = {"q3": "q2", "q4": "q2", "q5": "q2", "q6_recent": "q6"}

# The highest row that holds counts; red is acute: who comes is decided now (I-7).
TABLE: tuple[tuple[frozenset[str], ScreenResult, Tier], ...] = (
    (frozenset({"q4", "q5", "q6_recent"}), ScreenResult.ACUTE_POSITIVE, Tier.HIGH),
    (frozenset({"q3", "q6"}), ScreenResult.NON_ACUTE_POSITIVE, Tier.MODERATE),
    (frozenset({"q1", "q2"}), ScreenResult.NON_ACUTE_POSITIVE, Tier.LOW),
)
_YES = frozenset({ScreenAnswer.YES, ScreenAnswer.REFUSED})  # I-6: refusing counts as yes
_OPEN = frozenset({ScreenAnswer.MISSING, ScreenAnswer.NOT_ASKED})

Read = tuple[ScreenResult, Mapping[str, ScreenAnswer], Tier | None]


def read(answers: Mapping[str, ScreenAnswer]) -> Read:
    """The result, the branch taken and the least tier. What the skip rule leaves out and was answered anyway counts."""
    taken = _branches(answers)
    counted = {item for item in ITEMS if taken[item] in _YES or _not_obtained(item, taken)}
    row = next((row for row in TABLE if row[0] & counted), None)
    unknown = any(taken[item] is ScreenAnswer.MISSING for item in ITEMS if item not in ASKED_AFTER)
    if row is not None and (row[1] is ScreenResult.ACUTE_POSITIVE or not unknown):
        return row[1], taken, row[2]
    floor = None if row is None else row[2]
    return ScreenResult.INCOMPLETE if unknown else ScreenResult.NEGATIVE, taken, floor


def _branches(answers: Mapping[str, ScreenAnswer]) -> dict[str, ScreenAnswer]:
    """Not asked means not triggered: once triggered it is missing."""
    found: dict[str, ScreenAnswer] = {}
    for item in ITEMS:
        said = answers.get(item, ScreenAnswer.NOT_ASKED)
        first = ASKED_AFTER.get(item)
        triggered = first is None or found[first] in _YES
        found[item] = (ScreenAnswer.MISSING if triggered else ScreenAnswer.NOT_ASKED) if said in _OPEN else said
    return found


def _not_obtained(item: str, taken: Mapping[str, ScreenAnswer]) -> bool:
    """A question that was triggered and not answered counts as yes until somebody has assessed it, as in the ASQ."""
    return item in ASKED_AFTER and taken[item] is ScreenAnswer.MISSING
