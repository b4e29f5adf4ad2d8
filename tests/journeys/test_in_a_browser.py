"""The high-risk story of the suicide-risk protocol, clicked through in Chromium: with scripts, and without any."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from crisis.store import audit
from crisis.store.engine import open_store
from crisis.vocabulary import Custody, Phase, Tier
from tests.browser import NEEDS_CHROMIUM, a_chromium
from tests.journeys.browsing import STUDENT, Desk, Office, Watcher, an_office
from tests.journeys.town import Town, a_town

MAYA, DANIEL, INES, GRACE = "Maya Okafor", "Daniel Reyes", "Ines Duarte", "Grace Mbeki"
JOAN = "Joan Castellano"  # district lead; she watches
CLINICIANS = ("Noor Abdi", "Thomas Ferreira", "Camille Joseph")
GUARDIAN = "Rosalinda Fuentes"
pytestmark = [*NEEDS_CHROMIUM, pytest.mark.slow]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with a_chromium() as browser:
        yield browser


@pytest.fixture
def town(sqlite_url: str, key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    store = open_store(sqlite_url, key_file)
    with a_town(store, tmp_path, monkeypatch) as made:
        yield made
    store.close()


def opened(desk: Desk) -> str:
    desk.goes_to("/incidents/new")
    desk.picks("kind", "suicide_ideation")
    desk.writes("place", "Room 112")
    desk.picks("beside", "me")
    desk.presses("Open and page the team")
    return desk.page.url.rpartition("/")[2]


def named(desk: Desk, incident: str) -> None:
    desk.goes_to(f"/incidents/{incident}/student")
    desk.writes("q", STUDENT[1])
    desk.tries("Look")
    desk.page.locator("label:has(input[name=student])", has_text=STUDENT[0]).click()
    desk.presses("This is the student")


def on_step(desk: Desk, incident: str, step: str) -> Desk:
    desk.goes_to(f"/incidents/{incident}/steps/{step}")
    return desk


def first_things(desk: Desk, incident: str) -> None:
    on_step(desk, incident, "clear_means").picks("evidence.means", "removed")
    desk.presses("Record as done")
    on_step(desk, incident, "tell_admin").presses("Record as done")


def screened(desk: Desk, incident: str) -> None:
    on_step(desk, incident, "screen")
    for question, answer in enumerate(("yes", "no", "yes", "no", "no"), start=1):
        desk.picks(f"answers.q{question}", answer)
    desk.presses("Record the screening")


def interviewed(desk: Desk, incident: str) -> None:
    on_step(desk, incident, "assess")
    desk.picks("right_now", "no")
    desk.picks("disposition", "further_evaluation")
    desk.writes("rationale", "Has thought about how, and not about when")
    desk.presses("Record the interview")


def decided_high(desk: Desk) -> None:
    """On the page to which the interview leads."""
    desk.picks("tier", "high")
    desk.page.fill("#tier-rationale", "A plan, and nobody at home before six")
    desk.presses("Record level of risk")


def signed(desk: Desk, incident: str) -> None:
    desk.goes_to(f"/incidents/{incident}")
    desk.page.get_by_role("link", name="Read and sign").click()
    desk.page.wait_for_url("**/steps/assess")
    desk.presses("Sign this level")


def answered_by_text(town: Town, desk: Desk) -> str:
    """On the page of everybody's telephones: who was asked last writes back that they come in twelve minutes."""
    page = desk.page.context.new_page()
    page.goto(str(town.settings.provider_url))
    name = next(each for each in reversed(CLINICIANS) if town.texts(each))
    phone = page.locator("section.phone", has_text=town.texts(name)[-1][:16]).filter(has_not_text="you have it").last
    found = re.findall(r"page (\d+),", phone.inner_text())
    phone.locator("input[name=body]").fill(f"{found[-1]}A 12")
    phone.get_by_role("button", name="Send text").click()
    page.wait_for_load_state()
    page.close()
    return name


def answered_by_key(town: Town, desk: Desk) -> None:
    page = desk.page.context.new_page()
    page.goto(str(town.settings.provider_url))
    page.get_by_role("button", name="Press 1 on this call: accept").last.click()
    page.wait_for_load_state()
    page.close()


def family_reached(desk: Desk, incident: str) -> None:
    on_step(desk, incident, "guardian_contact").chooses("who", GUARDIAN)
    desk.picks("method", "phone")
    desk.picks("outcome", "reached")
    desk.chooses("language", "Spanish")
    desk.picks("language_help", "interpreter")
    desk.picks("understood", "yes")
    desk.writes("note", "She comes at eleven")
    desk.presses("Record this attempt")


def planned(desk: Desk, incident: str) -> None:
    on_step(desk, incident, "safety_plan").writes("evidence.coping", "Drawing, and walking with his cousin")
    desk.writes("evidence.people", "His grandmother, and 988")
    desk.picks("evidence.help_to_stay_safe", "yes")
    desk.picks("evidence.copy_given", "yes")
    desk.presses("Record as done")
    on_step(desk, incident, "means_counseling").picks("evidence.talked_with", "guardian")
    desk.picks("evidence.home", "today")
    desk.presses("Record as done")


def handed_over(desk: Desk, incident: str) -> None:
    on_step(desk, incident, "referral").picks("receiver", "mobile_crisis")
    desk.writes("organisation", "Bayside Mobile Crisis Team")
    desk.picks("basis", "ferpa_99_36_emergency")
    for item in desk.page.locator("select[name^='items.']").evaluate_all("all => all.map(each => each.name)"):
        desk.page.locator(f'select[name="{item}"]').select_option("not_known" if item == "items.medical" else "given")
    assert "I-16" in desk.is_refused("Offer handoff")  # an emergency must say what the danger is; nothing typed is lost
    assert desk.page.input_value("#organisation") == "Bayside Mobile Crisis Team"
    desk.writes("threat", "Said he would end his life today")
    desk.presses("Offer handoff")
    desk.goes_to(f"/incidents/{incident}/handoffs")
    desk.writes("recipient", "Dr. Rivera, Bayside Mobile Crisis")
    desk.presses("Record that they accepted")


def released(desk: Desk, incident: str) -> None:
    desk.goes_to(f"/incidents/{incident}/custody")
    desk.picks("release_to", "guardian")
    desk.chooses("contact", GUARDIAN)
    desk.picks("identity_checked", "yes")
    desk.presses("Release the student")


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
        incident = opened(office.desk(MAYA))

        at_school(office, incident, None)
        after_school(office, incident)
