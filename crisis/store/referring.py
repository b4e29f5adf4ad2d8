"""Whether an order may name the agency that it names, and give what it gives: looked up in its own transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from crisis import commands as cmd
from crisis import referral_commands as rcmd
from crisis.commands import Command
from crisis.errors import NotFound, Reason
from crisis.referral_words import AgencyId, ReferralState
from crisis.statemachine.incident import Incident
from crisis.store import directory
from crisis.store.handing_over import hand_over
from crisis.vocabulary import DistrictId, LegalBasis


def reasons_against(tx: Connection, command: Command, incident: Incident, at: datetime) -> Sequence[Reason]:
    """Nothing is begun with an agency that was taken out, or of another district, and nothing is asked of it."""
    match command:
        case cmd.OfferHandoff(agency=None, basis=LegalBasis.PARTNER_OFFICIAL):
            return [Reason("PR-37", "Choose the agency from the directory: only an agreement with it allows this")]
        case cmd.OfferHandoff(agency=agency) if agency is not None:
            return _unlisted(tx, incident.district, agency)
        case rcmd.DraftReferral(agency=agency):
            return _unlisted(tx, incident.district, agency)
        case rcmd.MoveReferral(to=ReferralState.REQUESTED) if command.referral in incident.referrals:
            return _unlisted(tx, incident.district, incident.referrals[command.referral].agency)
        case rcmd.GiveBrief():
            return hand_over(tx, command, incident, at)
        case _:
            return ()


def _unlisted(tx: Connection, district: DistrictId, agency: AgencyId) -> list[Reason]:
    try:
        directory.one(tx, district, agency)
    except NotFound:
        return [Reason("REFERRAL", "This agency is not in the directory; choose one that is")]
    return []
