"""How much of an incident somebody sees: one table of rules, asked for one incident here and for lists in the store.

Never across districts; whoever only keeps the machine running sees nothing; a conflict of interest goes before
everything but having raised it (`privacy-and-culture.md` 3.2, 3.3; PR-50, PR-54, PR-56).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from crisis.access_words import IncidentMark, Involvement, NeedToKnow, Sight
from crisis.commands import Actor, ActorKind
from crisis.policy.compartments import OPEN, Compartment
from crisis.policy.involvement import holds, involvements
from crisis.statemachine.incident import Incident
from crisis.vocabulary import DistrictId, PersonId, SchoolId, StaffRole

TEAM = frozenset(
    {
        StaffRole.COUNSELOR,
        StaffRole.PSYCHOLOGIST,
        StaffRole.SOCIAL_WORKER,
        StaffRole.NURSE,
        StaffRole.PRINCIPAL,
        StaffRole.ASSISTANT_PRINCIPAL,
    }
)
DISTRICT_POSTS = frozenset({StaffRole.DISTRICT_LEAD, StaffRole.PRIVACY_OFFICER})
ANY_POST = frozenset(StaffRole) - {StaffRole.OPERATOR}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`posts` lets nobody else in; `own_school`: only there; `involved`: only whom the incident itself names so.

    `own_staff`: nobody who works for an agency. `broke_glass`: only who did, for that one incident, and in no list.
    `despite`: it holds of incidents of which this was said, and of no other marked one. `kept_apart`: it
    holds of those in a compartment too; `admitted`: of those alone, and only for whom the compartment admits.
    """

    need: NeedToKnow
    gives: Sight
    posts: frozenset[StaffRole] = ANY_POST
    own_school: bool = False
    own_staff: bool = False
    involved: Involvement | None = None
    despite_conflict: bool = False
    broke_glass: bool = False
    despite: frozenset[IncidentMark] = frozenset()
    kept_apart: bool = True
    admitted: bool = False

    @property
    def ended_by(self) -> frozenset[IncidentMark]:
        """The marks under which it holds no more."""
        return frozenset(IncidentMark) - self.despite


NO_CRISIS = frozenset({IncidentMark.UNFOUNDED, IncidentMark.IN_ERROR})
MAY_BREAK_GLASS = TEAM | {StaffRole.CLINICIAN}
RULES = (
    Rule(
        need=NeedToKnow.DISTRICT_POST,
        gives=Sight.WHOLE,
        posts=DISTRICT_POSTS,
        own_staff=True,
        despite=NO_CRISIS,
        kept_apart=False,
    ),
    Rule(
        need=NeedToKnow.KEEPS_SEALED,
        gives=Sight.WHOLE,
        posts=frozenset({StaffRole.PRIVACY_OFFICER}),
        own_staff=True,
        despite=frozenset(IncidentMark),
    ),
    Rule(need=NeedToKnow.SCHOOL_TEAM, gives=Sight.WHOLE, posts=TEAM, own_school=True, kept_apart=False),
    Rule(need=NeedToKnow.ADMITTED, gives=Sight.WHOLE, admitted=True, despite=NO_CRISIS),
    Rule(need=NeedToKnow.CALLED_IN, gives=Sight.WHOLE, involved=Involvement.CALLED_IN, despite=NO_CRISIS),
    Rule(
        need=NeedToKnow.BROKE_GLASS,
        gives=Sight.READ,
        posts=MAY_BREAK_GLASS,
        broke_glass=True,
    ),
    Rule(need=NeedToKnow.PAGED, gives=Sight.PAGE, involved=Involvement.PAGED),
    Rule(
        need=NeedToKnow.REPORTED,
        gives=Sight.STATUS,
        involved=Involvement.REPORTED,
        despite_conflict=True,
        despite=NO_CRISIS,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What access asks of one incident. `involved` says until when.

    `conflicted` are the student's kin, whom it names, and who is on the other side of a Title IX matter. `destroyed`:
    there is nothing left that anybody could see.
    """

    district: DistrictId
    school: SchoolId
    involved: Mapping[tuple[PersonId, Involvement], datetime | None] = field(default_factory=dict)
    conflicted: frozenset[PersonId] = frozenset()
    broke_glass: Mapping[PersonId, datetime] = field(default_factory=dict)
    marks: frozenset[IncidentMark] = frozenset()
    destroyed: bool = False
    compartment: Compartment = OPEN

    def glass_until(self, actor: Actor) -> datetime | None:
        return None if actor.id is None else self.broke_glass.get(actor.id)


def about(
    incident: Incident,
    conflicted: frozenset[PersonId] = frozenset(),
    broke_glass: Mapping[PersonId, datetime] = MappingProxyType({}),
    compartment: Compartment = OPEN,
) -> About:
    """`broke_glass` says until when."""
    return About(
        district=incident.district,
        school=incident.school,
        involved=involvements(incident),
        conflicted=conflicted | compartment.across,
        broke_glass=broke_glass,
        compartment=compartment,
    )


def may_ask(actor: Actor, district: DistrictId) -> bool:
    """What comes before every rule."""
    return actor.kind is not ActorKind.SYSTEM and actor.district == district


def held(rule: Rule, actor: Actor) -> bool:
    """Whether a post of theirs lets the rule be asked at all."""
    return bool(actor.posts & rule.posts) and not (rule.own_staff and actor.partner)


def for_district(actor: Actor) -> frozenset[StaffRole]:
    """The posts by which somebody answers for the district: none, where they work for an agency (3.2)."""
    return frozenset() if actor.partner or actor.kind is not ActorKind.PERSON else actor.posts & DISTRICT_POSTS


def needs(actor: Actor, asked: About, at: datetime) -> frozenset[NeedToKnow]:
    if asked.destroyed or not may_ask(actor, asked.district):
        return frozenset()
    return frozenset(rule.need for rule in RULES if _fits(rule, actor, asked, at))


def sight(actor: Actor, asked: About, at: datetime) -> Sight:
    found = needs(actor, asked, at)
    return max((rule.gives for rule in RULES if rule.need in found), default=Sight.NOTHING)


def _fits(rule: Rule, actor: Actor, asked: About, at: datetime) -> bool:
    if not held(rule, actor) or asked.marks & rule.ended_by or not _let_in(rule, actor, asked.compartment):
        return False
    if rule.own_school and not actor.posts_at(asked.school) & rule.posts:
        return False
    if not rule.despite_conflict and actor.id in asked.conflicted:
        return False
    if rule.broke_glass:
        until = asked.glass_until(actor)
        return until is not None and at < until
    return rule.involved is None or _involved(rule.involved, actor, asked, at)


def _let_in(rule: Rule, actor: Actor, compartment: Compartment) -> bool:
    """PR-43: who is on the other side sees not even what they raised; by a post alone nobody sees either side."""
    if actor.id in compartment.across or (compartment.kept and not rule.kept_apart):
        return False
    return not rule.admitted or actor.id in compartment.admitted


def _involved(how: Involvement, actor: Actor, asked: About, at: datetime) -> bool:
    if actor.id is None or (actor.id, how) not in asked.involved:
        return False
    return holds(asked.involved[actor.id, how], at)
