"""The orders of the API, derived from the commands: people's words come as text and are sealed on the way in."""

import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from datetime import UTC, date, datetime
from enum import EnumType
from types import GenericAlias, NoneType
from typing import Annotated, NewType, Optional, get_args, get_origin, get_type_hints

from pydantic import AwareDatetime, BaseModel, ConfigDict, StrictBool, StrictInt, StringConstraints, create_model
from pydantic import Field as Limits

from crisis import commands as cmd
from crisis import family_commands as fcmd
from crisis import linked_commands as lcmd
from crisis import page_commands as pcmd
from crisis import referral_commands as rcmd
from crisis.drill_commands import EndDrill
from crisis.policy.access import ONLY_BY_PHONE
from crisis.protocols.schema import Protocol
from crisis.readable import READABLE
from crisis.store import codec
from crisis.vocabulary import Evidence, WordsId
from web.deps import ID, Desk

SYSTEM_ONLY = (
    *(cmd.TimerDue, lcmd.HearRisk, lcmd.FollowAdult, rcmd.RecordReturnNews),
    *(*pcmd.BY_WORKER, *fcmd.BY_WORKER, *ONLY_BY_PHONE),
)
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

Words = Annotated[
    str, StringConstraints(min_length=1, max_length=8000, strip_whitespace=True, pattern=f"^{READABLE}+$")
]
Code = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Id = Annotated[str, StringConstraints(pattern=ID)]
When = Annotated[AwareDatetime, Limits(ge=EARLIEST, le=LATEST)]
Day = Annotated[date, Limits(ge=EARLIEST.date(), le=LATEST.date())]
Count = Annotated[StrictInt, Limits(ge=0, le=1_000_000)]
Seen = Annotated[
    StrictInt, Limits(ge=1, le=1_000_000_000, description="The version of the incident that you looked at")
]

PLAIN: Mapping[object, object] = {str: Code, int: Count, bool: StrictBool, datetime: When, date: Day, WordsId: Words}


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OrderBody(Body):
    """`occurred_at` is when it happened, where that is earlier than now."""

    seen: Seen
    occurred_at: When | None = None


def offered() -> dict[str, type[cmd.Command]]:
    """Every order a person may give, by its name in an address. Drills are run at the console alone."""
    orders = (order for order in codec.COMMANDS.values() if order not in (*SYSTEM_ONLY, cmd.OpenIncident, EndDrill))
    return {spelled(order): order for order in orders}


def spelled(order: type[cmd.Command]) -> str:
    """`TakeCustody` is `take-custody`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", order.__name__).lower()


def accepted(kind: object) -> object:
    """What the API takes for a field of a command: the same shape, with limits, and text for sealed words."""
    if kind in PLAIN:
        return PLAIN[kind]
    if isinstance(kind, NewType):
        return Id
    if kind == Evidence:
        return dict[Code, StrictBool | Words]
    return kind if isinstance(kind, EnumType) else _of_parts(kind)


def _of_parts(kind: object) -> object:
    """What is optional, or has several of something."""
    if get_origin(kind) is tuple:
        return Annotated[GenericAlias(tuple, (accepted(get_args(kind)[0]), ...)), Limits(max_length=50)]
    parts = [accepted(part) for part in get_args(kind) if part is not NoneType]
    if NoneType in get_args(kind):
        return Optional.__getitem__(parts[0])
    if get_origin(kind) is frozenset:
        return Annotated[GenericAlias(frozenset, tuple(parts)), Limits(max_length=50)]
    if get_origin(kind) is not Mapping:
        raise TypeError(f"the API has no shape for {kind}")  # said when the program starts, and not to whoever asks
    return GenericAlias(dict, tuple(parts))


def body_of(order: type[cmd.Command]) -> type[OrderBody]:
    hints = get_type_hints(order)
    own = [each for each in fields(order) if each.name not in ("by", "occurred_at", "queued_at")]
    shape = {each.name: (accepted(hints[each.name]), _default(each)) for each in own}
    return create_model(order.__name__, __base__=OrderBody, __doc__=explained(order), **shape)  # type: ignore[call-overload, no-any-return]  # the fields are only known here


def explained(order: type[cmd.Command]) -> str:
    """The command's own sentence; a dataclass without one has its signature there."""
    text = order.__doc__ or ""
    return "" if text.startswith(f"{order.__name__}(") else text


def _default(each: "Field[object]") -> object:
    """`...` is pydantic's word for a field that must be there."""
    if each.default_factory is not MISSING:
        return each.default_factory()
    return ... if each.default is MISSING else each.default


def sealed_evidence(desk: Desk, evidence: Evidence, step: str, protocol: Protocol) -> Evidence:
    """Seals all text but what the protocol declares to be a code: an unknown field is never taken for harmless."""
    known = next((each for each in protocol.steps if each.id == step), None)
    codes = {each.name for each in known.evidence if each.kind != "words"} if known else set()
    return {
        name: desk.seal(value) if isinstance(value, str) and name not in codes else value
        for name, value in evidence.items()
    }


def command_of(order: type[cmd.Command], body: OrderBody, desk: Desk, protocol: Protocol | None = None) -> cmd.Command:
    """The command that a body asks for. `protocol` is needed for an order with evidence."""
    values = body.model_dump(mode="json", exclude={"seen"})
    for name in codec.words_fields(order):
        if values[name] is not None:
            values[name] = desk.seal(values[name])
    if protocol is not None:
        values["evidence"] = sealed_evidence(desk, values["evidence"], values["step"], protocol)
    return codec.command_from_json(order.__name__, values, desk.actor)
