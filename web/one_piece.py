"""The two pages that must come fast come in one piece: the answer to a page, and the form that opens an incident.

Their style and their icons stand in the page, so that one round trip paints them (`user-interface.md` 8.2): of our
style sheet the rules that could ever mean something on them, by its hash in the policy of the browser.
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import cache

from starlette.responses import HTMLResponse

from crisis.settings import Settings
from web.rendering import HERE, STATIC, static
from web.security import content_policy
from web.squeezing import MARK

ALWAYS = ("layouts/base.html", "components/m.html")
MADE_OF = {  # templates and scripts whose words a rule has to know
    "pages/landing.html": (*ALWAYS, "layouts/alone.html"),
    "pages/open.html": (*ALWAYS, "layouts/console.html", "components/part_mine.html", "components/part_paging.html"),
}
SCRIPTS = ("forms.js", "desk.js", "send.js", "clocks.js")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_MOVED_IN = re.compile(r"\s*\n\s*")
_WORD = re.compile(r"[\w-]+")
_FUNCTION = re.compile(r":(?:not|is|where)\((?:[^()]|\([^()]*\))*\)")  # true also of what is not there, or of either
_NAMED = re.compile(r"[.#]([a-zA-Z][\w-]*)")
_SYMBOL = re.compile(r'<symbol id="([\w-]+)".*?</symbol>')
NESTED = ("@layer", "@media")


def in_one_piece(made: HTMLResponse, template: str, settings: Settings) -> HTMLResponse:
    """The same page, which asks for nothing before it is painted; for an answer that repeats nothing of the request."""
    sheet = sheet_of(template)
    linked = f'<link rel="stylesheet" href="{static("app.css")}">'
    html = bytes(made.body).decode().replace(linked, f"<style>{sheet}</style>", 1)
    icons = f"{static('icons.svg')}#"
    used = sorted(set(re.findall(re.escape(icons) + r"([\w-]+)", html)))
    drawn = "".join(_symbols()[each].replace('id="', 'id="i-', 1) for each in used)
    sprite = f'<svg class="vh" aria-hidden="true">{drawn}</svg>'
    html = html.replace(icons, "#i-").replace("<body>", f"<body>{sprite}", 1)
    headers = {**made.headers, MARK: "yes", "Content-Security-Policy": policy(settings, template)}
    del headers["content-length"]
    return HTMLResponse(html, made.status_code, headers)


def policy(settings: Settings, template: str) -> str:
    return content_policy(settings).replace("style-src 'self'", f"style-src 'self' '{hash_of(sheet_of(template))}'")


def hash_of(sheet: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()}"


@cache
def sheet_of(template: str) -> str:
    """The rules of our sheet without those for a class or an id that no template or script of this page names."""
    sources = [HERE / "templates" / each for each in (template, *MADE_OF[template])]
    sources += [STATIC / each for each in SCRIPTS]
    words = frozenset(word for each in sources for word in _WORD.findall(each.read_text()))
    sheet = _COMMENT.sub("", (STATIC / "app.css").read_text()).replace("url(vendor/", "url(/static/vendor/")
    return _needed(sheet, words)


def _needed(sheet: str, words: frozenset[str]) -> str:
    kept = ""
    for head, body in _rules(sheet):
        if body is None:
            kept += f"{head};"
        elif head.startswith(NESTED):
            inner = _needed(body, words)
            kept += f"{head}{{{inner}}}" if inner else ""
        elif head.startswith("@"):
            kept += f"{head}{{{body}}}"
        elif chosen := [each for each in _selectors(head) if _could_mean(each, words)]:
            kept += f"{','.join(chosen)}{{{_MOVED_IN.sub('', body)}}}"
    return kept


def _rules(sheet: str) -> Iterator[tuple[str, str | None]]:
    """What stands before each brace and between it and the one that ends it; None for a statement without."""
    at = 0
    while found := re.compile("[{;]").search(sheet, at):
        head, depth, end = sheet[at : found.start()].strip(), 1, found.end()
        if found.group() == ";":
            yield head, None
        else:
            while depth:
                depth += {"{": 1, "}": -1}.get(sheet[end], 0)
                end += 1
            yield head, sheet[found.end() : end - 1]
        at = end


def _selectors(head: str) -> Sequence[str]:
    depth, parts = 0, [""]
    for letter in head:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return [each.strip() for each in parts]


def _could_mean(selector: str, words: frozenset[str]) -> bool:
    return words.issuperset(_NAMED.findall(_FUNCTION.sub("", selector)))


@cache
def _symbols() -> dict[str, str]:
    drawn = (STATIC / "icons.svg").read_text()
    return {found.group(1): found.group(0) for found in _SYMBOL.finditer(drawn)}
