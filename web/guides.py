"""The guides of `docs/how-to` inside the program: read once from the files that come with it, and shown as pages."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from web.rendering import Language

HERE = Path(__file__).resolve().parent
SOURCE = next(each for each in (HERE / "guides", HERE.parent / "docs" / "how-to") if each.is_dir())
NAMES = (
    "counselor",
    "families",
    "clinician",
    "administrator",
    "drills-and-reviews",
    "planner",
    "privacy-officer",
    "operator",
    "sign-in-providers",
)
ORIGIN = re.compile(r"<!-- translated from ([0-9a-f]{12}) -->\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """`language` is that of the text, not of the reader; `behind`: the English one was changed since."""

    name: str
    title: str
    language: Language
    behind: bool
    parts: tuple[tuple[str, str], ...]  # the id and the words of each heading
    body: Markup


def mark(text: str) -> str:
    """By which a translation says what it was made from."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@cache
def guide(name: str, language: Language) -> Guide:
    """In English where nobody has translated it. `name` is one of `NAMES`."""
    english = (SOURCE / f"{name}.md").read_text(encoding="utf-8")
    translated = SOURCE / language / f"{name}.md"
    if language == "en" or not translated.exists():
        return _read(name, english, "en", behind=False)
    text = translated.read_text(encoding="utf-8")
    origin = ORIGIN.match(text)
    return _read(name, ORIGIN.sub("", text), language, behind=origin is None or origin[1] != mark(english))


def _read(name: str, text: str, language: Language, *, behind: bool) -> Guide:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(text)
    title, rest = tokens[1].content, tokens[3:]  # each begins with its title alone
    parts = tuple(_named(tokens[2:]))
    for token in rest:
        _linked(token)
    body = parser.renderer.render(rest, parser.options, {})
    return Guide(name=name, title=title, language=language, behind=behind, parts=parts, body=Markup(body))  # noqa: S704


def _named(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Each heading and each paragraph that begins in bold gets an id, so that one can go there."""
    for number, (before, opened, inline) in enumerate(zip(tokens, tokens[1:], tokens[2:], strict=False)):
        children = inline.children or []
        bold = opened.type == "paragraph_open" and any(child.type == "strong_open" for child in children[:2])
        if opened.type == "heading_open" or bold:
            place = before if before.type == "list_item_open" else opened
            place.attrSet("id", f"p{number}")
            yield f"p{number}", inline.content if not bold else _bold(children)


def _bold(children: Sequence[Token]) -> str:
    ends = next(number for number, child in enumerate(children) if child.type == "strong_close")
    return "".join(child.content for child in children[:ends]).rstrip(".:")


def _linked(token: Token) -> None:
    """Links to another guide lead there; what is not here stays as its words."""
    for child in token.children or ():
        if child.type == "link_open":
            other = str(child.attrGet("href") or "").removeprefix("../").removesuffix(".md")
            if other in NAMES:
                child.attrSet("href", f"/guide/{other}")
            else:
                child.tag, child.attrs = "span", {}
        if child.type == "link_close":
            child.tag = "a"
    _closed(token)


def _closed(token: Token) -> None:
    """Each end has the tag of its beginning."""
    opened: list[str] = []
    for child in token.children or ():
        if child.type == "link_open":
            opened.append(child.tag)
        elif child.type == "link_close":
            child.tag = opened.pop()
