"""What was stored can be read for ever, and says what it said."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from crisis import commands as cmd
from crisis.commands import Actor, ActorKind
from crisis.effects import Effect
from crisis.events import Event
from crisis.statemachine.incident import Incident
from crisis.store import codec
from crisis.vocabulary import DistrictId, PersonId, Role, StepId, WordsId

GOLDEN = Path(__file__).parent.parent / "golden" / "events"
ZONES = [UTC, timezone(timedelta(hours=-5)), timezone(timedelta(hours=5, minutes=45))]
TIMES = st.datetimes(
    datetime(1970, 1, 2),  # noqa: DTZ001  (the zone is drawn)
    datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from(ZONES),
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
NURSE = Actor(kind=ActorKind.PERSON, id=PersonId("p-1"), district=DistrictId("d-1"), roles=frozenset({Role.NURSE}))

st.register_type_strategy(datetime, TIMES)
st.register_type_strategy(str, TEXTS)
st.register_type_strategy(int, st.integers(-(2**31), 2**31 - 1))
st.register_type_strategy(Mapping, lambda kind: st.dictionaries(*map(st.from_type, get_args(kind)), max_size=3))
some = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))


def values(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Every field drawn from its type, also those with a default."""
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: st.from_type(hints[field.name]) for field in dataclasses.fields(kind)})


@pytest.mark.parametrize("name", sorted(codec.EVENTS))
@some
@given(data=st.data())
def test_an_event_comes_back_as_it_was(name: str, data: st.DataObject) -> None:
    event: Event = data.draw(values(codec.EVENTS[name]))

    assert codec.event_from_text(name, codec.event_text(event)) == event


@pytest.mark.parametrize("name", sorted(codec.EFFECTS))
@some
@given(data=st.data())
def test_an_effect_comes_back_as_it_was(name: str, data: st.DataObject) -> None:
    effect: Effect = data.draw(values(codec.EFFECTS[name]))

    assert codec.effect_from_text(name, codec.effect_text(effect)) == effect


@settings(some, max_examples=75)
@given(incident=values(Incident))
def test_an_incident_comes_back_as_it_was(incident: Incident) -> None:
    text = codec.incident_text(incident)

    assert codec.incident_from_text(text) == incident
    assert codec.incident_text(codec.incident_from_text(text)) == text


@pytest.mark.parametrize("name", sorted(codec.EVENTS))
def test_what_was_ever_stored_is_read_for_ever(name: str) -> None:
    """A sample is added with its event and never edited: a field that comes later has a default."""
    text = (GOLDEN / f"{name}.json").read_text()

    event = codec.event_from_text(name, text)

    assert type(event) is codec.EVENTS[name]
    now = codec.event_to_json(event)
    assert {key: now.get(key) for key in json.loads(text)} == json.loads(text)


def test_each_event_has_a_sample_and_each_sample_an_event() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(codec.EVENTS)


def test_a_name_that_was_never_written_is_an_error() -> None:
    with pytest.raises(KeyError):
        codec.event_from_text("NeverHappened", "{}")


def test_a_value_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(ValidationError):
        codec.event_from_text("PhaseEntered", '{"at": "2026-10-06T14:00:00Z", "by": null, "phase": "lunch"}')


def test_equal_sets_have_equal_text() -> None:
    one = cmd.RaiseEmergency(by=NURSE, dangers=frozenset({"weapon", "means"}), called_911=True)
    two = cmd.RaiseEmergency(by=NURSE, dangers=frozenset({"means", "weapon"}), called_911=True)

    assert codec.command_digest(one) == codec.command_digest(two)


def test_the_same_order_sent_again_has_the_same_digest_whatever_its_words_are_called() -> None:
    first = cmd.CompleteStep(by=NURSE, step=StepId("tell"), evidence={"told": True, "note": "0" * 26, "how": "phone"})
    again = replace(first, by=replace(NURSE, roles=frozenset()), evidence={**first.evidence, "note": "1" * 26})
    other = replace(first, evidence={**first.evidence, "how": "text"})

    assert codec.command_digest(first) == codec.command_digest(again)
    assert codec.command_digest(first) != codec.command_digest(other)
    assert codec.command_digest(cmd.AddNote(by=NURSE, words=WordsId("a"))) == codec.command_digest(
        cmd.AddNote(by=NURSE, words=WordsId("b"))
    )


def test_a_number_beyond_all_sense_is_still_an_order() -> None:
    """What a stranger sends must reach the rules, which refuse it, and not break the digest before."""
    order = cmd.CorrectEvent(by=NURSE, seq=10**30, words=WordsId("a"))

    assert codec.command_digest(order) != codec.command_digest(replace(order, seq=10**30 + 1))


@pytest.mark.parametrize("name", sorted(codec.COMMANDS))
@some
@given(data=st.data())
def test_a_command_is_made_from_plain_values(name: str, data: st.DataObject) -> None:
    kind = codec.COMMANDS[name]
    command = replace(data.draw(values(kind)), by=NURSE)
    plain = json.loads(
        codec.dumps({f.name: getattr(command, f.name) for f in dataclasses.fields(kind) if f.name != "by"})
    )

    assert codec.command_from_json(name, plain, NURSE) == command
