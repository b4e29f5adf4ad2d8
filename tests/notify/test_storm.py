"""A death opens an incident for each student of a list: all of them, once, and nobody is told of each one."""

from dataclasses import replace
from datetime import timedelta
from email.message import Message

import pytest

from crisis import page_commands as pcmd
from crisis.commands import AnswerDecision, CompleteStep
from crisis.linked_commands import SpawnIncidents
from crisis.protocols import loader
from crisis.statemachine.incident import Incident
from crisis.statemachine.spawning import AT_ONCE
from crisis.store import incidents, protocols, roster
from crisis.submit import open_incident, submit
from crisis.vocabulary import Beside, IncidentId, SchoolId, StepId, StudentId, Urgency, WordsId
from tests.factories import DISTRICT, SCHOOL, opening
from tests.notify.test_extras import box, mails, to  # noqa: F401  # fixtures
from tests.notify.village import ANA, COUNSELOR, PRINCIPAL, Village

FEW, MANY = 8, 200
DAY = timedelta(days=1, minutes=1)


def a_death(village: Village) -> IncidentId:
    with village.store.write() as tx:
        known = [loader.protocol(name) for name in ("postvention_death", "grief_support")]
        hashed = [protocols.publish(tx, each, village.watch()) for each in known]
    order = replace(
        opening(by=village.actor(COUNSELOR), protocol_hash=hashed[0], place=None, student=None),
        protocol="postvention_death",
        version=known[0].version,
        crisis_type="death_student",
        beside=Beside.NOT_ASKED,
    )
    incident, by = open_incident(village.store, order, at=village.watch()).incident.id, village.actor(COUNSELOR)
    reason = WordsId("w-confirmed")
    decided = AnswerDecision(by=by, step=StepId("verify"), choice="confirmed", reason=reason)
    submit(village.store, incident, decided, at=village.watch(), words={reason: "the family"})
    people: dict[str, str | bool] = {name: str(COUNSELOR) for name in ("leads", "back_up", "contact")}
    for step, said in (("tell_district", {}), ("crisis_team", people), ("other_schools", {})):
        village.gives(incident, CompleteStep(by=by, step=StepId(step), evidence=said))
    village.worker.until_quiet()
    return incident


def listed(village: Village, parent: IncidentId, count: int) -> list[Incident]:
    """The list as the form sends it, in parts; then the worker does all that is due."""
    named = [StudentId(f"s-{number}") for number in range(count)]
    with village.store.write() as tx:
        for each in named:
            roster.add_student(tx, (DISTRICT, SchoolId(SCHOOL)), each, ("Given", str(each)))
    for first in range(0, count, AT_ONCE):
        part = tuple(named[first : first + AT_ONCE])
        village.gives(parent, SpawnIncidents(by=village.actor(COUNSELOR), step=StepId("watch_list"), students=part))
    village.worker.until_quiet(limit=100 + 10 * count)
    with village.store.read() as tx:
        return [incidents.load(tx, each) for each in incidents.load(tx, parent).links]


@pytest.fixture
def size(pytestconfig: pytest.Config) -> int:
    return MANY if pytestconfig.getoption("--full") else FEW


@pytest.mark.page
def test_a_list_of_students_opens_each_incident_once_and_is_one_thing_to_whoever_is_told(
    village: Village,
    size: int,
    mails: list[Message],  # noqa: F811  # a fixture
) -> None:
    parent = a_death(village)
    before = {person: len(village.on(person)) for person in (COUNSELOR, PRINCIPAL)}
    other, page = village.paged(Urgency.U1)
    paged = len(village.on(ANA))
    children = listed(village, parent, size)
    village.later(timedelta(seconds=61))

    assert len({child.student for child in children}) == len(children) == size
    assert {child.lead for child in children} == {COUNSELOR}
    assert not any(child.pages for child in children)
    assert len(village.on(COUNSELOR)) == before[COUNSELOR]
    assert len(village.on(ANA)) > paged  # called as the ladder says, though many wait
    village.gives(other, pcmd.AcceptPage(by=village.actor(ANA), page=page))

    village.worker.until_quiet()
    before = {person: len(village.on(person)) for person in (COUNSELOR, PRINCIPAL)}
    mailed = len(to(mails, PRINCIPAL))
    village.watch.ahead += DAY  # the end of the school day went by
    for _minutes in range(3):
        village.watch.ahead += timedelta(minutes=3)
        village.worker.until_quiet(limit=200 * size)
    assert village.worker.extras is not None
    village.worker.extras._pool.shutdown(wait=True)

    with village.store.read() as tx:
        assert all(incidents.load(tx, child.id).missed for child in children)
    for person, heard in before.items():
        assert 1 <= len(village.on(person)) - heard <= 5  # of this list, of the other two; never one for each
    assert 1 <= len(to(mails, PRINCIPAL)) - mailed < size
