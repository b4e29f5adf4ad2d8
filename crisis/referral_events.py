"""What became of a referral. `check_at` is when somebody asks again; None once it has ended."""

from dataclasses import dataclass
from datetime import datetime

from crisis import vocabulary as v
from crisis.events import Event
from crisis.referral_words import (
    AgencyId,
    Audience,
    BriefField,
    BriefWay,
    Care,
    ReferralId,
    ReferralReason,
    ReferralState,
    ReturnNews,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralDrafted(Event):
    referral: ReferralId
    agency: AgencyId
    care: Care
    check_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralMoved(Event):
    referral: ReferralId
    state: ReferralState
    reason: ReferralReason | None
    said_by: v.WordsId | None
    note: v.WordsId | None
    basis: v.LegalBasis | None
    check_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefGiven(Event):
    """`basis` None: nothing in it says anything of the student."""

    audience: Audience
    way: BriefWay
    recipient: v.WordsId
    fields: frozenset[BriefField]
    handoff: v.HandoffId | None
    basis: v.LegalBasis | None
    threat: v.WordsId | None
    organisation: v.WordsId | None
    agency: AgencyId | None
    receiver: v.ReceiverKind | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffTimedOut(Event):
    """Nobody there answered within the protocol's time; the student is still the school's."""

    handoff: v.HandoffId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnNewsCame(Event):
    news: ReturnNews
    agency: AgencyId
    words: v.WordsId
