"""Whoever has to do with a drill or a review is reminded by day, of how many, and of nothing that they may not see."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import pytest

from crisis.drill_words import Capability, DrillType
from crisis.notify.gateway import Lines
from crisis.notify.upkeep import Upkeep
from crisis.notify.wording_errands import text
from crisis.policy.drilling import Objective, Plan
from crisis.policy.practice_reminders import Nudge
from crisis.store import drill_plans, kept_drills, people, practice_due, reviews, roster
from crisis.store.engine import Store
from crisis.store.practice_due import SUBJECTS
from crisis.store.readiness_tables import ERRAND
from crisis.store.tables import OUTBOX
from crisis.vocabulary import PersonId
from tests.factories import DISTRICT, SCHOOL
from tests.store.looked_back import LEAD, MONDAY, OTHER_PRINCIPAL, PRINCIPAL, a_closed_incident, a_school, looked_at
from tests.web.district import COUNSELOR, NURSE, TEACHER

Told = set[tuple[PersonId, Nudge]]
OF = {subject: kind for kind, subject in SUBJECTS.items()}


@pytest.fixture
def place(store: Store) -> Store:
    a_school(store)
    with store.write() as tx:
        for number, person in enumerate((LEAD, PRINCIPAL, OTHER_PRINCIPAL, TEACHER, COUNSELOR, NURSE)):
            roster.add_phone(tx, person, f"+1617555017{number}")
    return store


def told(store: Store, at: datetime) -> Told:
    """Whom the worker's tick tells of what."""
    with store.write() as tx:
        tx.execute(OUTBOX.update().values(done_at=at))  # pages go first, and here nobody sends them
    Upkeep(store, Lines(None, None), lambda: at).reviews()
    with store.read() as tx:
        rows = tx.execute(ERRAND.select().where(ERRAND.c.made_at == at, ERRAND.c.subject.in_(OF))).all()
    return {(row.person, OF[row.subject]) for row in rows}


def each(people: Iterable[PersonId], kind: Nudge) -> Told:
    return {(person, kind) for person in people}


def a_drill(store: Store, starts_at: datetime, parents_told_on: date | None = None) -> None:
    plan = Plan(
        school=SCHOOL,
        type=DrillType.FUNCTIONAL,
        starts_at=starts_at,
        crisis_type="suicide_ideation",
        objectives=(Objective(text="The nurse comes", capability=Capability.COORDINATION),),
        takes_part=frozenset({NURSE, TEACHER}),
        observes=frozenset({COUNSELOR}),
        parents_told_on=parents_told_on,
    )
    with store.write() as tx:
        made = drill_plans.plan(tx, store.keys, DISTRICT, plan, by=PRINCIPAL, at=MONDAY)
        drill_plans.opt_out(tx, kept_drills.one(tx, DISTRICT, made), TEACHER, out=True, at=MONDAY)


@pytest.mark.page
def test_a_drill_is_told_of_a_week_and_a_day_before_and_the_notice_to_parents_in_time(place: Store) -> None:
    """Whoever opted out hears nothing; nobody at night; a day that passed without a drill is the leaders' business."""
    a_drill(place, MONDAY + timedelta(days=14))
    week, day = MONDAY + timedelta(days=7), MONDAY + timedelta(days=13)

    found = [
        told(place, at)
        for at in (
            MONDAY,
            week - timedelta(hours=8),  # two in the morning of that day
            week,
            week + timedelta(hours=2),
            MONDAY + timedelta(days=10),  # four days before: late
            day,
            MONDAY + timedelta(days=15),
        )
    ]

    assert found == [
        set(),
        set(),
        each((NURSE, COUNSELOR, PRINCIPAL), Nudge.DRILL) | each([PRINCIPAL], Nudge.PARENTS),
        set(),
        each([PRINCIPAL], Nudge.PARENTS),
        each((NURSE, COUNSELOR, PRINCIPAL), Nudge.DRILL) | each([PRINCIPAL], Nudge.PARENTS),
        each((PRINCIPAL, LEAD), Nudge.SCHOOL),
    ]


@pytest.mark.page
def test_parents_who_were_told_in_time_are_nobodys_task(place: Store) -> None:
    a_drill(place, MONDAY + timedelta(days=14), (MONDAY + timedelta(days=2)).date())

    assert told(place, MONDAY + timedelta(days=10)) == each((NURSE, COUNSELOR, PRINCIPAL), Nudge.DRILL)


@pytest.mark.page
def test_a_review_is_told_of_when_owed_handed_in_and_late_then_to_leaders_too(place: Store) -> None:
    """Due on Thursday at the closing bell; the other school's principal hears nothing of it."""
    kept = looked_at(place, a_closed_incident(place, at=MONDAY), MONDAY + timedelta(hours=5))
    tuesday = MONDAY + timedelta(days=1)
    first, again = told(place, tuesday), told(place, tuesday + timedelta(hours=1))
    friday = told(place, MONDAY + timedelta(days=4))
    with place.write() as tx:
        reviews.begin(tx, kept, by=COUNSELOR, at=MONDAY + timedelta(days=5))
        begun = reviews.one(tx, DISTRICT, kept.id)
        reviews.hand_in(tx, begun, [], by=COUNSELOR, at=MONDAY + timedelta(days=5))
    handed_in = told(place, MONDAY + timedelta(days=7))

    assert (first, again) == (each((COUNSELOR, PRINCIPAL), Nudge.WRITE), set())
    assert friday == each((COUNSELOR, PRINCIPAL, LEAD), Nudge.WRITE)
    assert handed_in == each((PRINCIPAL, LEAD), Nudge.SIGN)


@pytest.mark.page
def test_my_work_says_the_same_as_the_texts(place: Store) -> None:
    looked_at(place, a_closed_incident(place, at=MONDAY), MONDAY + timedelta(hours=5))
    at = MONDAY + timedelta(days=4)
    with place.of(DISTRICT).read() as tx:
        known = practice_due.practice(tx, DISTRICT)
        found = {
            person: [waits.kind for waits in practice_due.of_actor(tx, people.actor(tx, person), known, at)]
            for person in (COUNSELOR, PRINCIPAL, LEAD, OTHER_PRINCIPAL, NURSE)
        }

    assert found == {COUNSELOR: [Nudge.WRITE], PRINCIPAL: [Nudge.WRITE], LEAD: [Nudge.WRITE]} | {
        OTHER_PRINCIPAL: [],
        NURSE: [],
    }


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_reminder_is_one_text_and_says_nothing_of_what_happened(language: str) -> None:
    for subject in OF:
        said = text(subject, language, amount=999)
        assert len(said) <= 160
        assert not any(word in said.lower() for word in ("incident", "student", "alumn", "estudiante"))
