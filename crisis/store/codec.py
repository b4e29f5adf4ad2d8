"""Values to JSON and back; the one place where `Any` is allowed. Stored names never change."""

import dataclasses
import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, get_args

import orjson
from pydantic import TypeAdapter, ValidationError

from crisis import commands as cmd
from crisis import drill_commands as dcmd
from crisis import drill_events as dev
from crisis import events as ev
from crisis import family_commands as fcmd
from crisis import family_events as fev
from crisis import follow_up_commands as ucmd
from crisis import instrument_commands as icmd
from crisis import instrument_events as iev
from crisis import linked_commands as lcmd
from crisis import linked_events as lev
from crisis import page_commands as pcmd
from crisis import page_events as pev
from crisis import record_commands as ccmd
from crisis import record_events as cev
from crisis import referral_commands as rcmd
from crisis import referral_events as rev
from crisis import report_commands as tcmd
from crisis import report_events as tev
from crisis import watch_commands as wcmd
from crisis import watch_events as wev
from crisis.commands import Actor, Command, CompleteStep
from crisis.effects import Effect
from crisis.events import Event
from crisis.ladders import Cadence
from crisis.statemachine.incident import Incident
from crisis.vocabulary import WordsId


def _concrete(module: Any, base: type) -> dict[str, Any]:
    found = (thing for thing in vars(module).values() if isinstance(thing, type) and issubclass(thing, base))
    return {thing.__name__: thing for thing in found if thing is not base}


def _of_all(modules: Iterable[Any], base: type) -> dict[str, Any]:
    return {name: thing for module in modules for name, thing in _concrete(module, base).items()}


EVENTS: Mapping[str, type[Event]] = _of_all((ev, pev, rev, cev, fev, iev, wev, tev, lev, dev), Event)
COMMANDS: Mapping[str, type[Command]] = _of_all(
    (cmd, pcmd, rcmd, ccmd, fcmd, icmd, lcmd, ucmd, wcmd, tcmd, dcmd), Command
)
EFFECTS: Mapping[str, type[Effect]] = {thing.__name__: thing for thing in get_args(Effect)}


_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{26}")  # as crisis.clock makes them
_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Kept, because making one takes milliseconds."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def dumps(value: Any) -> str:
    """Canonical: keys and the members of sets in order, so that equal values have equal text."""
    return orjson.dumps(_ordered(value), option=orjson.OPT_SORT_KEYS).decode()


def loads(text: str) -> Any:
    return orjson.loads(text)


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _ordered(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(_ordered(item) for item in value)
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    if isinstance(value, timedelta):
        return _adapter(timedelta).dump_python(value, mode="json")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return str(value)  # JSON here knows no longer ones; only a stranger sends them
    return value


def _plain(value: Any, *, defaults: bool = True) -> Any:
    return _adapter(type(value)).dump_python(value, mode="python", exclude_defaults=not defaults)


def event_to_json(event: Event) -> Mapping[str, Any]:
    """The body without its name, in plain values."""
    plain: Mapping[str, Any] = orjson.loads(event_text(event))
    return plain


def event_text(event: Event) -> str:
    """Every field is written out: what an event said must not change with a default."""
    return dumps(_plain(event))


def event_from_text(name: str, text: str) -> Event:
    """Raises KeyError for a name that was never written. A field that came later takes its default."""
    event: Event = _adapter(EVENTS[name]).validate_json(text)
    return event


def effect_text(effect: Effect) -> str:
    return dumps(_plain(effect))


def effect_from_text(name: str, text: str) -> Effect:
    effect: Effect = _adapter(EFFECTS[name]).validate_json(text)
    return effect


def effect_if_readable(name: str, text: str) -> Effect | None:
    """None where this version does not know the name or the text does not fit it."""
    try:
        return effect_from_text(name, text)
    except (KeyError, ValidationError):
        return None


def cadence_text(cadence: Cadence) -> str:
    return dumps(_plain(cadence))


def cadence_from_text(text: str) -> Cadence:
    cadence: Cadence = _adapter(Cadence).validate_json(text)
    return cadence


def incident_text(incident: Incident) -> str:
    """Without what was never touched: most of an incident is, and the log can always tell it again."""
    return dumps(_plain(incident, defaults=False))


def incident_from_text(text: str) -> Incident:
    incident: Incident = _adapter(Incident).validate_json(text)
    return incident


def command_from_json(name: str, values: Mapping[str, Any], by: Actor) -> Command:
    """A command from plain values; raises pydantic's ValidationError where they do not fit, KeyError for the name."""
    command: Command = _adapter(COMMANDS[name]).validate_python({**values, "by": by})
    return command


def words_fields(kind: type[Command]) -> frozenset[str]:
    """The fields that hold sealed words: their ids are fresh at each try, so they say nothing of sameness."""
    return frozenset(field.name for field in dataclasses.fields(kind) if field.type in (WordsId, WordsId | None))


def _without_ids(value: str | bool) -> str | bool:
    """Evidence of kind `words` holds the id of what was sealed; only its shape tells it from a code."""
    return "" if isinstance(value, str) and _ID.fullmatch(value) else value


def command_digest(command: Command) -> str:
    """Whether two commands ask for the same; who asks, the ids of words, and when a device kept it are left out."""
    kind = type(command)
    left_out = {"by", "queued_at", *words_fields(kind)}
    asked = [field.name for field in dataclasses.fields(kind) if field.name not in left_out]
    values = {name: _adapter(object).dump_python(getattr(command, name)) for name in asked}
    if isinstance(command, CompleteStep):
        values["evidence"] = {name: _without_ids(value) for name, value in command.evidence.items()}
    return hashlib.sha256(dumps({"name": kind.__name__, **values}).encode()).hexdigest()
