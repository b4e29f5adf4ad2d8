"""A district and its console, for tests of pages that need no more."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from crisis.store.engine import Store
from tests.web.district import SETTINGS, District, a_district
from web.app import build_app


@pytest.fixture
def district(store: Store) -> District:
    return a_district(store)


@pytest.fixture
def site(district: District) -> Iterator[TestClient]:
    with TestClient(build_app(district.store, SETTINGS), base_url=SETTINGS.public_url) as made:
        yield made
