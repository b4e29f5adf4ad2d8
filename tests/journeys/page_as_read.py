"""A page as somebody reads it who never saw the program: its headings, links, forms, and what a refusal says."""

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

from tests.web.page_contract import text_of

_VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
_DRAWN = frozenset({"svg", "script", "noscript"})


class _Reader(HTMLParser):
    """Enough for pages of which `page_contract` has said that they are valid, and ten times as quick."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._built, self._open = TreeBuilder(), list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("option", "li") and self._open[-1:] == [tag]:
            self.handle_endtag(tag)
        self._built.start(tag, {name: value or "" for name, value in attrs})
        if tag in _VOID:
            self._built.end(tag)
        else:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
            self._built.end(tag)

    def handle_data(self, data: str) -> None:
        if self._open:
            self._built.data(data)

    def read(self, html: str) -> Element:
        self.feed(html)
        return self._built.close()


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form. `options` are values and words; `given` is what is filled in already."""

    name: str
    kind: str
    asked: str
    options: tuple[tuple[str, str], ...] = ()
    given: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """`folded`: it stands in what one has to open first; `main` is its button the one that the page wants pressed."""

    action: str
    button: str
    fields: tuple[Field, ...]
    main: bool
    folded: bool

    @property
    def asks(self) -> tuple[Field, ...]:
        return tuple(each for each in self.fields if each.kind != "hidden")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the page says: words, and for some of them the field to which they lead."""

    said: tuple[str, ...]
    fields: tuple[str, ...]
    pages: tuple[str, ...]


class Page:
    def __init__(self, html: str) -> None:
        self.tree = _Reader().read(html)
        self._above = {id(child): parent for parent in self.tree.iter() for child in parent}
        self._ids = {each.get("id"): each for each in self.tree.iter() if each.get("id")}

    def part(self, name: str) -> Element | None:
        return self._ids.get(name)

    def needs(self, name: str) -> Element:
        found = self.part(name)
        assert found is not None, f"the page has no part {name}"
        return found

    def section(self, heading: str) -> Element | None:
        """The one under this heading."""
        found = (each for each in self.tree.iter("section") if any(text_of(h) == heading for h in each.iter("h2")))
        return next(found, None)

    def above(self, element: Element) -> Iterator[Element]:
        while id(element) in self._above:
            element = self._above[id(element)]
            yield element

    def links(self, where: Element | None) -> list[tuple[str, str, str]]:
        """Address, words and classes of each that leads to another page."""
        found = [] if where is None else list(where.iter("a"))
        return [
            (a.get("href", ""), text_of(a), a.get("class", "")) for a in found if not a.get("href", "#").startswith("#")
        ]

    def forms(self, where: Element | None = None) -> list[Form]:
        """Those that change something, in the order of the page."""
        found = (self.tree if where is None else where).iter("form")
        return [self._form(each) for each in found if each.get("method") == "post"]

    def refusal(self) -> Refusal | None:
        box = next((each for each in self.tree.iter("section") if "errs" in each.get("class", "").split()), None)
        if box is None:
            box = self.part("conflict")
        if box is None:
            return None
        links = [a.get("href", "") for a in box.iter("a")]
        fields, pages = [each[1:] for each in links if each[0] == "#"], [each for each in links if each[0] == "/"]
        return Refusal(tuple(text_of(each) for each in box.iter("li")), tuple(fields), tuple(pages))

    def _form(self, form: Element) -> Form:
        button = next((each for each in form.iter("button")), None)
        folded = any(each.tag == "details" and each.get("open") is None for each in self.above(form))
        return Form(
            action=form.get("action", ""),
            button="" if button is None else text_of(button),
            fields=self.fields(form),
            main=button is not None and "p" in button.get("class", "").split(),
            folded=folded,
        )

    def fields(self, form: Element) -> tuple[Field, ...]:
        return tuple(self._fields(form))

    def _fields(self, form: Element) -> Iterator[Field]:
        labels = {each.get("for"): text_of(each) for each in form.iter("label") if each.get("for")}
        inside = {id(field): text_of(each) for each in form.iter("label") for field in each.iter("input")}
        seen: dict[str, list[Element]] = {}
        for each in form.iter():
            if each.tag not in ("input", "select", "textarea") or not each.get("name"):
                continue
            name, kind = each.get("name", ""), each.get("type", each.tag)
            if kind in ("radio", "checkbox"):
                seen.setdefault(name, []).append(each)
                continue
            yield Field(name, kind, labels.get(each.get("id"), ""), *_choices(each), each.get("id", ""))
        for name, boxes in seen.items():
            sets = [each for each in self.above(boxes[0]) if each.tag == "fieldset"]
            legend = next((text_of(each) for around in sets for each in around.iter("legend")), "")
            usable = [each for each in boxes if each.get("disabled") is None]
            options = tuple((each.get("value", ""), inside.get(id(each), "")) for each in usable)
            given = tuple(each.get("value", "") for each in usable if each.get("checked") is not None)
            yield Field(name, boxes[0].get("type", ""), legend or options[0][1], options, given, name)


def _choices(field: Element) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    if field.tag != "select":
        value = field.get("value", "") if field.tag == "input" else "".join(field.itertext())
        return (), (value,) if value.strip() else ()
    options = list(field.iter("option"))
    chosen = [each for each in options if each.get("selected") is not None] or options[:1]
    return (
        tuple((each.get("value", ""), text_of(each)) for each in options),
        tuple(each.get("value", "") for each in chosen if each.get("value")),
    )
