"""What a questionnaire's sum means. It never sets a level of risk; one item of the PHQ-A asks for a screening.

Scored by the key of an item, never by its place: layouts differ (S42d, S42e). An item without an answer is no zero: the
sum is then the least that it can be. Source: `protocols.md` 2.2 (S40, S40b, S42d).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crisis.errors import Reason, Refused
from crisis.instrument_words import ItemAnswer

PHQ_A, GAD_7, PSC_17 = "phq_a", "gad_7", "psc_17"
_UNANSWERED = frozenset({ItemAnswer.REFUSED, ItemAnswer.MISSING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """`bands` are least sums with a name. `parts` have a least sum from which they stand out, as `parts_from` says.

    `asks_for_screen`: an answer but 0 or no asks for a screening, and so does none. `beside` counts in no sum.
    """

    version: str
    items: tuple[str, ...]
    top: int
    bands: tuple[tuple[int, str], ...]
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parts_from: Mapping[str, int] = field(default_factory=dict)
    asks_for_screen: frozenset[str] = frozenset()
    beside: Mapping[str, frozenset[ItemAnswer]] = field(default_factory=dict)


def _numbered(count: int, prefix: str = "q") -> tuple[str, ...]:
    return tuple(f"{prefix}{number}" for number in range(1, count + 1))


_YES_NO = frozenset({ItemAnswer.YES, ItemAnswer.NO})
_PARTS = {
    "internalising": _numbered(5, "internalising_"),
    "attention": _numbered(5, "attention_"),
    "externalising": _numbered(7, "externalising_"),
}
SCALES: Mapping[str, Scale] = {
    PHQ_A: Scale(
        version="2002",
        items=_numbered(9),
        top=3,
        bands=((0, "minimal"), (5, "mild"), (10, "moderate"), (15, "moderately_severe"), (20, "severe")),
        asks_for_screen=frozenset({"q9", "serious_thoughts", "ever_tried"}),
        beside={
            "past_year": _YES_NO,
            "difficulty": frozenset(ItemAnswer(str(number)) for number in range(4)),
            "serious_thoughts": _YES_NO,
            "ever_tried": _YES_NO,
        },
    ),
    GAD_7: Scale(
        version="2006",
        items=_numbered(7),
        top=3,
        bands=((0, "minimal"), (5, "mild"), (10, "moderate"), (15, "severe")),
    ),
    PSC_17: Scale(
        version="17",
        items=tuple(item for part in _PARTS.values() for item in part),
        top=2,
        bands=((0, "below"), (15, "positive")),
        parts=_PARTS,
        parts_from={"internalising": 5, "attention": 7, "externalising": 7},
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Summed:
    """`total` is at least this where it is not `whole`; `band` and `stands_out` follow from it."""

    answers: Mapping[str, ItemAnswer]
    version: str
    total: int
    whole: bool
    band: str
    stands_out: frozenset[str]
    screen_needed: bool


def summed(instrument_id: str, answers: Mapping[str, ItemAnswer]) -> Summed:
    """Raises `Refused` for what is no questionnaire, no item of it, or no answer that the item can have."""
    scale = SCALES.get(instrument_id)
    if scale is None:
        raise Refused(Reason("INSTRUMENT", "This instrument is not scored here"))
    for item, answer in answers.items():
        _must_fit(scale, item, answer)
    default = dict.fromkeys(scale.items, ItemAnswer.MISSING) | dict.fromkeys(scale.beside, ItemAnswer.NOT_ON_FORM)
    said = default | {item: answer for item, answer in answers.items() if answer is not ItemAnswer.NOT_ON_FORM}
    total = _sum(said, scale.items)
    return Summed(
        answers=said,
        version=scale.version,
        total=total,
        whole=all(said[item].number is not None for item in scale.items),
        band=next(name for least, name in reversed(scale.bands) if total >= least),
        stands_out=frozenset(
            part for part, items in scale.parts.items() if _sum(said, items) >= scale.parts_from[part]
        ),
        screen_needed=any(_asks(said[item]) for item in scale.asks_for_screen),
    )


def _must_fit(scale: Scale, item: str, answer: ItemAnswer) -> None:
    if item not in scale.items and item not in scale.beside:
        raise Refused(Reason("INSTRUMENT", "These are not the questions of this instrument"))
    number = answer.number
    fits = number is not None and number <= scale.top if item in scale.items else answer in scale.beside[item]
    if not (fits or answer in _UNANSWERED or answer is ItemAnswer.NOT_ON_FORM):
        raise Refused(Reason("INSTRUMENT", "This question cannot be answered so; choose one of its answers"))


def _sum(said: Mapping[str, ItemAnswer], items: tuple[str, ...]) -> int:
    return sum(said[item].number or 0 for item in items)


def _asks(answer: ItemAnswer) -> bool:
    return answer not in (ItemAnswer.ZERO, ItemAnswer.NO, ItemAnswer.NOT_ON_FORM)
