"""What a text to a guardian obliges: it is sent; whoever ordered it hears at once when they have to call instead."""

from crisis import family_events as fev
from crisis.effects import Effect, NotifyPerson, SendGuardianText
from crisis.message_words import GuardianTextId, SendState
from crisis.protocols.schema import Protocol
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident
from crisis.statemachine.reacting import reaction, tell
from crisis.vocabulary import Role

NOT_ARRIVED = frozenset({SendState.FAILED, SendState.UNKNOWN})


@reaction.register
def _(event: fev.GuardianTextOrdered, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return [SendGuardianText(text=event.text, mode=after.mode)]


@reaction.register
def _(event: fev.GuardianTextStopped, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return [*_whoever_ordered(after, event.text, "call_family"), *tell(after, "call_family", Role.INCIDENT_LEAD)]


@reaction.register
def _(event: fev.GuardianTextMoved, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return _whoever_ordered(after, event.text, "call_family") if event.state in NOT_ARRIVED else []


@reaction.register
def _(event: fev.GuardianTextOutrun, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    """PR-5: the lead, and whoever leads the school."""
    return tell(after, "text_outrun", Role.INCIDENT_LEAD, Role.ADMIN)


@reaction.register
def _(event: fev.GuardianWrote, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    told = _whoever_ordered(after, event.text, "guardian_wrote")
    return [*told, *tell(after, "guardian_wrote", Role.INCIDENT_LEAD)]


@reaction.register
def _(event: fev.GuardianTextsRefused, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    """PR-15: a person calls them now."""
    told = _whoever_ordered(after, event.text, "call_family")
    return [*told, *tell(after, "call_family", Role.INCIDENT_LEAD)]


def _whoever_ordered(after: Incident, text: GuardianTextId, subject: str) -> list[Effect]:
    by = after.texts[text].ordered_by
    return [] if by is None else [NotifyPerson(person=by, subject=subject, mode=after.mode)]
