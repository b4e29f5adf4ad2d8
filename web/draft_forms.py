"""The form of one step of a draft, and of what holds for all steps: from fields to places in the text, and back."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Literal

from fastapi.exceptions import RequestValidationError
from pydantic import Field, TypeAdapter

from crisis.errors import Reason, Refused
from crisis.protocols.difference_words import length_of
from crisis.protocols.patching import Changes, texts
from crisis.protocols.plain_yaml import Place
from crisis.protocols.schema import Deadline, Duration, Parameter, Protocol, Step
from crisis.protocols.wellformed import DEFAULT
from crisis.vocabulary import Role
from web.forms import Sent
from web.words import N_

SECONDS: Mapping[str, int] = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
Unit = Literal["seconds", "minutes", "hours", "days"]
Amount = Annotated[int, Field(ge=0, le=10_000)]
NOT_HERE = N_("This form does not ask for that.")
SIGNERS = N_("Who decides on the level of risk, and who signs, is not changed by a form")
NOBODY = N_("Somebody must do this step; choose at least one.")
EMPTY = N_("Write something in both languages.")
LONGEST = N_("At most 400 days.")
_DURATION: TypeAdapter[timedelta] = TypeAdapter(Duration)


class PartForm(Sent):
    """`words` by place, as `deadlines.0.label.en`; `amount` and `unit` by the name of a deadline or a value."""

    edition: int
    roles: frozenset[Role] = Field(default=frozenset(), title=N_("Who does it?"))
    amount: dict[str, Amount] = Field(default_factory=dict, title=N_("How long?"))
    unit: dict[str, Unit] = Field(default_factory=dict, title=N_("Of what?"))
    value: dict[str, Annotated[str, Field(max_length=600)]] = Field(default_factory=dict, title=N_("Value"))
    words: dict[str, Annotated[str, Field(max_length=700)]] = Field(default_factory=dict, title=N_("Words"))


class EditionForm(Sent):
    edition: int


def of_step(form: PartForm, step: Step, place: Place) -> Changes:
    """What the form changes. Raises what a wrong body raises: at its field, with all that is wrong."""
    if form.roles and not roles_are_free(step):
        raise Refused(Reason("I-5", SIGNERS))
    wrong: list[tuple[str, str]] = []
    found = dict(_words(form, dict(texts(step)), place, wrong))
    if roles_are_free(step):
        found |= _roles(form.roles, step, place)
        wrong += [("roles", NOBODY)] if step.roles and not form.roles else []
    for number, deadline in enumerate(step.deadlines):
        found |= _deadline(form, deadline, (*place, "deadlines", number), wrong)
    _refuse(wrong)
    return found


def _roles(chosen: frozenset[Role], step: Step, place: Place) -> Changes:
    """In the order in which they stood, the first of which is the lane; new ones after."""
    ordered = [*(role for role in step.roles if role in chosen), *sorted(chosen - set(step.roles))]
    return {} if tuple(ordered) == step.roles else {(*place, "roles"): [role.value for role in ordered]}


def roles_are_free(step: Step) -> bool:
    """Who may decide on a level of risk, and who signs, is no matter of a form (I-5)."""
    return step.sign is None


def _deadline(form: PartForm, deadline: Deadline, place: Place, wrong: list[tuple[str, str]]) -> Changes:
    """A length that a district sets is its own: it has no source but its decision."""
    typed = form.amount.get(deadline.id)
    if typed is None:
        return {}
    if deadline.within is None:
        if typed > 400:
            wrong.append((f"amount.{deadline.id}", LONGEST))
        new: Changes = {(*place, "days"): typed, (*place, "source"): DEFAULT}
        return {} if typed == deadline.days else new
    length = _length(typed, form.unit.get(deadline.id, "minutes"))
    return {} if length == deadline.within else {(*place, "within"): _iso(length), (*place, "source"): DEFAULT}


def of_whole(form: PartForm, protocol: Protocol) -> Changes:
    """Of the protocol around its steps: its words, and the values that jurisdictions differ on."""
    wrong: list[tuple[str, str]] = []
    known = {place: text for place, text in texts(protocol) if place[0] != "steps"}
    found = dict(_words(form, known, (), wrong))
    for name, parameter in protocol.parameters.items():
        new = _value(form, name, parameter)
        if new is not None and new != parameter.value:
            found |= {("parameters", name, "value"): new, ("parameters", name, "source"): DEFAULT}
    _refuse(wrong)
    return found


def _value(form: PartForm, name: str, parameter: Parameter) -> str | bool | None:
    before = length_of(parameter)
    if before is not None:
        typed = form.amount.get(name)
        length = None if typed is None else _length(typed, form.unit.get(name, "minutes"))
        return None if length is None or length == before else _iso(length)
    said = form.value.get(name)
    if isinstance(parameter.value, bool):
        return None if said is None else said == "yes"
    return said or None


def _words(
    form: PartForm, known: Mapping[Place, object], at: Place, wrong: list[tuple[str, str]]
) -> Iterator[tuple[Place, object]]:
    by_name = {named(place): (place, text) for place, text in known.items()}
    for name, typed in form.words.items():
        whose, _, language = name.rpartition(".")
        if whose not in by_name or language not in ("en", "es"):
            wrong.append((f"words.{name}", NOT_HERE))
            continue
        place, text = by_name[whose]
        if typed != getattr(text, language):
            yield (*at, *place, language), typed
    for name in by_name:
        missing = [language for language in ("en", "es") if form.words and not form.words.get(f"{name}.{language}")]
        wrong += [(f"words.{name}.{language}", EMPTY) for language in missing]


def named(place: Place) -> str:
    """A place as the end of a field's name."""
    return ".".join(map(str, place))


def _refuse(wrong: list[tuple[str, str]]) -> None:
    if wrong:
        raise RequestValidationError([{"loc": ("body", at), "msg": why, "type": "draft"} for at, why in wrong])


def _length(amount: int, unit: str) -> timedelta:
    return timedelta(seconds=amount * SECONDS[unit])


def _iso(length: timedelta) -> str:
    found: str = json.loads(_DURATION.dump_json(length))
    return found


def amount_of(length: timedelta) -> tuple[int, str]:
    """In the largest unit that fits whole; hours stay hours up to three days, as people say them."""
    seconds = int(length.total_seconds())
    fitting = [
        name for name, each in SECONDS.items() if seconds % each == 0 and (name != "days" or seconds > 72 * 3600)
    ]
    unit = fitting[-1] if seconds else "minutes"
    return seconds // SECONDS[unit], unit
