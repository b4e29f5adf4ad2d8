"""A page of the console as a PDF that can be read aloud: PDF/UA-1, made from the very page, so that both say the same.

What is not printed on paper (`noprint`) is left out here too. A picture comes with its title and description as its
alternative text. The maker of the file reads nothing but data: no word on a page can be a command to it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Literal

import orjson
import typst

TEMPLATE = Path(__file__).parent / "templates" / "pdf" / "page.typ"
VOID = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
NEVER = frozenset({"script", "style", "form", "button", "nav", "input", "select", "textarea", "head"})
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4}
INLINE = frozenset({"a", "abbr", "b", "bdi", "bdo", "br", "em", "i", "small", "span", "strong", "time", "label"})
UNSHOWN = "could not be displayed"

# The pictures of the console are colored by its style sheet; on paper they are black, white and hatched.
DRAWN = """
.grid{stroke:#bbb;stroke-width:1;fill:none}.win{fill:none;stroke:#444;stroke-dasharray:4 3}.did,.bar{fill:#555}
.hb{fill:#fff}.hl{stroke:#000;stroke-width:2;fill:none}.over{stroke:#000}text{font-family:"Libertinus Serif";
font-size:13px;fill:#111}.t{font-size:14px}.lt,.okt{font-weight:bold}
"""


@dataclass
class Node:
    tag: str
    attributes: dict[str, str]
    inside: "list[Node | str]" = field(default_factory=list)

    @property
    def classes(self) -> frozenset[str]:
        return frozenset(self.attributes.get("class", "").split())

    @property
    def printed(self) -> bool:
        hidden = self.attributes.get("aria-hidden") == "true" and self.tag != "svg"
        return self.tag not in NEVER and not hidden and not self.classes & {"noprint", "only-m"}

    def all(self, tag: str) -> "Iterator[Node]":
        for each in self.inside:
            if isinstance(each, Node):
                if each.tag == tag:
                    yield each
                yield from each.all(tag)

    def first(self, tag: str) -> "Node | None":
        return next(self.all(tag), None)

    def text(self) -> str:
        parts = [each if isinstance(each, str) else each.text() for each in self.inside if _shown(each)]
        return " ".join("".join(parts).split())


class _Reader(HTMLParser):
    """Our own pages, whose every element but the void ones is closed: tests hold them to that."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("root", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].inside.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].inside.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        found = next((depth for depth in range(len(self._open) - 1, 0, -1) if self._open[depth].tag == tag), None)
        if found is not None:
            del self._open[found:]

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)


def of_page(page: str, *, at: datetime) -> bytes:
    """The file of a page: its `main`, under its title, in its language; `at` is when it says that it was made.

    Letters that no installed font has are boxes: then the file is not PDF/UA, and says on top that the page shows them.
    """
    reader = _Reader()
    reader.feed(page)
    whole = reader.root.first("html") or reader.root
    main, title = whole.first("main"), whole.first("title")
    if main is None or title is None:
        raise ValueError("a page without main and title cannot be put on paper")
    mark = next((each.text() for each in whole.all("section") if "drillbar" in each.classes), "")
    foot = next((each.text() for each in whole.all("div") if "printed" in each.classes), title.text())
    data = {
        "title": title.text(),
        "language": whole.attributes.get("lang", "en"),
        "mark": mark,
        "foot": foot,
        "blocks": list(_blocks(main.inside)),
    }
    try:
        return _compiled(data, at, "ua-1")
    except typst.TypstError as error:
        if UNSHOWN not in str(error):
            raise
        return _compiled(data | {"unshown": True}, at, None)


def _compiled(data: Mapping[str, object], at: datetime, standard: Literal["ua-1"] | None) -> bytes:
    when = at.replace(microsecond=0)  # it takes whole seconds only
    inputs = {"data": orjson.dumps(data).decode()}
    made = typst.compile(_template(), sys_inputs=inputs, pdf_standards=standard, timestamp=when)
    assert isinstance(made, bytes)
    return made


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()


Block = dict[str, object]


def _shown(each: "Node | str") -> bool:
    return isinstance(each, str) or each.printed


def _blocks(inside: "list[Node | str]") -> Iterator[Block]:
    """Words and the elements within a line become paragraphs; what holds others is gone through."""
    line: list[Node | str] = []
    for each in inside:
        if not _shown(each):
            continue
        if isinstance(each, str) or each.tag in INLINE:
            line.append(each)
            continue
        yield from _paragraph(line)
        line = []
        yield from _block(each)
    yield from _paragraph(line)


def _paragraph(line: "list[Node | str]", **how: object) -> Iterator[Block]:
    runs = list(_runs(line))
    if any(str(run["text"]).strip() for run in runs):
        yield {"is": "text", "runs": runs, **how}


def _block(node: Node) -> Iterator[Block]:
    if node.tag in HEADINGS:
        yield {"is": "heading", "level": HEADINGS[node.tag], "text": node.text()}
    elif node.tag == "p":
        yield from _paragraph(node.inside, small="meta" in node.classes)
    elif node.tag in ("ul", "ol"):
        items = [list(_runs(each.inside)) for each in node.inside if isinstance(each, Node) and each.tag == "li"]
        yield {"is": "list", "items": items, "numbered": node.tag == "ol"}
    elif node.tag == "dl":
        yield {"is": "terms", "rows": list(zip(_cells(node, "dt"), _cells(node, "dd"), strict=True))}
    elif node.tag == "table":
        yield _table(node)
    elif node.tag == "svg":
        yield from _picture(node)
    else:
        yield from _blocks(node.inside)


def _cells(node: Node, tag: str) -> list[list[Block]]:
    return [list(_runs(each.inside)) for each in node.all(tag) if each.printed]


def _table(node: Node) -> Block:
    caption = node.first("caption")
    rows = [each for each in node.all("tr") if each.printed]
    cells = [[list(_runs(cell.inside)) for cell in _of_row(row)] for row in rows]
    head = sum(all(cell.tag == "th" for cell in _of_row(row)) for row in rows[:1])
    return {"is": "table", "caption": caption.text() if caption else "", "head": cells[:head], "rows": cells[head:]}


def _of_row(row: Node) -> list[Node]:
    return [each for each in row.inside if isinstance(each, Node) and each.tag in ("th", "td")]


def _picture(node: Node) -> Iterator[Block]:
    """A drawing with a name is a picture; one without is an icon beside words that say the same."""
    title, description = node.first("title"), node.first("desc")
    if title is None or "viewbox" not in node.attributes:
        return
    said = [each.text() for each in (title, description) if each is not None]
    yield {"is": "picture", "svg": _drawing(node), "alt": ". ".join(said)}


def _drawing(node: Node) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{escape(node.attributes["viewbox"])}">'
    inside = "".join(_written(each) for each in node.inside)
    return f"{head}<style>{DRAWN}</style>{inside}</svg>"


SPELLED = {"patternunits": "patternUnits", "patterntransform": "patternTransform", "viewbox": "viewBox"}  # SVG's own


def _written(each: "Node | str") -> str:
    if isinstance(each, str):
        return escape(each)
    if each.tag in ("title", "desc"):
        return ""
    attributes = "".join(f' {SPELLED.get(name, name)}="{escape(value)}"' for name, value in each.attributes.items())
    return f"<{each.tag}{attributes}>{''.join(map(_written, each.inside))}</{each.tag}>"


def _runs(inside: "list[Node | str]", strong: bool = False, small: bool = False) -> Iterator[Block]:
    for each in inside:
        if isinstance(each, str):
            said = " ".join(each.split())
            before, after = each[:1].isspace(), each[-1:].isspace()
            if each:
                yield {"text": f"{' ' * before}{said}{' ' * (after and bool(said))}", "strong": strong, "small": small}
        elif each.tag == "br":
            yield {"text": "\n", "strong": False, "small": False}
        elif each.printed and each.tag != "svg":
            bold = strong or each.tag in ("b", "strong") or "tag" in each.classes
            yield from _runs(each.inside, bold, small or "meta" in each.classes)
