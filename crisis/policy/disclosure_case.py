"""What is asked about something that is to leave the school, and what a rule says to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from crisis.disclosure_words import (
    DisclosureDuty,
    DisclosureEffect,
    DisclosurePurpose,
    DisclosureWay,
    RecipientKind,
    Regime,
)
from crisis.errors import Reason
from crisis.policy.consents import Consent
from crisis.policy.packs import FLOOR, Pack
from crisis.vocabulary import LegalBasis, PersonId, StaffRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """`person` where they are on the roster; `affiliation` is the organisation."""

    kind: RecipientKind
    person: PersonId | None = None
    name: str | None = None
    position: str | None = None
    affiliation: str | None = None

    @property
    def named(self) -> bool:
        return self.person is not None or bool((self.name or "").strip() or (self.affiliation or "").strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Part2Emergency:
    """What 42 CFR 2.51 wants documented at once: who got it and of where, who gave it, when, and of what nature."""

    recipient: str
    affiliation: str
    discloser: PersonId | None
    at: datetime | None
    nature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What is to leave. `fields` are codes, never content; `threat` is in somebody's words (34 CFR 99.36).

    `released_as` is the post of whoever gives it out. `document` is the court order or custody paper, by its SHA-256;
    `officer` is the privacy officer who decided, after `counsel` was asked, where a person has to.
    """

    way: DisclosureWay
    basis: LegalBasis | None
    purpose: DisclosurePurpose | None
    recipients: tuple[Recipient, ...]
    fields: frozenset[str]
    threat: str | None = None
    decided_by: PersonId | None = None
    released_by: PersonId | None = None
    released_as: StaffRole | None = None
    regime: Regime = Regime.FERPA
    consent: Consent | None = None
    part2_emergency: Part2Emergency | None = None
    part2_notice: bool = False
    notice: bool = False
    identity_checked: bool = False
    document: str | None = None
    officer: PersonId | None = None
    counsel: str | None = None
    although_blocked: bool = False  # the officer has read that the family is blocked, and says that it goes out


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """`of_age` None: nobody recorded a birth date. `parents` have the rights of one; `barred` must be told nothing.

    `agreed`: what an agreement in force with the partner lists; None where there is none.
    """

    today: date
    emergency: bool = False
    of_age: bool | None = None
    student_may_see: bool = False
    dependency_documented: bool = False
    parents: frozenset[PersonId] = frozenset()
    barred: frozenset[PersonId] = frozenset()
    family_blocked: bool = False  # I-10: in an incident of the student, or by their record
    by_court: frozenset[PersonId] = frozenset()  # guardians of a student of age (field 27)
    agreed: frozenset[str] | None = None
    pack: Pack = FLOOR


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one rule says."""

    effect: DisclosureEffect
    reason: Reason


@dataclass(frozen=True, slots=True)
class Decision:
    """`rulings` those that decided first; `pack` is which law was asked. The flags say in which log it counts."""

    effect: DisclosureEffect
    rulings: tuple[Ruling, ...]
    duties: frozenset[DisclosureDuty]
    pack: str
    ferpa_log: bool
    state_log: bool

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it is not simply allowed, without those that were outweighed."""
        return tuple(each.reason for each in self.rulings if each.effect is self.effect)


Found = Iterator[Ruling]
Rule = Callable[[Disclosure, Circumstances], Found]


def refuse(rule: str, text: str, at: str = "") -> Ruling:
    return Ruling(DisclosureEffect.REFUSE, Reason(rule, text, at=at))


def ask(rule: str, text: str) -> Ruling:
    return Ruling(DisclosureEffect.HUMAN, Reason(rule, text))
