"""Who around a student may be contacted, and how, in words; worked out once for the pages that show it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from crisis.policy.contact import Decision
from crisis.privacy_words import Obligation, RestrictionKind
from crisis.store.contacting import Card
from crisis.vocabulary import PersonId, Relation
from web.forms import Said
from web.pages.reasons import in_words
from web.rendering import Language, translations
from web.words import N_
from web.words_of_family import condition
from web.words_of_hours import WAYS

KINDS: dict[RestrictionKind, str] = {
    RestrictionKind.COURT_ORDER: N_("A court order"),
    RestrictionKind.CHILD_PROTECTION_HOLD: N_("Child protection has asked for it"),
    RestrictionKind.SUSPECTED_ABUSE: N_("Abuse is suspected"),
    RestrictionKind.STUDENT_FEAR: N_("The student is afraid of them"),
    RestrictionKind.SAFETY_PLAN: N_("The student's safety plan"),
}
EVERYBODY = N_("The family: every guardian")
FIRST: dict[Obligation, str] = {
    Obligation.INTERPRETER_FIRST: N_("Have an interpreter on the line before you talk"),
    Obligation.ASK_LANGUAGE: N_("Ask which language they want to speak"),
    Obligation.NO_VOICEMAIL: N_("Leave no message: somebody else may hear it"),
    Obligation.NEUTRAL_TEMPLATE: N_("No name and no word about health in what you write or leave behind"),
    Obligation.SAFETY_ONLY: N_("Say only that the student is safe, and where help is"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One adult as a template shows them. `first` is what to do before or in a call; `numbers` each with why not."""

    person: PersonId
    name: str
    relation: Relation
    guardian: bool | None
    language: str | None
    refused: bool
    why: tuple[Said, ...]
    first: tuple[str, ...]
    numbers: tuple[tuple[str, tuple[Said, ...]], ...]
    lead_decides: bool = False  # whether they are told (1.7)
    ways: tuple[tuple[str, tuple[Said, ...]], ...] = ()  # in the order that they asked for, each with why not now
    not_before: datetime | None = None  # they asked to be left alone until then


def members(cards: Iterable[Card], language: Language) -> list[Member]:
    """Whom nobody may contact comes first: that has to be seen before a number is."""
    known = list(cards)
    names = {each.contact.person: each.contact.name for each in known}
    found = [_member(each, names, language) for each in known]
    return sorted(found, key=lambda each: not each.refused)


def _member(card: Card, names: Mapping[PersonId, str], language: Language) -> Member:
    whole = set(card.decision.reasons)
    return Member(
        person=card.contact.person,
        name=card.contact.name,
        relation=card.contact.relation,
        guardian=card.contact.guardian,
        language=card.contact.language,
        refused=card.refused,
        why=_said(card.decision, language),
        first=() if card.refused else (*_conditions(card, names, language), *_owed(card, language)),
        numbers=tuple(
            (number, tuple(in_words(each, language) for each in decision.reasons if each not in whole))
            for number, decision in card.numbers
        ),
        lead_decides=any(each.reason.rule == "FAMILY" for each in card.decision.rulings),
        ways=tuple((translations(language).gettext(WAYS[way]), _said(each, language)) for way, each in card.ways),
        not_before=card.not_before,
    )


def _owed(card: Card, language: Language) -> tuple[str, ...]:
    return told([each for _, each in card.numbers] or [card.decision], language)


def _conditions(card: Card, names: Mapping[PersonId, str], language: Language) -> Iterator[str]:
    translate = translations(language).gettext
    for each in card.conditions:
        words, within = condition(each.kind, None if each.beside is None else names.get(each.beside, "?"))
        yield translate(words) % within if within else translate(words)


def _said(decision: Decision, language: Language) -> tuple[Said, ...]:
    return tuple(in_words(each, language) for each in decision.reasons)


def told(decisions: Sequence[Decision], language: Language) -> tuple[str, ...]:
    translate = translations(language).gettext
    owed = {obligation for each in decisions for obligation in each.obligations}
    return tuple(translate(words) for obligation, words in FIRST.items() if obligation in owed)
