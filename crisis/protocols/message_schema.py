"""The strict shape of a message to families, in all its languages, and of the words that it may not hold.

A file says at most who translated: what comes after that is signed for in a district, text by text, with its digest.
"""

import hashlib
import re
from datetime import date
from string import Formatter
from typing import Annotated, Self

from pydantic import Field, model_validator

from crisis.message_words import Blank, Consent, Encoding, MessageWay, TextState
from crisis.privacy_words import ContactPurpose
from crisis.protocols.languages import SLOTS, SOURCE
from crisis.protocols.schema import Strict, Text

TAG = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$"
SHA256 = r"^[0-9a-f]{64}$"
FOUND_BY_ANYBODY = frozenset({MessageWay.TEXT, MessageWay.VOICEMAIL, MessageWay.EMAIL})
_DIGEST_GAP = "\x1f"


class Recording(Strict):
    """A person reads the message aloud. `spoken_of` is the digest of the text that they read."""

    file: Annotated[str, Field(pattern=r"^[a-z0-9-]+\.(mp3|ogg)$")]
    sha256: Annotated[str, Field(pattern=SHA256)]
    seconds: Annotated[int, Field(ge=1, le=90)]
    speaker: Annotated[str, Field(min_length=2)]
    recorded_on: Annotated[date, Field(strict=False)]
    spoken_of: Annotated[str, Field(pattern=SHA256)]


class Asset(Strict):
    """One language of a message. `written` is sent, left behind or printed; `spoken` a person says on the line."""

    written: str | None = None
    spoken: str | None = None
    encoding: Annotated[Encoding | None, Field(strict=False)] = None  # of `written` as a text
    by_machine: bool = False  # then it stays a draft until a qualified person has put their name to it
    translator: str | None = None
    recording: Recording | None = None

    @property
    def empty(self) -> bool:
        return self.written is None and self.spoken is None

    @property
    def state(self) -> TextState:
        """As far as a file can say it."""
        if self.empty:
            return TextState.EMPTY
        return TextState.DRAFT if self.translator is None else TextState.TRANSLATED

    @model_validator(mode="after")
    def says_what_it_is(self) -> Self:
        if self.by_machine and self.translator is not None:
            raise ValueError("what a machine wrote is a draft; a `translator` is the person who made it their own")
        return self


class Message(Strict):
    """`needs` is what still has to be done before anybody may rely on it, in words for those who keep the catalog."""

    id: Annotated[str, Field(pattern=r"^(f[1-9][0-9]?|line)$")]
    title: Text
    use: Text
    purpose: Annotated[ContactPurpose, Field(strict=False)]
    consent: Annotated[Consent, Field(strict=False)]
    ways: Annotated[tuple[MessageWay, ...], Field(min_length=1, strict=False)]
    health_content: bool
    blanks: Annotated[tuple[Blank, ...], Field(strict=False)]
    needs: Text
    sources: Annotated[tuple[str, ...], Field(strict=False)] = ()
    assets: dict[Annotated[str, Field(pattern=TAG)], Asset]

    @model_validator(mode="after")
    def nothing_of_health_is_left_behind(self) -> Self:
        if self.health_content and FOUND_BY_ANYBODY & set(self.ways):
            raise ValueError("with `health_content` a message is said by a person or given on paper, nothing else")
        if self.assets.get(SOURCE, Asset()).empty:
            raise ValueError("the English source is missing")
        return self

    @property
    def source(self) -> Asset:
        return self.assets[SOURCE]

    def asset(self, tag: str) -> Asset:
        return self.assets.get(tag, Asset())

    @property
    def slots(self) -> tuple[str, ...]:
        """The languages of the first tier, filled or not, then whatever else it has."""
        return (*SLOTS, *(tag for tag in self.assets if tag not in SLOTS))


class Neutral(Strict):
    """What no text or voicemail of a language may hold. `stems` match the beginning of a word, `words` a whole one."""

    language: Annotated[str, Field(pattern=TAG)]
    health_stems: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    health_words: Annotated[tuple[str, ...], Field(strict=False)]
    person_words: Annotated[
        tuple[str, ...], Field(min_length=1, strict=False)
    ]  # pronouns, and nouns that tell a gender

    def found_in(self, text: str) -> tuple[str, ...]:
        """The words of a text that may not stand in it."""
        return self._of(text, {*self.health_words, *self.person_words})

    def of_health(self, text: str) -> tuple[str, ...]:
        """Also in what a district fills in, as the name of a school."""
        return self._of(text, set(self.health_words))

    def _of(self, text: str, barred: set[str]) -> tuple[str, ...]:
        words = re.findall(r"[^\W\d_]+|\d+", text.lower())
        stems = tuple(self.health_stems)
        return tuple(word for word in words if word in barred or word.startswith(stems))


def blanks_of(text: str) -> tuple[str, ...]:
    """Its places, in order, each as often as it stands; raises `ValueError` for a brace that is none."""
    found = []
    for _, name, spec, conversion in Formatter().parse(text):
        if name is None:
            continue
        if name not in set(Blank) or spec or conversion:
            raise ValueError(f"“{name}” is no place; the places are {', '.join(Blank)}")
        found.append(name)
    return tuple(found)


def digest(asset: Asset) -> str:
    """SHA-256 of what it says; both its forms."""
    return hashlib.sha256(_DIGEST_GAP.join((asset.written or "", asset.spoken or "")).encode()).hexdigest()
