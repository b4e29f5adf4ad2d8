"""What differs between two versions of a protocol, in sentences, and whether a student is safer by it. Pure.

It walks the shape of a protocol, so a key that comes later is told too; what is not known to be safer, looser or mere
words is `look`: somebody has to read it (unknown is never safe).
"""

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import BaseModel

from crisis.draft_words import ChangeKind
from crisis.protocols.difference_words import LOOSE, Said, field_in_words, length_of, value_in_words
from crisis.protocols.explain import deadline_in_words, length_in_words
from crisis.protocols.schema import Condition, Deadline, Parameter, Protocol, Step, Text
from crisis.protocols.terms import Pair
from crisis.vocabulary import DeadlineKind, SafetyClass, StepId

UNCOMPARED = frozenset({"version", "review"})  # every version has its own; who signed is told apart
_WORST = (ChangeKind.LOOSER, ChangeKind.LOOK, ChangeKind.SAFER, ChangeKind.WORDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """`loud`: a protection that nobody could waive became weaker, or might have."""

    kind: ChangeKind
    text: str
    step: StepId | None = None
    loud: bool = False


def differences(old: Protocol, new: Protocol, language: str) -> list[Difference]:
    """What became looser first, then what must be read; within that in the order of the file."""
    told = Said(old, new, language)
    found = [*_steps(told), *_frame(told)]
    if not found and _content(old) != _content(new):
        found.append(_look(told, None, ("The parts stand in another order", "Las partes están en otro orden")))
    return sorted(found, key=lambda each: (not each.loud, _WORST.index(each.kind)))


def _content(of: Protocol) -> object:
    return of.model_dump(exclude=set(UNCOMPARED))


def _look(told: Said, step: Step | None, text: Pair) -> Difference:
    return Difference(kind=ChangeKind.LOOK, text=told.of(step, text), step=None if step is None else step.id)


def _steps(told: Said) -> Iterator[Difference]:
    before = {step.id: step for step in told.old.steps}
    after = {step.id: step for step in told.new.steps}
    for step_id, step in before.items():
        if step_id not in after:
            hard = step.safety is SafetyClass.HARD
            gone: Pair = ("this step is left out", "este paso se omite")
            yield Difference(kind=ChangeKind.LOOSER, text=told.of(step, gone), step=step_id, loud=hard)
    for step_id, step in after.items():
        if step_id not in before:
            new: Pair = ("this step is new", "este paso es nuevo")
            yield Difference(kind=ChangeKind.LOOK, text=told.of(step, new), step=step_id)
        elif before[step_id] != step:
            yield from _fields(told, step, before[step_id], step, ())
    common = [[name for name in steps if name in before and name in after] for steps in (before, after)]
    if common[0] != common[1]:
        yield _look(told, None, ("The steps stand in another order", "Los pasos están en otro orden"))


def _frame(told: Said) -> Iterator[Difference]:
    for name in Protocol.model_fields:
        if name not in UNCOMPARED and name != "steps":
            yield from _values(told, None, getattr(told.old, name), getattr(told.new, name), (name,))


def _fields(
    told: Said, step: Step | None, old: BaseModel, new: BaseModel, path: tuple[str, ...]
) -> Iterator[Difference]:
    if isinstance(old, Deadline) and isinstance(new, Deadline):
        yield _deadline(told, step, old, new)
        return
    for name in type(new).model_fields:
        yield from _values(told, step, getattr(old, name), getattr(new, name), (*path, name))


def _values(told: Said, step: Step | None, old: Any, new: Any, path: tuple[str, ...]) -> Iterator[Difference]:
    """Down to what is named: parts with a name of their own are compared by it, wherever they stand."""
    if old == new:
        return
    if isinstance(old, Text | Parameter) or path[-1] in LOOSE or type(old) is not type(new):
        yield _leaf(told, step, old, new, path)
    elif isinstance(old, BaseModel) and not isinstance(old, Condition):
        yield from _fields(told, step, old, new, path)
    elif isinstance(old, Mapping) or _is_named(old) or _is_named(new):
        yield from _parts(told, step, _by_name(old), _by_name(new), path)
    else:
        yield _leaf(told, step, old, new, path)


def _is_named(values: Any) -> bool:
    return isinstance(values, tuple) and bool(values) and all(_name_of(each) for each in values)


def _name_of(value: Any) -> str:
    keys = ("id", "name", "key") if isinstance(value, BaseModel) else ()
    return next((str(getattr(value, key)) for key in keys if hasattr(value, key)), "")


def _by_name(values: Any) -> Mapping[str, Any]:
    return values if isinstance(values, Mapping) else {_name_of(each): each for each in values}


def _parts(
    told: Said, step: Step | None, old: Mapping[str, Any], new: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[Difference]:
    for name in dict.fromkeys([*old, *new]):
        if name in old and name in new:
            yield from _values(told, step, old[name], new[name], (*path, str(name)))
        else:
            yield _came_or_went(told, step, old.get(name), new.get(name), (*path, str(name)))
    if set(old) == set(new) and list(old) != list(new):
        yield _leaf(told, step, tuple(old), tuple(new), path)


def _came_or_went(told: Said, step: Step | None, old: Any, new: Any, path: tuple[str, ...]) -> Difference:
    part, is_new = (old, False) if new is None else (new, True)
    where, what = field_in_words(path[:-1], told.language), value_in_words(part, told, path[-1])
    is_deadline = isinstance(part, Deadline)
    kind = (ChangeKind.SAFER if is_new else ChangeKind.LOOSER) if is_deadline else ChangeKind.LOOK
    kind = ChangeKind.WORDS if path[0] == "citations" else kind
    text: Pair = (f"{where}: new: {what}", f"{where}: nuevo: {what}")
    if not is_new:
        text = (f"{where}: no longer: {what}", f"{where}: ya no: {what}")
    loud = is_deadline and not is_new and part.kind is DeadlineKind.HARD
    return Difference(kind=kind, text=told.of(step, text), step=None if step is None else step.id, loud=loud)


def _leaf(told: Said, step: Step | None, old: Any, new: Any, path: tuple[str, ...]) -> Difference:
    where = field_in_words(path, told.language)
    is_now, was = value_in_words(new, told, path[-1]), value_in_words(old, told, path[-1])
    kind = _kind(old, new, path)
    text: Pair = (f"{where}: {is_now}; was: {was}", f"{where}: {is_now}; antes: {was}")
    if isinstance(old, Parameter) and kind is ChangeKind.WORDS:
        text = (f"{where}: {is_now}: another source", f"{where}: {is_now}: otra fuente")
    loud = kind is ChangeKind.LOOSER and (path[-1] == "safety" or isinstance(old, Parameter))
    return Difference(kind=kind, text=told.of(step, text), step=None if step is None else step.id, loud=loud)


def _kind(old: Any, new: Any, path: tuple[str, ...]) -> ChangeKind:
    if isinstance(old, Text) or path[-1] in ("source", "url", "retrieved", "title", "verified"):
        return ChangeKind.WORDS
    if isinstance(old, Parameter) and isinstance(new, Parameter):
        return _parameter(old, new)
    looser: Callable[[Any, Any], bool | None] | None = LOOSE.get(path[-1])
    weaker = None if looser is None else looser(old, new)
    return ChangeKind.LOOK if weaker is None else ChangeKind.LOOSER if weaker else ChangeKind.SAFER


def _parameter(old: Parameter, new: Parameter) -> ChangeKind:
    """A longer clock of a report or of the next attempt is looser; of any other value nobody can tell."""
    if old.value == new.value:
        return ChangeKind.WORDS
    before, now = length_of(old), length_of(new)
    if before is None or now is None:
        return ChangeKind.LOOK
    return ChangeKind.LOOSER if now > before else ChangeKind.SAFER


def _deadline(told: Said, step: Step | None, old: Deadline, new: Deadline) -> Difference:
    kinds = [*_deadline_kinds(old, new)] or [ChangeKind.WORDS]
    kind = min(kinds, key=_WORST.index)
    is_now = deadline_in_words(new, told.new, told.language)
    same_frame = (old.anchor, old.kind, old.when) == (new.anchor, new.kind, new.when)
    was = length_in_words(old, told.language) if same_frame else deadline_in_words(old, told.old, told.language)
    text: Pair = (f"{is_now}; was: {was}", f"{is_now}; antes: {was}")
    if set(old.on_miss) != set(new.on_miss):
        whom, before = (value_in_words(each.on_miss, told, "on_miss") for each in (new, old))
        text = (
            f"{text[0]}; if it is missed: {whom}, was: {before}",
            f"{text[1]}; si no se cumple: {whom}, antes: {before}",
        )
    elif kinds == [ChangeKind.WORDS]:
        text = (f"{is_now}: another source", f"{is_now}: otra fuente")
    hard = DeadlineKind.HARD in (old.kind, new.kind)
    loud = hard and kind in (ChangeKind.LOOSER, ChangeKind.LOOK)
    return Difference(kind=kind, text=told.of(step, text), step=None if step is None else step.id, loud=loud)


def _deadline_kinds(old: Deadline, new: Deadline) -> Iterator[ChangeKind]:
    order = [DeadlineKind.HARD, DeadlineKind.TARGET, DeadlineKind.ADVICE]
    if old.kind is not new.kind:
        yield ChangeKind.LOOSER if order.index(new.kind) > order.index(old.kind) else ChangeKind.SAFER
    if (old.anchor, old.clock, old.when) != (new.anchor, new.clock, new.when):
        yield ChangeKind.LOOK
    elif _length(old) != _length(new):
        yield ChangeKind.LOOSER if _length(new) > _length(old) else ChangeKind.SAFER
    if set(old.on_miss) - set(new.on_miss):
        yield ChangeKind.LOOSER
    elif set(old.on_miss) != set(new.on_miss):
        yield ChangeKind.SAFER


def _length(of: Deadline) -> timedelta:
    return of.within if of.within is not None else timedelta(days=of.days or 0)


def lines(old: str, new: str) -> list[tuple[str, str]]:
    """The lines of two texts that differ, with two around them: (` `, `+`, `-` or `@`, line)."""
    found = difflib.unified_diff(old.splitlines(), new.splitlines(), n=2, lineterm="")
    return [("@", "") if line.startswith("@@") else (line[0], line[1:]) for line in list(found)[2:]]
