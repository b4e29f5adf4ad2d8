"""Changing a protocol at the console: copied, typed over, told what it changes, checked; open to few."""

import pytest
from starlette.testclient import TestClient

from crisis.notify.checking import Checking
from crisis.protocols import loader
from crisis.protocols.loader import content_hash
from crisis.store import protocol_drafts, roster
from crisis.store.engine import Store
from crisis.store.protocol_drafts import Draft
from crisis.vocabulary import PersonId, ProtocolHash, StaffRole
from tests.factories import DISTRICT
from tests.web.district import COUNSELOR, OFFICER, STRANGER, TEACHER, District, a_district
from tests.web.test_pages import Browser, at_console, words

LEAD = PersonId("p-lead")
PAGE = "/protocols"
SHORT = content_hash(loader.protocol("missing_student"))


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


def begun(browser: Browser, of: ProtocolHash = SHORT) -> str:
    """A draft of a protocol that is in force; of a short one, which is quicker to read."""
    fields = browser.form(PAGE, f"{PAGE}/begin") | {"of": of}
    return browser.post(f"{PAGE}/begin", fields)


def stands(district: District, address: str) -> Draft:
    with district.store.read() as tx:
        return protocol_drafts.one(tx, DISTRICT, address.rpartition("/")[2])


def types(browser: Browser, address: str, text: str, status: int = 303) -> str:
    return browser.send(f"{address}/text", f"{address}/save", status, text=text)


def test_a_copy_is_changed_as_text_and_what_got_looser_is_told_first(site: TestClient, district: District) -> None:
    lead = at_console(site, district, LEAD)
    address = begun(lead)
    text = stands(district, address).latest.text
    assert "Nothing yet." in words(lead.get(address))

    looser = text.replace("within: PT1M", "within: PT3M", 1).replace("Ask for a photo", "Ask for pictures", 1)
    assert types(lead, address, looser) == address
    page = words(lead.get(address))

    assert "“Call 911 now”: within 3 minutes of the opening (must); was: within 1 minute" in page
    assert "Protections that nobody could waive are weaker here." in page
    assert page.index("within 3 minutes") < page.index("“Ask for pictures")
    assert "within: PT3M" in lead.get(f"{address}/lines")
    assert lead.client.get(f"{address}/file").text == looser
    assert "Being changed" in words(lead.get(PAGE))


def test_a_text_with_faults_is_kept_and_each_fault_names_its_line(site: TestClient, district: District) -> None:
    lead = at_console(site, district, LEAD)
    address = begun(lead)

    types(lead, address, stands(district, address).latest.text.replace("type: notify", "type: notifies", 1))
    page, form = words(lead.get(address)), lead.get(f"{address}/text")

    assert "What is wrong with it" in page
    assert "the protocol line" in page
    assert "type: notifies" in form
    assert f"{address}/check" not in lead.get(address)
    lead.send(f"{address}/lines", f"{address}/back", to="1")
    assert "What is wrong with it" not in words(lead.get(address))


def test_a_file_takes_the_place_of_the_text_and_what_is_no_text_is_refused(
    site: TestClient, district: District
) -> None:
    lead = at_console(site, district, LEAD)
    address = begun(lead)
    fields = lead.form(f"{address}/text", f"{address}/upload")

    def sends(content: bytes, status: int) -> str:
        answer = lead.client.post(f"{address}/upload", data=fields, files={"file": ("mine.yaml", content)})
        assert answer.status_code == status, answer.text[:500]
        return answer.text

    assert "This is not a text file in UTF-8" in sends(b"\xff\xfe\x00", 422)
    assert "Choose a file." in sends(b"", 422)
    sends("\ufeffid: mine\r\nversion: 1.0.0\r\n".encode(), 303)
    assert stands(district, address).latest.text == "id: mine\nversion: 1.0.0\n"


def test_the_slower_of_two_is_told_and_keeps_what_was_typed(site: TestClient, district: District) -> None:
    lead, officer = at_console(site, district, LEAD), at_console(site, district, OFFICER)
    address = begun(lead)
    slow = {**officer.form(f"{address}/text", f"{address}/save"), "text": "mine: all of it"}
    types(lead, address, "faster: yes")

    page = officer.post(f"{address}/save", slow, 422)

    assert "Somebody saved this draft while you wrote" in words(page)
    assert "mine: all of it" in page
    assert stands(district, address).latest.text == "faster: yes\n"


def test_other_words_are_proved_at_once_and_another_shape_by_the_checker(site: TestClient, district: District) -> None:
    lead = at_console(site, district, LEAD)
    address = begun(lead)
    assert lead.send(address, f"{address}/check") == f"{address}#h-check"
    at_once = words(lead.get(address))

    text = stands(district, address).latest.text
    types(lead, address, text.replace("on_miss: [admin", "on_miss: [nurse, admin", 1))
    lead.send(address, f"{address}/check")
    waiting = words(lead.get(address))
    checking = Checking(district.store)
    checking.turn()
    going_on = words(lead.get(address))
    checking.close()

    assert "Checked: it holds" in at_once
    assert "It has the same shape as the built-in one" in at_once
    assert "Waiting for the checker" in waiting
    assert "Being checked" in going_on
    assert "Look again" in going_on


def test_a_draft_that_is_thrown_away_is_nowhere(site: TestClient, district: District) -> None:
    lead = at_console(site, district, LEAD)
    address = begun(lead)

    assert lead.send(address, f"{address}/throw-away") == PAGE

    assert "Nobody is changing a protocol." in words(lead.get(PAGE))
    lead.get(address, 404)


def test_clinicians_read_drafts_and_write_none_others_see_what_is_in_force(
    site: TestClient, district: District
) -> None:
    address = begun(at_console(site, district, LEAD))
    counselor, teacher = at_console(site, district, COUNSELOR), at_console(site, district, TEACHER)
    stranger = at_console(site, district, STRANGER)

    assert "As text (YAML)" in counselor.get(address)
    assert "<textarea" not in counselor.get(f"{address}/text")
    hidden = {"csrf": counselor.form("/me/paging", "/language")["csrf"], "edition": "1", "text": "mine: yes"}
    assert counselor.client.post(f"{address}/save", data=hidden).status_code == 404
    assert "Being changed" not in words(teacher.get(PAGE))
    assert "Copy it" not in words(teacher.get(PAGE))
    for person in (teacher, stranger):
        assert person.client.get(address).status_code == 404
