"""What the answers of an instrument mean: exact truth tables, the branch stored, and nothing unknown read as safe.

Source: `protocols.md` section 2.2 (ASQ and BSSA of the National Institute of Mental Health).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from crisis.errors import Reason, Refused
from crisis.protocols import columbia
from crisis.protocols.columbia import CSSRS
from crisis.protocols.instrument_schema import Licence
from crisis.vocabulary import ScreenAnswer, ScreenResult, Tier

ASQ = "asq"
ASQ_VERSION = "2017-07"
ITEMS = ("q1", "q2", "q3", "q4", "q5")
POSITIVE = frozenset({ScreenAnswer.YES, ScreenAnswer.REFUSED})  # I-6: refusing counts as yes
SCREENS = frozenset({ASQ, CSSRS})  # what decides whether a screening is negative
# Under it nobody is screened: a full evaluation takes its place (S33c). The others' ages are advice of the form.
YOUNGEST: Mapping[str, int] = {ASQ: 8}
SHOWABLE = frozenset({"public_domain_us", "free_with_notice"})

# That a non-acute positive is moderate waits for a clinician's sign-off (protocols.md 6.5): a design default.
FLOORS = {ScreenResult.ACUTE_POSITIVE: Tier.IMMINENT, ScreenResult.NON_ACUTE_POSITIVE: Tier.MODERATE}

DISPOSITIONS: Mapping[str, Mapping[str, Tier]] = {
    "bssa": {
        "emergency_evaluation": Tier.IMMINENT,
        "further_evaluation": Tier.HIGH,
        "non_urgent_follow_up": Tier.MODERATE,
        "no_further_intervention": Tier.LOW,  # never none after a positive screen
    },
    # SAFE-T has no algorithm: the clinician assigns the level (S41).
    "safe_t": {"high": Tier.HIGH, "moderate": Tier.MODERATE, "low": Tier.LOW},
}


@dataclass(frozen=True, slots=True)
class Scored:
    """`answers` hold every item, with the branch taken; `floor` is the least tier that follows, or None."""

    result: ScreenResult
    answers: Mapping[str, ScreenAnswer]
    version: str
    floor: Tier | None


def score(instrument_id: str, answers: Mapping[str, ScreenAnswer]) -> Scored:
    """Raises `Refused` for an instrument that is not scored here, or items that are not its own."""
    if instrument_id not in SCREENS:
        raise Refused(Reason("INSTRUMENT", "This instrument is not scored here"))
    if not set(answers) <= set(columbia.ITEMS if instrument_id == CSSRS else ITEMS):
        raise Refused(Reason("INSTRUMENT", "These are not the questions of this instrument"))
    if instrument_id == CSSRS:
        read, taken, floor = columbia.read(answers)
        return Scored(read, taken, columbia.VERSION, floor)
    first = {item: _asked(answers.get(item)) for item in ITEMS[:-1]}
    right_now = _branch(set(first.values()), answers.get("q5", ScreenAnswer.NOT_ASKED))
    result = _result(set(first.values()), right_now)
    return Scored(result, {**first, "q5": right_now}, ASQ_VERSION, FLOORS.get(result))


def not_screened(instrument_id: str) -> Scored:
    """A student who is too young for it: nothing is asked, and nothing is known."""
    items, version = (columbia.ITEMS, columbia.VERSION) if instrument_id == CSSRS else (ITEMS, ASQ_VERSION)
    return Scored(ScreenResult.TOO_YOUNG, dict.fromkeys(items, ScreenAnswer.NOT_ASKED), version, None)


def _branch(first: set[ScreenAnswer], right_now: ScreenAnswer) -> ScreenAnswer:
    """Not asked means not triggered: once triggered it is missing, and what was answered anyway is kept."""
    if first & POSITIVE:
        return _asked(right_now)
    return ScreenAnswer.NOT_ASKED if right_now is ScreenAnswer.MISSING else right_now


def _asked(answer: ScreenAnswer | None) -> ScreenAnswer:
    """The first four are always asked, so an answer that is not there is missing."""
    return ScreenAnswer.MISSING if answer in (None, ScreenAnswer.NOT_ASKED) else answer


def _result(first: set[ScreenAnswer], right_now: ScreenAnswer) -> ScreenResult:
    if right_now in POSITIVE:
        return ScreenResult.ACUTE_POSITIVE  # whatever stands before it: no yes, and no refusal, is ever discarded
    if first & POSITIVE:
        # Not knowing whether it is right now is acute until somebody has assessed it.
        return ScreenResult.NON_ACUTE_POSITIVE if right_now is ScreenAnswer.NO else ScreenResult.ACUTE_POSITIVE
    return ScreenResult.INCOMPLETE if ScreenAnswer.MISSING in first else ScreenResult.NEGATIVE


def tier_of_disposition(instrument_id: str, disposition: str, right_now: ScreenAnswer) -> Tier:
    """Thoughts of suicide right now, or no answer to that, force the first row whatever was chosen."""
    if disposition not in DISPOSITIONS.get(instrument_id, {}):
        raise Refused(Reason("INSTRUMENT", "Choose one of the outcomes of this interview"))
    if right_now is not ScreenAnswer.NO:
        return Tier.IMMINENT
    return DISPOSITIONS[instrument_id][disposition]


def not_showable(licence: Licence, *, permitted: bool = False) -> Reason | None:
    """Why an instrument's words may not be shown here, or None. `permitted`: the district's permission is in force."""
    if licence.status in SHOWABLE or permitted:
        return None
    return Reason(
        "LICENCE", "The words of this instrument may be shown only after the district has recorded a permission"
    )
