"""The strict shape of an instrument, and of the words that a district brings for one."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from crisis.protocols.schema import Citation, Slug, Strict, Text
from crisis.vocabulary import Tier


class Licence(Strict):
    """Whether an instrument's words may be shown; a refusing status needs a district's own permission record."""

    status: Literal["public_domain_us", "free_with_notice", "permission_required", "commercial", "unknown"]
    basis_url: str
    retrieved_on: Annotated[date | None, Field(strict=False)]  # None: nobody has read it at its address yet
    notice: str
    modification_allowed: bool


class Item(Strict):
    """The words are quoted exactly: a changed wording is not the validated instrument. Empty: they may not lie here,
    and `number` is what the item is called on the licensed form.
    """

    id: Slug
    text: str = ""
    number: str = ""
    followup: str | None = None
    asked: Literal["always", "when_any_yes", "when_yes"] = "always"
    answers: Literal["yes_no", "scale", "own"] = "yes_no"
    own: tuple[str, ...] = Field(default=(), strict=False)  # the words of its own scale, from 0 up


class Disposition(Strict):
    id: Slug
    label: Text
    tier: Tier = Field(strict=False)
    urgency: Text


class Look(Strict):
    """One step of an interview that is in our own words."""

    title: Text
    at: Text


class Instrument(Strict):
    """`from_paper`: its items may be entered by their numbers from a form that the district has on paper."""

    id: Slug
    version: str
    title: str
    kind: Literal["screen", "interview", "questionnaire"]
    licence: Licence
    citations: tuple[Citation, ...] = Field(strict=False)
    language: str
    ages: Text
    min_age: int | None
    introduction: str
    from_paper: bool = False
    scale: tuple[str, ...] = Field(default=(), strict=False)  # the words of the answers, from 0 up
    items: tuple[Item, ...] = Field(strict=False)
    looks: tuple[Look, ...] = Field(default=(), strict=False)
    dispositions: tuple[Disposition, ...] = Field(default=(), strict=False)
    guidance: tuple[str, ...] = Field(default=(), strict=False)
    scoring: Literal["asq", "dispositions", "cssrs", "scale"]

    @property
    def has_words(self) -> bool:
        return bool(self.looks) or any(item.text for item in self.items)


class TextPack(Strict):
    """The words of one instrument in one language, as its owner publishes them; a district brings them, we do not.

    `translation`: only what the owner calls official. There is no word for one that somebody made here.
    """

    instrument: Slug
    version: Annotated[str, Field(min_length=1, max_length=40)]
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")]
    translation: Literal["original", "official"]
    published_at: Annotated[str, Field(min_length=1, max_length=300)]
    notice: Annotated[str, Field(min_length=1, max_length=600)]
    introduction: Annotated[str, Field(max_length=1000)] = ""
    scale: tuple[Annotated[str, Field(min_length=1, max_length=80)], ...] = Field(default=(), strict=False)
    items: dict[Slug, Annotated[str, Field(min_length=1, max_length=600)]]
