"""What somebody tries in an afternoon with the demo: pages to handsets, answered in every way, and the console beside.

Two browsers: the page of everybody's telephones, and a console that nobody touches, which must say by itself how far
each text and call to each person came, and why not further (`paging.md` 6.3, 6.4, 6.7 to 6.9). The first of four
afternoons is in CI, all with `--full`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page

from crisis.statemachine import incident as state
from tests.browser import NEEDS_CHROMIUM
from tests.journeys.browsing import Desk, Office, an_office
from tests.journeys.clicking import opened
from tests.journeys.town import Town

MAYA, DANIEL, JOAN = "Maya Okafor", "Daniel Reyes", "Joan Castellano"  # Joan's console is the one beside
NOOR, THOMAS, GRACE = "Noor Abdi", "Thomas Ferreira", "Grace Mbeki"
pytestmark = [*NEEDS_CHROMIUM, pytest.mark.slow]


@dataclass
class Handsets:
    """The page of everybody's telephones."""

    town: Town
    page: Page

    def of(self, name: str) -> Locator:
        self.page.goto(str(self.town.settings.provider_url))
        return self.page.locator(f"section#p{self.town.phone(name)[1:]}")

    def code(self, name: str) -> str:
        """The number of the page that the latest text to this telephone names."""
        return re.findall(r"page (\d+),", self.of(name).inner_text())[-1]

    def writes(self, name: str, answer: str) -> None:
        """`{}` is the number of the page."""
        phone = self.of(name)
        phone.locator("input[name=body]").fill(answer.format(self.code(name) if "{}" in answer else ""))
        self._sends(phone.get_by_role("button", name="Send text"))

    def presses(self, name: str, words: str) -> None:
        self._sends(self.of(name).get_by_role("button", name=re.compile(rf"^{words}")).last)

    def taps_the_link(self, name: str) -> Page:
        with self.page.context.expect_page() as tapped:
            self.of(name).locator("a[href*='/p/']").last.click()
        return tapped.value

    def _sends(self, button: Locator) -> None:
        with self.page.expect_navigation():
            button.click()
        self.town.worker.until_quiet()


@dataclass
class Beside:
    """The console that nobody touches."""

    desk: Desk

    def opens(self, incident: str) -> None:
        self.desk.goes_to(f"/incidents/{incident}")
        self.desk.page.evaluate("window.untouched = true")

    def says_of(self, name: str, *words: str) -> None:
        """Without being loaded again, whether or not the list is folded."""
        person = self.desk.page.locator("#part-people li", has_text=name)
        for each in words:
            person.filter(has_text=each).first.wait_for(state="attached", timeout=20_000)
        assert self.desk.page.evaluate("window.untouched") is True, "the page was loaded again"


@dataclass
class Afternoon:
    office: Office
    incident: str
    handsets: Handsets
    beside: Beside

    def pages(self, role: str) -> str:
        """Maya pages a role; the id of the page."""
        town, maya = self.office.town, self.office.desk(MAYA)
        before = set(town.incident(self.incident).pages)
        maya.goes_to(f"/incidents/{self.incident}/people")
        maya.chooses("role", role)
        maya.presses("Page now")
        town.worker.until_quiet()
        (made,) = set(town.holds(self.incident).pages) - before
        return made

    def page(self, page: str) -> state.Page:
        return next(each for key, each in self.office.town.holds(self.incident).pages.items() if key == page)

    def taken_by(self, page: str) -> str | None:
        return self.page(page).accepted_by


@pytest.fixture
def afternoon(town: Town, chromium: Browser) -> Iterator[Afternoon]:
    with an_office(town, chromium, script=True) as office:
        incident = opened(office.desk(MAYA))
        beside = Beside(office.desk(JOAN))
        beside.opens(incident)
        phones = office.desk(MAYA).page.context.new_page()
        yield Afternoon(office, incident, Handsets(town, phones), beside)


def test_a_page_is_ignored_climbs_and_is_taken_by_text(afternoon: Afternoon, town: Town) -> None:
    clinician = afternoon.pages("On-call clinician")
    afternoon.beside.says_of(NOOR, "no answer yet", "text: delivered", "call: ")
    town.passes(minutes=2, seconds=5)
    afternoon.beside.says_of(THOMAS, "no answer yet", "text: delivered")
    assert afternoon.page(clinician).level == 1
    afternoon.handsets.writes(THOMAS, "ok")
    afternoon.beside.says_of(THOMAS, "has seen it")
    assert afternoon.page(clinician).state.value == "paging"  # seen is not taken
    afternoon.handsets.writes(THOMAS, "{}A 12")
    afternoon.beside.says_of(THOMAS, "On-call clinician", "12 min")
    afternoon.beside.says_of(THOMAS, "has accepted")
    afternoon.beside.says_of(NOOR, "did not answer")
    assert afternoon.taken_by(clinician) == town.person(THOMAS)


@pytest.mark.full
def test_a_page_is_taken_by_key_and_by_link(afternoon: Afternoon, town: Town) -> None:
    nurse = afternoon.pages("Nurse")
    asked = next(name for name in (GRACE, "Sarah Feldman", "Ruth Adeyemi") if town.texts(name))
    afternoon.handsets.presses(asked, "1 to accept")
    afternoon.beside.says_of(asked, "has accepted")
    assert afternoon.taken_by(nurse) == town.person(asked)

    second = afternoon.pages("On-call clinician")
    landing = afternoon.handsets.taps_the_link(NOOR)
    town.worker.until_quiet()
    afternoon.beside.says_of(NOOR, "has seen it")
    assert afternoon.taken_by(second) is None  # opening is no answer
    landing.locator("label", has=landing.locator('input[name=minutes][value="10"]')).click()
    with landing.expect_navigation():
        landing.get_by_role("button", name="Accept", exact=True).click()
    town.worker.until_quiet()
    assert "You have accepted" in landing.inner_text("main")
    afternoon.beside.says_of(NOOR, "10 min")
    assert afternoon.taken_by(second) == town.person(NOOR)


@pytest.mark.full
def test_a_page_is_declined_goes_on_at_once_and_is_handed_over(afternoon: Afternoon, town: Town) -> None:
    clinician = afternoon.pages("On-call clinician")
    afternoon.handsets.writes(NOOR, "{}D 2")
    afternoon.beside.says_of(NOOR, "cannot come: too far away")
    afternoon.beside.says_of(THOMAS, "text: delivered")  # without waiting for the level to end
    assert afternoon.page(clinician).level == 1

    lead = afternoon.pages("Incident lead")
    maya, people = afternoon.office.desk(MAYA), f"/incidents/{afternoon.incident}/people"
    maya.goes_to(people)
    assert maya.page.get_by_role("button", name="I take it").count() == 1  # a clinician's page is not hers to take
    maya.presses("I take it")
    maya.goes_to(people)
    maya.unfolds("Hand it over")
    maya.chooses("taker", DANIEL)
    maya.presses("Ask them")
    town.worker.until_quiet()
    assert afternoon.taken_by(lead) == town.person(MAYA)  # until he has said yes
    afternoon.handsets.writes(DANIEL, "{}A")
    afternoon.beside.says_of(DANIEL, "Incident lead")
    assert afternoon.taken_by(lead) == town.person(DANIEL)


@pytest.mark.full
def test_stop_in_the_middle_of_a_page_and_a_provider_that_is_gone(afternoon: Afternoon, town: Town) -> None:
    clinician = afternoon.pages("On-call clinician")
    afternoon.handsets.writes(NOOR, "STOP")
    assert "START" in afternoon.handsets.of(NOOR).inner_text()  # by voice, at once
    afternoon.beside.says_of(NOOR, "text: switched off by their STOP: called instead")
    assert afternoon.page(clinician).state.value == "paging"
    ready = afternoon.office.desk("Ines Duarte")
    ready.goes_to("/readiness")
    row = ready.page.locator("main li, main section", has_text=NOOR).filter(has_text="Wrote STOP")
    assert row.count() > 0

    town.exchange.plan.set("*", "*", "unavailable", 400)
    town.passes(minutes=2, seconds=5)
    afternoon.beside.says_of(THOMAS, "could not be reached", "refused by the phone company")
    town.exchange.plan.clear()
    town.passes(seconds=70)  # the next planned text and call of this level; what was refused is tried sooner
    afternoon.beside.says_of(THOMAS, "no answer yet", ": delivered")
    afternoon.handsets.presses(THOMAS, "1 to accept")
    afternoon.beside.says_of(THOMAS, "has accepted")
    assert afternoon.taken_by(clinician) == town.person(THOMAS)
