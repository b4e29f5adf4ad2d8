"""Photographs of every page in its main states, for people to look at: `--pictures FOLDER`; renews docs/pictures.

Each also as somebody sees it who sees no colors, or neither red nor green.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from crisis.commands import RecordScreen
from crisis.notify.handsets import Owner
from crisis.store import people, sample, signs
from crisis.store.engine import open_store
from crisis.submit import submit
from crisis.vocabulary import IncidentId, LanguageHelp, ScreenAnswer, StepId
from tests.browser import NEEDS_CHROMIUM
from tests.journeys import clicking
from tests.journeys.browsing import Desk, Office, an_office
from tests.journeys.test_for_everybody import faults
from tests.journeys.town import Town, a_town
from tests.web.palette import made_smaller

DOCS = Path(__file__).resolve().parents[2] / "docs" / "pictures"
SIZES = {390: 844, 1440: 900}
SEEN_BY = ("achromatopsia", "deuteranopia")
IN_DOCS = {  # how much of the page is shown there, in pixels from its top
    "board-1440": 480,
    "incident-1440": 1330,
    "incident-390": 844,
    "open-390": 844,
    "screen-390": 844,
    "assess-1440": 900,
    "contact-1440": 900,
    "handoff-390": 844,
    "conflict-390": 844,
    "close-1440": 900,
    "oncall-1440": 900,
    "handsets-1440": 900,
    "incident-emergency-390": 844,
    "incident-blocked-1440": 720,
}
MAYA, DANIEL, INES, GRACE, JOAN = "Maya Okafor", "Daniel Reyes", "Ines Duarte", "Grace Mbeki", "Joan Castellano"
pytestmark = NEEDS_CHROMIUM


@pytest.fixture
def town(sqlite_url: str, key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    store = open_store(sqlite_url, key_file)
    with a_town(store, tmp_path, monkeypatch) as made:
        yield made
    store.close()


@dataclass
class Photographer:
    """Shoots a page whole into the folder, wide and narrow; axe looks at it as well."""

    folder: Path
    violations: list[str] = field(default_factory=list)

    def shoots(self, page: Page, name: str) -> None:
        for width, height in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(300)  # fonts, and what the wider or narrower page moves
            page.screenshot(path=self.folder / f"{name}-{width}.png", full_page=True)
            self.shoots_as_others_see(page, f"{name}-{width}")
            if f"{name}-{width}" in IN_DOCS:
                page.set_viewport_size({"width": width, "height": IN_DOCS[f"{name}-{width}"]})
                page.screenshot(path=DOCS / f"{name}-{width}.png")
                made_smaller(DOCS / f"{name}-{width}.png")
            self.looks_closely(page, f"{name}-{width}")

    def shoots_as_others_see(self, page: Page, name: str) -> None:
        """Without colors, and without red and green (`user-interface.md` 8.7, point 7)."""
        devtools = page.context.new_cdp_session(page)
        for each in SEEN_BY:
            devtools.send("Emulation.setEmulatedVisionDeficiency", {"type": each})
            (self.folder / each).mkdir(exist_ok=True)
            page.screenshot(path=self.folder / each / f"{name}.png", full_page=True)
        devtools.send("Emulation.setEmulatedVisionDeficiency", {"type": "none"})
        devtools.detach()

    def looks_closely(self, page: Page, name: str) -> None:
        self.violations += [f"{name}: {fault}" for fault in faults(page)]


@pytest.fixture
def photographer(request: pytest.FixtureRequest) -> Photographer:
    folder: Path = request.config.getoption("pictures")
    for each in (folder, DOCS):
        each.mkdir(parents=True, exist_ok=True)
    return Photographer(folder)


def owners_known(town: Town) -> None:
    """Names on the telephones, as the demonstration shows them."""
    with town.store.read() as tx:
        staff = people.staff(tx, sample.DISTRICT)
    known = town.exchange.owners
    assert isinstance(known, dict)
    known |= {each.phones[0]: Owner(name=each.name, post=each.posts[0].value) for each in staff if each.phones}


def paging_stands_well(town: Town, days: int = 60) -> None:
    """As the sentinel says it; none runs here, and without its sign every page warns."""
    with town.store.write() as tx:
        signs.leave(tx, signs.AUDIT, town.clock.now() + timedelta(days=days), good=True)


def shown(photographer: Photographer, desk: Desk, path: str, name: str) -> None:
    desk.goes_to(path)
    photographer.shoots(desk.page, name)


def screened_by_somebody_else(town: Town, incident: str) -> None:
    with town.store.read() as tx:
        daniel = people.actor(tx, town.person(DANIEL))
    answers = {
        f"q{number}": ScreenAnswer(said) for number, said in enumerate(("yes", "no", "yes", "no", "no"), start=1)
    }
    order = RecordScreen(
        by=daniel,
        step=StepId("screen"),
        instrument="asq",
        answers=answers,
        language="en",
        language_help=LanguageHelp.SHARED,
    )
    submit(town.store, IncidentId(incident), order, at=town.clock.now())


def before_school_knows(office: Office, photographer: Photographer) -> str:
    """From signing in to the screening."""
    town, maya = office.town, office.desk(MAYA)
    maya.page.goto(town.settings.public_url + "/login")
    photographer.shoots(maya.page, "sign-in")
    shown(photographer, maya, "/board", "board-empty")
    shown(photographer, maya, "/incidents/new", "open")
    maya.tries("Open and page the team")
    photographer.shoots(maya.page, "open-refused")
    incident = clicking.opened(maya)
    photographer.shoots(maya.page, "incident-new")
    maya.goes_to(f"/incidents/{incident}/student")
    maya.writes("q", "Fuentes")
    maya.tries("Look")
    photographer.shoots(maya.page, "student-search")
    clicking.named(maya, incident)
    shown(photographer, maya, f"/incidents/{incident}/steps/clear_means", "act")
    clicking.first_things(maya, incident)
    town.passes(minutes=4)
    shown(photographer, maya, f"/incidents/{incident}/steps/screen", "screen")
    for number in range(1, 6):
        maya.picks(f"answers.q{number}", "no")
    screened_by_somebody_else(town, incident)
    maya.tries("Record the screening")
    photographer.shoots(maya.page, "conflict")
    return incident


def while_it_is_urgent(office: Office, photographer: Photographer, incident: str) -> None:
    town, maya, ines = office.town, office.desk(MAYA), office.desk(INES)
    shown(photographer, maya, f"/incidents/{incident}/steps/assess", "assess")
    clicking.interviewed(maya, incident)
    clicking.decided_high(maya)
    shown(photographer, ines, f"/incidents/{incident}/steps/assess", "sign")
    clicking.signed(ines, incident)
    shown(photographer, ines, f"/incidents/{incident}/steps/emergency_decision", "decision")
    ines.picks("choice", "clinician")
    ines.presses("Record this decision")
    town.passes(minutes=3)
    clicking.answered_by_text(town, ines)
    town.worker.until_quiet()
    maya.goes_to(f"/incidents/{incident}")
    maya.writes("note", "Calm and talking. Agreed to wait for his grandmother.")
    maya.page.click("#noteform button[type=submit]")  # the page stays, and follows
    maya.page.wait_for_selector("#tl >> text=Calm and talking")
    maya.goes_to(f"/incidents/{incident}")
    photographer.shoots(maya.page, "incident")
    shown(photographer, maya, "/board", "board")
    page = maya.page.context.new_page()
    page.goto(str(town.settings.provider_url))
    photographer.shoots(page, "handsets")
    page.close()
    taker = next(each.accepted_by for each in town.incident(incident).pages.values() if each.accepted_by)
    name = next(each for each in clicking.CLINICIANS if town.person(each) == taker)
    shown(photographer, office.desk(name), f"/incidents/{incident}/people", "people-mine")
    for sheet in ("people", "facts", "duties", "handoffs", "student", "custody", "emergency"):
        shown(photographer, maya, f"/incidents/{incident}/{sheet}", sheet)


def until_it_ends(office: Office, photographer: Photographer, incident: str) -> None:
    maya, ines = office.desk(MAYA), office.desk(INES)
    shown(photographer, office.desk(DANIEL), f"/incidents/{incident}/steps/guardian_contact", "contact")
    clicking.family_reached(office.desk(DANIEL), incident)
    shown(photographer, maya, f"/incidents/{incident}/steps/safety_plan", "safety-plan")
    clicking.planned(maya, incident)
    shown(photographer, maya, f"/incidents/{incident}/steps/referral", "handoff")
    maya.picks("receiver", "mobile_crisis")
    maya.writes("organisation", "Bayside Mobile Crisis Team")
    maya.picks("basis", "ferpa_99_36_emergency")
    maya.tries("Offer handoff")
    photographer.shoots(maya.page, "handoff-refused")
    clicking.handed_over(maya, incident)
    clicking.released(maya, incident)
    shown(photographer, maya, f"/incidents/{incident}", "incident-follow-up")
    shown(photographer, maya, f"/incidents/{incident}/steps/first_follow_up", "follow-up")
    ines.goes_to(f"/incidents/{incident}/close")
    photographer.shoots(ines.page, "close")
    ines.tries("Close this incident")
    photographer.shoots(ines.page, "close-refused")


def who_is_on_call(office: Office, photographer: Photographer) -> None:
    """A clinician will be away: the gap, the form of a change by hand that is refused, and an offer."""
    joan = office.desk(JOAN)
    joan.goes_to("/oncall/absence")
    joan.page.select_option("#absence-person", label="Noor Abdi")
    joan.page.fill("#absence-starts_at", "2026-10-12T08:00")
    joan.page.fill("#absence-ends_at", "2026-10-14T08:00")
    joan.presses("Record the absence")
    photographer.shoots(joan.page, "oncall")
    joan.goes_to("/oncall/override")
    joan.tries("Change who is on call")
    photographer.shoots(joan.page, "oncall-refused")
    for path in ("/readiness", "/readiness/mine", "/rotations", "/rotations/new", "/school-calendar"):
        shown(photographer, joan, path, path.strip("/").replace("/", "-"))
    for path in ("/ladders", "/skills", "/school-hours"):
        shown(photographer, joan, path, path.strip("/"))
    joan.goes_to("/ladders/one?role=nurse&urgency=u1")
    joan.page.fill("#within\\.1", "100")
    joan.presses("Show what it would do")
    photographer.shoots(joan.page, "ladder")


def beside_the_incidents(office: Office, photographer: Photographer) -> None:
    """Paper, help, setting up, one's own work and settings, and the board for a wall."""
    maya, joan = office.desk(MAYA), office.desk(JOAN)
    for path in ("/my", "/followups", "/board/wall", "/settings/me", "/guide", "/guide/counselor", "/status", "/paper"):
        shown(photographer, maya, path, path.strip("/").replace("/", "-"))
    for path in ("/set-up", "/guide/administrator"):
        shown(photographer, joan, path, path.strip("/").replace("/", "-"))
    shown(photographer, maya, "/protocols/suicide_risk/paper", "paper-form")
    shown(photographer, maya, "/protocols/suicide_risk/one-page?language=es", "paper-one-page")


def a_second_incident(office: Office, photographer: Photographer) -> None:
    """The alarm, a child in danger at home, and the page that does not exist."""
    maya = office.desk(MAYA)
    incident = clicking.opened(maya)
    clicking.named(maya, incident)
    maya.goes_to(f"/incidents/{incident}/emergency")
    maya.picks("dangers", "ingestion")
    maya.picks("called_911", "yes")
    maya.presses("Raise the emergency")
    photographer.shoots(maya.page, "incident-emergency")
    maya.goes_to(f"/incidents/{incident}/steps/guardian_contact")
    maya.unfolds("This cannot be done this way")
    maya.picks("exception", "contraindicated")
    maya.page.fill("#exception-reason", "Afraid to go home")
    maya.presses("Declare this exception")
    photographer.shoots(maya.page, "incident-blocked")
    shown(photographer, maya, f"/incidents/{incident}/duties", "duties-owed")
    maya.goes_to(f"/incidents/{incident}/people")
    maya.chooses("role", "Nurse")
    maya.presses("Page now")
    office.goes_home_for(minutes=20)
    shown(photographer, maya, f"/incidents/{incident}/people", "people-alarm")
    maya.page.goto(office.town.settings.public_url + "/incidents/nothing")
    photographer.shoots(maya.page, "not-found")


def test_photographs_of_every_page(town: Town, chromium: Browser, photographer: Photographer) -> None:
    owners_known(town)
    paging_stands_well(town)
    with an_office(town, chromium, script=True) as office:
        incident = before_school_knows(office, photographer)
        while_it_is_urgent(office, photographer, incident)
        until_it_ends(office, photographer, incident)
        who_is_on_call(office, photographer)
        beside_the_incidents(office, photographer)
        a_second_incident(office, photographer)
        office.desk(MAYA).complaints.clear()  # the page that does not exist

    assert photographer.violations == [], "\n".join(photographer.violations)
