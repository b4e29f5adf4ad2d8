"""What of one incident or drill goes into the figures: read from its log alone, and naming nobody."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from crisis import events as ev
from crisis.events import Event
from crisis.page_events import PreferencesWeighed
from crisis.protocols.schema import Protocol
from crisis.referral_events import ReferralDrafted, ReferralMoved
from crisis.referral_words import Care, ReferralId, ReferralReason, ReferralState
from crisis.review.paged import Paged
from crisis.review.review import Review, review
from crisis.review_words import Milestone, ReviewCause
from crisis.statemachine.ground import Ground
from crisis.vocabulary import DeadlineKind, Mode, PageId, PageState, ReleaseTo, Urgency

TAKEN = (ReferralState.ACCEPTED, ReferralState.IN_PROGRESS, ReferralState.COMPLETED)
HOME = (ReleaseTo.GUARDIAN, ReleaseTo.AUTHORISED_ADULT)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedPage:
    """`month` as in `Counted`, of the moment from which it counted. The `to_` are seconds from then, None: never."""

    page: PageId
    month: str
    urgency: Urgency
    state: PageState
    levels: int
    tries: int
    failed: int
    to_sent: int | None
    to_accepted: int | None
    to_arrived: int | None

    @property
    def row(self) -> Mapping[str, object]:
        return {each.name: getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedReferral:
    """One that was asked for. `days` until it was accepted, None: it was not; `reason` is the last that was given."""

    referral: ReferralId
    month: str
    care: Care
    days: int | None
    reason: ReferralReason | None

    @property
    def row(self) -> Mapping[str, object]:
        return {each.name: getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """`seq` is how far its log was read, `month` that of its opening, as in 2026-11, at its school. The `to_` are
    seconds (`crisis.review_words.Milestone`), None: not in the record. `due` deadlines came due, `kept` in time.
    """

    mode: Mode
    month: str
    seq: int
    over: bool
    offered: bool  # a handoff; without that there was none to wait for
    paged: bool
    police: bool
    sent_home: bool
    wishes_met: int
    wishes_unmet: int
    gap: int
    due: int
    kept: int
    follow_due: int
    follow_kept: int
    to_supervised: int | None
    to_asked: int | None
    to_arrived: int | None
    to_tier: int | None
    to_guardian: int | None
    to_released: int | None
    to_handed_off: int | None
    to_settled: int | None
    to_closed: int | None
    pages: tuple[CountedPage, ...]
    referrals: tuple[CountedReferral, ...]

    @property
    def row(self) -> Mapping[str, object]:
        """All but the pages and the referrals, which are rows of their own."""
        apart = ("pages", "referrals")
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name not in apart}


def counted(log: Sequence[Event], protocol: Protocol, ground: Ground) -> Counted:
    """As it stood right after the last entry of the log: what comes due later is not late yet, whoever asks when."""
    found = review(log, protocol, ground, log[-1].at + timedelta(microseconds=1))
    kept, follow = found.kept(DeadlineKind.HARD, DeadlineKind.TARGET), found.follow_ups
    met, unmet = _wishes(log)
    return Counted(
        mode=found.mode,
        month=_month(log[0].at, ground),
        seq=len(log),
        over=found.closed,
        offered=any(isinstance(each, ev.HandoffOffered) for each in log),
        paged=bool(found.pages),
        police=ReviewCause.POLICE in found.causes,
        sent_home=any(isinstance(each, ev.CustodyReleased) and each.to in HOME for each in log),
        wishes_met=met,
        wishes_unmet=unmet,
        gap=found.gap,
        due=kept.of,
        kept=kept.count,
        follow_due=follow.of,
        follow_kept=follow.count,
        **_lengths(found),
        pages=tuple(_page(each, ground) for each in found.pages),
        referrals=tuple(_referrals(log, ground)),
    )


def _lengths(found: Review) -> dict[str, int | None]:
    return {f"to_{each.milestone.value}": each.seconds for each in found.lengths}


def _wishes(log: Sequence[Event]) -> tuple[int, int]:
    """About who comes: of those who took a page, how many were met and how many were not."""
    weighed = [each for each in log if isinstance(each, PreferencesWeighed)]
    return sum(len(each.met) for each in weighed), sum(len(each.unmet) for each in weighed)


def _page(paged: Paged, ground: Ground) -> CountedPage:
    return CountedPage(
        page=paged.page,
        month=_month(paged.requested_at, ground),
        urgency=paged.urgency,
        state=paged.state,
        levels=paged.levels,
        tries=paged.tries,
        failed=paged.failed,
        to_sent=paged.seconds(paged.sent_at),
        to_accepted=paged.seconds(paged.accepted_at),
        to_arrived=paged.seconds(paged.arrived_at),
    )


def _referrals(log: Sequence[Event], ground: Ground) -> Iterator[CountedReferral]:
    """By the server's times: what somebody wrote down on the telephone."""
    for drafted in (each for each in log if isinstance(each, ReferralDrafted)):
        moves = [each for each in log if isinstance(each, ReferralMoved) and each.referral == drafted.referral]
        asked = next((each.at for each in moves if each.state is not ReferralState.CANCELLED), None)
        if asked is None:
            continue
        accepted = next((each.at for each in moves if each.state in TAKEN), None)
        yield CountedReferral(
            referral=drafted.referral,
            month=_month(asked, ground),
            care=drafted.care,
            days=None if accepted is None else (accepted - asked).days,
            reason=next((each.reason for each in reversed(moves) if each.reason is not None), None),
        )


def _month(at: datetime, ground: Ground) -> str:
    return f"{at.astimezone(ZoneInfo(ground.calendar.zone)):%Y-%m}"


MILESTONES = {each: f"to_{each.value}" for each in Milestone}
