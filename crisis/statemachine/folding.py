"""How an event changes an incident: the dispatch from an event to its fold, and what the folds share."""

from collections.abc import Mapping
from dataclasses import replace
from functools import singledispatch
from typing import TypeVar

from crisis import events as ev
from crisis.statemachine.incident import Incident, StepRecord
from crisis.vocabulary import StepId

Key = TypeVar("Key")
Value = TypeVar("Value")


def with_(known: Mapping[Key, Value], key: Key, value: Value) -> dict[Key, Value]:
    return {**known, key: value}


def record_of(incident: Incident, step: StepId) -> StepRecord:
    return incident.steps.get(step, StepRecord())


def put(incident: Incident, step: StepId, record: StepRecord) -> Incident:
    return replace(incident, steps=with_(incident.steps, step, record))


@singledispatch
def folded(event: ev.Event, incident: Incident) -> Incident:
    raise TypeError(f"no fold for {type(event).__name__}")
