"""The village on both databases, with its stand-in served over real HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crisis.store.engine import Store
from tests.notify.village import Village, a_served_village


@pytest.fixture
def village(store: Store, tmp_path: Path) -> Iterator[Village]:
    with a_served_village(store, tmp_path) as made:
        yield made
