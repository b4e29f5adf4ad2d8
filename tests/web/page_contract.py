"""What every page keeps to, whatever it shows.

`tests/every_page.py` asks it of each page that any test gets; `must_keep_to_contract` is for names that it cannot know.
"""

import functools
import re
from collections import Counter
from collections.abc import Iterable
from html import unescape
from itertools import pairwise
from urllib.parse import unquote
from xml.etree.ElementTree import Element

import html5lib
from html5lib.html5parser import ParseError

from web.one_piece import MADE_OF, sheet_of

FIELDS = ("input", "select", "textarea")
ELSEWHERE = ("http:", "https:", "//", "\\", "/\\", "javascript:", "data:", "vbscript:", "blob:")
UNLABELLED = ("hidden", "submit", "button")
FORBIDDEN = re.compile(r"^(on\w+|style|hx-on.*|hx-vals|hx-boost|hx-ws.*|hx-live.*)$")
STATES = {"tag", "due", "note"}
NOT_VALID = ParseError
DIFFERING = re.compile(r'>[^<]+|="[^"]*\d[^"]*"')  # between two pages of one kind: words, ids, secrets
ID = re.compile(r'\sid="([^"]*)"')
WITHIN = re.compile(r'<a [^>]*href="#([^"]+)"')
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
FIRST = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
ADDRESS = re.compile(r'\s(?:href|action|src|data-src)="([^"]*)"')
BRAND, CODE = " · Crisis", re.compile(r" [0-9A-Z]{3}-[0-9A-Z]{3}(?= ·|$)")

_kept = set[int]()  # pairs of tags in pages that kept to it


@functools.lru_cache(maxsize=32)  # a test reads the page that the contract was asked of
def parsed(html: str) -> Element:
    """Raises where the page is no valid HTML. Nobody changes the tree."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(html)
    return tree


def text_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def faults(html: str, names: Iterable[str] = ()) -> list[str]:
    """Everything about a page of the console that breaks the contract; `names` must not stand in its title or URLs."""
    elements = _elements(html)
    return [*faults_of_any(html, names), *_links(elements), *_posts(elements), *_emergency(elements)]


def faults_of_any(html: str, names: Iterable[str] = ()) -> list[str]:
    """Of a page, whichever application shows it."""
    tree, elements = parsed(html), _elements(html)
    root = tree if tree.tag == "html" else tree.find(".//html")
    assert root is not None
    return [
        *_head(root),
        *faults_of_words(html, names),
        *_labels(root, elements),
        *_inline(elements),
        *_by_color_alone(elements),
    ]


def faults_of_part(html: str) -> list[str]:
    """Of what an open page pulls, which has neither head nor heading of its own."""
    part = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(html)
    elements = list(part.iter())
    return [*_ids(html), *_labels(part, elements), *_inline(elements), *_by_color_alone(elements)]


def faults_of_words(html: str, names: Iterable[str] = (), address: str = "") -> list[str]:
    """What may be wrong in one page and right in another of the same shape; costs next to nothing."""
    firsts = html.count("<h1")
    more = [f"{firsts} first headings"] if firsts > 1 else []
    nowhere = sorted(set(WITHIN.findall(html)) - set(ID.findall(html))) if is_whole(html) else []
    more += [f"#{unescape(each)} leads nowhere" for each in nowhere]
    return [*more, *_ids(html), *_title(html), *_named(html, names, address)]


def shape_of(html: str) -> frozenset[int]:
    """Which tag stands beside which: the same for pages that differ in their words and in the lengths of their lists.

    A page of which each pair stood in a page that kept to the contract needs no parser.
    """
    tags = DIFFERING.sub("", html).split("<")
    return frozenset(map(hash, pairwise(tags)))


def is_whole(html: str) -> bool:
    return html[:200].lstrip().lower().startswith(("<!doctype", "<html"))


def _elements(html: str) -> list[Element]:
    return list(parsed(html).iter())


def _head(root: Element) -> list[str]:
    title = root.find(".//title")
    words = text_of(title) if title is not None else ""
    headings = root.findall(".//h1")
    found = [] if root.get("lang") in ("en", "es") else ["no language"]
    if not words.strip(" ·"):
        found.append("no title")
    if not headings or not text_of(headings[0]):
        found.append("no first heading")
    return found


def _title(html: str) -> list[str]:
    """It begins with the first heading, or the other way round: a heading may go on with a name."""
    title, first = TITLE.search(html), FIRST.search(html)
    if title is None or first is None:
        return []
    said, heading = CODE.sub("", plain(title[1]).removesuffix(BRAND)), plain(first[1])
    alike = heading.startswith(said) or said.startswith(heading) or not said.strip(" ·")
    return [] if alike else [f"the title {said!r} is not the heading {heading!r}"]


def plain(html: str) -> str:
    return " ".join(unescape(TAG.sub("", html)).split())


def _named(html: str, names: Iterable[str], address: str) -> list[str]:
    """No student's name where it would be kept by a browser, a proxy or a log."""
    there = [each for each in names if each in html or each in address]
    if not there:
        return []
    title = TITLE.search(html)  # the first one: a picture has titles of its own
    words = plain(title[1]) if title is not None else ""
    found = ["a name in the title"] if any(_says(name, words) for name in there) else []
    addresses = {address, *(unquote(unescape(each)) for each in ADDRESS.findall(html))}
    return found + [f"a name in {each}" for each in sorted(addresses) if any(_says(name, each) for name in there)]


def _says(name: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words) is not None


def _ids(html: str) -> list[str]:
    ids = ID.findall(html)
    if len(set(ids)) == len(ids):
        return []
    return [f"id {name} stands {times} times" for name, times in Counter(ids).items() if times > 1]


def _labels(root: Element, elements: list[Element]) -> list[str]:
    named = {label.get("for") for label in root.iter("label")}
    inside = {id(field) for label in root.iter("label") for field in label.iter() if text_of(label)}
    return [
        f"no label: {element.tag} {element.get('name')}"
        for element in elements
        if element.tag in FIELDS
        and element.get("type") not in UNLABELLED
        and element.get("id") not in named
        and id(element) not in inside
        and not element.get("aria-label")
    ]


_SHEETS = [sheet_of(each) for each in MADE_OF]  # those pages come in one piece, and their policy has its hash


def _inline(elements: list[Element]) -> list[str]:
    found = [f"{element.tag} {name}" for element in elements for name in element.attrib if FORBIDDEN.match(str(name))]
    found += ["inline script" for each in elements if each.tag == "script" and not each.get("src")]
    return found + ["style element" for each in elements if each.tag == "style" and each.text not in _SHEETS]


def _by_color_alone(elements: list[Element]) -> list[str]:
    """What says how things stand says it in words; an icon and a color come beside them."""
    said = (each for each in elements if STATES & set((each.get("class") or "").split()))
    return [f"told by color alone: {each.tag} {each.get('class')}" for each in said if not text_of(each)]


def _links(elements: list[Element]) -> list[str]:
    addresses = [each.get(name) for each in elements for name in ("href", "action", "src", "data-src")]
    return [f"foreign address {a}" for a in addresses if a and a.lower().lstrip().startswith(ELSEWHERE)]


def _posts(elements: list[Element]) -> list[str]:
    """Each form that changes something works without script and knows who sends it."""
    found = []
    for form in (each for each in elements if each.tag == "form" and each.get("method") == "post"):
        fields = {field.get("name") for field in form.iter("input")}
        if not form.get("action"):
            found.append("a form without an address")
        if "csrf" not in fields and form.get("action") != "/login":
            found.append(f"no form token: {form.get('action')}")
        if not any(button.get("type") == "submit" for button in form.iter("button")):
            found.append(f"no button: {form.get('action')}")
    return found


def _emergency(elements: list[Element]) -> list[str]:
    called = {each.get("href") for each in elements if each.tag == "a"}
    return [] if "tel:911" in called else ["911 is out of reach"]


def must_keep_to_contract(html: str, *names: str) -> None:
    """A page of the console. One of the same shape is taken apart once."""
    shape = shape_of(html)
    found = faults_of_words(html, names) if shape <= _kept else faults(html, names)
    assert found == []
    _kept.update(shape)
