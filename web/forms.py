"""From what a browser posts to one command: the shape is checked here, the truth of it in the rules.

A field `answers.q1` belongs to the mapping `answers`; a blank field was not filled in. What people write is sealed
and the command carries its id.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, TypeVar, get_origin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import Depends
from fastapi.exceptions import RequestValidationError
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from starlette.requests import Request

from crisis.readable import is_readable
from crisis.vocabulary import WordsId
from web.deps import Desk, MayRaise
from web.words import N_

WORDS_LIMIT = 8000
_SAID = {
    "missing": N_("Fill this in."),
    "enum": N_("Choose one of the answers."),
    "extra_forbidden": N_("This form does not ask for that."),
    "string_too_long": N_("This is too long; use at most 8,000 characters."),
    "unreadable": N_("There is a sign in it that no keyboard writes; type it again."),
    "int_parsing": N_("Give a whole number."),
    "datetime_from_date_parsing": N_("Give a date and a time."),
    "who": N_("Nothing is opened yet. Choose, then press Open again."),
    "named": N_("A name stands in it: write what they are instead, such as the student, the parent, the counselor."),
}
_OTHER = N_("This cannot be read; check it.")
# Forms that stand on a page with another one that asks for the same: their fields carry the action in their id.
SHARED_PAGE = frozenset(
    {
        "waive",
        "exception",
        "interpreter",
        "tier",
        "renew",
        "lift",
        "report",
        "delegate",
        "accept-handoff",
        "decline-handoff",
        "fact",
        "decide-contact",
        "finish-task",
        "move-referral",
        "end-follow-up",
        "dispose-page",
        "delay-page",
        "offer-page",
        "decline-page",
        "watch",
        "kept",
        "wish",
        "meeting",
    }
    | {"override", "absence", "swap", "email", "confirm-email", "interpreter"}
    | {"sign-draft", "sign-paper", "publish-draft"}
)
# Of those that stand there once for each of several things: the field that says for which.
ABOUT = {
    "report": "obligation",
    "delegate": "obligation",
    "renew": "exception",
    "lift": "exception",
    "accept-handoff": "handoff",
    "decline-handoff": "handoff",
    "fact": "fact",
    "finish-task": "task",
    "move-referral": "referral",
    "interpreter": "language",
    "decide-contact": "person",
    "dispose-page": "page",
    "delay-page": "page",
    "offer-page": "page",
    "decline-page": "page",
    "kept": "day",
    "wish": "adult",
    "meeting": "phone",
    "sign-draft": "kind",
}
CARDS = frozenset(
    {("exception", "exception"), ("tier", "tier"), ("watch", "reason")}
)  # choices, whose id is their name
# Shown back on no page.
NOT_TYPED = frozenset({"csrf", "key", "seen", "queued_at", "password", "code", "pin", "again", "answer"})


class Sent(BaseModel):
    """What every form carries: the version it saw, and the key that makes sending twice sending once.

    `queued_at` comes from a device that had no network when it was pressed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, str_max_length=WORDS_LIMIT)

    csrf: str = ""
    key: str | None = None
    seen: int | None = None
    queued_at: AwareDatetime | None = None

    @field_validator("*", mode="before")
    @classmethod
    def readable(cls, value: object) -> object:
        """Of every field, before it is taken for anything: one sign, said at its place (F122)."""
        inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else (value,)
        if not all(is_readable(each) for each in inner if isinstance(each, str)):
            raise PydanticCustomError("unreadable", "holds a sign that no keyboard writes")
        return value


Form = TypeVar("Form", bound=Sent)


@dataclass(slots=True)
class Posted:
    """The fields as they came, kept so that a refusal loses nothing, and the form they were read as."""

    desk: Desk
    fields: Mapping[str, tuple[str, ...]]
    form: type["Sent"] | None = None

    def read(self, form: type[Form]) -> Form:
        """Raises what FastAPI raises for a wrong body, so that one handler answers both."""
        self.form = form
        try:
            return form.model_validate(_shaped(form, self.fields))
        except ValidationError as error:
            raise RequestValidationError([_said(dict(found)) for found in error.errors()]) from error

    def lacks(self, field: str) -> RequestValidationError:
        """For what must be filled in only where another answer asks for it; said at its place."""
        return RequestValidationError([_said({"loc": (field,), "type": "missing"})])

    def must_say_who(self, field: str) -> RequestValidationError:
        """For a list that is long, and so is shown only to whoever said that they choose from it."""
        return RequestValidationError([_said({"loc": (field,), "type": "who"})])

    def names_somebody(self, *fields: str) -> RequestValidationError:
        """For texts in which nobody may be named; said at their places."""
        return RequestValidationError([_said({"loc": (field,), "type": "named"}) for field in fields])

    def title_of(self, field: str) -> str:
        """What the form calls a field; empty where it has no name of its own."""
        known = self.form.model_fields.get(field.partition(".")[0]) if self.form is not None else None
        return (known.title if known is not None else None) or ""

    @property
    def texts(self) -> tuple[str, ...]:
        """What a person wrote in their own words: whatever has a space in it."""
        found = [value for name, values in self.fields.items() if name not in NOT_TYPED for value in values]
        return tuple(value for value in found if " " in value)


async def posted(request: Request, desk: MayRaise) -> Posted:
    """Who may send it, the route says. The fields stay on the request, where the page about a refusal finds them."""
    form = await request.form()
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str) and value.strip():
            fields[name] = (*fields.get(name, ()), value.strip())
    kept = Posted(desk, fields)
    request.state.posted = kept
    return kept


FormPost = Annotated[Posted, Depends(posted)]


def _shaped(form: type[Sent], fields: Mapping[str, tuple[str, ...]]) -> dict[str, object]:
    shaped: dict[str, object] = {}
    for name, values in fields.items():
        outer, dot, inner = name.partition(".")
        known = form.model_fields.get(outer)
        if dot and known is not None:
            group = shaped.setdefault(outer, {})
            assert isinstance(group, dict)
            group[inner] = values[-1]
        else:
            many = known is not None and get_origin(known.annotation) is frozenset
            shaped[name] = values if many else values[-1]
    return shaped


def _said(found: Mapping[str, object]) -> dict[str, object]:
    """The place and what is expected there, never the value."""
    loc = found["loc"]
    place = tuple(str(part) for part in loc) if isinstance(loc, tuple) else ()
    message = _SAID.get(str(found["type"]), _OTHER)
    return {"loc": ("body", *place), "msg": message, "type": found["type"]}


def sealed(desk: Desk, text: str | None) -> WordsId | None:
    return desk.seal(text) if text else None


def in_zone(when: datetime | None, zone: str) -> datetime | None:
    """A browser's date and time have no zone: they are the school's wall clock, which the form names."""
    if when is None or when.tzinfo is not None:
        return when
    try:
        return when.replace(tzinfo=ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError) as error:
        unread = {"loc": ("body", "zone"), "msg": _OTHER, "type": "zone"}
        raise RequestValidationError([unread]) from error


@dataclass(frozen=True, slots=True)
class Said:
    """One reason of a refusal, in the reader's words, and where to act on it (`Reason.at`)."""

    rule: str
    words: str
    at: str = ""

    @property
    def elsewhere(self) -> bool:
        """It is mended on another page of the incident."""
        return self.at.startswith("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormState:
    """What a form shows besides its questions: what was typed before, and why it was not accepted."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    errors: tuple[tuple[str, str, str], ...] = ()  # field, its name, what is wrong
    reasons: tuple[Said, ...] = ()
    action: str = ""  # which of the forms on the page it was
    conflict: tuple[str, ...] = ()
    changed: tuple[int, ...] = ()  # the entries of the log that it is about
    kept: tuple[str, ...] = ()
    signed_out: bool = False  # their session ran out while they wrote; nothing was sent

    def of(self, name: str) -> list[str]:
        """What is wrong with this field: its shape, or what a rule says of it."""
        return [words for at, _, words in self.errors if at == name] + [
            reason.words for reason in self.reasons if reason.at == name
        ]

    def typed(self, name: str, action: str | None = None) -> str:
        """What was typed in a field; where several forms ask for the same, only in the one that was sent."""
        return self.fields.get(name, ("",))[-1] if action in (None, self.action) else ""

    @property
    def about(self) -> str:
        """For which of several things the form was sent; empty where it stands on the page only once."""
        return self.typed(ABOUT.get(self.action, ""))

    def is_of(self, action: str, about: object = 1) -> bool:
        """Whether it was this very form: what was typed and what was wrong is shown in no other."""
        return self.action == action and (about == 1 or self.about == str(about))

    def anchor(self, name: str) -> str:
        alone = self.action not in SHARED_PAGE or (self.action, name) in CARDS
        if alone and name != "occurred_at":
            return name
        return "-".join(part for part in (self.action, name, self.about) if part)

    def all(self, name: str) -> tuple[str, ...]:
        return self.fields.get(name, ())


FRESH = FormState()
