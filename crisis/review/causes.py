"""Why a look back is asked for, also where nobody asks (`protocols.md` 3)."""

from collections.abc import Sequence

from crisis import events as ev
from crisis.drill_events import DrillEnded
from crisis.drill_words import DrillEnd
from crisis.protocol_words import Subject
from crisis.protocols.schema import Protocol
from crisis.review.deadlines import Expected
from crisis.review.replay import Moment, by_order
from crisis.review_words import Kept, ReviewCause
from crisis.statemachine.incident import Incident
from crisis.statemachine.steps import unattended
from crisis.vocabulary import Custody, DeadlineKind, Mode, ReleaseTo, Tier

HIGH = (Tier.HIGH, Tier.IMMINENT)


def causes(row: Sequence[Moment], protocol: Protocol, found: Sequence[Expected]) -> list[ReviewCause]:
    """`row` is the whole log. A drill that was taken back in its first seconds was none."""
    if any(isinstance(moment.event, DrillEnded) and moment.event.why is DrillEnd.UNDONE for moment in row):
        return []
    last = row[-1].after
    holds = {
        ReviewCause.HIGH_RISK: last.peak in HIGH,
        ReviewCause.CUSTODY_GAP: any(without_an_adult(moment.after, protocol) for moment in by_order(row)),
        ReviewCause.HARD_DEADLINE: any(_hard_and_not_kept(each) for each in found),
        ReviewCause.NOBODY_CAME: any(page.alarms for moment in row for page in moment.after.pages.values()),
        ReviewCause.EMERGENCY: last.emergency_ever,
        ReviewCause.POLICE: any(_police(moment.event, protocol) for moment in row),
        ReviewCause.DEATH: protocol.subject is Subject.COMMUNITY,
        ReviewCause.DECIDED: last.review_held is True,
        ReviewCause.DRILL: last.mode is Mode.DRILL,
    }
    return [cause for cause, so in holds.items() if so]


def without_an_adult(now: Incident, protocol: Protocol) -> bool:
    """Nobody is with a student who must not be alone (I-1)."""
    return now.closed_at is None and (now.custody is Custody.LOST or unattended(now, protocol))


def _hard_and_not_kept(each: Expected) -> bool:
    return each.kind is DeadlineKind.HARD and each.kept in (Kept.LATE, Kept.MISSED)


def _police(event: ev.Event, protocol: Protocol) -> bool:
    match event:
        case ev.CustodyReleased(to=ReleaseTo.POLICE):
            return True
        case ev.DecisionAnswered(step=asked, choice=answer):
            step = protocol.step(asked)
            return step is not None and any(each.police for each in step.choices if each.id == answer)
        case _:
            return False
