"""What can be ordered about a referral, begun and moved on by whoever has heard of it; and that a brief was given."""

from dataclasses import dataclass
from datetime import datetime

from crisis.commands import Command
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
from crisis.vocabulary import HandoffId, LegalBasis, WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftReferral(Command):
    """Nothing leaves the school with it."""

    agency: AgencyId
    care: Care
    check_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveReferral(Command):
    """`said_by` is a named person of the agency; `basis` is why they may be asked; `note` says what came of it."""

    referral: ReferralId
    to: ReferralState
    reason: ReferralReason | None = None
    said_by: WordsId | None = None
    note: WordsId | None = None
    basis: LegalBasis | None = None
    check_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveBrief(Command):
    """That somebody has read aloud, shown or handed over these fields; `threat` is the emergency's, in words."""

    audience: Audience
    way: BriefWay
    recipient: WordsId  # a named person
    fields: frozenset[BriefField]
    handoff: HandoffId | None = None
    threat: WordsId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReturnNews(Command):
    """What an agency with an agreement has told of the student; they do not see the incident in which it is kept."""

    news: ReturnNews
    agency: AgencyId
    words: WordsId
