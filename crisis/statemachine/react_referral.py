"""What a referral obliges: somebody is told when it is time to ask again, and every day until somebody has."""

from crisis import referral_events as rev
from crisis.effects import Effect, StartTimer
from crisis.protocols.schema import Protocol
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident
from crisis.statemachine.reacting import reaction
from crisis.statemachine.referral import about


@reaction.register
def _(event: rev.ReferralDrafted, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return watch(after, event)


@reaction.register
def _(event: rev.ReferralMoved, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return watch(after, event)


def watch(after: Incident, event: rev.ReferralDrafted | rev.ReferralMoved) -> list[Effect]:
    if event.check_at is None:
        return []
    return [StartTimer(name="overdue", key=f"{about(after.referrals[event.referral])}#1", due_at=event.check_at)]
