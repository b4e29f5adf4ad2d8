"""What can be ordered about a referral: begun, and moved from one state to the next by whoever has heard of it."""

from dataclasses import dataclass
from datetime import datetime

from crisis.commands import Command
from crisis.referral_words import AgencyId, Care, ReferralId, ReferralReason, ReferralState
from crisis.vocabulary import LegalBasis, WordsId


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
