"""Protocols, overlays, instruments, policy packs and messages from their files. A fault names its line."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from crisis.protocols.composing import Shelf, composed
from crisis.protocols.fault import Fault
from crisis.protocols.instrument_schema import Instrument, TextPack
from crisis.protocols.message_check import faults as faults_of_message
from crisis.protocols.message_schema import Message, Neutral, Recording
from crisis.protocols.pack_schema import PackFile
from crisis.protocols.plain_yaml import LARGEST, Lines, ProtocolFault, plain_values, spot_of, too_large
from crisis.protocols.schema import Overlay, Protocol
from crisis.protocols.wellformed import faults, find
from crisis.vocabulary import ProtocolHash

ROOM = Path(__file__).parent
LIBRARY, OVERLAYS, INSTRUMENTS, PACKS = (ROOM / name for name in ("library", "overlays", "instruments", "packs"))
SHARED = ROOM / "shared"
MESSAGES, NEUTRAL = ROOM / "messages", ROOM / "neutral"
AUDIO = "audio"  # a folder beside the messages, for those that a person has read aloud
BASE = "US"

Model = TypeVar("Model", bound=BaseModel)

TELL = {
    "extra_forbidden": "this key is not known here; take it out, or check its spelling",
    "missing": "this key is missing; add it",
    "string_type": "this is no text; put it in quotes",
    "bool_type": "write true or false",
}


class Sound(NamedTuple):
    media_type: str
    content: bytes


def _parsed(text: str, name: str, kind: type[Model]) -> tuple[Model, Lines]:
    """Raises `ProtocolFault` with every fault of the file."""
    values, lines = plain_values(text, name)
    return _shaped(values, lines, name, kind), lines


def _shaped(values: Any, lines: Lines, name: str, kind: type[Model]) -> Model:
    try:
        return kind.model_validate_json(json.dumps(values))
    except ValidationError as error:
        raise ProtocolFault([_told(name, fault, lines) for fault in error.errors()]) from error


def _told(name: str, fault: Any, lines: Lines) -> str:
    where = ".".join(str(part) for part in fault["loc"]) or "the whole file"
    what = TELL.get(fault["type"]) or fault["msg"].removeprefix("Value error, ")
    return f"{spot_of(tuple(fault['loc']), lines, name)}: {where}: {what}"


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise too_large(path.name)
        return content.decode()
    except FileNotFoundError:
        raise ProtocolFault([f"{path.name}: there is no such file"]) from None
    except UnicodeDecodeError:
        raise ProtocolFault([f"{path.name}: not UTF-8; save it as UTF-8"]) from None


def _built_in(room: Path, name: str) -> Path:
    """Only what is in the room: a name from outside is never a path."""
    found = next((path for path in room.glob("*.yaml") if path.stem == name), None)
    if found is None:
        raise ProtocolFault([f"{name}: there is no such file among the built-in ones in {room.name}"])
    return found


def protocol_from_text(text: str, name: str) -> Protocol:
    """A whole and well-formed protocol; raises `ProtocolFault` with everything that is wrong."""
    values, lines = composed(*plain_values(text, name), name, shelves())
    found = _shaped(values, lines, name, Protocol)
    wrong = [*find(found), *_elsewhere(found)]
    if wrong:
        raise ProtocolFault([f"{spot_of(fault.place, lines, name)}: {fault.text}" for fault in wrong])
    return found


@lru_cache(maxsize=1)
def shelves() -> tuple[Shelf, ...]:
    """What protocols may take from `shared`."""
    return tuple(Shelf(*plain_values(_read(path), path.name)) for path in sorted(SHARED.glob("*.yaml")))


def _elsewhere(of: Protocol) -> list[Fault]:
    """What a protocol names in other files."""
    other = of.missing_student_protocol
    if not other or other in names():
        return []
    return [Fault(("missing_student_protocol",), f"there is no protocol “{other}”; choose one of {', '.join(names())}")]


def protocol_from_file(path: Path) -> Protocol:
    return protocol_from_text(_read(path), path.name)


@lru_cache(maxsize=64)
def protocol(name: str, overlay_id: str | None = None) -> Protocol:
    """A built-in protocol, composed with an overlay such as `US-MA`."""
    base = protocol_from_file(_built_in(LIBRARY, name))
    return base if overlay_id in (None, BASE) else compose(base, overlay(str(overlay_id)))


@lru_cache(maxsize=32)
def overlay(overlay_id: str) -> Overlay:
    path = _built_in(OVERLAYS, overlay_id.lower())
    return _parsed(_read(path), path.name, Overlay)[0]


@lru_cache(maxsize=32)
def instrument(instrument_id: str) -> Instrument:
    path = _built_in(INSTRUMENTS, instrument_id)
    return _parsed(_read(path), path.name, Instrument)[0]


def text_pack_from_text(text: str, name: str) -> TextPack:
    """The words of an instrument that a district brings; `crisis.protocols.wording` says whether they fit it."""
    return _parsed(text, name, TextPack)[0]


@lru_cache(maxsize=32)
def pack(pack_id: str) -> PackFile:
    """A built-in policy pack: the federal floor, or the draft of a state."""
    path = _built_in(PACKS, pack_id)
    return pack_from_text(_read(path), path.name)


def pack_from_text(text: str, name: str) -> PackFile:
    return _parsed(text, name, PackFile)[0]


def pack_from_file(path: Path) -> PackFile:
    return pack_from_text(_read(path), path.name)


def pack_text(pack_id: str) -> str:
    """As it lies on the disk, to begin one's own with."""
    return _read(_built_in(PACKS, pack_id))


def packs() -> list[str]:
    return sorted(path.stem for path in PACKS.glob("*.yaml"))


@lru_cache(maxsize=1)
def neutral() -> dict[str, Neutral]:
    """By language: what no text or voicemail to a family may hold."""
    found = [_parsed(_read(path), path.name, Neutral)[0] for path in sorted(NEUTRAL.glob("*.yaml"))]
    return {each.language: each for each in found}


@lru_cache(maxsize=1)
def messages() -> dict[str, Message]:
    """The catalog of what families are written, told and given, by id, in the order of their numbers."""
    found = [message_from_file(path) for path in MESSAGES.glob("*.yaml")]
    return {
        each.id: each for each in sorted(found, key=lambda each: (not each.id[1:].isdigit(), len(each.id), each.id))
    }


def message_from_text(text: str, name: str) -> Message:
    """Raises `ProtocolFault` with everything that is wrong, also where only one language has it."""
    found = _parsed(text, name, Message)[0]
    wrong = faults_of_message(found, neutral())
    if wrong:
        raise ProtocolFault([f"{name}: {fault}" for fault in wrong])
    return found


def message_from_file(path: Path) -> Message:
    """Its recordings lie in `audio` beside it, each the very file that it names."""
    found = message_from_text(_read(path), path.name)
    known = [(tag, asset.recording) for tag, asset in found.assets.items() if asset.recording is not None]
    wrong = [
        f"{path.name}: {tag}: {said.file} is not in `{AUDIO}`, or is another recording than the one that was named"
        for tag, said in known
        if _sound(path.parent, said) is None
    ]
    if wrong:
        raise ProtocolFault(wrong)
    return found


def recording(message_id: str, tag: str) -> Sound | None:
    """What a person reads aloud of a message of the catalog; None where there is none."""
    message = messages().get(message_id)
    said = None if message is None else message.asset(tag).recording
    return None if said is None else _sound(MESSAGES, said)


def _sound(folder: Path, said: Recording) -> Sound | None:
    try:
        content = (folder / AUDIO / said.file).read_bytes()
    except FileNotFoundError:
        return None
    kind = "audio/mpeg" if said.file.endswith(".mp3") else "audio/ogg"
    return Sound(kind, content) if hashlib.sha256(content).hexdigest() == said.sha256 else None


def names() -> list[str]:
    return sorted(path.stem for path in LIBRARY.glob("*.yaml"))


def overlays() -> list[str]:
    return [BASE, *sorted(path.stem.upper() for path in OVERLAYS.glob("*.yaml"))]


def instruments() -> list[str]:
    return sorted(path.stem for path in INSTRUMENTS.glob("*.yaml"))


def compose(base: Protocol, over: Overlay) -> Protocol:
    """The base with the overlay's values; only what a protocol declares can be changed."""
    wrong = _undeclared(base, over)
    if over.extends != base.jurisdiction:
        wrong.append(f"{over.id}: extends {over.extends}, but {base.id} is for {base.jurisdiction}")
    if wrong:
        raise ProtocolFault(wrong)
    values = json.loads(base.model_dump_json(exclude_unset=True))
    set_here = json.loads(over.model_dump_json())
    ours = {name: value for name, value in set_here["parameters"].items() if name in base.parameters}
    values["parameters"] |= ours
    values["jurisdiction"] = over.id
    known = {citation.key for citation in base.citations}
    values["citations"] += [citation for citation in set_here["citations"] if citation["key"] not in known]
    changes = {(change["step"], change["deadline"]): change for change in set_here["deadlines"]}
    for step in values["steps"]:
        for deadline in step.get("deadlines", []):
            change = changes.get((step["id"], deadline["id"]))
            if change is not None:
                deadline |= {key: change[key] for key in ("within", "days", "source")}
    try:
        composed = Protocol.model_validate_json(json.dumps(values))
    except ValidationError as error:
        raise ProtocolFault([_told(over.id, fault, {}) for fault in error.errors()]) from error
    if faults(composed):
        raise ProtocolFault([f"{over.id}: {fault}" for fault in faults(composed)])
    return composed


def _undeclared(base: Protocol, over: Overlay) -> list[str]:
    """Overlays serve all protocols: what one changes must stand in this or in another built-in protocol."""
    built_in = {name: protocol(name) for name in names() if name != base.id}
    every = [base, *built_in.values()]
    parameters = {name for each in every for name in each.parameters}
    deadlines = {(step.id, deadline.id) for each in every for step in each.steps for deadline in step.deadlines}
    return [
        *(
            f"{over.id}: parameter “{name}” is not declared by {base.id}"
            for name in over.parameters
            if name not in parameters
        ),
        *(
            f"{over.id}: {change.step} has no deadline “{change.deadline}”"
            for change in over.deadlines
            if (change.step, change.deadline) not in deadlines
        ),
    ]


def content_hash(of: Protocol) -> ProtocolHash:
    """SHA-256 over the canonical JSON: the same content has the same hash, whatever the file looked like."""
    text = json.dumps(of.model_dump(mode="json", exclude_unset=False), sort_keys=True, separators=(",", ":"))
    return ProtocolHash(hashlib.sha256(text.encode()).hexdigest())
