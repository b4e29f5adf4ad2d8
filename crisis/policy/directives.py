"""What a student or a family said may be told to whom: pure (`privacy-and-culture.md` 2.3, field 24).

It takes away from what a receiver would get and never adds to it. Where a life is in danger nobody asks.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from crisis.errors import Reason
from crisis.record_words import InfoAction, InfoAudience
from crisis.referral_words import DataPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Directive:
    audience: InfoAudience
    category: DataPoint
    action: InfoAction


def action_for(said: Iterable[Directive], audience: InfoAudience, category: DataPoint) -> InfoAction | None:
    """What restrains most, where the student and the family said different things. None: nobody said anything."""
    order = list(InfoAction)
    found = [each.action for each in said if each.audience is audience and each.category is category]
    return max(found, key=order.index, default=None)


def releasable(
    said: Collection[Directive], audience: InfoAudience, points: Iterable[DataPoint], agreed: Collection[str]
) -> frozenset[DataPoint]:
    """Of these items those that may be given. `agreed` are codes of those about which they were asked and agreed."""
    return frozenset(each for each in points if _against(action_for(said, audience, each), each, agreed) is None)


def against(
    said: Collection[Directive], audience: InfoAudience, points: Iterable[DataPoint], agreed: Collection[str]
) -> Iterator[Reason]:
    """Why not all of them may be given; each reason once."""
    found = (_against(action_for(said, audience, each), each, agreed) for each in points)
    yield from dict.fromkeys(each for each in found if each is not None)


def _against(action: InfoAction | None, point: DataPoint, agreed: Collection[str]) -> Reason | None:
    if action is InfoAction.DO_NOT_VOLUNTEER:
        return Reason("DIRECTIVE", "They asked that some of this is not told: keep it back")
    if action is InfoAction.ASK_FIRST and point.value not in agreed:
        return Reason("DIRECTIVE", "They want to be asked before some of this is told: ask, and record what they said")
    return None


def unlawful(wanted: Directive) -> Reason | None:
    """A parent may see the record (34 CFR 99.10): what is kept from them by itself would be no true answer (PR-10)."""
    if wanted.audience is InfoAudience.GUARDIAN and wanted.action is InfoAction.DO_NOT_VOLUNTEER:
        text = "The law lets a parent see the record: record that the student is asked first, or nothing"
        return Reason("DIRECTIVE", text)
    return None
