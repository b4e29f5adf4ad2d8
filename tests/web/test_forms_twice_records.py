"""Buttons beside the incidents, of records, agreements, schedules and protocols: pressed twice they do it once."""

from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from crisis.store import roster
from crisis.store.engine import Store
from crisis.vocabulary import PersonId, StaffRole
from tests.factories import DISTRICT, STUDENT
from tests.web.district import COUNSELOR, OFFICER, SETTINGS, District
from tests.web.filling import twice
from tests.web.matrix import Relation
from tests.web.test_api import actions
from tests.web.test_pages import Browser, at_console
from tests.web.village import Village, a_village, person_of
from web.app import build_app

LEAD = PersonId("p-lead")
HER_COUNSELOR, HER_NURSE = (person_of(post, Relation.OWN_SCHOOL) for post in (StaffRole.COUNSELOR, StaffRole.NURSE))
SitsDown = Callable[[PersonId], Browser]
HERS, KEPT = f"/students/{STUDENT}", f"/retention/{STUDENT}"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough: what is stored is asked of both in `tests/store`."""
    return sqlite_url


@pytest.fixture
def village(store: Store) -> Village:
    made = a_village(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, LEAD, ("Given", "Lead"), staff=True)
        roster.give_post(tx, DISTRICT, LEAD, StaffRole.DISTRICT_LEAD)
    return made


@pytest.fixture
def sits_down(village: Village) -> Iterator[SitsDown]:
    district = District(village.store, protocol_hash=None)  # type: ignore[arg-type]  # nothing is opened here
    with TestClient(build_app(village.store, SETTINGS), base_url=SETTINGS.public_url) as site:
        yield lambda person: at_console(site, district, person)


@pytest.fixture
def count(village: Village) -> Callable[[], list[str]]:
    """What people changed. That somebody looked is on record each time."""
    looks = ("viewed", "listed", "looked")

    def did() -> list[str]:
        return [each for each, _ in actions(village.store) if not any(look in each for look in looks)]

    return did


def test_what_is_kept_of_a_student(sits_down: SitsDown, count: Callable[[], list[str]]) -> None:
    counselor, nurse = sits_down(HER_COUNSELOR), sits_down(HER_NURSE)

    twice(counselor, f"{HERS}/wishes", f"{HERS}/wishes/end", count)
    twice(counselor, f"{HERS}/sharing", f"{HERS}/sharing/end", count)
    twice(nurse, f"{HERS}/contacts", f"{HERS}/contacts/ask-to-lift", count)
    twice(counselor, f"{HERS}/contacts", f"{HERS}/contacts/keep", count)


def test_a_legal_hold_that_goes_on(sits_down: SitsDown, count: Callable[[], list[str]]) -> None:
    twice(sits_down(OFFICER), KEPT, f"{KEPT}/ask-release", count)
    twice(sits_down(LEAD), KEPT, f"{KEPT}/keep-hold", count)


def test_agreements_the_directory_instruments_and_absences(
    sits_down: SitsDown, count: Callable[[], list[str]], village: Village
) -> None:
    officer, here = sits_down(OFFICER), f"/directory/{village.ids['agency']}"

    twice(officer, "/agreements", "/agreements/take-out", count)
    twice(officer, "/instruments", "/instruments/take-up", count, of="phq_a")
    twice(officer, "/instruments", "/instruments/end-use", count)
    twice(sits_down(LEAD), here, f"{here}/change", count, name="Open Door Counseling")
    twice(sits_down(COUNSELOR), "/oncall", "/oncall/end-absence", count)
