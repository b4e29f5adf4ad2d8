"""What each basis in law asks for; one function a basis, so that none is forgotten."""

from collections.abc import Mapping
from functools import partial

from crisis.disclosure_words import DisclosureEffect, DisclosureWay, RecipientKind, Regime
from crisis.policy import consents
from crisis.policy.consents import Release
from crisis.policy.disclosure_case import Circumstances, Disclosure, Found, Rule, Ruling, refuse
from crisis.policy.disclosure_case import ask as _ask
from crisis.vocabulary import LegalBasis

_refuse = partial(refuse, at="basis")  # mended by another reason to share

EMERGENCY_FIELDS = frozenset(
    {
        "danger",
        "guardians",
        "identity",
        "language",
        "means",
        "medical",
        "place",
        "risk",
        "safety_plan",
        "school_contact",
        "spoken",
        "statement",
        "what_helps",
    }
)  # the projection `emergency`: what helps to protect, and no whole record (PR-25)

NOTHING_OF_THE_STUDENT = frozenset({"call_back", "meeting"})  # a number of the school; when and where to meet


def _emergency(wanted: Disclosure, given: Circumstances) -> Found:
    """PR-24, PR-25."""
    if not (wanted.threat or "").strip():
        text = "An emergency disclosure needs the threat in words: what danger, to whom, why now"
        yield _refuse("PR-24", text, at="threat")
    if wanted.decided_by is None:
        yield _refuse("PR-24", "Name who decided that the emergency allows it")
    if not given.emergency:
        yield _refuse("PR-24", "The emergency is over, or the risk was found to be low: ask for consent instead")
    if not wanted.fields <= EMERGENCY_FIELDS:
        yield _refuse("PR-25", "In an emergency only what helps to protect goes out, never the whole record")


def _consented(wanted: Disclosure, given: Circumstances) -> Found:
    """PR-26."""
    if wanted.consent is None:
        text = "No written consent for this is on record: record it on the student's page, or choose another reason"
        yield _refuse("PR-26", text)
        return
    names = {each for one in wanted.recipients for each in (one.name, one.affiliation) if each}
    release = Release(fields=wanted.fields, parties=frozenset(names), purpose=wanted.purpose, of_age=given.of_age)
    for reason in consents.against(wanted.consent, release, given.today):
        yield Ruling(DisclosureEffect.REFUSE, reason)
    if wanted.basis is LegalBasis.PART2_CONSENT and not wanted.consent.part2:
        yield _refuse("PR-34", "Records of substance treatment need a consent that names them")


def _entitled(wanted: Disclosure, given: Circumstances) -> Found:
    """PR-28, PR-29, PR-30: family is no right, and at 18 it is the student's."""
    for each in wanted.recipients:
        if each.kind is RecipientKind.STUDENT:
            if not (given.of_age or given.student_may_see):
                yield _ask("PR-29", "The law gives this right to the parents; the privacy officer decides")
            continue
        if each.person not in given.parents:
            yield _refuse("PR-30", "Nobody on record shows that this person has a parent's right to be told")
        if given.of_age and each.person not in given.by_court:
            yield _ask(
                "PR-28", "The student is of age: it needs their consent, an emergency, or a documented dependency"
            )
        if given.of_age is None and wanted.way in (DisclosureWay.EXPORT, DisclosureWay.PRINT):
            yield _ask("PR-28", "No birth date is on record; the privacy officer finds out whose right it is")


def _dependent(wanted: Disclosure, given: Circumstances) -> Found:
    if not given.dependency_documented:
        yield _refuse("PR-28", "Nothing on record shows that the student is the parents' dependent")


def _agreed(wanted: Disclosure, given: Circumstances) -> Found:
    """PR-37."""
    if given.agreed is None:
        yield _refuse("PR-37", "There is no agreement in force with this partner")
    elif not wanted.fields <= given.agreed:
        yield _refuse("PR-37", "The agreement with this partner does not list everything that is to go out")


def _for_a_court(wanted: Disclosure, given: Circumstances) -> Found:
    """PR-36: never by itself, whoever asks."""
    if wanted.officer is None or not (wanted.counsel or "").strip() or not wanted.document:
        yield _refuse("PR-36", "For a court the privacy officer decides, after counsel has seen the order")
    yield _ask("PR-36", "For a court it is always people who decide: the privacy officer, after counsel")


def _medical_emergency(wanted: Disclosure, given: Circumstances) -> Found:
    """PR-34: the four things that are written down at once."""
    said = wanted.part2_emergency
    whole = said is not None and all(
        (said.recipient.strip(), said.affiliation.strip(), said.discloser, said.at, said.nature.strip())
    )
    if not whole:
        yield _refuse("PR-34", "Write down at once: who got it and of where, who gave it, when, and which emergency")


def _clinics_own(wanted: Disclosure, given: Circumstances) -> Found:
    """HIPAA's treatment is no exception of FERPA: a school's record needs one of its own."""
    if wanted.regime not in (Regime.HIPAA, Regime.MIXED):
        yield _refuse("PR-23", "Treatment is a basis for a clinic's own records; the school's need another one")


def _caseworker(wanted: Disclosure, given: Circumstances) -> Found:
    if not wanted.identity_checked or not wanted.document:
        yield _refuse("PR-23", "Check who the caseworker is, and see the custody paper, before anything goes")


def _of_nobody(wanted: Disclosure, given: Circumstances) -> Found:
    if wanted.fields - NOTHING_OF_THE_STUDENT:
        yield _refuse("PR-23", "Something of the student is in it; it needs another basis")


def _nothing_more(wanted: Disclosure, given: Circumstances) -> Found:
    """That it fits the recipient is enough."""
    yield from ()


BY_BASIS: Mapping[LegalBasis, Rule] = {
    LegalBasis.CONSENT: _consented,
    LegalBasis.EMERGENCY: _emergency,
    LegalBasis.TREATMENT: _clinics_own,
    LegalBasis.CHILD_PROTECTION_REPORT: _nothing_more,
    LegalBasis.COURT_ORDER: _for_a_court,
    LegalBasis.SCHOOL_OFFICIAL: _nothing_more,
    LegalBasis.PARTNER_OFFICIAL: _agreed,
    LegalBasis.PARENT_OR_STUDENT: _entitled,
    LegalBasis.CHILD_WELFARE: _caseworker,
    LegalBasis.TRANSFER: _nothing_more,
    LegalBasis.DEPENDENT_STUDENT: _dependent,
    LegalBasis.PART2_CONSENT: _consented,
    LegalBasis.PART2_EMERGENCY: _medical_emergency,
    LegalBasis.NO_PII: _of_nobody,
}
