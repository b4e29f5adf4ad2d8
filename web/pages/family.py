"""Who around a student may be contacted, and how, in words; worked out once for the pages that show it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crisis.policy.contact import Decision
from crisis.privacy_words import Obligation, RestrictionKind
from crisis.store.contacting import Card
from crisis.vocabulary import PersonId, Relation
from web.forms import Said
from web.pages.reasons import in_words
from web.rendering import Language, translations
from web.words import N_

KINDS: dict[RestrictionKind, str] = {
    RestrictionKind.COURT_ORDER: N_("A court order"),
    RestrictionKind.CHILD_PROTECTION_HOLD: N_("Child protection has asked for it"),
    RestrictionKind.SUSPECTED_ABUSE: N_("Abuse is suspected"),
    RestrictionKind.STUDENT_FEAR: N_("The student is afraid of them"),
    RestrictionKind.SAFETY_PLAN: N_("The student's safety plan"),
}
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


def members(cards: Iterable[Card], language: Language) -> list[Member]:
    """Whom nobody may contact comes first: that has to be seen before a number is."""
    found = [_member(each, language) for each in cards]
    return sorted(found, key=lambda each: not each.refused)


def _member(card: Card, language: Language) -> Member:
    whole = set(card.decision.reasons)
    return Member(
        person=card.contact.person,
        name=card.contact.name,
        relation=card.contact.relation,
        guardian=card.contact.guardian,
        language=card.contact.language,
        refused=card.refused,
        why=_said(card.decision, language),
        first=() if card.refused else told([each for _, each in card.numbers] or [card.decision], language),
        numbers=tuple(
            (number, tuple(in_words(each, language) for each in decision.reasons if each not in whole))
            for number, decision in card.numbers
        ),
    )


def _said(decision: Decision, language: Language) -> tuple[Said, ...]:
    return tuple(in_words(each, language) for each in decision.reasons)


def told(decisions: Sequence[Decision], language: Language) -> tuple[str, ...]:
    translate = translations(language).gettext
    owed = {obligation for each in decisions for obligation in each.obligations}
    return tuple(translate(words) for obligation, words in FIRST.items() if obligation in owed)
