"""The one place where a brief leaves: what its receiver may be given is asked in the transaction that records it.

Nothing is sent. The row of the ledger is written with the event, by `outflows`, in the same transaction.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from crisis import referral_commands as rcmd
from crisis.errors import Reason
from crisis.policy.agreements import current
from crisis.policy.brief import fields_for
from crisis.policy.directives import releasable
from crisis.record_words import InfoAudience
from crisis.referral_words import AgreedUse, Audience, DataPoint
from crisis.statemachine.incident import Handoff, Incident
from crisis.store import directives, partners
from crisis.vocabulary import HandoffId, LegalBasis


def hand_over(tx: Connection, command: rcmd.GiveBrief, incident: Incident, at: datetime) -> Sequence[Reason]:
    """Why these fields may not be given to this receiver at this moment; empty: it leaves, with its event."""
    allowed = points_for(tx, command.audience, incident, command.handoff, at)
    if command.fields <= fields_for(command.audience, allowed):
        return ()
    return [Reason("PR-48", "The brief holds something that this receiver may not be given; load the page again")]


def points_for(
    tx: Connection, audience: Audience, incident: Incident, handoff: HandoffId | None, at: datetime
) -> frozenset[DataPoint]:
    """A clinician gets what the handoff discloses, and a partner of it only what the agreement lists at this moment."""
    if audience is not Audience.CLINICIAN:
        return frozenset(DataPoint)
    known = incident.handoffs.get(handoff) if handoff is not None else None
    if known is None:
        return frozenset()
    disclosed = frozenset(point for point in DataPoint if point.value in known.disclosed)
    if known.basis is LegalBasis.PARTNER_OFFICIAL:
        disclosed &= _agreed(tx, incident, known, at)
    if directives.at_once(incident, known.basis):
        return disclosed
    agreed = frozenset[str]() if incident.assent is None else incident.assent.agreed
    return releasable(directives.said_about(tx, incident.student), InfoAudience.CLINICIAN, disclosed, agreed)


def _agreed(tx: Connection, incident: Incident, known: Handoff, at: datetime) -> frozenset[DataPoint]:
    if known.agency is None:
        return frozenset()
    agreement = current(partners.of_district(tx, incident.district), known.agency, at)
    if agreement is None or AgreedUse.CRISIS_RESPONSE not in agreement.terms.uses:
        return frozenset()
    return agreement.terms.data_points
