"""Whom to call first about a student, what must be so first, and whom to try next: pure (`privacy-and-culture.md` 1.7).

Of the fields 11 and 13 of 2.3. It sorts and advises; whether somebody may be contacted is `crisis.policy.contact`'s.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crisis.record_words import ContactCondition, FamilyStatus
from crisis.vocabulary import PersonId, Relation

PARENTS = frozenset({Relation.PARENT, Relation.STEP_PARENT, Relation.GUARDIAN, Relation.OTHER})  # unknown is no “safe”
STANDS_IN: Mapping[FamilyStatus, frozenset[Relation]] = {
    FamilyStatus.UNACCOMPANIED: frozenset({Relation.CASEWORKER}),
    FamilyStatus.STATE_CUSTODY: frozenset({Relation.CASEWORKER}),
    FamilyStatus.KINSHIP: frozenset({Relation.GRANDPARENT, Relation.RELATIVE}),
    FamilyStatus.SURROGATE: frozenset(),  # whoever is appointed is named
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What must be so first when `person` is told; `beside` is the adult who is to be with them."""

    person: PersonId
    kind: ContactCondition
    beside: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`first` is who comes before everybody else by the status: an adult of the record, or one of the staff."""

    status: FamilyStatus | None = None
    first: PersonId | None = None
    order: Sequence[PersonId] = ()
    conditions: Sequence[Condition] = ()

    def about(self, person: PersonId) -> tuple[Condition, ...]:
        return tuple(each for each in self.conditions if each.person == person)

    def lead_decides(self, person: PersonId, relation: Relation) -> bool:
        """Whether a person has to decide that this adult is told, since somebody else answers for the student."""
        return self.status is not None and person != self.first and relation in PARENTS

    def names_nobody(self, relations: Iterable[Relation]) -> bool:
        """Whether somebody else answers for the student, and neither they nor anybody in their place is on record."""
        if self.status is None or self.first is not None:
            return False
        return not STANDS_IN[self.status] & set(relations)

    def place(self, person: PersonId, relation: Relation) -> tuple[bool, bool, bool, int]:
        """Where somebody stands among the adults, by `sorted`: who is first by the status, then as the family said."""
        stands_in = STANDS_IN[self.status] if self.status is not None else frozenset[Relation]()
        turn = self.order.index(person) if person in self.order else len(self.order)
        return self.lead_decides(person, relation), person != self.first, relation not in stands_in, turn


def next_to_try(callable_now: Sequence[PersonId], tried: Iterable[PersonId | None]) -> PersonId | None:
    """Of those who may be called without asking anybody, in their order: whoever was tried least."""
    times = list(tried)
    return min(callable_now, key=times.count, default=None)
