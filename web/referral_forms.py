"""The forms of referrals: begun with an agency of the directory, and moved on by whoever has heard of them."""

from datetime import datetime

from pydantic import Field

from crisis import commands as cmd
from crisis import referral_commands as rcmd
from crisis.referral_words import AgencyId, Care, ReferralId, ReferralReason, ReferralState
from crisis.vocabulary import LegalBasis
from web.deps import Desk
from web.forms import in_zone, sealed
from web.incident_forms import IncidentForm
from web.words import N_


class DraftReferral(IncidentForm):
    agency: str = Field(title=N_("To which agency?"))
    care: Care = Field(title=N_("For what"))

    def command(self, desk: Desk) -> cmd.Command:
        return rcmd.DraftReferral(by=desk.actor, agency=AgencyId(self.agency), care=self.care)


class MoveReferral(IncidentForm):
    referral: str
    to: ReferralState = Field(title=N_("How does it stand now?"))
    reason: ReferralReason | None = Field(default=None, title=N_("Why?"))
    said_by: str | None = Field(default=None, title=N_("Who there said it? Name and role"))
    note: str | None = Field(default=None, title=N_("What came of it"))
    basis: LegalBasis | None = Field(default=None, title=N_("Why may we share this?"))
    check_at: datetime | None = Field(default=None, title=N_("Ask again on"))
    zone: str = "UTC"

    def command(self, desk: Desk) -> cmd.Command:
        return rcmd.MoveReferral(
            by=desk.actor,
            referral=ReferralId(self.referral),
            to=self.to,
            reason=self.reason,
            said_by=sealed(desk, self.said_by),
            note=sealed(desk, self.note),
            basis=self.basis,
            check_at=in_zone(self.check_at, self.zone),
        )


REFERRAL_FORMS: dict[str, tuple[type[IncidentForm], str | None]] = {
    "draft-referral": (DraftReferral, "referrals"),
    "move-referral": (MoveReferral, "referrals"),
}
