"""YAML as plain values with the line of each of them, and back; the only importer of the library."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import yaml
from yaml._yaml import CParser
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

LARGEST = 1024 * 1024  # bytes
DEEPEST = 40  # lists and mappings within each other
ONE_LINE = 1_000_000  # a text is not broken: then a difference of lines shows what was changed, and no more
TOO_DEEP = f"more than {DEEPEST} levels within each other; a protocol needs few"

Place = tuple[str | int, ...]


class Spot(NamedTuple):
    """Where something stands: a shared step keeps the file that it came from."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file} line {self.line}"


Lines = dict[Place, Spot]


class ProtocolFault(Exception):
    """A file cannot be used; `faults` are sentences, each with its place and what to do."""

    def __init__(self, found: Sequence[str]) -> None:
        super().__init__("\n".join(found))
        self.faults = tuple(found)


class _Loader(Composer, CParser, SafeConstructor, Resolver):
    """Plain values only: no aliases, which can grow without end, no tags, no depth without a floor.

    Read by libyaml, which is several times as fast: each process that publishes reads all protocols first.
    """

    yaml_implicit_resolvers = {}  # noqa: RUF012  # the library's own table, filled below
    depth = 0

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)
        Composer.__init__(self)
        SafeConstructor.__init__(self)
        Resolver.__init__(self)

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()
        problem = None
        if isinstance(event, yaml.events.AliasEvent):
            problem = "aliases are not allowed; write it out"
        elif getattr(event, "tag", None) is not None:
            problem = "tags are not allowed; take it out"
        elif self.depth >= DEEPEST:
            problem = TOO_DEEP
        if problem is not None:
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


# As in YAML 1.2, and less: `no`, `on`, 12:30 and 2026-01-01 are text, which the shape turns into what it wants.
for kind, pattern, first in (
    ("null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("bool", r"^(?:true|false)$", ["t", "f"]),
    ("int", r"^(?:0|[1-9][0-9]{0,8})$", list("0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(pattern), first)


def _keys_of(node: yaml.MappingNode, found: list[str]) -> list[tuple[str, int, Any]]:
    """Name, line and value of each key; adds a sentence for each that cannot stay."""
    keys: list[tuple[str, int, Any]] = []
    seen: set[str] = set()
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            found.append(f"line {line}: a key is one word; check the brackets")
            continue
        if key.value in seen:
            found.append(f"line {line}: “{key.value}” stands twice here; keep one")
        seen.add(key.value)
        keys.append((key.value, line, value))
    return keys


def _lines_of(node: Any, place: Place, lines: dict[Place, int], found: list[str]) -> None:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, line, value in _keys_of(node, found):
            lines[(*place, key)] = line
            _lines_of(value, (*place, key), lines, found)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            _lines_of(value, (*place, number), lines, found)


def plain_values(text: str, name: str) -> tuple[dict[str, Any], Lines]:
    """What the text says, and where each part stands; every key stands once. Raises `ProtocolFault`."""
    if len(text.encode(errors="replace")) > LARGEST:
        raise too_large(name)
    try:
        loader = _Loader(text)
        node: Any = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise ProtocolFault([f"{name} line 1: the file holds nothing; it begins with `id: …`"])
        lines: dict[Place, int] = {}
        found: list[str] = []
        _lines_of(node, (), lines, found)
        if found:
            raise ProtocolFault([f"{name} {fault}" for fault in found])
        return loader.construct_document(node), {place: Spot(name, line) for place, line in lines.items()}
    except yaml.YAMLError as error:
        raise ProtocolFault([f"{name} {_mark(error)}"]) from error


class Span(NamedTuple):
    """Where a value stands in the text, in characters; `block` where it takes lines of its own."""

    start: int
    end: int
    block: bool


def spans(text: str) -> dict[Place, Span]:
    """Of every value of a text that `plain_values` takes. What follows the last word of a block is not in it."""
    found: dict[Place, Span] = {}
    _spans_of(_Loader(text).get_single_node(), (), found)
    return found


def _spans_of(node: Any, place: Place, found: dict[Place, Span]) -> Span:
    parts: list[tuple[Place, Any]] = []
    if isinstance(node, yaml.MappingNode):
        parts = [((*place, key.value), value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        parts = [((*place, number), value) for number, value in enumerate(node.value)]
    inner = [_spans_of(value, where, found) for where, value in parts]
    block = isinstance(node, yaml.CollectionNode) and not node.flow_style
    ends = max((each.end for each in inner), default=node.end_mark.index) if block else node.end_mark.index
    found[place] = Span(node.start_mark.index, ends, block)
    return found[place]


class _Dumper(yaml.SafeDumper):
    """As our files look: no aliases, short lists on one line, and in quotes only what we would read as no text."""

    yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_list(self, data: Any) -> yaml.SequenceNode:
        short = all(isinstance(each, str | int) for each in data)
        return self.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=short)

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


_Dumper.add_representer(list, _Dumper.represent_list)


def written(values: Any) -> str:
    """Plain values as a file that reads back as the same values."""
    return yaml.dump(
        values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=ONE_LINE, default_flow_style=False
    )


def too_large(name: str) -> ProtocolFault:
    return ProtocolFault([f"{name}: larger than 1 MiB; a protocol is text, leave pictures out"])


def _mark(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    line = "" if mark is None else f"line {mark.line + 1}: "
    problem = getattr(error, "problem", None) or "this is not YAML"
    if "nesting depth" in problem:  # libyaml gives up before we do
        return f"{line}{TOO_DEEP}"
    return f"{line}{problem}; check the indentation and the quotes"


def spot_of(place: Place, lines: Lines, name: str) -> Spot:
    """Of what is named, or of what it would stand in."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, Spot(name, 1))
