"""Every page for those who enlarge, space out, or recolor what they read (`user-interface.md` 8.7, points 5 and 8).

At 320 pixels, which is 400 % of a desk's screen (WCAG 1.4.10); with letters twice as large on a phone (1.4.4); with the
spacing of 1.4.12; in the colors of the reader's own system; without anything that moves. Nothing goes over the side,
nothing is cut off. In CI a few pages; with `--full` all of them, in both languages.
"""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import NEEDS_CHROMIUM
from tests.journeys.browsing import an_office
from tests.journeys.test_for_everybody import PHONE, at_work
from tests.journeys.town import Town

pytestmark = NEEDS_CHROMIUM

MOST = 4  # pages of each person in CI
NARROW = {"width": 320, "height": 640}
SPACED = """() => { for (const each of document.querySelectorAll('body *')) {
  each.style.setProperty('letter-spacing', '.12em', 'important');
  each.style.setProperty('word-spacing', '.16em', 'important');
  each.style.setProperty('line-height', '1.5', 'important');
  if (each.tagName === 'P') each.style.setProperty('margin-bottom', '2em', 'important');
} }"""
USUAL, TWICE = ({"fontSizes": {"standard": size, "fixed": size - 3}} for size in (16, 32))  # of the reader's device
AS_IT_WAS = """() => { for (const each of document.querySelectorAll('*')) {
  for (const name of OURS) each.style.removeProperty(name);
} }""".replace("OURS", "['letter-spacing', 'word-spacing', 'line-height', 'margin-bottom']")
OVER = """() => {
  const wide = document.documentElement.clientWidth;
  const over = (each) => each.checkVisibility() && each.getBoundingClientRect().right > wide + 1;
  if (document.documentElement.scrollWidth <= wide) return [];
  const found = [...document.querySelectorAll('body *')].filter(over).slice(-2);
  return found.map((each) => 'over the side: ' + each.outerHTML.slice(0, 120));
}"""
SHOWN = "body *:not(svg, svg *, input, textarea, select, option)"
CUT = """() => [...document.querySelectorAll('SHOWN')].filter((each) => {
  const style = getComputedStyle(each);
  if (!each.checkVisibility() || each.closest('.vh') || !each.textContent.trim()) return false;
  if (style.clipPath !== 'none') return false;
  const hides = (way) => ['hidden', 'clip'].includes(way);
  return (hides(style.overflowX) && each.scrollWidth > each.clientWidth + 1)
    || (hides(style.overflowY) && each.scrollHeight > each.clientHeight + 1);
}).slice(0, 2).map((each) => 'cut off: ' + each.outerHTML.slice(0, 120))""".replace("SHOWN", SHOWN)
MOVES = """() => [...document.querySelectorAll('body *')].filter((each) => {
  const style = getComputedStyle(each);
  return style.animationName !== 'none' || style.transitionDuration.split(', ').some((time) => parseFloat(time) > 0);
}).slice(0, 2).map((each) => 'moves: ' + each.outerHTML.slice(0, 120))"""
UNSEEN = """() => [...document.querySelectorAll('button, a.btn, .in, .pick label')].filter((each) =>
  each.checkVisibility() && !each.closest('.topbtn') && parseFloat(getComputedStyle(each).borderTopWidth) === 0
  && getComputedStyle(each).textDecorationLine === 'none' && !each.closest('dialog, summary, nav')
).slice(0, 2).map((each) => 'no edge in the colors of the system: ' + each.outerHTML.slice(0, 120))"""


def faults(page: Page) -> list[str]:
    """Once each, with how it was looked at."""
    found: dict[str, str] = {}

    def look(how: str, *questions: str) -> None:
        for question in questions:
            for fault in page.evaluate(question):
                found.setdefault(fault, how)

    page.set_viewport_size(NARROW)
    look("320 pixels", OVER, CUT)
    page.set_viewport_size(PHONE)
    page.evaluate(SPACED)
    look("spaced out", OVER, CUT)
    page.evaluate(AS_IT_WAS)
    device = page.context.new_cdp_session(page)
    device.send("Page.setFontSizes", TWICE)
    look("letters twice as large", OVER, CUT)
    device.send("Page.setFontSizes", USUAL)
    device.detach()
    page.emulate_media(reduced_motion="reduce", forced_colors="active", contrast="more")
    look("own colors, nothing moves", OVER, CUT, MOVES, UNSEEN)
    page.emulate_media(reduced_motion="no-preference", forced_colors="none", contrast="no-preference")
    return [f"{how}: {fault}" for fault, how in found.items()]


@pytest.mark.timeout(3600)
def test_whoever_enlarges_spaces_out_or_recolors_reads_every_page(
    recorded_town: Town, chromium: Browser, request: pytest.FixtureRequest
) -> None:
    whole: bool = request.config.getoption("--full")
    found: dict[str, list[str]] = {}
    with an_office(recorded_town, chromium, script=True) as office:
        for name, desk, pages in at_work(recorded_town, office):
            for language in ("en", "es") if whole else ("es",):
                desk.page.context.add_cookies(
                    [{"name": "language", "value": language, "url": recorded_town.settings.public_url}]
                )
                for each in pages if whole else sorted(pages)[:: -(-len(pages) // MOST)]:
                    desk.page.goto(recorded_town.settings.public_url + pages[each][0])
                    if said := faults(desk.page):
                        found[f"{name} {each} {language}"] = said

    assert found == {}
