"""That the watch over replays (`conftest.py`) sees what it is there for."""

from dataclasses import replace

import pytest

from crisis import commands as cmd
from crisis.protocols import loader
from crisis.store import incidents
from crisis.store.engine import Store
from tests.factories import COUNSELOR, WORDS
from tests.journeys.conftest import Replays
from tests.journeys.playing import Story


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def test_each_event_is_looked_at_and_a_state_that_its_log_does_not_hold_is_found(
    store: Store, replays: Replays, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = Story(loader.protocol("suicide_risk"), store).begins()
    story.does(cmd.AddNote(by=COUNSELOR, words=WORDS))
    with store.read() as tx:
        seen = (replays.events, list(replays.wrong), len(incidents.events_of(tx, story.incident.id)))

    evolved = incidents.codec.incident_text
    monkeypatch.setattr(incidents.codec, "incident_text", lambda state: evolved(replace(state, review_held=True)))
    story.does(cmd.AddNote(by=COUNSELOR, words=WORDS))
    found, replays.wrong = replays.wrong, []

    assert seen == (seen[2], [], seen[2])
    assert found == [f"{story.incident.id} as its row says"]
