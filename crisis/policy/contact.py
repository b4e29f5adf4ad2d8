"""The one decision about contacting an adult of a student: pure, total, the same for a preview and for the deed.

Order of the rules and their numbers: `privacy-and-culture.md` 2.4 and 6. A refusal wins over a question for a person,
and that over a permission; what is unknown is never read as safe. The law comes in by a policy pack alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from crisis.errors import Reason
from crisis.policy.age import years
from crisis.policy.authorities import Granted, dependent, of_person
from crisis.policy.family_plan import Plan
from crisis.policy.hours import AvoidedTime, left_alone_until
from crisis.policy.messages import can_read
from crisis.policy.packs import FLOOR, Pack
from crisis.policy.restricted import WHY
from crisis.policy.writing import against_writing
from crisis.privacy_words import (
    Authority,
    ContactEffect,
    ContactPurpose,
    ContactWay,
    NoticeRule,
    Obligation,
    RestrictionKind,
)
from crisis.record_words import FamilyStatus
from crisis.vocabulary import PersonId, Relation

SAFE_PURPOSES = frozenset({ContactPurpose.SAFETY_CALLBACK, ContactPurpose.PICKUP, ContactPurpose.LOGISTICS})
WRITTEN = frozenset({ContactWay.TEXT, ContactWay.EMAIL})
LEFT_BEHIND = frozenset({ContactWay.TEXT, ContactWay.VOICEMAIL})  # whoever picks up the telephone finds it
DECIDES = frozenset(
    {Authority.EDUCATION_RIGHTS, Authority.EDUCATION_DECISIONS, Authority.SURROGATE, Authority.ADULT_GUARDIAN}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """In force from the moment when one person entered it, until two have lifted it.

    `until` is the last day of an order, by the school's calendar; after it a person decides (PR-7). `numbers` are those
    that were theirs when it was entered, so that they stay barred under another name.
    """

    kind: RestrictionKind
    person: PersonId
    numbers: frozenset[str] = frozenset()
    household: bool = False
    since: datetime
    until: date | None = None
    lifted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adult:
    """`guardian` None and `household` None: nobody knows. `reads` are BCP 47 languages, in the order of preference."""

    person: PersonId
    guardian: bool | None
    relation: Relation = Relation.OTHER
    authorities: frozenset[Authority] = frozenset()
    household: str | None = None
    numbers: frozenset[str] = frozenset()
    stopped: frozenset[str] = frozenset()  # numbers whose owners wrote STOP
    not_reached: frozenset[str] = frozenset()  # numbers of which a carrier says that no text arrives
    not_theirs: frozenset[str] = frozenset()  # numbers of which whoever has them said so
    safe_to_leave_message: bool = True
    voice_only: bool = False
    short_text: bool = False
    addresses: frozenset[str] = frozenset()  # of e-mail, in small letters
    reads: Sequence[str] = ()
    speaks: str | None = None
    interpreter: bool = False

    @property
    def reached_at(self) -> frozenset[str]:
        return self.numbers | self.addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRecord:
    """What is on record of one student and the adults around them. `zone` is the school's."""

    zone: str
    birth_date: date | None
    adults: Sequence[Adult]
    restrictions: Sequence[Restriction] = ()
    plan: Plan = field(default_factory=Plan)
    granted: Sequence[Granted] = ()
    avoided: Sequence[AvoidedTime] = ()
    ways: Mapping[PersonId, Sequence[ContactWay]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom somebody wants to reach; `number` is E.164 or an address of e-mail, None where none is used."""

    person: PersonId
    purpose: ContactPurpose
    way: ContactWay
    number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """`emergency`: the incident is in its emergency phase.

    `published`: languages in which a message may be sent. `lines`: languages whose checked line may go with an English
    one, where no interpreter can be called. `decided` says whether the lead wants an adult to be told about whom a
    person decides (1.7).
    """

    emergency: bool = False
    decided: Mapping[PersonId, bool] = field(default_factory=dict)
    guardians_blocked: bool = False  # I-10: a declared exception puts child protection in their place
    minor_consented: bool = False  # to their own care, where the state lets them
    published: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()
    staff_speak: frozenset[str] = frozenset({"en"})
    pack: Pack = FLOOR


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one rule says."""

    effect: ContactEffect
    reason: Reason


@dataclass(frozen=True, slots=True)
class Decision:
    """`rulings` are all that were found, those that decided first; `pack` is which law was asked, and its version."""

    effect: ContactEffect
    rulings: tuple[Ruling, ...]
    obligations: frozenset[Obligation]
    pack: str

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it is not simply allowed, without those that were outweighed."""
        return tuple(each.reason for each in self.rulings if each.effect is self.effect)


@dataclass(frozen=True, slots=True)
class _Case:
    record: ContactRecord
    contact: Contact
    circumstances: Circumstances
    at: datetime

    @property
    def adult(self) -> Adult | None:
        return next((each for each in self.record.adults if each.person == self.contact.person), None)

    @property
    def rights(self) -> frozenset[Authority]:
        return rights(self.record, self.contact.person, self.today)

    @property
    def today(self) -> date:
        return self.at.astimezone(ZoneInfo(self.record.zone)).date()

    def in_force(self) -> Iterator[Restriction]:
        return (each for each in self._begun() if each.until is None or self.today <= each.until)

    def run_out(self) -> Iterator[Restriction]:
        return (each for each in self._begun() if each.until is not None and self.today > each.until)

    def _begun(self) -> Iterator[Restriction]:
        return (
            each
            for each in self.record.restrictions
            if each.since <= self.at and (each.lifted_at is None or self.at < each.lifted_at)
        )


Found = Iterator[Ruling | Obligation]
_Rule = Callable[[_Case], Found]


def decide_contact(record: ContactRecord, contact: Contact, circumstances: Circumstances, at: datetime) -> Decision:
    """Total: every input has an answer. `at` has a time zone; ages and days count by the school's."""
    case = _Case(record, contact, circumstances, at)
    found = [each for rule in RULES for each in rule(case)]
    rulings = [each for each in found if isinstance(each, Ruling)]
    obligations = frozenset(each for each in found if isinstance(each, Obligation))
    pack = f"{circumstances.pack.id} {circumstances.pack.version}"
    for effect in (ContactEffect.REFUSE, ContactEffect.HUMAN):
        if any(each.effect is effect for each in rulings):
            ordered = sorted(rulings, key=lambda each: each.effect is not effect)
            return Decision(effect, tuple(ordered), obligations, pack)
    effect = ContactEffect.ALLOW_WITH if obligations else ContactEffect.ALLOW
    return Decision(effect, (), obligations, pack)


def _refuse(rule: str, text: str) -> Ruling:
    return Ruling(ContactEffect.REFUSE, Reason(rule, text))


def _ask(rule: str, text: str) -> Ruling:
    return Ruling(ContactEffect.HUMAN, Reason(rule, text))


def _restricted(case: _Case) -> Found:
    """PR-1: whoever enters it, it acts at once; verified or not."""
    for each in case.in_force():
        if each.person == case.contact.person:
            yield Ruling(ContactEffect.REFUSE, WHY[each.kind])


def _household(case: _Case) -> Found:
    """PR-3: whoever lives with them leaves the plan as well; where nobody knows who does, a person decides."""
    adult, homes = case.adult, {each.person: each.household for each in case.record.adults}
    for each in case.in_force():
        if each.person == case.contact.person or not (each.household or each.kind is RestrictionKind.SUSPECTED_ABUSE):
            continue
        theirs, this = homes.get(each.person), None if adult is None else adult.household
        if theirs is None or this is None:
            yield _ask("PR-3", "Nobody has recorded who lives with the person who must not be contacted; ask the lead")
        elif theirs == this:
            yield _refuse("PR-3", "This person lives with somebody who must not be contacted; choose another adult")


def _number(case: _Case) -> Found:
    """PR-2: a telephone that two people share is answered by either; one that comes back under a new name is theirs."""
    number = case.contact.number
    if number is None:
        return
    adults = {each.person: each for each in case.record.adults}
    for each in case.in_force():
        theirs = each.numbers | (adults[each.person].reached_at if each.person in adults else frozenset())
        if number not in theirs or each.person == case.contact.person:
            continue
        if each.person in adults:
            yield _ask("PR-2", "This number is shared with somebody who must not be contacted; a person decides")
        else:
            yield _refuse("PR-1", "This number belongs to somebody who must not be contacted; use another one")


def _somebody_elses(case: _Case) -> Found:
    """Nothing but the word that it was a mistake goes to a stranger."""
    adult, contact = case.adult, case.contact
    if adult is not None and contact.number in adult.not_theirs and contact.purpose is not ContactPurpose.LOGISTICS:
        yield _refuse("PR-2", "Whoever has this number said that it is not theirs; use another one, or ask the office")


def _ran_out(case: _Case) -> Found:
    """PR-7: the end of an order permits nothing by itself."""
    if any(each.person == case.contact.person for each in case.run_out()):
        yield _ask("PR-7", "An order about this person has run out; ask the privacy officer before you contact them")


def _in_place_of_parents(case: _Case) -> Found:
    """PR-4, I-10."""
    adult = case.adult
    if case.circumstances.guardians_blocked and (adult is None or adult.guardian is not False):
        yield _refuse("PR-4", "Child protection is contacted in place of the parents; two people can lift that")


def _not_first(case: _Case) -> Found:
    """1.7: a parent who does not answer for the student, or whom the student has left, is no default."""
    adult, decided = case.adult, case.circumstances.decided.get(case.contact.person)
    if decided is False:
        yield _refuse("FAMILY", "The lead has decided that this adult is not contacted; choose another one")
    elif decided is None and adult is not None and case.record.plan.lead_decides(adult.person, adult.relation):
        yield _ask("FAMILY", "Somebody else comes first for this student; the lead decides whether this adult is told")


def _conditions(case: _Case) -> Found:
    """Field 11: what must be so first. Whom nobody may contact cannot be asked to be with somebody either."""
    barred = {each.person for each in case.in_force()}
    for each in case.record.plan.about(case.contact.person):
        yield Obligation.CONDITION_FIRST
        if each.beside in barred:
            yield _ask("FAMILY", "Who was to be with them must not be contacted; the lead decides how they are told")


def _of_age(case: _Case) -> Found:
    """PR-28: at 18 the rights are the student's (34 CFR 99.3); one who is born on 29 February is so on 1 March.

    But where a court has appointed a guardian of the adult, and a second person has seen its paper (field 27).
    """
    born, adult = case.record.birth_date, case.adult
    if born is None or adult is None or case.contact.purpose in SAFE_PURPOSES:
        return
    if years(born, case.today) < case.circumstances.pack.eligible_student_age or case.circumstances.emergency:
        return
    parents = [each.person for each in case.record.adults if each.guardian]
    if not dependent(case.record.granted, parents, case.today) and Authority.ADULT_GUARDIAN not in case.rights:
        yield _ask("PR-28", "The student is of age: ask them first, or the privacy officer whether the law permits it")


def _authorised(case: _Case) -> Found:
    """PR-30: to be family, to pick up or to be called in an emergency is no right to be told."""
    adult = case.adult
    if adult is None:
        yield _ask("PR-30", "This person is not on the student's record; check with the office who they are")
        return
    if adult.guardian or case.rights & DECIDES or of_the_state(case.record, adult.person):
        return
    if case.contact.purpose in SAFE_PURPOSES:
        if adult.guardian is False and not case.rights:
            yield _ask("PR-30", "Nothing on record says what this adult may do for the student; ask the office")
        return
    if adult.guardian is None:
        yield _ask("PR-30", "Nobody has checked whether this adult is a guardian; ask only that the guardian calls")
    else:
        yield _refuse("PR-30", "This adult has no right to be told; ask only that the guardian calls back")


def rights(record: ContactRecord, person: PersonId, day: date) -> frozenset[Authority]:
    """What an adult may do on a day: as the roster says it, and as papers show that a second person has checked."""
    by_roster = (each.authorities for each in record.adults if each.person == person)
    return of_person(record.granted, person, day).union(*by_roster)


def of_the_state(record: ContactRecord, person: PersonId) -> bool:
    """Where the state has custody, its caseworker may know (20 USC 1232g(b)(1)(L))."""
    known = [each for each in record.adults if each.person == person]
    return record.plan.status is FamilyStatus.STATE_CUSTODY and any(
        Authority.CASEWORKER in x.authorities for x in known
    )


def _minors_consent(case: _Case) -> Found:
    """PR-42: where the state forbids it, no more is said than that the student is safe."""
    forbidden = case.circumstances.pack.parent_notice is NoticeRule.FORBIDDEN_WITHOUT_MINOR_CONSENT
    if not (forbidden and case.circumstances.minor_consented):
        return
    yield Obligation.SAFETY_ONLY
    if case.contact.purpose in (ContactPurpose.CONSENT_REQUEST, ContactPurpose.FOLLOW_UP):
        yield _ask("PR-42", "The student agreed to this care themselves, and the law lets them; ask them first")


def _neutral(case: _Case) -> Found:
    """PR-8: what is written or left behind has no name, no pronoun and no word of health."""
    if case.contact.way in WRITTEN | LEFT_BEHIND:
        yield Obligation.NEUTRAL_TEMPLATE


def _safe_way(case: _Case) -> Found:
    """PR-15, PR-21: who wrote STOP is called; where others hear it, nothing is left behind."""
    adult, contact = case.adult, case.contact
    if adult is None:
        return
    others = [each for each in case.record.adults if each.person != adult.person]
    shared = contact.number is not None and any(contact.number in each.reached_at for each in others)
    for each in against_writing(contact.way, contact.number, adult):
        yield Ruling(ContactEffect.REFUSE, each)
    if not adult.safe_to_leave_message or shared:
        if contact.way in LEFT_BEHIND | WRITTEN:
            yield _refuse("PR-21", "Somebody else may hear or read it: leave no message, call again")
        if contact.way is ContactWay.CALL:
            yield Obligation.NO_VOICEMAIL


def _hours(case: _Case) -> Found:
    """Fields 8 and 14: it is said, and nothing waits for it; in an emergency it is not even said."""
    whose = [case.contact.person, *([None] if case.contact.purpose is ContactPurpose.FOLLOW_UP else [])]
    asked = any(left_alone_until(case.record.avoided, each, case.at, case.record.zone) for each in whose)
    if asked and not case.circumstances.emergency:
        yield Obligation.OTHER_HOUR


def _language(case: _Case) -> Found:
    """PR-72, PR-73: never silently English, and nobody is informed in a language that they do not understand."""
    adult, given = case.adult, case.circumstances
    if adult is None:
        return
    if case.contact.way in WRITTEN and not can_read(adult.reads, given.published, given.lines):
        yield _refuse("PR-73", "No message is ready in a language that they read; call them, with an interpreter")
    elif case.contact.way not in WRITTEN and (adult.interpreter or adult.speaks not in {None, *given.staff_speak}):
        yield Obligation.INTERPRETER_FIRST
    if adult.speaks is None and not adult.reads:
        yield Obligation.ASK_LANGUAGE


RULES: tuple[_Rule, ...] = (
    _restricted,
    _household,
    _number,
    _somebody_elses,
    _in_place_of_parents,
    _not_first,
    _conditions,
    _ran_out,
    _of_age,
    _authorised,
    _minors_consent,
    _neutral,
    _safe_way,
    _hours,
    _language,
)
