"""Which law is asked, on the page: two people answer for it, and nobody else sees it."""

from datetime import date

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.protocols import loader
from crisis.store import policy_packs, roster
from crisis.store.engine import Store
from crisis.store.policy_packs import Counsel
from crisis.vocabulary import PersonId, StaffRole
from tests.factories import DISTRICT
from tests.web.district import COUNSELOR, OFFICER, STRANGER, TEACHER, District, a_district
from tests.web.test_pages import at_console, words

pytestmark = pytest.mark.page

LEAD = PersonId("p-lead")
PAGE = "/policy"


@pytest.fixture
def district(store: Store) -> District:
    made = a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, LEAD, ("Given", "Lead"), staff=True)
        roster.give_post(tx, DISTRICT, LEAD, StaffRole.DISTRICT_LEAD)
    return made


def for_now(name: str) -> str:
    """The draft of a state as if it were made for these days."""
    text, pack = loader.pack_text(name), loader.pack(name)
    text = text.replace(f"effective_from: {pack.effective_from}", "effective_from: 2020-01-01")
    return text.replace(f"expires_on: {pack.expires_on}", "expires_on: null")


def waiting(district: District) -> str:
    with district.store.read() as tx:
        return policy_packs.of_district(tx, DISTRICT)[0].id


def test_a_draft_becomes_the_law_when_two_people_answer_for_it(site: TestClient, district: District) -> None:
    officer, lead = at_console(site, district, OFFICER), at_console(site, district, LEAD)
    assert "No pack of your state is approved" in words(officer.get(PAGE))
    begun = officer.get(f"{PAGE}?begin=us-ct")
    assert "19a-14c" in begun

    assert officer.send(PAGE, f"{PAGE}/propose", text=for_now("us-ct")) == PAGE
    mine, theirs = words(officer.get(PAGE)), words(lead.get(PAGE))
    pack = waiting(district)
    assert lead.send(PAGE, f"{PAGE}/approve", pack=pack, counsel="R. Lawyer", reviewed_on="2026-09-01") == PAGE
    after = words(lead.get(PAGE))

    assert "You proposed it; a second person approves it." in mine
    assert "Which lawyer has read it?" in theirs
    assert "No pack of your state is approved" not in after
    assert "are not told unless the student agrees" in after
    assert "R. Lawyer" in after


def test_who_proposed_it_cannot_approve_it_by_a_form_of_their_own_pr_64(site: TestClient, district: District) -> None:
    officer = at_console(site, district, OFFICER)
    officer.send(PAGE, f"{PAGE}/propose", text=for_now("us-vt"))

    hidden = officer.form(PAGE, f"{PAGE}/end")  # the page has no form to approve for them
    fields = {**hidden, "pack": waiting(district), "counsel": "R. Lawyer", "reviewed_on": "2026-09-01"}
    told = words(officer.post(f"{PAGE}/approve", fields, 422))

    assert f"{PAGE}/approve" not in officer.get(PAGE)
    assert "You proposed it; a second person approves it" in told
    assert "PR-64" in told


def test_a_text_with_a_fault_stays_in_the_form_with_its_line(site: TestClient, district: District) -> None:
    officer = at_console(site, district, OFFICER)

    told = officer.send(PAGE, f"{PAGE}/propose", 422, text="id: larkfield\nversion: soon\n")

    assert "version: soon" in told
    assert "the pack line 2: version" in words(told)


def test_a_pack_that_has_run_out_is_told_and_the_floor_counts(site: TestClient, district: District) -> None:
    text, then = for_now("us-ct").replace("expires_on: null", "expires_on: 2026-01-01"), date(2025, 7, 1)
    with district.store.write() as tx:
        pack = policy_packs.propose(tx, DISTRICT, text, by=OFFICER, at=clock.now())
        counsel = Counsel(name="R. Lawyer", reviewed_on=then)
        policy_packs.approve(tx, DISTRICT, pack, counsel, by=LEAD, at=clock.now(), today=then)

    told = words(at_console(site, district, LEAD).get(PAGE))

    assert "The pack “Connecticut” has run out." in told
    assert "may be told" in told


def test_an_approved_pack_can_be_ended_and_the_floor_counts_again(site: TestClient, district: District) -> None:
    officer, lead = at_console(site, district, OFFICER), at_console(site, district, LEAD)
    officer.send(PAGE, f"{PAGE}/propose", text=for_now("us-ct"))
    pack = waiting(district)
    lead.send(PAGE, f"{PAGE}/approve", pack=pack, counsel="R. Lawyer", reviewed_on="2026-09-01")

    assert officer.send(PAGE, f"{PAGE}/end", pack=pack) == PAGE

    assert "No pack of your state is approved" in words(officer.get(PAGE))


@pytest.mark.parametrize("person", [COUNSELOR, TEACHER, STRANGER])
def test_nobody_else_sees_it(site: TestClient, district: District, person: PersonId) -> None:
    browser = at_console(site, district, person)

    assert browser.client.get(PAGE).status_code == 404
    assert PAGE not in browser.get("/board")
