"""In every journey, whatever it plays: the log that was written, read back, replays to the state that was recorded.

At each event, not at the end alone: what is shown of a past minute is what was true in it. Asked in the transaction
that writes, so it holds for every incident and drill of a journey and costs one more reading of what is new.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from sqlalchemy import Connection

from crisis.events import Event, IncidentOpened
from crisis.statemachine.evolve import begin, evolve
from crisis.statemachine.incident import Incident
from crisis.store import incidents, sample_record
from crisis.store.engine import Store, open_store
from crisis.vocabulary import IncidentId
from tests.browser import a_chromium
from tests.journeys.playing import Elsewhere, Story
from tests.journeys.town import Town, a_town

APPEND = incidents.append


class Replays:
    """Keeps how far each log was replayed; a transaction that is rolled back makes it read that log from its start."""

    def __init__(self) -> None:
        self.states: dict[IncidentId, Incident] = {}
        self.events, self.wrong = 0, list[str]()

    def append(
        self, tx: Connection, before: Incident | None, after: Incident, events: Sequence[Event], **more: Any
    ) -> int:
        position = APPEND(tx, before, after, events, **more)
        replayed = self._until(tx, after.id, before.seq if before is not None else 0)
        recorded = before
        seq = 0 if before is None else before.seq
        for event, stored in zip(events, incidents.events_of(tx, after.id, after=seq), strict=True):
            recorded, replayed = _next(recorded, event), _next(replayed, stored.event)
            self._same(replayed, recorded, f"{after.id} after event {stored.seq}")
            self.events += 1
        self._same(replayed, after, f"{after.id} as the order left it")
        self._same(incidents.load(tx, after.id), after, f"{after.id} as its row says")
        assert replayed is not None
        self.states[after.id] = replayed
        return position

    def _until(self, tx: Connection, incident: IncidentId, seq: int) -> Incident | None:
        known = self.states.get(incident)
        if seq == 0 or (known is not None and known.seq == seq):
            return known if seq else None
        found: Incident | None = None
        for stored in incidents.events_of(tx, incident):
            if stored.seq <= seq:
                found = _next(found, stored.event)
        return found

    def _same(self, replayed: Incident | None, recorded: Incident | None, where: str) -> None:
        if replayed != recorded:
            self.wrong.append(where)


def _next(state: Incident | None, event: Event) -> Incident:
    if state is None:
        assert isinstance(event, IncidentOpened)
        return begin(event)
    return evolve(state, event)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What a journey tells by the rules alone, it tells once more through the door on each database."""
    told = getattr(metafunc.module, "Story", None) is Story and "store" not in metafunc.fixturenames
    if told and not metafunc.definition.get_closest_marker("browser"):
        metafunc.fixturenames.append("elsewhere")
        places = ["rules", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
        metafunc.parametrize("elsewhere", places, indirect=True)


@pytest.fixture
def elsewhere(
    request: pytest.FixtureRequest, key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A database of its own for each story: two of one test know nothing of each other."""
    if request.param == "rules":
        yield
        return
    with ExitStack() as stack:
        make = _copies(request, tmp_path) if request.param == "sqlite" else _clones(request, stack)

        def new_store() -> Store:
            return stack.enter_context(closing(open_store(make(), key_file)))

        monkeypatch.setattr(Elsewhere, "new_store", staticmethod(new_store))
        yield


def _copies(request: pytest.FixtureRequest, folder: Path) -> Callable[[], str]:
    template, numbers = request.getfixturevalue("sqlite_template"), count(1)
    return lambda: f"sqlite:///{shutil.copy(template, folder / f'{next(numbers)}.db')}"


def _clones(request: pytest.FixtureRequest, stack: ExitStack) -> Callable[[], str]:
    cluster, template = (request.getfixturevalue(name) for name in ("cluster", "postgres_template"))

    def clone() -> str:
        url: str = cluster.create_from(template)
        stack.callback(cluster.drop, url)
        return url

    return clone


@pytest.fixture(autouse=True)
def replays(monkeypatch: pytest.MonkeyPatch) -> Iterator[Replays]:
    """At the end, since a server in another thread would answer an error and go on."""
    watching = Replays()
    monkeypatch.setattr(incidents, "append", watching.append)
    yield watching
    assert watching.wrong == []


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with a_chromium() as browser:
        yield browser


@pytest.fixture
def town(sqlite_url: str, key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """One database: the stories of the protocols are told on both."""
    store = open_store(sqlite_url, key_file)
    with a_town(store, tmp_path, monkeypatch) as made:
        yield made
    store.close()


@pytest.fixture
def recorded_town(town: Town) -> Town:
    """With a student whose record is full."""
    with town.store.write() as tx:
        sample_record.fill(tx, town.store.keys, town.clock.now())
    return town
