"""Incidents that grow out of one: opened once each, at the student's own school, led by whoever leads there."""

from datetime import time

import pytest

from crisis.effects import OpenLinked
from crisis.notify.linking import open_linked
from crisis.statemachine.incident import Incident
from crisis.store import incidents, queries, roster
from crisis.store.engine import Store
from crisis.store.outbox import Job
from crisis.submit import open_incident
from crisis.vocabulary import IncidentId, SchoolId, StudentId
from tests.factories import DISTRICT, MORNING, opening
from tests.notify.village import COUNSELOR, Village

OTHER, ELSEWHERE = StudentId("s-other"), SchoolId("school-elsewhere")


@pytest.fixture
def parent(village: Village) -> Incident:
    with village.store.write() as tx:
        roster.add_school(
            tx, DISTRICT, ELSEWHERE, "Larkfield Middle School", zone="America/New_York", opens=time(8), closes=time(15)
        )
        roster.add_student(tx, (DISTRICT, ELSEWHERE), OTHER, ("Oriol", "Quetzal"))
    return village.opened()


def grows(village: Village, parent: Incident, seq: int = 5) -> None:
    effect = OpenLinked(
        protocol="suicide_risk", crisis_type="suicide_ideation", parent=parent.id, student=OTHER, lead=COUNSELOR
    )
    job = Job(id=1, incident=parent.id, seq=seq, effect=effect, due_at=MORNING, attempts=1, fence=1)
    open_linked(village.store, job, effect, village.watch())


def linked(store: Store, parent: IncidentId) -> list[Incident]:
    with store.read() as tx:
        return [incidents.load(tx, each) for each in incidents.load(tx, parent).links]


@pytest.mark.page
def test_a_student_gets_one_at_their_own_school_and_the_lead_is_not_paged(village: Village, parent: Incident) -> None:
    grows(village, parent)
    grows(village, parent)  # the worker was killed between the two
    grows(village, parent, seq=9)  # and somebody named them again

    (child,) = linked(village.store, parent.id)
    assert (child.student, child.school, child.lead, child.pages) == (OTHER, ELSEWHERE, COUNSELOR, {})
    assert child.linked_to == parent.id


@pytest.mark.page
def test_who_has_one_open_already_is_linked_and_gets_no_second_one(village: Village, parent: Incident) -> None:
    order = opening(by=village.actor(COUNSELOR), protocol_hash=village.protocol_hash, place=None, student=OTHER)
    known = open_incident(village.store, order, at=village.watch()).incident

    grows(village, parent)

    assert [each.id for each in linked(village.store, parent.id)] == [known.id]


@pytest.mark.page
def test_of_what_is_linked_everybody_sees_their_own_and_hears_how_many_there_are(
    village: Village, parent: Incident
) -> None:
    grows(village, parent)

    with village.store.read() as tx:
        whole = incidents.load(tx, parent.id)
        rows, hidden = queries.linked_rows(tx, village.actor(COUNSELOR), whole, village.watch())

    assert ([row.incident.student for row in rows], hidden) == ([OTHER], 0)  # the lead there, at a foreign school
