"""The two sides of a Title IX matter as rows: lists, links, the student's record, sockets and retention, on both."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from crisis.access_words import Sight, TitleIxSide
from crisis.commands import Actor
from crisis.errors import Refused
from crisis.events import IncidentLinked
from crisis.record_events import TaskOpened
from crisis.record_words import RecordTask
from crisis.retention_words import RetentionClass
from crisis.statemachine.incident import Incident
from crisis.store import audit, compartments, conflicts, incidents, involved, kept_records, people, queries, roster
from crisis.store.engine import Store
from crisis.store.tables import INCIDENT
from crisis.vocabulary import Custody, IncidentId, Phase, StudentId
from tests.factories import DISTRICT, MORNING, SCHOOL, STUDENT, an_incident, opened
from tests.web.district import COUNSELOR, NEIGHBOUR, NURSE, OFFICER, TEACHER, a_district

HERS, HIS, OTHER = IncidentId("i-hers"), IncidentId("i-his"), StudentId("st-2")
LATER = MORNING + timedelta(minutes=5)
C, R = TitleIxSide.COMPLAINANT, TitleIxSide.RESPONDENT


@pytest.fixture
def place(store: Store) -> Store:
    """The counselor leads hers, the nurse his; the teacher is to be the coordinator."""
    a_district(store)
    with store.write() as tx:
        roster.add_student(tx, (DISTRICT, SCHOOL), OTHER, ("Noé", "Ferrer"))
        hers = replace(
            an_incident(), id=HERS, lead=COUNSELOR, adult=None, custody=Custody.UNHELD, opened_by=None, steps={}
        )
        his = replace(hers, id=HIS, lead=NURSE, student=OTHER, linked_to=HERS, links=(HERS,))
        for each in (hers, his):
            incidents.append(tx, None, each, opened()[:1], at=MORNING)
    return store


def kept(tx: Connection, *, joined: bool = True) -> tuple[Incident, Incident]:
    hers, his = incidents.load(tx, HERS), incidents.load(tx, HIS)
    compartments.enter(tx, hers, C, TEACHER, by=COUNSELOR, at=MORNING)
    compartments.enter(tx, his, R, TEACHER, by=NURSE, at=MORNING)
    if joined:
        compartments.join(tx, hers, HIS, by=TEACHER, at=LATER)
    return hers, his


def listed(tx: Connection, actor: Actor) -> set[str]:
    """As the board lists them; a single look must agree."""
    found = set(tx.execute(select(INCIDENT.c.id).where(involved.seen_by(actor, LATER))).scalars())
    looks = {
        each for each in (HERS, HIS) if queries.sight_of(tx, actor, incidents.load(tx, each), LATER) is Sight.WHOLE
    }
    assert found == looks
    return found


def test_each_side_sees_its_own_and_the_coordinator_both_pr_43(place: Store) -> None:
    with place.write() as tx:
        who = {each: people.actor(tx, each) for each in (COUNSELOR, NURSE, TEACHER, NEIGHBOUR, OFFICER)}
        before = {each: listed(tx, actor) for each, actor in who.items()}
        hers, his = kept(tx)
        after = {each: listed(tx, actor) for each, actor in who.items()}

        assert before == {COUNSELOR: {HERS, HIS}, NURSE: {HERS, HIS}, TEACHER: set(), NEIGHBOUR: set()} | {
            OFFICER: {HERS, HIS}
        }
        assert after == {COUNSELOR: {HERS}, NURSE: {HIS}, TEACHER: {HERS, HIS}, NEIGHBOUR: set(), OFFICER: {HERS, HIS}}
        assert (conflicts.people(tx, hers), conflicts.people(tx, his)) == ({NURSE}, {COUNSELOR})  # nor are they paged
        assert (conflicts.related(tx, STUDENT), conflicts.related(tx, OTHER)) == ({NURSE}, {COUNSELOR})
        assert involved.ended(tx, [COUNSELOR], MORNING, LATER) == {(COUNSELOR, HERS), (COUNSELOR, HIS)}
        assert audit.verify(tx).ok


def test_another_incident_of_the_student_is_kept_from_the_other_side_too_pr_43(place: Store) -> None:
    with place.write() as tx:
        kept(tx)
        again = replace(incidents.load(tx, HERS), id=IncidentId("i-again"), lead=None)
        incidents.append(tx, None, again, opened()[:1], at=MORNING)

        seen = {
            each: queries.sight_of(tx, people.actor(tx, each), again, LATER) for each in (COUNSELOR, NURSE, OFFICER)
        }

    assert seen == {COUNSELOR: Sight.WHOLE, NURSE: Sight.NOTHING, OFFICER: Sight.WHOLE}


def test_who_works_on_both_is_put_on_one_side_before_they_are_joined_pr_43(place: Store) -> None:
    with place.write() as tx:
        hers, his = kept(tx, joined=False)
        both = replace(his, lead=COUNSELOR, seq=his.seq + 1)
        incidents.append(tx, his, both, opened()[:1], at=MORNING)

        with pytest.raises(Refused, match="both sides"):
            compartments.join(tx, hers, HIS, by=TEACHER, at=LATER)
        compartments.admit(tx, hers, COUNSELOR, by=TEACHER, at=LATER)
        compartments.join(tx, hers, HIS, by=TEACHER, at=LATER)

        assert listed(tx, people.actor(tx, COUNSELOR)) == {HERS}
        compartments.admit(tx, both, COUNSELOR, by=TEACHER, at=LATER)
        assert listed(tx, people.actor(tx, COUNSELOR)) == {HIS}


def test_it_is_entered_once_and_ended_by_another_pr_43(place: Store) -> None:
    with place.write() as tx:
        hers, _ = kept(tx)
        with pytest.raises(Refused):
            compartments.enter(tx, hers, C, TEACHER, by=OFFICER, at=LATER)
        with pytest.raises(Refused):
            compartments.admit(tx, hers, TEACHER, by=OFFICER, at=LATER)
        with pytest.raises(Refused, match="Somebody else"):
            compartments.end(tx, hers, by=COUNSELOR, at=LATER)
        compartments.end(tx, hers, by=OFFICER, at=LATER)

        assert listed(tx, people.actor(tx, NURSE)) == {HERS, HIS}


def test_that_they_are_linked_is_in_no_view_of_the_other_side_pr_43(place: Store) -> None:
    with place.write() as tx:
        hers, his = incidents.load(tx, HERS), incidents.load(tx, HIS)
        linked = IncidentLinked(at=MORNING, by=NURSE, other=HERS)
        incidents.append(tx, his, replace(his, seq=his.seq + 1), [linked], at=MORNING)
        nurse, officer = people.actor(tx, NURSE), people.actor(tx, OFFICER)
        before = queries.incident_view(tx, place.keys, nurse, HIS, LATER)
        compartments.enter(tx, hers, C, TEACHER, by=COUNSELOR, at=MORNING)
        compartments.enter(tx, incidents.load(tx, HIS), R, TEACHER, by=NURSE, at=MORNING)
        compartments.join(tx, hers, HIS, by=TEACHER, at=LATER)
        after = queries.incident_view(tx, place.keys, nurse, HIS, LATER)
        whole = queries.incident_view(tx, place.keys, officer, HIS, LATER)

    assert (before.incident.linked_to, len(before.happened(IncidentLinked))) == (HERS, 1)
    assert (after.incident.linked_to, after.incident.links, after.happened(IncidentLinked)) == (None, (), [])
    assert (whole.incident.linked_to, len(whole.happened(IncidentLinked))) == (HERS, 1)


@pytest.mark.page
@pytest.mark.parametrize("by", ["task", "compartment", "nothing"])
def test_the_task_or_a_compartment_keeps_it_for_the_years_of_title_ix_pr_43(place: Store, by: str) -> None:
    with place.write() as tx:
        hers = incidents.load(tx, HERS)
        if by == "compartment":
            compartments.enter(tx, hers, C, TEACHER, by=COUNSELOR, at=MORNING)
        closed = replace(hers, seq=hers.seq + 1, closed_at=MORNING, phase=Phase.CLOSED)
        task = TaskOpened(at=MORNING, by=COUNSELOR, task=RecordTask.TELL_TITLE_IX)
        incidents.append(tx, hers, closed, [task] if by == "task" else opened()[:1], at=MORNING)

        found = kept_records.of_subject(tx, DISTRICT, STUDENT, LATER).record.classes

    assert (RetentionClass.TITLE_IX in found) is (by != "nothing")
