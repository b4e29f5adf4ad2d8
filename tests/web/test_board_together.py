"""Many that grew out of one incident are one place on the board: counted, the worst first, a page away."""

from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.commands import Actor, ActorKind, LinkIncident
from crisis.protocols import loader
from crisis.statemachine.incident import Incident
from crisis.statemachine.timers import live_deadlines
from crisis.store import people, protocols, queries
from crisis.store.engine import Store
from crisis.store.queries import BoardRow
from crisis.store.upcoming import upcoming
from crisis.submit import open_incident, submit
from crisis.vocabulary import Beside, Custody, IncidentId
from tests.factories import DISTRICT, GROUND, MORNING, SCHOOL, an_incident, opening, suicide_risk
from tests.web.district import COUNSELOR, District
from tests.web.page_contract import must_keep_to_contract
from tests.web.test_pages import at_console, words
from web.pages.together import FEW, SHOWN, Together, gathered

SYSTEM = Actor(kind=ActorKind.SYSTEM, id=None, district=DISTRICT)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Both databases are the business of tests/notify/test_storm.py."""
    return sqlite_url


def many(store: Store, count: int) -> tuple[IncidentId, list[Incident]]:
    """A parent, and children that one person leads."""
    at = clock.now()
    with store.write() as tx:
        hashed = protocols.publish(tx, loader.protocol("suicide_risk"), at)
    with store.read() as tx:
        by = people.actor(tx, COUNSELOR)
    order = replace(opening(by=by, place=None, student=None), protocol_hash=hashed, school=SCHOOL)
    parent = open_incident(store, order, at=at).incident.id
    child = replace(order, by=SYSTEM, linked_to=parent, lead=COUNSELOR, beside=Beside.NOBODY)
    children = [open_incident(store, child, at=at).incident for _each in range(count)]
    for each in children:
        submit(store, parent, LinkIncident(by=SYSTEM, other=each.id), at=at)
    return parent, children


def rows(store: Store) -> queries.Board:
    with store.read() as tx:
        return queries.board(tx, people.actor(tx, COUNSELOR), clock.now())


def test_more_than_a_few_are_one_place_where_the_worst_would_stand(district: District) -> None:
    parent, children = many(district.store, FEW + 1)
    board = rows(district.store)
    found = gathered(board.open, board.closed, clock.now())

    (group,) = [each for each in found if isinstance(each, Together)]
    assert len(found) == 2
    assert group.parent.incident.id == parent
    assert {row.incident.id for row in group.rows} == {child.id for child in children}
    assert len(group.worst) == SHOWN
    assert gathered(board.open[:0], (), clock.now()) == []


def test_a_few_stand_by_themselves_and_so_do_those_whose_parent_is_not_seen(district: District) -> None:
    parent, _children = many(district.store, FEW + 1)
    board = rows(district.store)
    children = [row for row in board.open if row.incident.id != parent]
    few = [row for row in board.open if row not in children[:1]]

    assert all(isinstance(each, BoardRow) for each in gathered(children, (), clock.now()))
    assert all(isinstance(each, BoardRow) for each in gathered(few, (), clock.now()))


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_board_counts_them_and_no_alarm_is_lost(site: TestClient, district: District, language: str) -> None:
    parent, children = many(district.store, FEW + 2)
    counselor = at_console(site, district, COUNSELOR, language)
    html = counselor.client.get("/board").text
    shown = words(html)

    must_keep_to_contract(html)
    assert {"en": "7 incidents:", "es": "7 incidentes:"}[language] in shown
    assert {"en": "alarms: 7", "es": "alarmas: 7"}[language] in shown
    assert html.count('class="card inc') == 1 + 1 + SHOWN  # the parent, the group, and the worst in its fold
    assert f"/incidents/{parent}/linked" in html
    listed = counselor.client.get(f"/incidents/{parent}/linked").text
    assert all(child.id in listed for child in children)


def test_what_comes_next_is_worked_out_anew_for_another_version_and_another_calendar() -> None:
    incident, protocol = an_incident(), suicide_risk()
    known = upcoming(incident, protocol, GROUND)
    later = replace(GROUND, calendar=replace(GROUND.calendar, zone="Pacific/Auckland"))
    first = live_deadlines(incident, protocol, GROUND)[0]
    alone = replace(incident, custody=Custody.UNHELD, adult=None, steps={}, seq=incident.seq + 1)

    assert known.next is not None
    assert known.next.due_at == first.due_at <= MORNING + timedelta(days=1)
    assert upcoming(incident, protocol, GROUND) is known
    assert upcoming(incident, protocol, later) is not known
    assert not known.alone
    assert upcoming(alone, protocol, GROUND).alone
