"""What events about referrals, and a handoff that nobody answered, make of an incident."""

from dataclasses import replace

from crisis import referral_events as rev
from crisis.referral_words import ReferralState
from crisis.statemachine.folding import folded, with_
from crisis.statemachine.incident import Incident, Referral
from crisis.vocabulary import HandoffState


@folded.register
def _(event: rev.ReferralDrafted, incident: Incident) -> Incident:
    made = Referral(
        id=event.referral,
        agency=event.agency,
        care=event.care,
        state=ReferralState.DRAFT,
        since=event.at,
        check_at=event.check_at,
    )
    return replace(incident, referrals=with_(incident.referrals, event.referral, made))


@folded.register
def _(event: rev.ReferralMoved, incident: Incident) -> Incident:
    known = incident.referrals[event.referral]
    moved = replace(
        known,
        state=event.state,
        reason=event.reason,
        said_by=event.said_by,
        note=event.note,
        since=event.at,
        check_at=event.check_at,
        moves=known.moves + 1,
    )
    return replace(incident, referrals=with_(incident.referrals, event.referral, moved))


@folded.register
def _(event: rev.HandoffTimedOut, incident: Incident) -> Incident:
    silent = replace(incident.handoffs[event.handoff], state=HandoffState.TIMED_OUT)
    return replace(incident, handoffs=with_(incident.handoffs, event.handoff, silent))
