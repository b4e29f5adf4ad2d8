"""An order that names nobody is refused with what to do, and nothing is written."""

from dataclasses import replace

import pytest

from crisis import commands as cmd
from crisis.errors import NotFound, Refused
from crisis.store import incidents, roster
from crisis.store.engine import Store
from crisis.submit import open_incident, submit
from crisis.vocabulary import PersonId, ReleaseTo, StudentId
from tests.factories import COUNSELOR, DISTRICT, MORNING, opening
from tests.web.district import ELSEWHERE, FAR_SCHOOL, STRANGER, a_district

STRANGER_ACTS = replace(COUNSELOR, district=ELSEWHERE, schools=frozenset({FAR_SCHOOL}), id=STRANGER)


def rules(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.rule for reason in refused.value.reasons]


@pytest.mark.parametrize("student", ["nobody", "st-9"])
def test_an_incident_is_not_opened_for_an_unknown_student_or_a_foreign_one(store: Store, student: str) -> None:
    a_district(store)

    with pytest.raises(Refused) as refused:
        open_incident(store, opening(student=StudentId(student)), at=MORNING)

    assert rules(refused) == ["STUDENT"]
    with store.read() as tx:
        assert incidents.head(tx) == 0


@pytest.mark.parametrize("person", ["nobody", "p-stranger"])
def test_nobody_is_asked_who_is_not_on_the_staff(store: Store, person: str) -> None:
    a_district(store)
    incident = open_incident(store, opening(), at=MORNING).incident

    for order in (
        cmd.OfferCustody(by=COUNSELOR, to=PersonId(person)),
        cmd.AssignLead(by=COUNSELOR, to=PersonId(person)),
        cmd.AssignStep(by=COUNSELOR, step=cmd.StepId("screen"), to=PersonId(person)),
    ):
        with pytest.raises(Refused) as refused:
            submit(store, incident.id, order, at=MORNING)
        assert rules(refused) == ["PERSON"]


def test_a_student_is_not_released_to_an_adult_outside_the_record_i_2(store: Store) -> None:
    a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, PersonId("p-stray"), ("Given", "Stray"), staff=False)
    incident = open_incident(store, opening(), at=MORNING).incident
    order = cmd.ReleaseCustody(by=COUNSELOR, to=ReleaseTo.GUARDIAN, contact=PersonId("p-stray"), identity_checked=True)

    with pytest.raises(Refused) as refused:
        submit(store, incident.id, order, at=MORNING)

    assert rules(refused) == ["I-2"]


def test_a_district_does_not_reach_into_another_by_naming_its_school_or_incident_f118(store: Store) -> None:
    a_district(store)
    theirs = open_incident(store, opening(by=STRANGER_ACTS, school=FAR_SCHOOL, student=None), at=MORNING).incident
    ours = open_incident(store, opening(), at=MORNING).incident

    with pytest.raises(NotFound):
        open_incident(store, opening(school=FAR_SCHOOL, student=None), at=MORNING)
    with pytest.raises(NotFound):
        open_incident(store, opening(linked_to=theirs.id), at=MORNING)
    with pytest.raises(NotFound):
        submit(store, ours.id, cmd.LinkIncident(by=COUNSELOR, other=theirs.id), at=MORNING)

    with store.read() as tx:
        assert incidents.load(tx, ours.id) == ours
