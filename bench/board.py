"""The board with a full database: what one request takes, beside a page with nothing on it from the same server."""

import http.client
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bench.console import EMPTY, console_server
from bench.figures import Figure, times
from bench.place import Towns, actor, holder, opening
from crisis import clock
from crisis.statemachine.incident import Incident
from crisis.store import incidents, sessions
from crisis.store.engine import Store
from crisis.store.sample_people import ELEMENTARY, HIGH, MIDDLE
from crisis.submit import open_incident
from crisis.vocabulary import Custody, IncidentId, Mode, Phase, StaffRole

SCHOOLS = (HIGH, MIDDLE, ELEMENTARY)
TODAY = 20  # closed since midnight
BATCH = 200
WARM_UP = 5


def figures(towns: Towns, rounds: int, total: int, still_open: int) -> Iterator[Figure]:
    for dialect in towns.dialects:
        town = towns.new(dialect)
        with town.opened() as store:
            _filled(store, total, still_open)
            signed_in = session(store)
        with console_server(town) as (server, port):
            measured = asked(port, "/board", signed_in, rounds)
            floor = asked(port, EMPTY, signed_in, rounds)
            server.end()
        yield Figure(
            name=f"The board: {still_open} open of {total:,} incidents",
            dialect=dialect,
            measured=times(measured),
            floor=times(floor),
            floor_is="an empty page of the same server",
        )


def _filled(store: Store, total: int, still_open: int) -> None:
    """The open ones come through the one door; the closed ones are copies of one of them with its events."""
    lead = actor(store, holder(StaffRole.DISTRICT_LEAD, None))
    for number in range(still_open):
        mode = Mode.DRILL if number % 20 == 0 else Mode.LIVE
        order, words = opening(lead, SCHOOLS[number % len(SCHOOLS)], mode)
        one = open_incident(store, order, at=clock.now(), words=words).incident
    with store.read() as tx:
        events = [stored.event for stored in incidents.events_of(tx, one.id)]
    for first in range(0, total - still_open, BATCH):
        with store.write() as tx:
            for number in range(first, min(first + BATCH, total - still_open)):
                incidents.append(tx, None, _closed(one, number), events, at=clock.now())


def _closed(like: Incident, number: int) -> Incident:
    """Twenty today, the rest on the days before."""
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    closed_at = clock.now() if number < TODAY else midnight - timedelta(hours=number)
    return replace(
        like,
        id=IncidentId(clock.new_id()),
        opened_at=closed_at - timedelta(hours=2),
        closed_at=closed_at,
        phase=Phase.CLOSED,
        custody=Custody.RELEASED,
        adult=None,
    )


def session(store: Store) -> str:
    """A browser of the district lead that is signed in; how somebody signs in is not measured here."""
    with store.write() as tx:
        return sessions.begin(tx, holder(StaffRole.DISTRICT_LEAD, None), at=clock.now(), factors=2)


def asked(port: int, path: str, session: str, rounds: int) -> list[float]:
    connection, took = http.client.HTTPConnection("127.0.0.1", port, timeout=60), []
    for _ in range(rounds + WARM_UP):
        begin = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": f"session={session}"})
        answer = connection.getresponse()
        body = answer.read()
        took.append(time.perf_counter() - begin)
        if answer.status != 200 or (path != EMPTY and b"inc-" not in body):
            raise RuntimeError(f"{path} answered {answer.status}")
    connection.close()
    return took[WARM_UP:]
