"""Albums: of a walk, each page as it came, in the order in which somebody saw it first; and sheets of them."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.journeys.page_as_read import Page as AsRead
from tests.web.page_contract import text_of

WIDTH, HEIGHT = 390, 844
SHOWN = 1040  # of a page on a sheet, in pixels from its top
TALLEST = 6000  # what is further down is the timeline: a page of a day's calls has forty thousand pixels
SCALE = 0.4
IN_A_ROW = 8
AT_MOST = 300_000  # bytes
SHEET = """
async ([pictures, width, height, row, quality]) => {
  const loaded = await Promise.all(pictures.map(async (each) => {
    const image = new Image(); image.src = each.url; await image.decode(); return image;
  }));
  const line = 26, gap = 10, rows = Math.ceil(loaded.length / row);
  const canvas = document.createElement("canvas");
  canvas.width = gap + Math.min(row, loaded.length) * (width + gap);
  canvas.height = gap + rows * (height + line + gap);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#d8dde2"; pen.fillRect(0, 0, canvas.width, canvas.height);
  loaded.forEach((image, n) => {
    const x = gap + (n % row) * (width + gap), y = gap + Math.floor(n / row) * (height + line + gap);
    const scale = width / image.width, shown = Math.min(height, image.height * scale);
    pen.fillStyle = "#10202e"; pen.font = "12px sans-serif"; pen.fillText(pictures[n].words, x, y + 15, width);
    pen.fillStyle = "#fff"; pen.fillRect(x, y + line - 4, width, height);
    pen.drawImage(image, 0, 0, image.width, shown / scale, x, y + line - 4, width, shown);
  });
  return canvas.toDataURL("image/webp", quality);
}
"""


@dataclass
class Album:
    """Of one kind of crisis. A page that was seen before is taken again only where it refuses, or asks for the next."""

    context: BrowserContext  # without script, as the walker reads
    site: str
    folder: Path
    seen: set[tuple[str, str]] = field(default_factory=set)
    taken: list[tuple[Path, str]] = field(default_factory=list)

    def looks(self, path: str, name: str, html: str) -> None:
        read = AsRead(html)
        where = re.sub(r"/incidents/[0-9a-z]{26}", "", path) or "/"
        refused = read.refusal()
        said = " ".join(refused.said) if refused else _asked_for(read)
        if (where, said) in self.seen:
            return
        self.seen.add((where, said))
        words = f"{len(self.taken) + 1}. {where}{' refused' if refused else ''} ({name.split()[0]})"
        self.taken.append((self._shot(path, html), words))

    def _shot(self, path: str, html: str) -> Path:
        """The very page that came, with the styles of the site; asked for again it could be another one."""
        page, there = self.context.new_page(), f"{self.site}{path}"

        def as_it_came(route: Route) -> None:
            route.fulfill(body=html, content_type="text/html; charset=utf-8")

        page.route(there, as_it_came)
        page.goto(there)
        page.evaluate("document.fonts.ready")
        tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
        page.set_viewport_size({"width": WIDTH, "height": tall})  # what stays at the foot of the screen covers nothing
        where = re.sub("[^a-z_]+", "-", re.sub(r"/incidents/[0-9a-z]{26}(/steps)?", "", path)).strip("-")
        shot = self.folder / f"{len(self.taken) + 1:02}-{where or 'incident'}.png"
        page.screenshot(path=shot)
        page.close()
        return shot

    def sheet(self, path: Path) -> None:
        browser = self.context.browser
        assert browser is not None
        on_a_sheet(browser, self.taken, path, size=(int(WIDTH * SCALE), int(SHOWN * SCALE)))


def on_a_sheet(browser: Browser, taken: Sequence[tuple[Path, str]], path: Path, *, size: tuple[int, int]) -> None:
    """All of them small, each of this width and at most this height, on one picture, as sharp as fits."""
    page: Page = browser.new_page()
    pictures = [{"url": _url(shot), "words": words} for shot, words in taken]
    for quality in (0.5, 0.35, 0.2):
        drawn: str = page.evaluate(SHEET, [pictures, *size, IN_A_ROW, quality])
        path.write_bytes(base64.b64decode(drawn.partition(",")[2]))
        if path.stat().st_size < AT_MOST:
            break
    page.close()


def _asked_for(read: AsRead) -> str:
    part = read.part("part-next")
    return "" if part is None else " ".join(text_of(each) for each in part.iter("h2"))


def _url(shot: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(shot.read_bytes()).decode()
