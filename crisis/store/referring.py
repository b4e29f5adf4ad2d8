"""Whether the agency that an order names is in the directory: looked up in the transaction of the order itself."""

from collections.abc import Sequence

from sqlalchemy import Connection

from crisis import referral_commands as rcmd
from crisis.commands import Command
from crisis.errors import NotFound, Reason
from crisis.referral_words import AgencyId, ReferralState
from crisis.statemachine.incident import Incident
from crisis.store import directory
from crisis.vocabulary import DistrictId


def reasons_against(tx: Connection, command: Command, incident: Incident) -> Sequence[Reason]:
    """Nothing is begun with an agency that was taken out, or of another district, and nothing is asked of it."""
    match command:
        case rcmd.DraftReferral(agency=agency):
            return _unlisted(tx, incident.district, agency)
        case rcmd.MoveReferral(to=ReferralState.REQUESTED) if command.referral in incident.referrals:
            return _unlisted(tx, incident.district, incident.referrals[command.referral].agency)
        case _:
            return ()


def _unlisted(tx: Connection, district: DistrictId, agency: AgencyId) -> list[Reason]:
    try:
        directory.one(tx, district, agency)
    except NotFound:
        return [Reason("REFERRAL", "This agency is not in the directory; choose one that is")]
    return []
