"""Changes of a form in the text of a protocol: only what was changed is written anew, what stands around it stays.

Where that cannot be (a shared step that the text only names), the whole protocol is written out. Pure.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from crisis.protocols.plain_yaml import Place, ProtocolFault, Span, plain_values, spans, written
from crisis.protocols.schema import Protocol, Step, Text
from crisis.vocabulary import StepId

Changes = Mapping[Place, object]  # where something stands, and what shall stand there


def texts(part: BaseModel, place: Place = ()) -> Iterator[tuple[Place, Text]]:
    """All words for people in a part of a protocol, with their places: also of keys that come later."""
    for name in type(part).model_fields:
        yield from _texts(getattr(part, name), (*place, name))


def _texts(value: Any, place: Place) -> Iterator[tuple[Place, Text]]:
    if isinstance(value, Text):
        yield place, value
    elif isinstance(value, BaseModel):
        yield from texts(value, place)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _texts(each, (*place, str(key)))
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            yield from _texts(each, (*place, number))


def changed(text: str, protocol: Protocol, changes: Changes) -> str:
    """The text with other values at these places. `protocol` is what the text says now."""
    values = json.loads(protocol.model_dump_json(exclude_unset=True))
    for place, value in changes.items():
        _set(values, place, value)
    return _if_it_says(_put(text, changes), values)


def without(text: str, protocol: Protocol, step: StepId) -> str:
    """The text without a step: what waited for it waits for what it waited for."""
    values = json.loads(protocol.model_dump_json(exclude_unset=True))
    number = next(n for n, each in enumerate(protocol.steps) if each.id == step)
    before = protocol.steps[number].after
    bridged: dict[Place, object] = {
        ("steps", n, "after"): _bridged(each, step, before)
        for n, each in enumerate(protocol.steps)
        if step in each.after
    }
    for place, value in bridged.items():
        _set(values, place, value)
    del values["steps"][number]
    return _if_it_says(_cut(_put(text, bridged), ("steps", number)), values)


def _bridged(step: Step, gone: StepId, before: tuple[StepId, ...]) -> list[StepId]:
    return list(dict.fromkeys(each for name in step.after for each in (before if name == gone else (name,))))


def _set(values: Any, place: Place, value: object) -> None:
    for key in place[:-1]:
        values = values[key]
    values[place[-1]] = value


def _if_it_says(text: str | None, values: object) -> str:
    """Never trusted: it is read again, and written out whole where it does not say exactly that."""
    try:
        if text is not None and plain_values(text, "")[0] == values:
            return text
    except ProtocolFault:
        pass
    return written(values)


def _put(text: str, changes: Changes) -> str | None:
    """From the end to the beginning, so that what stands before keeps its place."""
    known = spans(text)
    if not set(changes) <= set(known):
        return None
    for place in sorted(changes, key=lambda each: known[each].start, reverse=True):
        span = known[place]
        text = f"{text[: span.start]}{_shown(changes[place], span)}{text[span.end :]}"
    return text


def _shown(value: object, span: Span) -> str:
    """On one line, as JSON, which is YAML; what stood on lines of its own is indented, so that it stays within."""
    return ("  " if span.block else "") + json.dumps(value, ensure_ascii=False)


def _cut(text: str | None, place: Place) -> str | None:
    """With its lines, from the dash on."""
    span = None if text is None else spans(text).get(place)
    if text is None or span is None or not span.block:
        return None
    begins = text.rfind("\n", 0, span.start) + 1
    ends = text.find("\n", span.end)
    return text[:begins] + ("" if ends < 0 else text[ends + 1 :])
