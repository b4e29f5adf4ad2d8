"""How much one thumb has to do until an incident is open (`user-interface.md` 8.7, point 16), reckoned, not timed.

By the keystroke-level model (Card, Moran and Newell, *The Psychology of Human-Computer Interaction*, 1983): hands that
know what they do. Somebody new reads first; for them it takes people, and `docs/accessibility.md` says how to ask them.
"""

from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.browser import NEEDS_CHROMIUM
from tests.journeys.browsing import an_office
from tests.journeys.town import Town

pytestmark = NEEDS_CHROMIUM

THINKS, POINTS, LETTER = 1.35, 1.1, 0.28  # seconds
MOST = 30.0
PHONE = {"width": 390, "height": 844}
FINGER = 44  # pixels
IN_SIGHT = """(at) => {
    const box = at.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2;
    const over = document.elementFromPoint(x, y);
    return over !== null && (at.contains(over) || over.contains(at) && !over.matches('header'));
}"""


@dataclass
class Thumb:
    page: Page
    seconds: float = 0.0
    presses: int = 0
    too_small: list[str] = field(default_factory=list)

    def presses_on(self, target: Locator) -> None:
        while not target.evaluate(IN_SIGHT):
            self.page.mouse.wheel(0, PHONE["height"] / 2)
            self.page.wait_for_timeout(100)
            self.seconds += POINTS
        box = target.bounding_box()
        assert box is not None
        if box["height"] < FINGER:
            self.too_small.append(target.inner_text())
        target.click()
        self.presses += 1
        self.seconds += THINKS + POINTS + LETTER

    def types(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.seconds += LETTER * len(text)


@pytest.mark.parametrize("which", ["first", "last"])
def test_an_incident_is_open_after_five_presses_and_a_room_in_half_a_minute(
    recorded_town: Town, chromium: Browser, which: str
) -> None:
    with an_office(recorded_town, chromium, script=True) as office:
        maya = office.desk("Maya Okafor")
        maya.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # Playwright's own names
        maya.goes_to("/board")
        thumb = Thumb(maya.page)
        thumb.presses_on(maya.page.locator(".tabbar a[href='/incidents/new']"))
        thumb.presses_on(getattr(maya.page.locator("#kind label"), which))
        thumb.presses_on(maya.page.locator("#place"))
        thumb.types("Room 112")
        thumb.presses_on(maya.page.locator("#beside label").first)
        thumb.presses_on(maya.page.locator(".submitbar button"))
        maya.page.wait_for_url("**/incidents/0*")

    print(f"\n{which} kind: {thumb.presses} presses, {thumb.seconds:.1f} s by the model")
    assert (thumb.presses, thumb.too_small) == (5, [])
    assert thumb.seconds <= MOST
