"""A death opens an incident for each student of a list: all of them, once, and nobody is told of each one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from crisis import page_commands as pcmd
from crisis.commands import Actor, ActorKind, AnswerDecision, CompleteStep
from crisis.linked_commands import SpawnIncidents
from crisis.notify.extras import Beside as Extra
from crisis.notify.extras import Extras
from crisis.notify.people_to_tell import Reachable
from crisis.notify.wording import Filling, Subject
from crisis.protocols import loader
from crisis.statemachine.incident import Incident
from crisis.statemachine.spawning import AT_ONCE
from crisis.store import incidents, outgoing, protocols, roster
from crisis.submit import open_incident, submit
from crisis.vocabulary import Beside, IncidentId, Mode, SchoolId, StepId, StudentId, Urgency, WordsId
from tests.factories import DISTRICT, SCHOOL, opening
from tests.notify.village import ANA, COUNSELOR, PHONES, PRINCIPAL, Village

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
    village: Village, size: int
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
    since = village.watch()
    village.watch.ahead += DAY  # the end of the school day went by
    for _seconds in range(12):  # one after the other each would have its turn: 15 seconds apart
        village.watch.ahead += timedelta(seconds=20)
        village.worker.until_quiet(limit=200 * size)

    with village.store.read() as tx:
        assert all(incidents.load(tx, child.id).missed for child in children)
        texted = {person: outgoing.texts_to(tx, PHONES[person], since) for person in (COUNSELOR, PRINCIPAL)}
    about = {child.id for child in children}
    for texts in texted.values():
        assert 1 <= len([each for each in texts if each.incident in about]) <= 2  # however many there are


@pytest.mark.page
def test_an_e_mail_comes_as_seldom_as_a_text_and_of_another_incident_at_once(village: Village) -> None:
    by = Actor(kind=ActorKind.SYSTEM, id=None, district=DISTRICT)
    parent, apart = village.opened(), village.opened()
    order = opening(by=by, protocol_hash=village.protocol_hash, place=None, student=None, beside=Beside.NOBODY)
    order = replace(order, linked_to=parent.id, lead=COUNSELOR)
    children = [open_incident(village.store, order, at=village.watch()).incident for _each in range(3)]
    extras = Extras(village.store, None, None, "https://crisis.school.example", village.watch)

    def is_news(incident: Incident) -> bool:
        who = Reachable(PRINCIPAL, None, "en")
        filling = Filling(mode=Mode.LIVE)
        return extras._is_news(
            Extra(
                who=who, subject=Subject.NOTICE, filling=filling, reference="1-p", incident=incident,
                grown_from=incident.linked_to,
            )
        )  # fmt: skip

    assert [is_news(each) for each in (*children, apart, apart)] == [True, False, False, True, True]
    village.watch.ahead += timedelta(minutes=3)
    assert is_news(children[2])
    extras.close()
