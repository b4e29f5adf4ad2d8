"""The high-risk story of the suicide-risk protocol, clicked through in Chromium: with scripts, and without any."""

import pytest
from playwright.sync_api import Browser

from crisis.store import audit
from crisis.vocabulary import Custody, Phase, Tier
from tests.browser import NEEDS_CHROMIUM
from tests.journeys.browsing import STUDENT, Office, Watcher, an_office
from tests.journeys.clicking import (
    CLINICIANS,
    answered_by_key,
    answered_by_text,
    decided_high,
    family_reached,
    first_things,
    handed_over,
    interviewed,
    named,
    on_step,
    opened,
    planned,
    released,
    screened,
    signed,
)
from tests.journeys.town import Town
from tests.web.page_contract import must_keep_to_contract

MAYA, DANIEL, INES, GRACE = "Maya Okafor", "Daniel Reyes", "Ines Duarte", "Grace Mbeki"
JOAN = "Joan Castellano"  # district lead; she watches
pytestmark = [*NEEDS_CHROMIUM, pytest.mark.slow]


def followed_up(office: Office, incident: str) -> None:
    """Each week somebody does what the page says is open, until only the review is left."""
    for _week in range(12):
        steps = [step for step in office.desk(MAYA).open_steps(incident) if step != "close_review"]
        if not steps:
            return
        for step in steps:
            desk = on_step(office.desk(GRACE if step == "nurse_call" else MAYA), incident, step)
            if step == "reassess":
                desk.picks("evidence.found", "lower")
                desk.presses("Record as done")
            else:
                desk.picks("outcome", "completed")
                desk.presses("Record this check-in")
        office.goes_home_for(days=7)
    pytest.fail("the follow-up never ends")


def closed(office: Office, incident: str) -> None:
    principal, path = office.desk(INES), f"/incidents/{incident}/close"
    principal.goes_to(path)
    principal.picks("hold", "yes")
    principal.presses("Record this decision")
    office.goes_home_for(days=5)
    principal.goes_to(path)
    assert "I-19" in principal.is_refused("Close this incident")  # the second signature is missing
    office.desk(MAYA).goes_to(path)
    office.desk(MAYA).presses("Sign for closing")
    principal.goes_to(path)
    principal.presses("Close this incident")
    assert principal.next_step() == "This incident is closed"


def at_school(office: Office, incident: str, watcher: Watcher | None) -> None:
    """From the first step until the student is in safe hands."""
    town, maya, ines = office.town, office.desk(MAYA), office.desk(INES)

    def followed(title: str) -> None:
        town.worker.until_quiet()
        town.holds(incident)
        if watcher is not None:
            watcher.sees_next(title)
            watcher.saw_everything()

    named(maya, incident)
    first_things(maya, incident)
    followed("Ask the screening questions")
    screened(maya, incident)
    followed("Assess and decide the level of risk")
    interviewed(maya, incident)
    decided_high(maya)
    signed(ines, incident)
    assert town.incident(incident).effective_tier is Tier.HIGH
    followed("Decide: 911, mobile crisis or clinician")
    on_step(ines, incident, "emergency_decision").picks("choice", "clinician")
    ines.presses("Record this decision")
    town.passes(minutes=6)  # the first on call does not answer: the backup is asked
    if office.script:
        taker, minutes = town.person(answered_by_text(town, ines)), 12
    else:
        answered_by_key(town, ines)
        taker, minutes = None, None
    town.worker.until_quiet()
    (page,) = [each for each in town.holds(incident).pages.values() if each.role == "oncall_clinician"]
    assert page.accepted_by in [taker or town.person(each) for each in CLINICIANS]
    assert page.eta_minutes == minutes
    maya.goes_to(f"/incidents/{incident}/people")
    maya.presses("They are here")
    assert town.holds(incident).pages[page.id].arrived_at is not None
    followed("Reach a parent or guardian")
    family_reached(office.desk(DANIEL), incident)
    planned(maya, incident)
    followed("Hand over to care that has accepted")
    handed_over(maya, incident)
    followed("Hand the student to a safe adult")
    released(maya, incident)
    after = town.holds(incident)
    assert (after.custody, after.phase) == (Custody.RELEASED, Phase.FOLLOW_UP)
    followed("Ask the student and the family how they are")


def after_school(office: Office, incident: str) -> None:
    """The weeks after, until the incident may close."""
    office.desk(INES).goes_to(f"/incidents/{incident}/close")
    assert {"I-18", "I-19"} <= office.desk(INES).is_refused("Close this incident")
    followed_up(office, incident)
    closed(office, incident)
    assert office.town.holds(incident).phase is Phase.CLOSED
    with office.town.store.read() as tx:
        assert audit.verify(tx).ok


@pytest.mark.full
def test_high_risk_by_script_while_another_console_follows(town: Town, chromium: Browser) -> None:
    with an_office(town, chromium, script=True) as office:
        incident = opened(office.desk(MAYA))
        watcher = Watcher(office.desk(JOAN), incident)
        watcher.sits_down()

        at_school(office, incident, watcher)
        after_school(office, incident)

        watcher.sits_down()  # her session ended in the weeks between
        watcher.saw_everything()


def test_high_risk_without_any_script(town: Town, chromium: Browser) -> None:
    with an_office(town, chromium, script=False) as office:
        maya = office.desk(MAYA)
        incident = opened(maya)

        at_school(office, incident, None)
        after_school(office, incident)

        maya.goes_to("/board")
        maya.presses("Sign out")
        maya.page.goto(f"{town.settings.public_url}/board")
        assert maya.page.url.endswith("/login")


def test_a_page_is_handed_over_let_go_of_and_its_alarm_ended_without_any_script(town: Town, chromium: Browser) -> None:
    with an_office(town, chromium, script=False) as office:
        incident = opened(office.desk(MAYA))
        people = f"/incidents/{incident}/people"
        maya, daniel = office.desk(MAYA), office.desk(DANIEL)

        maya.goes_to(people)
        maya.chooses("role", "Incident lead")
        maya.presses("Page now")
        maya.goes_to(people)
        lead = next(key for key, each in town.holds(incident).pages.items() if each.role == "incident_lead")
        maya.presses("I take it")
        maya.goes_to(people)
        maya.unfolds("Hand it over")
        maya.chooses("taker", DANIEL)
        maya.presses("Ask them")
        assert town.holds(incident).pages[lead].accepted_by == town.person(MAYA)
        daniel.goes_to(people)
        daniel.presses("I take it over")
        daniel.goes_to(people)
        assert town.holds(incident).pages[lead].accepted_by == town.person(DANIEL)
        daniel.unfolds("I cannot come after all")
        daniel.chooses("reason", "Too far away")
        daniel.presses("I cannot come")
        assert town.holds(incident).pages[lead].state == "paging"

        town.passes(minutes=20)
        assert town.holds(incident).pages[lead].state == "exhausted"
        maya.goes_to(people)
        maya.chooses("how", "Somebody covers it")
        assert maya.is_refused("End this alarm") == {"I-15"}
        maya.writes("said", "The principal is with us since ten")
        maya.chooses("how", "Somebody covers it")
        maya.presses("End this alarm")
        ended = town.holds(incident).pages[lead]
        assert (ended.state, ended.disposed) == ("covered_elsewhere", "covered")


def test_a_clinician_answers_by_the_link_and_every_console_follows(town: Town, chromium: Browser) -> None:
    """On a telephone without scripts, not signed in; nobody touches the console meanwhile."""
    with an_office(town, chromium, script=True) as office:
        incident = opened(office.desk(MAYA))
        maya = office.desk(MAYA)
        maya.goes_to(f"/incidents/{incident}/people")
        maya.chooses("role", "On-call clinician")
        maya.presses("Page now")
        watcher = Watcher(office.desk(JOAN), incident)
        watcher.sits_down()
        town.worker.until_quiet()
        texts = [each.body for each in town.exchange.ledger.entries if each.kind == "text" and "/p/" in each.body]

        phone = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
        phone.goto(texts[-1].split()[-1])
        must_keep_to_contract(phone.content(), *STUDENT)
        people = watcher.desk.page.locator("#part-people")
        people.get_by_text("has seen it").wait_for(timeout=20_000)
        phone.locator('label:has(input[name="minutes"][value="15"])').click()
        phone.get_by_role("button", name="Accept", exact=True).click()
        phone.get_by_text("You have accepted. Thank you.").wait_for(timeout=10_000)

        people.get_by_role("heading", name="Accepted").wait_for(timeout=20_000)
        (page,) = [each for each in town.holds(incident).pages.values() if each.role == "oncall_clinician"]
        assert (page.state, page.eta_minutes) == ("accepted", 15)
        watcher.saw_everything()
        phone.context.close()
