"""What every page keeps to, whatever it shows. Tests of pages call `must_keep_to_contract` on each page they get."""

import functools
import re
from collections import Counter
from xml.etree.ElementTree import Element

import html5lib

FIELDS = ("input", "select", "textarea")
ELSEWHERE = ("http:", "https:", "//", "\\", "/\\", "javascript:", "data:", "vbscript:", "blob:")
UNLABELLED = ("hidden", "submit", "button")
FORBIDDEN = re.compile(r"^(on\w+|style|hx-on.*|hx-vals|hx-boost|hx-ws.*|hx-live.*)$")


@functools.lru_cache(maxsize=32)  # a test reads the page that the contract was asked of
def parsed(html: str) -> Element:
    """Raises where the page is no valid HTML. Nobody changes the tree."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(html)
    return tree


def text_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def faults(html: str, names: tuple[str, ...] = ()) -> list[str]:
    """Everything about the page that breaks the contract; `names` must not stand in its title or its addresses."""
    tree = parsed(html)
    root = tree if tree.tag == "html" else tree.find(".//html")
    assert root is not None
    elements = list(root.iter())
    return [
        *_head(root, names),
        *_ids(elements),
        *_labels(root, elements),
        *_inline(elements),
        *_links(elements, names),
        *_posts(elements),
        *_emergency(elements),
    ]


def _head(root: Element, names: tuple[str, ...]) -> list[str]:
    title = root.find(".//title")
    words = text_of(title) if title is not None else ""
    headings = root.findall(".//h1")
    found = [] if root.get("lang") in ("en", "es") else ["no language"]
    if not words.strip(" ·"):
        found.append("no title")
    if any(name in words for name in names):
        found.append("a name in the title")
    if len(headings) != 1 or not text_of(headings[0]):
        found.append(f"{len(headings)} first headings")
    return found


def _ids(elements: list[Element]) -> list[str]:
    counted = Counter(element.get("id") for element in elements if element.get("id"))
    return [f"id {name} stands {times} times" for name, times in counted.items() if times > 1]


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


def _inline(elements: list[Element]) -> list[str]:
    found = [f"{element.tag} {name}" for element in elements for name in element.attrib if FORBIDDEN.match(str(name))]
    found += ["inline script" for each in elements if each.tag == "script" and not each.get("src")]
    return found + ["style element" for each in elements if each.tag == "style"]


def _links(elements: list[Element], names: tuple[str, ...]) -> list[str]:
    addresses = [each.get(name) for each in elements for name in ("href", "action", "src", "data-src")]
    ids = {each.get("id") for each in elements}
    found = [f"a name in {a}" for a in addresses if a is not None and any(name in a for name in names)]
    found += [f"foreign address {a}" for a in addresses if a and a.lower().lstrip().startswith(ELSEWHERE)]
    within = [each.get("href") or "" for each in elements if each.tag == "a"]
    return found + [f"{href} leads nowhere" for href in within if href.startswith("#") and href[1:] not in ids]


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
    assert faults(html, names) == []
