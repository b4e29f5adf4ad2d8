"""With a keyboard and nothing else: an incident is raised, somebody is paged, the first steps are done (8.7, point 3).

Wherever Tab leads, the focus is seen, and neither the header nor anything else lies over it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from crisis.store import incidents
from crisis.vocabulary import Custody, IncidentId, StaffRole, StepId
from tests.browser import NEEDS_CHROMIUM
from tests.web.consoles import Site, a_console, a_site
from tests.web.district import COUNSELOR

pytestmark = NEEDS_CHROMIUM

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 720}
HERE = "(wanted) => document.activeElement.matches(wanted)"
# A card is touched by its label; a circle in it has no size of its own. Links of the board are as large as their row.
STOP = """() => {
    const at = document.activeElement, found = [];
    if (at === document.body) return found;
    const name = at.outerHTML.slice(0, 140), drawn = [at, at.closest('label'), at.closest('.inc')].filter(Boolean);
    const ringed = drawn.some((each) => {
        const style = getComputedStyle(each);
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    });
    if (!ringed) found.push('no ring: ' + name);
    const box = (at.matches('[type=radio], [type=checkbox]') && at.closest('label') || at).getBoundingClientRect();
    if (box.width === 0 || box.height === 0) found.push('nothing to see: ' + name);
    const x = Math.min(Math.max(box.left + Math.min(box.width, 40) / 2, 1), innerWidth - 1);
    for (const y of [box.top + 2, (box.top + Math.min(box.bottom, innerHeight)) / 2]) {
        const over = document.elementFromPoint(x, y);
        const own = over && drawn.some((each) => each.contains(over) || over.contains(each) && !over.matches('header'));
        if (!own) found.push('hidden by ' + (over ? over.outerHTML.slice(0, 60) : 'nothing') + ': ' + name);
    }
    return found;
}"""


@dataclass
class Keyboard:
    page: Page
    stops: int = 0
    hidden: dict[str, str] = field(default_factory=dict)

    def reaches(self, wanted: str, key: str = "Tab", most: int = 120) -> None:
        """By Tab alone, from wherever it is."""
        for _turn in range(most):
            self.page.keyboard.press(key)
            self.stops += 1
            self.hidden |= dict.fromkeys(self.page.evaluate(STOP), self.page.url)
            if self.page.evaluate(HERE, wanted):
                return
        raise AssertionError(f"{wanted} is out of reach on {self.page.url}")

    def skips(self) -> None:
        """To the main content of a page that has just come."""
        self.reaches(".skip", most=1)
        self.page.keyboard.press("Enter")

    def types(self, words: str) -> None:
        self.page.keyboard.type(words)

    def picks(self, name: str, value: str) -> None:
        """Tab leads to a group of circles, arrows go through it."""
        self.reaches(f'[name="{name}"]')
        self.page.keyboard.press("Space")
        for _turn in range(20):
            if self.page.evaluate(HERE, f'[name="{name}"][value="{value}"]'):
                return
            self.page.keyboard.press("ArrowDown")
            self.hidden |= dict.fromkeys(self.page.evaluate(STOP), self.page.url)
        raise AssertionError(f"{name}={value} is out of reach")

    def follows(self, wanted: str) -> None:
        """A link or a button: the next page."""
        self.reaches(wanted)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


@pytest.fixture
def site(sqlite_url: str, key_file: Path) -> Iterator[Site]:
    with a_site(sqlite_url, key_file) as made:
        yield made


@pytest.mark.parametrize("screen", [PHONE, pytest.param(DESK, marks=pytest.mark.full)], ids=["phone", "desk"])
def test_an_incident_is_raised_paged_and_led_on_without_a_mouse(
    chromium: Browser, site: Site, screen: dict[str, int]
) -> None:
    with a_console(chromium, site, COUNSELOR, viewport=screen) as page:
        hands = Keyboard(page)
        page.goto(f"{site.url}/board")
        hands.follows("nav a[href='/incidents/new']")  # past the header and through the menu
        hands.skips()
        hands.picks("kind", "suicide_ideation")
        hands.reaches("#place")
        hands.types("Library")
        hands.picks("beside", "me")
        hands.follows(".submitbar button")
        incident = IncidentId(page.url.rpartition("/")[2])

        hands.skips()
        hands.follows(f"main a[href='/incidents/{incident}/people']")
        hands.skips()
        hands.reaches("#role")
        hands.types("Nurse")
        hands.follows("form[action$='/page'] button")
        hands.skips()
        hands.follows("#part-next a[href$='/steps/clear_means']")
        hands.skips()
        hands.picks("evidence.means", "removed")
        hands.follows("form[action$='/complete'] button[type=submit]")
        hands.skips()
        hands.follows("#part-next a[href$='/steps/screen']")
        hands.skips()
        for question in range(1, 6):
            hands.picks(f"answers.q{question}", "no")
        hands.follows("form[action$='/screen'] button[type=submit]")
        assert page.locator(".errs, #conflict").count() == 0

    with site.district.store.read() as tx:
        after = incidents.load(tx, incident)
    assert (after.custody, after.adult) == (Custody.HELD, COUNSELOR)
    assert StaffRole.NURSE in {each.role for each in after.pages.values()}
    assert StepId("clear_means") in after.steps
    assert after.screen is not None
    assert hands.hidden == {}
    assert hands.stops > 60
