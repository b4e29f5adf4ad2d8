"""Protocols, overlays and instruments from YAML; the only importer of yaml. Every fault names its file and line."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from crisis.protocols.schema import Instrument, Overlay, Protocol
from crisis.protocols.wellformed import faults
from crisis.vocabulary import ProtocolHash

ROOM = Path(__file__).parent
LIBRARY, OVERLAYS, INSTRUMENTS = ROOM / "library", ROOM / "overlays", ROOM / "instruments"
LARGEST = 1024 * 1024  # bytes
BASE = "US"

Model = TypeVar("Model", bound=BaseModel)


class ProtocolFault(Exception):
    """A file cannot be used; `faults` are sentences, each with its place and what to do."""

    def __init__(self, found: Sequence[str]) -> None:
        super().__init__("\n".join(found))
        self.faults = tuple(found)


class _Loader(yaml.SafeLoader):
    """Refuses aliases, which can grow without end; only true and false are yes and no, as in YAML 1.2."""

    yaml_implicit_resolvers = {  # noqa: RUF012  # the library's own table
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]  # yaml's stubs leave it out
            raise yaml.MarkedYAMLError(problem="aliases are not allowed; write it out", problem_mark=event.start_mark)
        return super().compose_node(parent, index)


def _lines_of(
    node: Any, place: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int], found: list[str]
) -> None:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                found.append(f"line {key.start_mark.line + 1}: “{key.value}” stands twice here; keep one")
            seen.add(key.value)
            _lines_of(value, (*place, key.value), lines, found)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            _lines_of(value, (*place, number), lines, found)


def _parsed(text: str, name: str, kind: type[Model]) -> Model:
    """Raises `ProtocolFault` with every fault of the file."""
    if len(text.encode()) > LARGEST:
        raise ProtocolFault([f"{name}: larger than 1 MB; a protocol is text, leave pictures out"])
    try:
        node = yaml.compose(text, Loader=_Loader)
        values = yaml.load(text, Loader=_Loader)  # noqa: S506  # our loader is a SafeLoader
    except yaml.YAMLError as error:
        raise ProtocolFault([f"{name} {_mark(error)}"]) from error
    if not isinstance(values, Mapping):
        raise ProtocolFault([f"{name} line 1: the file holds no protocol; it begins with `id: …`"])
    lines: dict[tuple[str | int, ...], int] = {}
    twice: list[str] = []
    _lines_of(node, (), lines, twice)
    if twice:
        raise ProtocolFault([f"{name} {fault}" for fault in twice])
    try:
        return kind.model_validate_json(json.dumps(values, default=str))
    except ValidationError as error:
        raise ProtocolFault([_told(name, fault, lines) for fault in error.errors()]) from error


def _mark(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    line = "" if mark is None else f"line {mark.line + 1}: "
    return f"{line}{getattr(error, 'problem', None) or 'this is not YAML'}; check the indentation and the quotes"


def _told(name: str, fault: Any, lines: Mapping[tuple[str | int, ...], int]) -> str:
    place = tuple(fault["loc"])
    while place and place not in lines:
        place = place[:-1]
    where = ".".join(str(part) for part in fault["loc"])
    return f"{name} line {lines.get(place, 1)}: {where}: {fault['msg']}"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ProtocolFault([f"{path.name}: there is no such file"]) from None
    except UnicodeDecodeError:
        raise ProtocolFault([f"{path.name}: not UTF-8; save it as UTF-8"]) from None


def protocol_from_text(text: str, name: str) -> Protocol:
    """A whole and well-formed protocol; raises `ProtocolFault` with everything that is wrong."""
    found = _parsed(text, name, Protocol)
    wrong = faults(found)
    if wrong:
        raise ProtocolFault([f"{name}: {fault}" for fault in wrong])
    return found


def protocol_from_file(path: Path) -> Protocol:
    return protocol_from_text(_read(path), path.name)


@lru_cache(maxsize=64)
def protocol(name: str, overlay_id: str | None = None) -> Protocol:
    """A built-in protocol, composed with an overlay such as `US-MA`."""
    base = protocol_from_file(LIBRARY / f"{name}.yaml")
    return base if overlay_id in (None, BASE) else compose(base, overlay(str(overlay_id)))


@lru_cache(maxsize=32)
def overlay(overlay_id: str) -> Overlay:
    path = OVERLAYS / f"{overlay_id.lower()}.yaml"
    return _parsed(_read(path), path.name, Overlay)


@lru_cache(maxsize=32)
def instrument(instrument_id: str) -> Instrument:
    path = INSTRUMENTS / f"{instrument_id}.yaml"
    return _parsed(_read(path), path.name, Instrument)


def names() -> list[str]:
    return sorted(path.stem for path in LIBRARY.glob("*.yaml"))


def overlays() -> list[str]:
    return [BASE, *sorted(path.stem.upper() for path in OVERLAYS.glob("*.yaml"))]


def instruments() -> list[str]:
    return sorted(path.stem for path in INSTRUMENTS.glob("*.yaml"))


def compose(base: Protocol, over: Overlay) -> Protocol:
    """The base with the overlay's values; only what the base declares can be changed."""
    wrong = [f"{over.id}: parameter “{name}” is not declared by {base.id}" for name in _undeclared(base, over)]
    changes = {(change.step, change.deadline): change for change in over.deadlines}
    declared = {(step.id, deadline.id) for step in base.steps for deadline in step.deadlines}
    wrong += [f"{over.id}: {step} has no deadline “{name}”" for step, name in changes if (step, name) not in declared]
    if wrong:
        raise ProtocolFault(wrong)
    values = json.loads(base.model_dump_json(exclude_unset=True))
    ours = {
        name: parameter.model_dump(mode="json")
        for name, parameter in over.parameters.items()
        if name in base.parameters
    }
    values["parameters"] = {**values["parameters"], **ours}
    values["jurisdiction"] = over.id
    known = {citation.key for citation in base.citations}
    values["citations"] += [each.model_dump(mode="json") for each in over.citations if each.key not in known]
    for step in values["steps"]:
        for deadline in step.get("deadlines", []):
            change = changes.get((step["id"], deadline["id"]))
            if change is not None:
                deadline |= change.model_dump(mode="json", include={"within", "days", "source"}, exclude_none=True)
    return Protocol.model_validate_json(json.dumps(values))


def _undeclared(base: Protocol, over: Overlay) -> list[str]:
    """Overlays serve all protocols: a parameter must be one that some built-in protocol declares."""
    known = set(base.parameters)
    for path in LIBRARY.glob("*.yaml"):
        if path.stem != base.id:
            known |= set(_parsed(_read(path), path.name, Protocol).parameters)
    return sorted(set(over.parameters) - known)


def content_hash(of: Protocol) -> ProtocolHash:
    """SHA-256 over the canonical JSON: the same content has the same hash, whatever the file looked like."""
    text = json.dumps(of.model_dump(mode="json", exclude_unset=False), sort_keys=True, separators=(",", ":"))
    return ProtocolHash(hashlib.sha256(text.encode()).hexdigest())
