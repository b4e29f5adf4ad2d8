"""What exactly would be written to one adult, in which language, how long it is, and why not: pure.

The words come from a published text of the catalog, its places from what the district has recorded; there is none for
a name, a pronoun or a reason (PR-8, PR-20). What cannot be filled in is not sent.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crisis.errors import Reason
from crisis.message_words import Blank, Consent, MessageWay, Rung
from crisis.policy.messages import Reached, rendered
from crisis.protocols.languages import DRILL, SOURCE
from crisis.protocols.message_schema import Asset, Message, Neutral
from crisis.protocols.segments import MOST, Length, length
from crisis.vocabulary import Mode

TEXTS = ("f1", "f2", "f3", "f4")  # of the catalog: what a person may send from the step that reaches the family
ANSWER = "f16"  # the one answer to whoever writes back
WRITABLE = frozenset({Rung.EXACT, Rung.ACCEPTED, Rung.ENGLISH_AND_LINE})
MISSING: Mapping[Blank, Reason] = {
    Blank.STAFF_CALLBACK: Reason(
        "PR-8",
        "No number is on record that families of this school can call back; it is kept under Messages to families",
    ),
    Blank.INTERPRETER_LINE: Reason("PR-73", "No interpreter line is on record for the district"),
    Blank.PLACE_PUBLIC: Reason(
        "PR-20", "No address is on record where families of this school come to; it is kept under Messages to families"
    ),
    Blank.TIME: Reason("PR-8", "This message needs a time that nobody has given"),
}
NOT_A_TEXT = Reason("PR-71", "This message is not sent as a text from here")
NO_TEXT = Reason("PR-73", "No text can be written in a language that they read; call them, with an interpreter")
TOO_LONG = Reason("PR-77", "With what is filled in it is too long for a text; call them")
SAYS_TOO_MUCH = Reason("PR-8", "What is filled in says something of health; call them")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """`body` is what goes out, letter by letter; `english` says the same to whoever orders it.

    `shown` is the digest of `body`: what was read is what is sent, or nothing is.
    """

    message: str
    rung: Rung
    tag: str | None  # BCP 47
    body: str
    english: str
    length: Length
    against: tuple[Reason, ...]
    passed: tuple[Reason, ...]

    @property
    def shown(self) -> str:
        return hashlib.sha256(self.body.encode()).hexdigest()[:32]


def written(
    message: Message,
    reached: Reached,
    values: Mapping[Blank, str],
    *,
    line: Message,
    neutral: Mapping[str, Neutral],
    mode: Mode,
) -> Written:
    """Total. `line` goes with an English text; `values` are those that are on record."""
    lacking = tuple(MISSING[blank] for blank in message.blanks if blank not in values)
    against = [*lacking, *_against_message(message)]
    if reached.rung not in WRITABLE or reached.tag is None:
        return _nothing(message, reached, (*against, NO_TEXT))
    if against:
        return _nothing(message, reached, tuple(against))
    body = _first(reached, mode) + _body(message, reached, values, line)
    found = length(body)
    against += [TOO_LONG] if found.segments > MOST else []
    against += [SAYS_TOO_MUCH] if any(_health(body, reached.tag, neutral)) else []
    return Written(
        message=message.id,
        rung=reached.rung,
        tag=reached.tag,
        body=body,
        english=_english(message, values),
        length=found,
        against=tuple(against),
        passed=reached.passed,
    )


def _against_message(message: Message) -> Iterator[Reason]:
    if message.health_content or MessageWay.TEXT not in message.ways or message.consent is not Consent.EMERGENCY:
        yield NOT_A_TEXT


def _nothing(message: Message, reached: Reached, against: tuple[Reason, ...]) -> Written:
    return Written(
        message=message.id,
        rung=reached.rung,
        tag=None,
        body="",
        english="",
        length=length(""),
        against=against,
        passed=reached.passed,
    )


def _body(message: Message, reached: Reached, values: Mapping[Blank, str], line: Message) -> str:
    assert reached.tag is not None
    if reached.rung is Rung.ENGLISH_AND_LINE:
        return f"{_english(message, values)}\n{_filled(line.asset(reached.tag), reached.tag, values)}"
    return _filled(message.asset(reached.tag), reached.tag, values)


def _english(message: Message, values: Mapping[Blank, str]) -> str:
    return _filled(message.source, SOURCE, values)


def _filled(asset: Asset, tag: str, values: Mapping[Blank, str]) -> str:
    return rendered(asset.written or "", tag, values)


def _first(reached: Reached, mode: Mode) -> str:
    """I-22, PR-57."""
    if mode is not Mode.DRILL:
        return ""
    tag = SOURCE if reached.rung is Rung.ENGLISH_AND_LINE else reached.tag or SOURCE
    return DRILL.get(tag.partition("-")[0], DRILL[SOURCE])


def _health(body: str, tag: str, neutral: Mapping[str, Neutral]) -> Iterator[str]:
    for language in dict.fromkeys((tag, tag.partition("-")[0], SOURCE)):
        if language in neutral:
            yield from neutral[language].of_health(body)
