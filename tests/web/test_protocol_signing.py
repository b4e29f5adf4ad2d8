"""Two people sign for exactly what they read, a second one publishes it with a date, and incidents finish on theirs."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from crisis import clock
from crisis.draft_words import ReviewKind
from crisis.store import incidents, protocols, roster
from crisis.store.engine import Store
from crisis.store.people_tables import SESSION
from crisis.vocabulary import IncidentId, ProtocolHash, StaffRole
from tests.factories import DISTRICT
from tests.web.district import COUNSELOR, OFFICER, TEACHER, District, a_district
from tests.web.filling import twice
from tests.web.test_pages import Browser, at_console, words
from tests.web.test_protocol_pages import LEAD, PAGE, SHORT, begun, stands, types

LATER = "2031-01-01"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough here: what is stored is tested on both in tests/store."""
    return sqlite_url


@pytest.fixture
def district(store: Store) -> District:
    made = a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, LEAD, ("Given", "Lead"), staff=True)
        roster.give_post(tx, DISTRICT, LEAD, StaffRole.DISTRICT_LEAD)
    return made


def digits(browser: Browser, address: str) -> str:
    return re.findall(r"has the digits ([0-9a-f]{12})", words(browser.get(address)))[0]


def signs(browser: Browser, address: str, status: int = 303, **changes: str) -> str:
    typed = {"digits": digits(browser, address), "qualification": "Licensed", "holds_until": LATER, **changes}
    return browser.send(address, f"{address}/sign-draft", status, **typed)


def records(browser: Browser, address: str, status: int = 303, **changes: str) -> str:
    typed = {"kind": ReviewKind.LEGAL, "name": "R. Lawyer", "qualification": "Attorney", "paper": "Binder 3"}
    typed |= {"digits": digits(browser, address), "signed_on": today(), "holds_until": LATER, **changes}
    return browser.send(address, f"{address}/sign-paper", status, **typed)


def in_force(district: District) -> ProtocolHash:
    with district.store.read() as tx:
        return protocols.current(tx, "suicide_ideation", DISTRICT, clock.now())[1]


def pinned(district: District, address: str) -> ProtocolHash:
    with district.store.read() as tx:
        return incidents.load(tx, IncidentId(address.rpartition("/")[2])).protocol_hash


def changed(lead: Browser, district: District, of: ProtocolHash = SHORT) -> str:
    """A draft with one other length of time, checked."""
    address = begun(lead, of)
    types(lead, address, stands(district, address).latest.text.replace("within: PT1M", "within: PT2M", 1))
    lead.send(address, f"{address}/check")
    return address


def today() -> str:
    """By the clock of the district."""
    return str(clock.now().astimezone(ZoneInfo("America/New_York")).date())


def test_a_draft_is_signed_by_two_published_by_a_second_and_counts_for_new_incidents(
    site: TestClient, district: District
) -> None:
    lead, officer = at_console(site, district, LEAD), at_console(site, district, OFFICER)
    counselor = at_console(site, district, COUNSELOR)
    before = counselor.opens()
    address = changed(lead, district, district.protocol_hash)

    signs(counselor, address)
    records(officer, address, signed_on=today())
    page = words(officer.get(address))
    officer.send(address, f"{address}/publish-draft", first_day=today())
    after = counselor.opens(place="Room 2")

    assert "Given P-Counselor, Licensed" in page
    assert "On paper: Binder 3" in page
    assert in_force(district) != district.protocol_hash
    assert (pinned(district, before), pinned(district, after)) == (district.protocol_hash, in_force(district))
    listed = words(at_console(site, district, TEACHER).get(PAGE))
    assert "Published by your district" in listed
    assert "R. Lawyer, Attorney" in listed
    lead.get(address, 404)

    version = lead.get(f"{PAGE}/versions/{in_force(district)}?than={district.protocol_hash}")
    assert "within 2 minutes of the opening (must); was: within 1 minute" in words(version)
    assert version.count('<svg class="lanes" role="img"') == 1
    lead.get(f"{PAGE}/versions/{'0' * 64}", 404)

    publication = re.findall(rf'action="({PAGE}/publications/[^/]+/end)"', lead.get(PAGE))[0]
    own = in_force(district)
    assert lead.send(PAGE, publication) == PAGE
    assert in_force(district) == district.protocol_hash

    once_more = publication.replace("/end", "/again")
    twice(officer, PAGE, once_more, lambda: in_force(district), first_day=today())
    assert in_force(district) == own


def test_what_is_missing_is_told_and_nothing_is_published(site: TestClient, district: District) -> None:
    lead, officer = at_console(site, district, LEAD), at_console(site, district, OFFICER)
    address = changed(lead, district)

    told = words(officer.send(address, f"{address}/publish-draft", 422, first_day=today()))
    wrong = words(records(officer, address, 422, digits="000000000000"))
    mine = words(lead.get(address))

    assert "No clinician has signed for what stands there now" in told
    assert "No counsel has signed for what stands there now" in told
    assert "These are not the digits of what the draft says now" in wrong
    assert "Sign in my name" not in mine
    assert "You saved it last; a second person publishes it" in mine
    assert PAGE + "/publications/" not in officer.get(PAGE)


def test_signing_and_publishing_ask_who_it_is_first_pr_61(site: TestClient, district: District) -> None:
    address = changed(at_console(site, district, LEAD), district)
    counselor = at_console(site, district, COUNSELOR)
    with district.store.write() as tx:
        tx.execute(update(SESSION).values(proved_at=clock.now() - timedelta(hours=1)))

    asked = signs(counselor, address, 401)

    assert "Show again that it is you" in words(asked)
    assert "Not signed" in words(counselor.get(address))
