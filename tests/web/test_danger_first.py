"""A kind of crisis that often begins with harm asks about it before every step, until somebody knows more."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.protocols import loader
from crisis.protocols.plain_yaml import ProtocolFault
from crisis.store import protocols
from tests.protocols.small import SMALL
from tests.web.district import COUNSELOR, SETTINGS, District
from tests.web.test_contacts import district
from tests.web.test_pages import Browser, at_console, words
from web.app import build_app

__all__ = ["district"]
ASKED = "Before any step: is one of these true?"
NEXT = "Put dangerous things out of reach"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What stands on the page is the same on both."""
    return sqlite_url


@pytest.fixture
def counselor(district: District) -> Iterator[Browser]:
    with district.store.write() as tx:
        protocols.publish(tx, loader.protocol("sexual_assault"), clock.now())
    with TestClient(build_app(district.store, SETTINGS), base_url=SETTINGS.public_url) as site:
        yield at_console(site, district, COUNSELOR)


def test_after_an_attempt_911_comes_before_the_first_step(counselor: Browser) -> None:
    page = counselor.get(counselor.opens(kind="suicide_attempt"))

    told = words(page)
    assert "Took pills or something harmful" in told
    assert told.index(ASKED) < told.index(NEXT)
    assert page.index('href="tel:911"', page.index(ASKED)) < page.index(NEXT)


def test_it_is_asked_until_the_emergency_is_raised_and_not_again_when_that_is_over(counselor: Browser) -> None:
    incident = counselor.opens(kind="suicide_attempt")
    counselor.send(f"{incident}/emergency", f"{incident}/emergency", dangers="ingestion", called_911="yes")

    during = words(counselor.get(incident))
    counselor.send(f"{incident}/emergency", f"{incident}/emergency-over", outcome="In the ambulance")
    afterwards = words(counselor.get(incident))

    assert "The emergency is over" in during
    assert ASKED not in during + afterwards


def test_thoughts_alone_begin_with_the_first_step(counselor: Browser) -> None:
    assert ASKED not in words(counselor.get(counselor.opens(kind="suicide_ideation")))


@pytest.mark.parametrize("kind", ["sexual_assault_told", "sexual_assault_suspected"])
def test_medical_care_is_the_first_step_after_sexual_assault(counselor: Browser, kind: str) -> None:
    told = words(counselor.get(counselor.opens(kind=kind)))

    assert told.index(ASKED) < told.index("Next step") < told.index("Medical care and an exam as soon as possible")
    assert told.index("Medical care and an exam") < told.index("Also open now")


def test_a_protocol_asks_first_only_in_its_own_kinds_of_crisis() -> None:
    lane = SMALL.replace("lane:\n", "lane:\n  first_for: [flood]\n")

    with pytest.raises(ProtocolFault) as refused:
        loader.protocol_from_text(lane, "mine.yaml")

    assert "“flood” is none of this protocol's crisis_types" in " ".join(refused.value.faults)
