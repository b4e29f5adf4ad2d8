"""Photographs of each kind of crisis from its opening to its close, and of every kind of page: `--pictures FOLDER`.

For people to look at. Each page in a folder of its own kind, and a sheet of all of them; those of every kind of page
renew docs/pictures/pages.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from crisis.store.sample_record import STUDENT
from tests.browser import NEEDS_CHROMIUM
from tests.journeys.browsing import Desk, an_office
from tests.journeys.guessing import calm
from tests.journeys.led import Stranger
from tests.journeys.photographing import HEIGHT, WIDTH, Album, on_a_sheet
from tests.journeys.test_for_everybody import under_way, weighed
from tests.journeys.test_led_to_the_end import KINDS
from tests.journeys.town import Town
from tests.web.test_pictures import DOCS, SIZES, paging_stands_well

A_YEAR = 365
PAGES = DOCS / "pages"
SHOWN_OF = {390: (1040, 170), 1440: (1000, 300)}  # pixels from the top of a page, and how wide it is on a sheet
NUMBER = re.compile(r"/\d+(?=/|$)")
FEWEST = 10  # kinds of page that everybody comes to
POSTS = {
    "counselor": "Maya Okafor",
    "clinician": "Noor Abdi",
    "principal": "Ines Duarte",
    "district-lead": "Joan Castellano",
    "privacy-officer": "Elaine Park",
    "operator": "Rafael Siqueira",
}
pytestmark = NEEDS_CHROMIUM


@pytest.mark.parametrize("kind", KINDS)
def test_photographs_of_a_walk(town: Town, chromium: Browser, request: pytest.FixtureRequest, kind: str) -> None:
    folder: Path = request.config.getoption("pictures") / kind
    folder.mkdir(parents=True, exist_ok=True)
    paging_stands_well(town, days=A_YEAR)
    context = chromium.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, java_script_enabled=False, base_url=town.settings.public_url
    )
    album = Album(context, town.settings.public_url, folder)
    stranger = Stranger(town=town, kind=kind, order=calm, looks=album.looks)
    try:
        stranger.is_led()
    finally:
        stranger.goes_home()
        album.sheet(folder.with_suffix(".webp"))
        context.close()

    assert stranger.guesses == [], "\n".join(stranger.trail)


def test_photographs_of_every_kind_of_page(
    recorded_town: Town, chromium: Browser, request: pytest.FixtureRequest
) -> None:
    """By their links, as whoever has the post comes to them; each kind at the first of them who does."""
    folder: Path = request.config.getoption("pictures") / "pages"
    seen = set[str]()
    paging_stands_well(recorded_town, days=A_YEAR)
    incident = under_way(recorded_town)
    with an_office(recorded_town, chromium, script=True) as office:
        practices(office.desk(POSTS["district-lead"]))
        for post, name in POSTS.items():
            (folder / post).mkdir(parents=True, exist_ok=True)
            desk = office.desk(name)
            desk.goes_to("/guide")
            found = weighed(desk, "/my", f"/incidents/{incident}", f"/students/{STUDENT}/contacts")
            assert len(found) >= FEWEST, (post, sorted(found))
            paths = {NUMBER.sub("/*", kind): path for kind, (path, _) in found.items()}
            paths = {kind: path for kind, path in paths.items() if kind not in seen}
            seen |= paths.keys()
            for width, (shown, small) in SHOWN_OF.items():
                taken = [(shot(desk, path, folder / post, width), kind) for kind, path in paths.items()]
                if taken:
                    sheet = PAGES / f"{post}-{width}.webp"
                    on_a_sheet(chromium, taken, sheet, size=(small, int(shown * small / width)))


def practices(desk: Desk) -> None:
    """Two drills, so that there are pages of them: one runs, one is planned."""
    for start in (True, False):
        desk.goes_to("/drills/new")
        desk.chooses("school", "Larkfield High")
        desk.presses("Show")
        desk.picks("type", "tabletop")
        desk.chooses("kind", "Thoughts of suicide")
        desk.writes("starts_at", f"{desk.town.clock.now():%Y-%m-%dT%H:%M}")
        desk.writes("scenario", "Somebody made up cries in room 12")
        desk.writes("objectives.1", "The nurse comes within five minutes")
        desk.page.locator("#takes_part summary").click()
        desk.picks("takes_part", desk.town.person(POSTS["counselor"]))
        desk.writes("script", "0 The telephone rings\n5 It rings again")
        desk.presses("Save the plan")
        if start:
            desk.presses("Begin the drill")


def shot(desk: Desk, path: str, folder: Path, width: int) -> Path:
    """From its top; where it is taller, what stays at the foot of the screen stands at the foot of the picture."""
    desk.page.set_viewport_size({"width": width, "height": SIZES[width]})
    desk.goes_to(path)
    desk.page.evaluate("document.fonts.ready")
    tall = min(desk.page.evaluate("document.documentElement.scrollHeight"), SHOWN_OF[width][0])
    desk.page.set_viewport_size({"width": width, "height": tall})
    taken = folder / f"{re.sub('[^a-z_]+', '-', path.partition('?')[0]).strip('-') or 'page'}-{width}.png"
    desk.page.screenshot(path=taken)
    return taken
