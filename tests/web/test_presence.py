"""Who is there is said to those who may know it, for as long as it is true, and locks nothing."""

import asyncio
import json
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect
from starlette.testclient import TestClient

from crisis import clock
from crisis.store import people
from crisis.store.engine import Store, open_store
from crisis.vocabulary import IncidentId, PersonId, StepId, StepType
from tests.factories import SCHOOL
from tests.watch import Watch
from tests.web.district import COUNSELOR, NURSE, OFFICER, SETTINGS, STRANGER, a_district, acting
from tests.web.test_pages import at_console, first, words
from web.app import build_app
from web.hub import Hub, Viewer
from web.presence import CLAIMED_FOR, CROWD, GONE_AFTER, Place, Presence
from web.whereabouts import place_of
from web.wire import QueueLine

INCIDENT, STEP = IncidentId("i-1"), StepId("screen")
NOBODY = timedelta(seconds=1)


def silent(words: str) -> None:
    assert len(words) < 7999


@pytest.fixture
def presence(watch: Watch) -> Presence:
    return Presence(silent)


def who(presence: Presence) -> list[tuple[str, str | None, bool]]:
    return [(each.person, each.step, each.connected) for each in presence.of(INCIDENT, clock.now())]


def test_whoever_is_not_heard_for_45_seconds_is_gone(presence: Presence, watch: Watch) -> None:
    presence.here([Place(INCIDENT, NURSE), Place(INCIDENT, COUNSELOR)])
    watch.ahead += GONE_AFTER
    presence.here([Place(INCIDENT, NURSE)])
    watch.ahead += NOBODY

    assert who(presence) == [(NURSE, None, True)]
    presence.left(Place(INCIDENT, NURSE))
    assert who(presence) == []


def test_an_open_form_is_claimed_for_five_minutes_after_the_last_word(presence: Presence, watch: Watch) -> None:
    presence.here([Place(INCIDENT, NURSE, STEP), Place(INCIDENT, NURSE)])
    began = clock.now()
    watch.ahead += GONE_AFTER + NOBODY
    assert who(presence) == [(NURSE, STEP, False)]

    presence.here([Place(INCIDENT, NURSE, STEP)])
    (claimed,) = presence.of(INCIDENT, clock.now())
    assert (claimed.since, claimed.connected) == (began.replace(microsecond=0), True)
    watch.ahead += CLAIMED_FOR + NOBODY
    assert who(presence) == []


def test_news_is_told_once_and_of_a_crowd_seldom(presence: Presence, watch: Watch) -> None:
    presence.here([Place(INCIDENT, NURSE)])
    assert (presence.changed(), presence.changed()) == ({INCIDENT}, set())
    watch.ahead += GONE_AFTER + NOBODY
    assert (presence.changed(), presence.changed()) == ({INCIDENT}, set())

    presence.here([Place(INCIDENT, PersonId(f"p-{number}")) for number in range(CROWD + 1)])
    assert presence.changed() == {INCIDENT}
    presence.here([Place(INCIDENT, NURSE)])
    assert presence.changed() == set()
    watch.ahead += timedelta(seconds=10)
    assert presence.changed() == {INCIDENT}


def test_five_hundred_places_are_said_in_pieces_that_postgresql_carries(presence: Presence) -> None:
    long = "x" * 75  # an id has at most 80
    presence.here([Place(IncidentId(long), PersonId(f"{long}{number}"), StepId(long)) for number in range(500)])

    assert len(presence.of(IncidentId(long), clock.now())) == 500


def test_another_process_hears_of_it_and_nothing_is_written(postgres_url: str, key_file: Path) -> None:
    with closing(open_store(postgres_url, key_file)) as here, closing(open_store(postgres_url, key_file)) as there:
        one, other = Hub(here).presence, Hub(there).presence
        end = there.on_said(other.heard)
        before = counted(there)
        one.here([Place(INCIDENT, NURSE, STEP)])
        until = time.monotonic() + 5
        while not who(other) and time.monotonic() < until:
            time.sleep(0.01)

        assert who(one) == who(other) == [(NURSE, STEP, True)]
        assert counted(there) == before
        end()


async def says_where(hub: Hub, incident: IncidentId) -> None:
    """By the socket: somebody of another district, who is not heard, and somebody who is."""
    for person, heard in ((STRANGER, False), (COUNSELOR, True)):
        with hub.store.read() as tx:
            viewer = Viewer(line=QueueLine(None), actor=people.actor(tx, person), secret="")  # type: ignore[arg-type]
        place = place_of(json.dumps({"here": incident, "step": "screen"}), person)
        await hub.whereabouts(viewer, place)
        assert (viewer.place, place in hub.there) == ((place, True) if heard else (None, False))
    hub.there.clear()


@pytest.mark.parametrize("said", ['{"here":7}', "x", "[]", "", '{"here":"i-1","more":1}', '{"here":"<b>"}'])
def test_what_no_console_of_ours_says_is_not_heard(said: str) -> None:
    with pytest.raises(ValueError, match="not the words of a console"):
        place_of(said, NURSE)


def counted(store: Store) -> dict[str, int]:
    with store.read() as tx:
        names = inspect(tx).get_table_names()
        return {name: tx.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one() for name in names}


@pytest.mark.page
def test_only_who_may_see_it_learns_who_is_there_and_of_whom(store: Store) -> None:
    district = a_district(store)
    step = first(StepType.ACT).id
    with TestClient(build_app(store, SETTINGS), base_url=SETTINGS.public_url) as site:
        counselor, nurse = at_console(site, district, COUNSELOR), at_console(site, district, NURSE)
        officer = acting(site, district.token(OFFICER))
        incident = counselor.opens(school=SCHOOL)
        nurse.get(f"{incident}/steps/{step}")
        site.app.state.hub.presence.here([Place(IncidentId(incident.rpartition("/")[2]), STRANGER)])
        there, at_step = words(counselor.get(incident)), words(counselor.get(f"{incident}/steps/{step}"))
        part = counselor.client.get(f"{incident}/parts/here?step={step}").text

        kept_out = {"person": NURSE, "kind": "named"}
        site.post(f"/api/v1{incident}/conflicts", json=kept_out, headers=officer.headers)
        after, closed = words(counselor.get(incident)), nurse.client.get(f"{incident}/parts/here").status_code

        asyncio.run(says_where(site.app.state.hub, IncidentId(incident.rpartition("/")[2])))

    assert "Given P-Nurse is filling in:" in there
    assert "Given P-Nurse has this form open since" in at_step
    assert "nothing is locked" in part
    assert "Stranger" not in there
    assert ("Nurse is filling in" in after, closed) == (False, 404)
