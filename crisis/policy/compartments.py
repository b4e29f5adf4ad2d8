"""The two sides of a Title IX matter: whoever works on one sees nothing of the other, and the coordinator both.

Pure (`privacy-and-culture.md` 1.9, PR-43; 34 CFR 106.71). A side is one or more incidents. On it are those whom its
incidents called in, who broke their glass, and whom the coordinator admits; the coordinator's word counts before.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from crisis.access_words import TitleIxSide
from crisis.commands import Actor, ActorKind
from crisis.vocabulary import IncidentId, PersonId, StaffRole

BOTH = frozenset(TitleIxSide)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compartment:
    """What it makes of one incident. `kept`: the incident itself is kept apart, not only another of its student.

    `admitted` see it besides those whom it called in; `across` are on the other side, and see nothing of it.
    """

    kept: bool = False
    admitted: frozenset[PersonId] = frozenset()
    across: frozenset[PersonId] = frozenset()


OPEN = Compartment()


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoSides:
    """`came`: an incident of the side called them in, now or before, or they broke its glass."""

    seats: Mapping[IncidentId, TitleIxSide]
    coordinators: frozenset[PersonId] = frozenset()
    came: Collection[tuple[PersonId, TitleIxSide]] = ()
    admitted: Collection[tuple[PersonId, TitleIxSide]] = field(default=())

    def of(self, person: PersonId) -> frozenset[TitleIxSide]:
        """On which side somebody is; both: nobody has decided yet."""
        if person in self.coordinators:
            return frozenset()
        decided = frozenset(side for who, side in self.admitted if who == person)
        return decided or frozenset(side for who, side in self.came if who == person)

    def on(self, side: TitleIxSide) -> frozenset[PersonId]:
        everybody = {person for person, _ in (*self.came, *self.admitted)}
        return frozenset(person for person in everybody if side in self.of(person))

    def across(self, side: TitleIxSide) -> frozenset[PersonId]:
        """On the other one. Whoever is on both sees neither until the coordinator decides."""
        return frozenset[PersonId]().union(*(self.on(other) for other in BOTH - {side}))

    def may_enter(self, side: TitleIxSide) -> frozenset[PersonId]:
        return self.coordinators | {person for person, where in self.admitted if where is side}

    def undecided(self) -> frozenset[PersonId]:
        return self.on(TitleIxSide.COMPLAINANT) & self.on(TitleIxSide.RESPONDENT)

    def joined(self, other: "TwoSides") -> "TwoSides":
        """As one matter."""
        return TwoSides(
            seats={**self.seats, **other.seats},
            coordinators=self.coordinators | other.coordinators,
            came=(*self.came, *other.came),
            admitted=(*self.admitted, *other.admitted),
        )


def may_keep(actor: Actor, coordinator: PersonId) -> bool:
    """Admit, join and end: its coordinator, and the privacy officer, who see it (which is asked before)."""
    if actor.kind is not ActorKind.PERSON or actor.partner:
        return False
    return actor.id == coordinator or StaffRole.PRIVACY_OFFICER in actor.posts
