"""Photographs of each kind of crisis from its opening to its close, for people to look at: `--pictures FOLDER`.

Each page in a folder of its kind, and a sheet of all of them beside it.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from crisis.store.engine import open_store
from tests.browser import NEEDS_CHROMIUM, a_chromium
from tests.journeys.guessing import calm
from tests.journeys.led import Stranger
from tests.journeys.photographing import HEIGHT, WIDTH, Album
from tests.journeys.test_led_to_the_end import KINDS
from tests.journeys.town import Town, a_town
from tests.web.test_pictures import paging_stands_well

A_YEAR = 365
pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with a_chromium() as browser:
        yield browser


@pytest.fixture
def town(sqlite_url: str, key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    store = open_store(sqlite_url, key_file)
    with a_town(store, tmp_path, monkeypatch) as made:
        yield made
    store.close()


@pytest.mark.parametrize("kind", KINDS)
def test_photographs_of_a_walk(town: Town, chromium: Browser, request: pytest.FixtureRequest, kind: str) -> None:
    folder: Path = request.config.getoption("pictures") / kind
    folder.mkdir(parents=True, exist_ok=True)
    paging_stands_well(town, days=A_YEAR)
    context = chromium.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, java_script_enabled=False, base_url=town.settings.public_url
    )
    album = Album(context, town.settings.public_url, folder)
    stranger = Stranger(town=town, kind=kind, order=calm, looks=album.looks)
    try:
        stranger.is_led()
    finally:
        stranger.goes_home()
        album.sheet(folder.with_suffix(".webp"))
        context.close()

    assert stranger.guesses == [], "\n".join(stranger.trail)
