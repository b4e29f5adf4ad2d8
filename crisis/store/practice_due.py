"""Whom a drill or a review waits for: they see it under My work, and are told by a text that says how many.

The text says nothing of a drill, a school or an incident. What was told before is known from the errands themselves.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from crisis.commands import Actor
from crisis.drill_words import DrillState
from crisis.policy.access import PRINCIPALS, may_run_drills
from crisis.policy.drill_calendar import Held
from crisis.policy.drilling import OPERATIONS_BASED, PARENTS_BEFORE
from crisis.policy.practice_reminders import Nudge, Stage, Waits, is_news, pressing, school_owes
from crisis.review_words import ReviewState
from crisis.store import kept_drills, people, planners, reviews_owed
from crisis.store.errands import Subject
from crisis.store.kept_drills import Drill
from crisis.store.people import SchoolView
from crisis.store.people_tables import DISTRICT
from crisis.store.readiness_tables import ERRAND
from crisis.store.review_tables import REVIEW
from crisis.store.reviews import UNSIGNED, KeptReview
from crisis.store.tables import INCIDENT
from crisis.vocabulary import DistrictId, IncidentId, PersonId, SchoolId, StaffRole

MOST = 999
LEADERS = PRINCIPALS | {StaffRole.DISTRICT_LEAD}
SUBJECTS = {
    Nudge.DRILL: Subject.DRILL_COMING,
    Nudge.PARENTS: Subject.DRILL_PARENTS,
    Nudge.SCHOOL: Subject.DRILL_OWED,
    Nudge.WRITE: Subject.REVIEW_OWED,
    Nudge.SIGN: Subject.REVIEW_TO_SIGN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """The drills of a district that are kept, and its schools."""

    drills: tuple[Drill, ...]
    schools: Mapping[SchoolId, SchoolView]
    closed: Mapping[IncidentId, datetime]  # those of which a review waits

    def day(self, school: SchoolId, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.schools[school].zone)).date()

    @property
    def planned(self) -> Iterator[Drill]:
        return (each for each in self.drills if each.state is DrillState.PLANNED)


def practice(tx: Connection, district: DistrictId) -> Practice:
    schools = {each.id: each for each in people.schools(tx, district)}
    waiting = select(INCIDENT.c.id, INCIDENT.c.closed_at).join(REVIEW, REVIEW.c.incident == INCIDENT.c.id)
    rows = tx.execute(waiting.where(REVIEW.c.district == district, REVIEW.c.state.in_(UNSIGNED)))
    return Practice(
        drills=tuple(kept_drills.of_district(tx, district)),
        schools=schools,
        closed={IncidentId(row.id): row.closed_at for row in rows if row.closed_at is not None},
    )


def of_actor(tx: Connection, actor: Actor, known: Practice, at: datetime) -> list[Waits]:
    """What presses, the nearest day first; of reviews only of those incidents that they see."""
    found = [*_drills(actor, known, at), *_schools(actor, known, at), *_reviews(tx, actor, known, at)]
    return sorted((each for each in found if each.stage(at) is not Stage.NONE), key=lambda each: (each.day, each.of))


def _drills(actor: Actor, known: Practice, at: datetime) -> Iterator[Waits]:
    for each in known.planned:
        starts_on = known.day(each.school, each.starts_at)
        if starts_on < known.day(each.school, at):
            continue
        if actor.id in concerned(each):
            yield _of_drill(Nudge.DRILL, each, known, starts_on)
        owed = starts_on - PARENTS_BEFORE
        in_time = each.parents_told_on is not None and each.parents_told_on <= owed
        runs = actor.id == each.planned_by or bool(actor.posts_at(each.school) & PRINCIPALS)
        if each.type in OPERATIONS_BASED and not in_time and runs and may_run_drills(actor, each.school):
            yield _of_drill(Nudge.PARENTS, each, known, owed)


def concerned(drill: Drill) -> frozenset[PersonId]:
    """Who runs it, takes part, observes or looks after the others; without those who opted out."""
    others = {drill.planned_by, *([] if drill.support is None else [drill.support])} - drill.opted_out.keys()
    return drill.takes_part | (drill.observes - drill.opted_out.keys()) | others


def _of_drill(kind: Nudge, drill: Drill, known: Practice, day: date) -> Waits:
    zone = known.schools[drill.school].zone
    return Waits(kind=kind, of=drill.id, school=drill.school, zone=zone, day=day, since=drill.planned_at)


def _schools(actor: Actor, known: Practice, at: datetime) -> Iterator[Waits]:
    """A principal is told of their school, and whoever leads the district of those that are late."""
    for school in known.schools.values():
        if not may_run_drills(actor, school.id):
            continue
        held = [_held(each, known) for each in known.drills if each.school == school.id and each.plays]
        day = school_owes(held, known.day(school.id, at))
        if day is None:
            continue
        last = max(each.planned_at for each in known.drills if each.school == school.id)
        found = Waits(kind=Nudge.SCHOOL, of=school.id, school=school.id, zone=school.zone, day=day, since=last)
        if actor.posts_at(school.id) & PRINCIPALS or found.stage(at) is Stage.LATE:
            yield found


def _held(drill: Drill, known: Practice) -> Held:
    return Held(
        state=drill.state,
        planned_on=known.day(drill.school, drill.starts_at),
        held_on=None if drill.started_at is None else known.day(drill.school, drill.started_at),
        posted_on=None,
    )


def _reviews(tx: Connection, actor: Actor, known: Practice, at: datetime) -> Iterator[Waits]:
    for each in reviews_owed.of_actor(tx, actor, at) if known.closed else ():
        kind, closed_at = _review_of(each, actor), known.closed.get(each.incident)
        if kind is None or each.due_at is None or closed_at is None:
            continue
        day = known.day(each.school, each.due_at)
        zone, since = known.schools[each.school].zone, each.written_at or closed_at
        found = Waits(kind=kind, of=each.id, school=each.school, zone=zone, day=day, since=since)
        mine = actor.id == each.lead or bool(actor.posts_at(each.school) & PRINCIPALS) or kind is Nudge.SIGN
        if mine or found.stage(at) is Stage.LATE:
            yield found


def _review_of(kept: KeptReview, actor: Actor) -> Nudge | None:
    """Whoever wrote last does not sign."""
    if kept.state is ReviewState.IN_REVIEW:
        return None if kept.written_by == actor.id else Nudge.SIGN
    return Nudge.WRITE if kept.state in UNSIGNED else None


def owed(tx: Connection, district: DistrictId, at: datetime) -> dict[tuple[Nudge, PersonId], int]:
    """Who is to be told now, of how many."""
    known = practice(tx, district)
    actors = people.actors(tx, _candidates(tx, district, known))
    told = _told(tx, district)
    due: dict[tuple[Nudge, PersonId], int] = {}
    for person, actor in actors.items():
        of_kind: defaultdict[Nudge, list[Waits]] = defaultdict(list)
        for each in of_actor(tx, actor, known, at) if actor.district == district else ():
            of_kind[each.kind].append(each)
        for kind, found in of_kind.items():
            if is_news(found, told.get((SUBJECTS[kind], person)), at):
                due[kind, person] = min(MOST, pressing(found, at))
    return due


def _candidates(tx: Connection, district: DistrictId, known: Practice) -> set[PersonId]:
    unsigned = (REVIEW.c.district == district, REVIEW.c.state.in_(UNSIGNED), REVIEW.c.lead.is_not(None))
    leads = tx.execute(select(REVIEW.c.lead).where(*unsigned)).scalars()
    taking_part = (person for each in known.planned for person in concerned(each))
    return {*people.holding(tx, LEADERS), *(PersonId(each) for each in leads), *taking_part}


def _told(tx: Connection, district: DistrictId) -> dict[tuple[str, PersonId], datetime]:
    same = (ERRAND.c.district == district, ERRAND.c.subject.in_(SUBJECTS.values()))
    query = select(ERRAND.c.subject, ERRAND.c.person, func.max(ERRAND.c.made_at)).where(*same)
    rows = tx.execute(query.group_by(ERRAND.c.subject, ERRAND.c.person))
    return {(subject, PersonId(person)): at for subject, person, at in rows}


def tell(tx: Connection, district: DistrictId, at: datetime) -> int:
    """How many texts that are."""
    tx.execute(select(DISTRICT.c.id).where(DISTRICT.c.id == district).with_for_update())  # another worker may as well
    return sum(
        planners.text(tx, district, SUBJECTS[kind], [person], at=at, amount=amount)
        for (kind, person), amount in owed(tx, district, at).items()
    )
