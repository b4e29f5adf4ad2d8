"""What whoever holds a role has learned, until when that counts, and which role has nobody left. It stops no page.

Which role asks for which training is a design default; no source says it for all states.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from crisis.errors import Reason
from crisis.vocabulary import PersonId, Role, SchoolId

SOON = timedelta(days=60)


class Training(StrEnum):
    """What somebody has learned and has a paper for."""

    RISK_ASSESSMENT = "risk_assessment"
    MENTAL_HEALTH_FIRST_AID = "mental_health_first_aid"
    NALOXONE = "naloxone"
    DEESCALATION = "deescalation"


class Counts(StrEnum):
    """Whether a paper counts on a day."""

    YES = "yes"
    SOON_OVER = "soon_over"
    OVER = "over"


NEEDED: Mapping[Role, Training] = {
    Role.ASSESSOR: Training.RISK_ASSESSMENT,
    Role.ONCALL_CLINICIAN: Training.RISK_ASSESSMENT,
    Role.SUPERVISING_ADULT: Training.MENTAL_HEALTH_FIRST_AID,
    Role.NURSE: Training.NALOXONE,
    Role.INCIDENT_LEAD: Training.DEESCALATION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """`until` None: it does not run out. Both days count."""

    person: PersonId
    training: Training
    since: date
    until: date | None

    def counts(self, today: date) -> Counts:
        if self.until is None or today + SOON <= self.until:
            return Counts.YES
        return Counts.SOON_OVER if today <= self.until else Counts.OVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who may hold which roles; no schools: at each."""

    person: PersonId
    roles: frozenset[Role]
    schools: frozenset[SchoolId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manning:
    """One role at one school. `trained` are those whose paper counts; `until`: when the last of these runs out.

    `known`: the district keeps papers of this training at all; without that nobody can say who is missing.
    """

    school: SchoolId
    role: Role
    training: Training
    trained: tuple[PersonId, ...]
    others: tuple[PersonId, ...]
    until: date | None
    known: bool

    @property
    def lost(self) -> bool:
        """Nobody is left: a red item."""
        return self.known and not self.trained

    def soon_lost(self, today: date) -> bool:
        return bool(self.trained) and self.until is not None and self.until < today + SOON


def mannings(
    holders: Sequence[Holder], papers: Collection[Trained], schools: Sequence[SchoolId], today: date
) -> list[Manning]:
    """Of each role that somebody holds there and that asks for a training, in the order of schools and roles."""
    good = {(each.person, each.training): each for each in papers if each.counts(today) is not Counts.OVER}
    kept = {each.training for each in papers}
    return [
        _manning(school, role, there, good, known=training in kept)
        for school in schools
        for role, training in NEEDED.items()
        if (there := [each.person for each in holders if role in each.roles and _works(each, school)])
    ]


def _works(holder: Holder, school: SchoolId) -> bool:
    return not holder.schools or school in holder.schools


def _manning(
    school: SchoolId,
    role: Role,
    there: Sequence[PersonId],
    good: Mapping[tuple[PersonId, Training], Trained],
    *,
    known: bool,
) -> Manning:
    training = NEEDED[role]
    trained = [each for each in there if (each, training) in good]
    ends = [good[each, training].until for each in trained]
    return Manning(
        school=school,
        role=role,
        training=training,
        trained=tuple(trained),
        others=tuple(each for each in there if each not in trained),
        until=None if None in ends else max((each for each in ends if each is not None), default=None),
        known=known,
    )


def unfit(since: date, until: date | None, today: date) -> Iterator[Reason]:
    if since > today:
        yield Reason("TRAINING", "It cannot have been learned on a later day than today")
    if until is not None and until < since:
        yield Reason("TRAINING", "It cannot run out before it was learned")
