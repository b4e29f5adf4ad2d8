"""Buttons beside the incidents, of records, agreements, schedules and protocols: pressed twice they do it once."""

from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from crisis.store import roster
from crisis.store.engine import Store
from crisis.vocabulary import PersonId, StaffRole
from tests.factories import DISTRICT, STUDENT
from tests.web.district import COUNSELOR, OFFICER, SETTINGS, District
from tests.web.filling import filled, sent, twice
from tests.web.matrix import Relation
from tests.web.test_api import actions
from tests.web.test_pages import Browser, at_console, words
from tests.web.village import Village, a_village, person_of
from web.app import build_app

LEAD, OTHER_LEAD = PersonId("p-lead"), PersonId("p-lead-2")
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
        for each in (LEAD, OTHER_LEAD):
            roster.add_person(tx, DISTRICT, each, ("Given", "Lead"), staff=True)
            roster.give_post(tx, DISTRICT, each, StaffRole.DISTRICT_LEAD)
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
    twice(counselor, f"{HERS}/call-order", f"{HERS}/call-order/own-care", count)
    twice(counselor, f"{HERS}/call-order", f"{HERS}/call-order/end", count)


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


def test_whoever_is_slower_at_an_agency_or_at_how_an_adult_is_reached_overwrites_nothing(
    sits_down: SitsDown, village: Village
) -> None:
    """A late form must not take back that no message is left where somebody else may hear it."""
    counselor, nurse, wish = sits_down(HER_COUNSELOR), sits_down(HER_NURSE), f"{HERS}/contacts/wish"
    page = nurse.get(f"{HERS}/contacts")
    late = filled(page, wish, reads="es", household="at her aunt's home")
    sent(counselor, wish, filled(counselor.get(f"{HERS}/contacts"), wish, no_message="yes"))
    told = sent(nurse, wish, late, 409)

    lead, other, here = sits_down(LEAD), sits_down(OTHER_LEAD), f"/directory/{village.ids['agency']}"
    slow = filled(other.get(here), f"{here}/change", phone="617-555-0188", how="Ask for the intake desk")
    sent(lead, f"{here}/change", filled(lead.get(here), f"{here}/change", phone="617-555-0199"))
    said = sent(other, f"{here}/change", slow, 409)

    now = filled(told, wish)
    assert "Counselor-Own-School changed the same thing" in words(told)
    assert "We kept what you typed:at her aunt's home" in words(told)
    assert (now["no_message"], now["household"], now["adult"]) == (["yes"], [""], late["adult"])
    sent(nurse, wish, now | {"household": late["household"]})
    assert "Given Lead changed the same thing" in words(said)
    assert "We kept what you typed:Ask for the intake desk" in words(said)
    assert filled(said, f"{here}/change")["phone"] == ["617-555-0199"]


def test_nor_who_must_not_interpret_nor_whom_to_call_first(sits_down: SitsDown) -> None:
    counselor, nurse = sits_down(HER_COUNSELOR), sits_down(HER_NURSE)
    adults = filled(counselor.get(f"{HERS}/call-order"), f"{HERS}/call-order/order")
    first, second = [name.replace(".", "__") for name in adults if name.startswith("turn.")][:2]
    typed = (
        ("interpreters", "wish", {"need": "spoken", "not_these": "Mr. Lux of the market"}, {"need": "spoken"}),
        ("call-order", "order", {first: "1", "source": "family"}, {second: "2", "source": "family"}),
    )
    for where, action, hers, others in typed:
        page, sends = f"{HERS}/{where}", f"{HERS}/{where}/{action}"
        late = filled(nurse.get(page), sends, **others)
        sent(counselor, sends, filled(counselor.get(page), sends, **hers))

        told = sent(nurse, sends, late, 409)
        sent(nurse, sends, filled(nurse.get(page), sends, **others))

        assert "Counselor-Own-School changed the same thing" in words(told)
