"""The one decision about what may leave the school: pure, total, the same for a preview and for the deed.

FERPA (34 CFR 99.30 to 99.37), 42 CFR Part 2 and what a state adds by its pack (`privacy-and-culture.md` 1.1, 1.2, 6 B).
A refusal wins over a question for a person, and that over a permission. Somebody chose each basis.
"""

from crisis.disclosure_words import DisclosureDuty, DisclosureEffect, DisclosureWay, LogField, RecipientKind, Regime
from crisis.policy.bases import BY_BASIS
from crisis.policy.disclosure_case import Circumstances, Decision, Disclosure, Found, Rule
from crisis.policy.disclosure_case import ask as _ask
from crisis.policy.disclosure_case import refuse as _refuse
from crisis.statemachine.incident import Incident
from crisis.vocabulary import Emergency, LegalBasis, Phase, Tier

ENTITLED = frozenset({RecipientKind.PARENT, RecipientKind.STUDENT})
INSIDE = frozenset({*ENTITLED, RecipientKind.SCHOOL_OFFICIAL})
PART2 = frozenset({Regime.PART2, Regime.MIXED})
PART2_BASES = frozenset({LegalBasis.PART2_CONSENT, LegalBasis.PART2_EMERGENCY})
NOT_FOR_LOG = frozenset(  # 34 CFR 99.32(d): parent, eligible student, school official, consent; and what names nobody
    {
        LegalBasis.PARENT_OR_STUDENT,
        LegalBasis.SCHOOL_OFFICIAL,
        LegalBasis.PARTNER_OFFICIAL,
        LegalBasis.CONSENT,
        LegalBasis.PART2_CONSENT,
        LegalBasis.NO_PII,
    }
)
RIGHTFUL: dict[LegalBasis, frozenset[RecipientKind]] = {  # a basis that fits these recipients alone
    LegalBasis.PARENT_OR_STUDENT: ENTITLED,
    LegalBasis.SCHOOL_OFFICIAL: frozenset({RecipientKind.SCHOOL_OFFICIAL}),
    LegalBasis.PARTNER_OFFICIAL: frozenset({RecipientKind.PARTNER}),
    LegalBasis.CHILD_PROTECTION_REPORT: frozenset({RecipientKind.CHILD_PROTECTION}),
    LegalBasis.CHILD_WELFARE: frozenset({RecipientKind.CHILD_PROTECTION, RecipientKind.OTHER}),
    LegalBasis.TRANSFER: frozenset({RecipientKind.OTHER_SCHOOL}),
    LegalBasis.DEPENDENT_STUDENT: frozenset({RecipientKind.PARENT}),
    LegalBasis.COURT_ORDER: frozenset({RecipientKind.COURT}),
}
ACUTE = frozenset({Phase.IDENTIFICATION, Phase.SAFETY_ASSESSMENT, Phase.FAMILY_CONTACT, Phase.HANDOFF})


def emergency_open(incident: Incident) -> bool:
    """The period of the emergency (34 CFR 99.36): while danger is acute or not ruled out, and no longer.

    Who has left in an ambulance is still in danger until somebody has taken over; whoever went home with a parent who
    can sign a consent is not, unless the risk is high or abuse was reported.
    """
    if incident.closed_at is not None:
        return False
    if incident.emergency is Emergency.ACTIVE:
        return True
    tier = incident.effective_tier
    if tier is not None and tier.rank < Tier.MODERATE.rank:
        return False
    taken_over = any(each.accepted_at is not None for each in incident.handoffs.values())
    grave = tier is None or tier.rank >= Tier.HIGH.rank or bool(incident.obligations)
    return incident.phase in ACUTE or (grave and not taken_over)


def decide_disclosure(wanted: Disclosure, given: Circumstances) -> Decision:
    """Total: every input has an answer."""
    rulings = [each for rule in RULES for each in rule(wanted, given)]
    effects = {each.effect for each in rulings}
    effect = next((each for each in _SEVEREST_FIRST if each in effects), DisclosureEffect.ALLOW)
    return Decision(
        effect,
        tuple(sorted(rulings, key=lambda each: each.effect is not effect)),
        _duties(wanted, effect),
        f"{given.pack.id} {given.pack.version}",
        ferpa_log=_in_ferpa_log(wanted),
        state_log=bool(given.pack.log_fields) and _outside(wanted) and wanted.basis is not LegalBasis.NO_PII,
    )


_SEVEREST_FIRST = (DisclosureEffect.REFUSE, DisclosureEffect.HUMAN)


def _outside(wanted: Disclosure) -> bool:
    return any(each.kind not in INSIDE for each in wanted.recipients)


def _in_ferpa_log(wanted: Disclosure) -> bool:
    """99.32(d) leaves out also what goes to a parent by another right."""
    to_parents_alone = bool(wanted.recipients) and all(each.kind in ENTITLED for each in wanted.recipients)
    return wanted.basis not in NOT_FOR_LOG and not to_parents_alone


def _duties(wanted: Disclosure, effect: DisclosureEffect) -> frozenset[DisclosureDuty]:
    found = set()
    if _outside(wanted) and wanted.basis is not LegalBasis.NO_PII:
        found.add(DisclosureDuty.REDISCLOSURE_NOTICE)
    if wanted.regime in PART2:
        found.add(DisclosureDuty.PART2_NOTICE)
    if effect is DisclosureEffect.HUMAN:
        found.add(DisclosureDuty.PRIVACY_OFFICER)
    return frozenset(found)


def _whole(wanted: Disclosure, given: Circumstances) -> Found:
    """PR-23: no byte without basis, recipient, fields and purpose."""
    if wanted.basis is None:
        yield _refuse("PR-23", "Choose why this may be shared: nothing leaves without a basis in law", at="basis")
    if wanted.purpose is None:
        yield _refuse("PR-23", "Say what it is needed for")
    if not wanted.recipients or not all(each.named for each in wanted.recipients):
        yield _refuse("PR-23", "Name who gets it")
    if not wanted.fields:
        yield _refuse("PR-23", "Choose what is to go out")


def _barred(wanted: Disclosure, given: Circumstances) -> Found:
    """`privacy-and-culture.md` 1.8: who must not be contacted is told nothing either."""
    if any(each.person in given.barred for each in wanted.recipients if each.person is not None):
        yield _refuse("PR-1", "A restriction is in force for this person: nothing about the student goes to them")


def _family(wanted: Disclosure, given: Circumstances) -> Found:
    """PR-4, I-10: a block ends no right to see the record (34 CFR 99.4), and is no reason to hand it out at a press."""
    family = [each for each in wanted.recipients if each.kind is RecipientKind.PARENT or each.person in given.parents]
    if not given.family_blocked or not family or wanted.basis is LegalBasis.NO_PII:
        return  # that somebody is contacted at all is asked elsewhere
    text = "The family must not be contacted, because abuse is suspected: the privacy officer decides, and says so"
    decided = wanted.although_blocked and wanted.officer is not None
    yield _ask("PR-4", text) if decided else _refuse("PR-4", text)


def _fits(wanted: Disclosure, given: Circumstances) -> Found:
    """Each basis is for certain recipients."""
    fitting = RIGHTFUL.get(wanted.basis) if wanted.basis is not None else None
    if fitting is not None and not all(each.kind in fitting for each in wanted.recipients):
        yield _refuse("PR-23", "This basis is not for this recipient; choose the one that is", at="basis")


def _by_basis(wanted: Disclosure, given: Circumstances) -> Found:
    if wanted.basis is not None:
        yield from BY_BASIS[wanted.basis](wanted, given)


def _substance(wanted: Disclosure, given: Circumstances) -> Found:
    """PR-34, PR-36: from a program under 42 CFR Part 2."""
    if wanted.regime not in PART2:
        return
    if wanted.basis is LegalBasis.COURT_ORDER:
        yield _ask("PR-36", "Records of substance treatment need a court order of their own kind (42 CFR 2.61)")
    elif wanted.basis not in PART2_BASES:
        yield _refuse("PR-34", "Records of substance treatment go out only with their own consent, or an emergency")
    if not wanted.part2_notice:
        yield _refuse("PR-34", "The notice about records of substance treatment goes with it")


def _state(wanted: Disclosure, given: Circumstances) -> Found:
    """PR-33: for whoever is neither parent, student nor staff."""
    if not _outside(wanted) or wanted.basis is LegalBasis.NO_PII:
        return
    if given.pack.log_fields - _written(wanted):
        yield _refuse("PR-33", "The state wants the names, positions, parts and purpose written down; fill them all in")


def _written(wanted: Disclosure) -> frozenset[LogField]:
    others = [each for each in wanted.recipients if each.kind not in INSIDE]
    there = {
        LogField.RELEASER_POSITION: wanted.released_as is not None,
        LogField.RECIPIENT_NAME: all((each.name or "").strip() or each.person for each in others),
        LogField.RECIPIENT_POSITION: all((each.position or "").strip() for each in others),
        LogField.RECIPIENT_AFFILIATION: all((each.affiliation or "").strip() for each in others),
        LogField.PARTS: bool(wanted.fields),
        LogField.PURPOSE: wanted.purpose is not None,
    }
    return frozenset(name for name, known in there.items() if known)


def _noticed(wanted: Disclosure, given: Circumstances) -> Found:
    """PR-38: what is written tells its reader that it may not be passed on."""
    written = wanted.way in (DisclosureWay.EXPORT, DisclosureWay.PRINT)
    if written and not wanted.notice and DisclosureDuty.REDISCLOSURE_NOTICE in _duties(wanted, DisclosureEffect.ALLOW):
        yield _refuse("PR-38", "The notice that it may not be passed on goes with it")


RULES: tuple[Rule, ...] = (_whole, _barred, _family, _fits, _by_basis, _substance, _state, _noticed)
