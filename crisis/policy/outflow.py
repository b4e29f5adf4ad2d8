"""What of an incident's events has left the school, or is about to: told on a telephone, reported, handed over.

Recording what people do outside of the software is recording what they said there; that is put in the ledger as what
happened, also where it should not have. A handoff is an offer that has not been sent, so it can be refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from crisis import events as ev
from crisis import family_events as fev
from crisis import referral_events as rev
from crisis.commands import Actor
from crisis.disclosure_words import DisclosurePurpose, DisclosureWay, RecipientKind, Regime
from crisis.policy.brief import PLACE_OF
from crisis.policy.disclosure_case import Disclosure, Recipient
from crisis.policy.family_texts import MEETINGS
from crisis.protocols.schema import Protocol
from crisis.referral_words import AgencyId, Audience, BriefWay, ReferralId, ReferralState
from crisis.vocabulary import ContactMethod, ContactOutcome, LegalBasis, ReceiverKind, StaffRole, WordsId

WRITTEN = frozenset({ContactMethod.TEXT, ContactMethod.EMAIL})
ONLY_CALL_BACK = frozenset({ContactOutcome.MESSAGE_LEFT, ContactOutcome.REACHED_OTHER})  # I-12: no more is said
FOR_INTAKE = frozenset({"identity", "guardians", "language", "school_contact"})
RECEIVERS = {
    ReceiverKind.MOBILE_CRISIS: RecipientKind.EMERGENCY_SERVICES,
    ReceiverKind.EMERGENCY_DEPARTMENT: RecipientKind.HEALTH_PROVIDER,
    ReceiverKind.HEALTH_CENTER: RecipientKind.HEALTH_PROVIDER,
    ReceiverKind.COMMUNITY_PROVIDER: RecipientKind.HEALTH_PROVIDER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outflow:
    """`happened`: it was said or sent before anybody recorded it."""

    disclosure: Disclosure
    happened: bool
    referral: ReferralId | None = None  # to which agency, the incident says
    agency: AgencyId | None = None


def outflow(event: ev.Event, by: Actor, said: Mapping[WordsId, str], protocol: Protocol) -> Outflow | None:
    """None for what tells nobody outside anything. `said` are the words that the event names."""
    match event:
        case ev.HandoffOffered():
            return Outflow(disclosure=_handoff(event, by, said), happened=False, agency=event.agency)
        case rev.BriefGiven():
            return Outflow(disclosure=_brief(event, by, said), happened=True, agency=event.agency)
        case rev.ReferralMoved(state=ReferralState.REQUESTED):
            return Outflow(disclosure=_referral(event, by), happened=False, referral=event.referral)
        case fev.GuardianTextGiven() | fev.GuardianWrote(answered=True):
            return Outflow(disclosure=_text(event), happened=False)
        case ev.ContactAttempted():
            told = _contact(event, by)
        case ev.ReportFiled():
            told = _report(event, by)
        case ev.EmergencyRaised(called_911=True):
            told = _call_for_help(event, by, protocol)
        case _:
            return None
    return None if told is None else Outflow(disclosure=told, happened=True)


def post_of(by: Actor) -> StaffRole | None:
    """The post in which somebody gives something out, where they hold several the first by name."""
    return min(by.posts, default=None)


def _handoff(event: ev.HandoffOffered, by: Actor, said: Mapping[WordsId, str]) -> Disclosure:
    reports = event.basis is LegalBasis.CHILD_PROTECTION_REPORT
    kind = RecipientKind.CHILD_PROTECTION if reports else _receiver(event.receiver, event.basis)
    return Disclosure(
        way=DisclosureWay.HANDOFF,
        basis=event.basis,
        purpose=DisclosurePurpose.KEEP_SAFE if event.basis is LegalBasis.EMERGENCY else DisclosurePurpose.CARE,
        recipients=(Recipient(kind=kind, affiliation=said.get(event.organisation)),),
        fields=event.disclosed,
        threat=said.get(event.threat) if event.threat is not None else None,
        decided_by=by.id,
        released_by=by.id,
        released_as=post_of(by),
        regime=Regime.HIPAA if StaffRole.CLINICIAN in by.posts else Regime.FERPA,
    )


def _receiver(receiver: ReceiverKind, basis: LegalBasis | None) -> RecipientKind:
    return RecipientKind.PARTNER if basis is LegalBasis.PARTNER_OFFICIAL else RECEIVERS[receiver]


def _brief(event: rev.BriefGiven, by: Actor, said: Mapping[WordsId, str]) -> Disclosure:
    """By item, as agreements and consents list them; who comes to the door is told nothing of anybody."""
    home, emergency = event.audience is Audience.PICK_UP, event.audience is Audience.EMERGENCY
    kind = RecipientKind.EMERGENCY_SERVICES if emergency else RecipientKind.OTHER
    kind = kind if event.receiver is None else _receiver(event.receiver, event.basis)
    affiliation = None if event.organisation is None else said.get(event.organisation)
    return Disclosure(
        way=DisclosureWay.PRINT if event.way is BriefWay.PRINTED else DisclosureWay.CALL,
        basis=LegalBasis.NO_PII if home else event.basis,
        purpose=DisclosurePurpose.CARE if event.receiver is not None else DisclosurePurpose.KEEP_SAFE,
        recipients=(Recipient(kind=kind, name=said.get(event.recipient), affiliation=affiliation),),
        fields=frozenset({"call_back"}) if home else frozenset(PLACE_OF[each][1].value for each in event.fields),
        threat=None if event.threat is None else said.get(event.threat),
        decided_by=by.id,
        released_by=by.id,
        released_as=post_of(by),
        notice=not home,
    )


def _referral(event: rev.ReferralMoved, by: Actor) -> Disclosure:
    """What an intake needs to say whether they take somebody, and no more: no level of risk, no word of the student."""
    partner = event.basis is LegalBasis.PARTNER_OFFICIAL
    return Disclosure(
        way=DisclosureWay.CALL,
        basis=event.basis,
        purpose=DisclosurePurpose.CARE,
        recipients=(Recipient(kind=RecipientKind.PARTNER if partner else RecipientKind.HEALTH_PROVIDER),),
        fields=FOR_INTAKE,
        released_by=by.id,
        released_as=post_of(by),
    )


def _contact(event: ev.ContactAttempted, by: Actor) -> Disclosure | None:
    informed = event.guardian and event.outcome is ContactOutcome.REACHED
    if not informed and event.outcome not in ONLY_CALL_BACK:
        return None
    kind = RecipientKind.PARENT if event.guardian else RecipientKind.OTHER
    return Disclosure(
        way=DisclosureWay.MESSAGE if event.method in WRITTEN else DisclosureWay.CALL,
        basis=LegalBasis.PARENT_OR_STUDENT if informed else LegalBasis.NO_PII,
        purpose=DisclosurePurpose.INFORM_FAMILY if informed else DisclosurePurpose.KEEP_SAFE,
        recipients=(Recipient(kind=kind, person=event.contact),),
        fields=frozenset({"spoken" if informed else "call_back"}),
        released_by=by.id,
        released_as=post_of(by),
    )


def _text(event: fev.GuardianTextGiven | fev.GuardianWrote) -> Disclosure:
    """PR-23: a neutral text, or the neutral answer; whoever ordered the first answers for both."""
    meeting = isinstance(event, fev.GuardianTextGiven) and event.message in MEETINGS
    return Disclosure(
        way=DisclosureWay.MESSAGE,
        basis=LegalBasis.NO_PII,
        purpose=DisclosurePurpose.KEEP_SAFE,
        recipients=(Recipient(kind=RecipientKind.OTHER, person=event.contact),),
        fields=frozenset({"meeting" if meeting else "call_back"}),
        released_by=event.ordered_by,
    )


def _report(event: ev.ReportFiled, by: Actor) -> Disclosure:
    return Disclosure(
        way=DisclosureWay.REPORT,
        basis=LegalBasis.CHILD_PROTECTION_REPORT,
        purpose=DisclosurePurpose.CHILD_PROTECTION,
        recipients=(Recipient(kind=RecipientKind.CHILD_PROTECTION, affiliation=event.agency),),
        fields=frozenset({"report"}),  # what was reported is not copied (`privacy-and-culture.md` 1.4)
        released_by=by.id,
        released_as=post_of(by),
    )


def _call_for_help(event: ev.EmergencyRaised, by: Actor, protocol: Protocol) -> Disclosure:
    named = {danger.id: danger.label.en for danger in protocol.lane.dangers}
    return Disclosure(
        way=DisclosureWay.CALL,
        basis=LegalBasis.EMERGENCY,
        purpose=DisclosurePurpose.KEEP_SAFE,
        recipients=(Recipient(kind=RecipientKind.EMERGENCY_SERVICES, affiliation="911"),),
        fields=frozenset({"danger", "place"}),
        threat="; ".join(named.get(each, each) for each in sorted(event.dangers)),
        decided_by=by.id,
        released_by=by.id,
        released_as=post_of(by),
    )
