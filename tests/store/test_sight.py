"""One policy: what a list shows and what a single look gives agree, for any people and incidents, on both databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, insert, select, update

from crisis.access_words import ConflictKind, IncidentMark, Sight, TitleIxSide
from crisis.commands import Actor, ActorKind
from crisis.errors import NotFound, Refused
from crisis.policy.involvement import AFTERWARDS, holds, involvements
from crisis.statemachine.incident import Incident, Page, StepRecord
from crisis.store import audit, compartments, conflicts, incidents, involved, marks, partial, queries
from crisis.store.access_tables import INCIDENT_PERSON
from crisis.store.compartment_tables import ADMISSION, COMPARTMENT
from crisis.store.engine import Store
from crisis.store.people_tables import TIE
from crisis.store.tables import INCIDENT
from crisis.vocabulary import (
    Custody,
    Guardian,
    IncidentId,
    PageId,
    PageState,
    PersonId,
    Phase,
    Relation,
    Role,
    StaffRole,
    StepId,
    StudentId,
    Urgency,
)
from tests.factories import DISTRICT, MORNING, SCHOOL, STUDENT, an_incident, opened
from tests.web.district import (
    COUNSELOR,
    ELSEWHERE,
    FAR_SCHOOL,
    NURSE,
    OFFICER,
    OTHER_SCHOOL,
    POSTS,
    TEACHER,
    a_district,
)

PEOPLE = sorted(POSTS)
TIMES = [MORNING - AFTERWARDS, MORNING, MORNING + timedelta(hours=1)]
MOMENT = timedelta(microseconds=1)
anybody = st.sampled_from(PEOPLE)
maybe = st.none() | anybody

actors = st.builds(
    Actor,
    kind=st.sampled_from([ActorKind.PERSON, ActorKind.SYSTEM]),
    id=anybody,
    district=st.sampled_from([DISTRICT, DISTRICT, DISTRICT, ELSEWHERE]),
    schools=st.frozensets(st.sampled_from([SCHOOL, OTHER_SCHOOL, FAR_SCHOOL]), max_size=2),
    posts=st.frozensets(st.sampled_from(list(StaffRole)), max_size=2),
    roles=st.just(frozenset[Role]()),
    at_schools=st.none()
    | st.frozensets(
        st.tuples(st.sampled_from(list(StaffRole)), st.sampled_from([SCHOOL, OTHER_SCHOOL, FAR_SCHOOL])), max_size=4
    ),
    partner=st.booleans(),
)


@st.composite
def some_incident(draw: st.DrawFn) -> Incident:
    """Any of it that access reads."""
    district = draw(st.sampled_from([DISTRICT, DISTRICT, ELSEWHERE]))
    adult, over = draw(maybe), draw(st.none() | st.sampled_from(TIMES))
    page = Page(
        id=PageId("page-1"),
        role=Role.ONCALL_CLINICIAN,
        urgency=Urgency.U2,
        step=None,
        state=draw(st.sampled_from([PageState.PAGING, PageState.ACCEPTED, PageState.CANCELLED])),
        level=0,
        requested_at=MORNING,
        level_since=MORNING,
        asked=tuple(draw(st.lists(anybody, max_size=2, unique=True))),
        accepted_by=draw(maybe),
    )
    step = StepRecord(by=draw(maybe), assigned_to=draw(maybe), done_at=draw(st.none() | st.sampled_from(TIMES)))
    return replace(
        an_incident(),
        id=IncidentId(draw(st.uuids().map(str))),
        district=district,
        school=FAR_SCHOOL if district == ELSEWHERE else draw(st.sampled_from([SCHOOL, OTHER_SCHOOL])),
        student=draw(st.sampled_from([None, STUDENT, StudentId("st-9")])),
        opened_by=draw(maybe),
        lead=draw(maybe),
        adult=adult,
        custody=Custody.UNHELD if adult is None else Custody.HELD,
        pages={page.id: page},
        steps={StepId("assess"): step},
        closed_at=over,
        phase=Phase.FOLLOW_UP if over is None else Phase.CLOSED,
    )


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    return store


class Undo(Exception):
    """Ends a transaction of which nothing is kept."""


@contextmanager
def undone(store: Store) -> Iterator[Connection]:
    try:
        with store.write() as tx:
            yield tx
            raise Undo
    except Undo:
        return


def listed(tx: Connection, actor: Actor, at: datetime, least: Sight) -> set[str]:
    return set(tx.execute(select(INCIDENT.c.id).where(involved.seen_by(actor, at, least))).scalars())


def related(tx: Connection, person: PersonId, relation: Relation) -> None:
    row = {"relation": relation, "guardian": Guardian.UNKNOWN, "checked": False, "imported": True}
    tx.execute(insert(TIE).values(student=STUDENT, person=person, district=DISTRICT, **row))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_lists_and_single_looks_agree_for_any_people_and_incidents_pr_52(place: Store, data: st.DataObject) -> None:
    stored = data.draw(st.lists(some_incident(), min_size=1, max_size=4, unique_by=lambda each: each.id))
    kin = data.draw(st.none() | st.tuples(anybody, st.sampled_from(list(Relation))))
    named = data.draw(st.lists(st.tuples(anybody, st.sampled_from(list(ConflictKind))), max_size=2, unique=True))
    people = data.draw(st.lists(actors, min_size=1, max_size=6))
    at = data.draw(st.sampled_from([*TIMES, *(each + AFTERWARDS for each in TIMES), MORNING + AFTERWARDS - MOMENT]))
    apart = data.draw(st.lists(st.tuples(st.sampled_from(TitleIxSide), anybody, maybe), max_size=2))

    with undone(place) as tx:
        for each in stored:
            incidents.append(tx, None, each, opened(), at=MORNING)
        if kin is not None:
            related(tx, *kin)
        for person, kind in named:
            if kind is ConflictKind.NAMED or stored[0].student is not None:
                conflicts.enter(tx, stored[0], person, kind, by=OFFICER, at=MORNING)

        for each in stored:
            kinds = st.frozensets(st.sampled_from(IncidentMark)) if each.closed_at is not None else st.just(frozenset())
            for mark in sorted(data.draw(kinds)):
                marks.make(tx, place.keys, each, mark, "why", by=OFFICER, at=MORNING)

        ours = [each for each in stored if each.district == DISTRICT and each.student is not None]
        for each, (side, coordinator, admitted) in zip(ours, apart, strict=False):
            compartments.enter(tx, each, side, coordinator, by=OFFICER, at=MORNING)
            if admitted not in (None, coordinator):
                compartments.admit(tx, each, admitted, by=OFFICER, at=MORNING)
        tx.execute(
            update(COMPARTMENT).values(matter="one")
        )  # also where somebody is on both sides, which joining refuses
        tx.execute(update(ADMISSION).where(ADMISSION.c.id.in_(_first_of_each(tx))).values(matter="one"))

        for actor in people:
            for least in (Sight.STATUS, Sight.PAGE, Sight.WHOLE):
                one_by_one = {each.id for each in stored if queries.sight_of(tx, actor, each, at) >= least}
                assert listed(tx, actor, at, least) == one_by_one


def _first_of_each(tx: Connection) -> list[str]:
    """One admission of each person."""
    return [row.id for row in tx.execute(select(func.min(ADMISSION.c.id).label("id")).group_by(ADMISSION.c.person))]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(versions=st.lists(some_incident(), min_size=2, max_size=4))
def test_the_rows_beside_the_state_follow_it_and_what_is_over_ends_now_pr_50(
    place: Store, versions: list[Incident]
) -> None:
    same = {"id": IncidentId("i-1"), "district": DISTRICT, "school": SCHOOL, "student": None}
    steps = [replace(each, **same, seq=turn) for turn, each in enumerate(versions, start=1)]  # type: ignore[arg-type]

    with undone(place) as tx:
        before = None
        for turn, after in enumerate(steps):
            at = MORNING + timedelta(minutes=turn)
            incidents.append(tx, before, after, opened()[:1], at=at)
            rows = {(row.person, row.how): row.until for row in tx.execute(select(INCIDENT_PERSON))}
            alive = {key for key, until in rows.items() if holds(until, at)}
            assert alive == {key for key, until in involvements(after).items() if holds(until, at)}
            assert all(rows[key] == until for key, until in involvements(after).items())
            before = after


def an_open_one(tx: Connection, **changes: object) -> Incident:
    incident = replace(an_incident(), **changes)  # type: ignore[arg-type]  # names are checked by replace itself
    incidents.append(tx, None, incident, opened(), at=MORNING)
    return incident


def test_a_conflict_holds_at_once_and_only_a_third_person_ends_it_pr_54(place: Store) -> None:
    with place.write() as tx:
        incident = an_open_one(tx)
        entered = conflicts.enter(tx, incident, NURSE, ConflictKind.NAMED, by=OFFICER, at=MORNING)
        during = conflicts.people(tx, incident)

        for person in (OFFICER, NURSE):
            with pytest.raises(Refused):
                conflicts.end(tx, incident, entered, by=person, at=MORNING)
        with pytest.raises(Refused):
            conflicts.enter(tx, incident, NURSE, ConflictKind.NAMED, by=OFFICER, at=MORNING)
        conflicts.end(tx, incident, entered, by=COUNSELOR, at=MORNING)
        after = conflicts.people(tx, incident)

    assert (during, after) == ({NURSE}, frozenset())
    with place.read() as tx:
        assert audit.verify(tx).ok


def test_a_conflict_of_another_incident_is_not_ended_from_here(place: Store) -> None:
    with place.write() as tx:
        one = an_open_one(tx)
        other = an_open_one(tx, id=IncidentId("i-2"))
        entered = conflicts.enter(tx, one, NURSE, ConflictKind.NAMED, by=OFFICER, at=MORNING)

        with pytest.raises(NotFound):
            conflicts.end(tx, other, entered, by=COUNSELOR, at=MORNING)


def test_nobody_is_related_to_a_student_whom_nobody_has_named(place: Store) -> None:
    with place.write() as tx, pytest.raises(Refused):
        conflicts.enter(tx, an_open_one(tx, student=None), NURSE, ConflictKind.RELATED, by=OFFICER, at=MORNING)


def test_what_is_seen_in_part_names_nobody_and_no_kind_to_whom_it_was_not_said(place: Store) -> None:
    page = replace(
        Page(
            id=PageId("page-1"),
            role=Role.ONCALL_CLINICIAN,
            urgency=Urgency.U2,
            step=None,
            state=PageState.PAGING,
            level=0,
            requested_at=MORNING,
            level_since=MORNING,
        ),
        asked=(PersonId("p-neighbour"),),
    )
    by = Actor(kind=ActorKind.PERSON, id=TEACHER, district=DISTRICT, posts=frozenset({StaffRole.TEACHER}))
    asked = replace(by, id=PersonId("p-neighbour"), posts=frozenset({StaffRole.CLINICIAN}))
    with place.write() as tx:
        an_open_one(tx, lead=None, opened_by=TEACHER, adult=None, custody=Custody.UNHELD, pages={page.id: page})
        [reported] = partial.mine(tx, by, MORNING)
        [answering] = partial.mine(tx, asked, MORNING)

    assert (reported.crisis_type, reported.pages, reported.handling) == ("suicide_ideation", (), "received")
    assert (answering.crisis_type, [each.standing for each in answering.pages]) == (None, ["open"])
