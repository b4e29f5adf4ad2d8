"""What protocols have in common is written once, in `shared`, and taken from there before anything is checked. Pure.

Under `steps`, `use: <step>` takes a shared step; other keys beside it stand in place of the shared ones, and `null`
takes one away. Under `take` stand the names of shared maps. Sources come along with whatever names them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from crisis.protocols.plain_yaml import Lines, Place, ProtocolFault, spot_of

TAKEABLE = ("parameters", "police_reasons", "disclosure_items", "withhold_reasons")
_PARTS = re.compile(r"(\d+)")

Values = dict[str, Any]


class Shelf(NamedTuple):
    """One file of `shared`, with where each part of it stands."""

    values: Values
    lines: Lines

    def step(self, name: str) -> tuple[int, Values] | None:
        steps = enumerate(self.values.get("steps") or ())
        return next(((n, step) for n, step in steps if step["id"] == name), None)


def composed(values: Values, lines: Lines, name: str, shelves: Sequence[Shelf]) -> tuple[Values, Lines]:
    """The whole protocol as if it had been written out, each part with its own file and line.

    Raises `ProtocolFault` for a step or a map that is not shared. What is not shaped as it should be is left as it is:
    the check of the shape tells that.
    """
    wanted = values.get("take", [])
    steps = values.get("steps")
    uses = isinstance(steps, list) and any(_uses(step) for step in steps)
    if not uses and "take" not in values:
        return values, lines
    whole, where = {key: value for key, value in values.items() if key != "take"}, dict(lines)
    wrong = [*_take(whole, where, wanted, name, shelves)]
    if uses:
        assert isinstance(steps, list)
        whole["steps"] = list(steps)
        for number, step in enumerate(steps):
            if _uses(step):
                wrong += _use(whole["steps"], where, number, name, shelves)
    if wrong:
        raise ProtocolFault(wrong)
    _cite(whole, where, shelves)
    return whole, where


def _uses(step: Any) -> bool:
    return isinstance(step, dict) and "use" in step


def _take(whole: Values, where: Lines, wanted: Any, name: str, shelves: Sequence[Shelf]) -> Iterator[str]:
    """What the file says itself stands beside the shared map, and in place of an entry of the same name."""
    for each in wanted if isinstance(wanted, list) else [wanted]:
        if each not in TAKEABLE:
            spot = spot_of(("take",), where, name)
            yield f"{spot}: take: “{each}” is nothing that is shared; choose from {', '.join(TAKEABLE)}"
            continue
        own = whole.get(each) or {}
        if not isinstance(own, dict):
            continue
        for shelf in shelves:
            shared = shelf.values.get(each) or {}
            for key in shared:
                if key not in own:
                    _bring(where, (each, key), shelf.lines, (each, key))
            own = {**shared, **own}
        whole[each] = own


def _use(steps: list[Any], where: Lines, number: int, name: str, shelves: Sequence[Shelf]) -> Iterator[str]:
    own: Values = steps[number]
    place: Place = ("steps", number)
    found = next(((shelf, *known) for shelf in shelves if (known := shelf.step(own["use"])) is not None), None)
    if found is None:
        there_are = ", ".join(step["id"] for shelf in shelves for step in shelf.values.get("steps") or ())
        spot = spot_of((*place, "use"), where, name)
        yield f"{spot}: use: there is no shared step “{own['use']}”; choose one of {there_are}"
        return
    if "id" in own:
        yield f"{spot_of((*place, 'id'), where, name)}: a shared step keeps its id; take `id` out, or write it all out"
    shelf, there, shared = found
    changed = {key: value for key, value in own.items() if key != "use"}
    steps[number] = {key: value for key, value in {**shared, **changed}.items() if value is not None}
    for key in shared:
        if key not in changed:
            _bring(where, (*place, key), shelf.lines, ("steps", there, key))


def _bring(where: Lines, to: Place, lines: Lines, of: Place) -> None:
    """The lines of one shared part, told as those of the place where it now stands."""
    depth = len(of)
    where.update({(*to, *place[depth:]): spot for place, spot in lines.items() if place[:depth] == of})


def _cite(whole: Values, where: Lines, shelves: Sequence[Shelf]) -> None:
    """Adds the shared citations that anything names as its source, and puts all in the order of their keys."""
    own = whole.get("citations") or []
    if not isinstance(own, list) or not all(
        isinstance(each, dict) and isinstance(each.get("key"), str) for each in own
    ):
        return
    named = {key for source in _sources(whole) for key in source.split()}
    cited = {each["key"]: (each, where, ("citations", n)) for n, each in enumerate(own)}
    for shelf in shelves:
        for n, each in enumerate(shelf.values.get("citations") or ()):
            if each["key"] in named:
                cited.setdefault(each["key"], (each, shelf.lines, ("citations", n)))
    if len(cited) < len(own):
        return  # one stands twice; the check says so
    before = dict(where)
    whole["citations"] = []
    for n, key in enumerate(sorted(cited, key=_numbered)):
        each, lines, place = cited[key]
        whole["citations"].append(each)
        _bring(where, ("citations", n), before if lines is where else lines, place)


def _sources(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("source"), str):
            yield value["source"]
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _sources(each)


def _numbered(key: str) -> list[tuple[int, str]]:
    """S5c before S10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in _PARTS.split(key) if part]
