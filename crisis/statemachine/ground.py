"""What an incident stands on besides its protocol: the school's calendar and the district's escalation ladders."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from crisis.ladders import LADDERS, Ladder, whole
from crisis.statemachine.kit import Kit
from crisis.vocabulary import IncidentId, PersonId, Role, Tier, Urgency

NAMED, AVOIDED, OURS = "named_clinician", "not_this_clinician", "own_community"  # wishes about one person


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolCalendar:
    """One school's time: IANA zone, bell times in local wall time, weekdays (0 is Monday), days off and terms."""

    zone: str
    opens: time
    closes: time
    weekdays: frozenset[int] = frozenset(range(5))
    days_off: frozenset[date] = frozenset()  # holidays and closures
    early_close: Mapping[date, time] = field(default_factory=dict)
    terms: tuple[tuple[date, date], ...] = ()  # first and last day, inclusive; empty: school all year
    make_up_days: frozenset[date] = frozenset()  # school, whatever holiday, weekday and term say


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What this student and their family asked for, as codes; it sorts and is recorded, and delays nothing (PR-16).

    `skills` are what whoever comes should be able to do or be, `can` what each of the staff has of it. `supports` are
    what an assessment needs to be fair. `lead_first`: the lead decides before the police are called.
    """

    skills: frozenset[str] = frozenset()
    named: frozenset[PersonId] = frozenset()
    avoided: frozenset[PersonId] = frozenset()
    ours: frozenset[PersonId] = frozenset()  # whom they feel is of their own community
    can: Mapping[PersonId, frozenset[str]] = field(default_factory=dict)
    supports: frozenset[str] = frozenset()
    lead_first: bool = False

    @property
    def none(self) -> bool:
        return not self._wanted()

    def met(self, person: PersonId) -> tuple[str, ...]:
        return tuple(sorted(self._met(person)))

    def unmet(self, person: PersonId) -> tuple[str, ...]:
        return tuple(sorted(self._wanted() - self._met(person)))

    def sooner(self, first: Collection[PersonId], after: Sequence[PersonId]) -> list[PersonId]:
        """Of those who would be asked later, the first one for each wish that nobody of the first has."""
        missing = [wish for wish in sorted(self._wanted()) if not any(wish in self._met(each) for each in first)]
        having = [next((each for each in after if wish in self._met(each)), None) for wish in missing]
        return list(dict.fromkeys(each for each in having if each is not None))

    def _wanted(self) -> frozenset[str]:
        of_persons = {NAMED: self.named, AVOIDED: self.avoided, OURS: self.ours}
        return self.skills | frozenset(wish for wish, persons in of_persons.items() if persons)

    def _met(self, person: PersonId) -> frozenset[str]:
        found = self.skills & self.can.get(person, frozenset())
        found |= {NAMED} if person in self.named else frozenset()
        found |= {OURS} if person in self.ours else frozenset()
        return found | ({AVOIDED} if self.avoided and person not in self.avoided else frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """With a guardian who was reached and understood; `at` is when it was recorded."""

    contact: PersonId | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What other open incidents of the same student say."""

    guardians_blocked: bool = False
    level_owed: bool = False  # one of them has to decide the level of risk yet
    tier: Tier | None = None  # the highest of them
    talks: Mapping[IncidentId, Talk] = field(default_factory=dict)  # those that whoever asks may see


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    calendar: SchoolCalendar
    ladders: Mapping[tuple[Role, Urgency], Ladder] = field(default_factory=dict)
    default_ladder: Ladder | None = None  # instead of the usual one of each urgency
    wishes: Wishes = field(default_factory=Wishes)
    kit: Kit = field(default_factory=Kit)
    trusted: tuple[PersonId, ...] = ()  # whom the student named and who can be asked to come now
    trusted_at_once: frozenset[PersonId] = frozenset()  # those of them who are asked without anybody pressing
    conflict_entered: bool = False  # somebody of the staff is kept out of this incident
    elsewhere: Elsewhere = field(default_factory=Elsewhere)

    def ladder(self, role: Role, urgency: Urgency) -> Ladder:
        usual = self.default_ladder or LADDERS[urgency]
        return whole(self.ladders.get((role, urgency), usual), urgency)
