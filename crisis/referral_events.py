"""What became of a referral. `check_at` is when somebody asks again; None once it has ended."""

from dataclasses import dataclass
from datetime import datetime

from crisis import vocabulary as v
from crisis.events import Event
from crisis.referral_words import AgencyId, Care, ReferralId, ReferralReason, ReferralState


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
