"""A district and its console, for tests of pages that need no more."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from starlette.testclient import TestClient

from crisis.store.engine import Store
from tests.browser import a_chromium
from tests.web.district import SETTINGS, District, a_district
from web.app import build_app


@pytest.fixture
def district(store: Store) -> District:
    return a_district(store)


@pytest.fixture
def site(district: District) -> Iterator[TestClient]:
    with TestClient(build_app(district.store, SETTINGS), base_url=SETTINGS.public_url) as made:
        yield made


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with a_chromium() as browser:
        yield browser
