"""What exactly would be written to one adult, as a text or an e-mail, in which language, and why not: pure.

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
LETTERS = (*TEXTS, "f9", "f12", "f15")  # by e-mail also what needs no leave to text (47 CFR 64.1200 is of telephones)
SHORT = 160  # letters of an e-mail to whoever wants short texts
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
NOT_A_LETTER = Reason("PR-71", "This message is not sent by e-mail from here")
NO_MAIL = Reason("PR-23", "No e-mail is set up here; call them yourself")
NOT_SHORT = Reason("PR-72", "They asked for short texts, and this one is longer; send a shorter one, or call them")
TOO_LONG = Reason("PR-77", "With what is filled in it is too long for a text; call them")
SAYS_TOO_MUCH = Reason("PR-8", "What is filled in says something of health; call them")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """`body` is what goes out, letter by letter; `english` says the same to whoever orders it.

    `shown` is the digest of it: what was read is what is sent, or nothing is. `subject` is an e-mail's: the name of the
    school alone, which is the same in each language and has nothing of a student.
    """

    message: str
    rung: Rung
    tag: str | None  # BCP 47
    body: str
    english: str
    length: Length
    against: tuple[Reason, ...]
    passed: tuple[Reason, ...]
    subject: str = ""

    @property
    def shown(self) -> str:
        whole = f"{self.subject}\n{self.body}" if self.subject else self.body
        return hashlib.sha256(whole.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """In which form one adult is written to. `short`: they asked for short texts."""

    mode: Mode
    way: MessageWay = MessageWay.TEXT
    short: bool = False


def written(
    message: Message,
    reached: Reached,
    values: Mapping[Blank, str],
    *,
    line: Message,
    neutral: Mapping[str, Neutral],
    form: Form,
) -> Written:
    """Total. `line` goes with an English text; `values` are those that are on record."""
    lacking = tuple(MISSING[blank] for blank in message.blanks if blank not in values)
    against = [*lacking, *_against_message(message, form.way)]
    if reached.rung not in WRITABLE or reached.tag is None:
        return _nothing(message, reached, (*against, NO_TEXT))
    if against:
        return _nothing(message, reached, tuple(against))
    body = _first(reached, form.mode) + _body(message, reached, values, line)
    subject = values[Blank.SCHOOL_NAME] if form.way is MessageWay.EMAIL else ""
    against += _too_long(body, form)
    against += [SAYS_TOO_MUCH] if any(_health(f"{subject}\n{body}", reached.tag, neutral)) else []
    return Written(
        message=message.id,
        rung=reached.rung,
        tag=reached.tag,
        body=body,
        english=_english(message, values),
        length=length(body),
        against=tuple(against),
        passed=reached.passed,
        subject=subject,
    )


def _against_message(message: Message, way: MessageWay) -> Iterator[Reason]:
    """Leave is asked for a text alone: a telephone rings, and its owner may have given the number to nobody."""
    if message.health_content or way not in message.ways:
        yield NOT_A_LETTER if way is MessageWay.EMAIL else NOT_A_TEXT
    elif way is MessageWay.TEXT and message.consent is not Consent.EMERGENCY:
        yield NOT_A_TEXT


def _too_long(body: str, form: Form) -> list[Reason]:
    if form.way is MessageWay.EMAIL:
        return [NOT_SHORT] if form.short and len(body) > SHORT else []
    segments = length(body).segments
    if segments > MOST:
        return [TOO_LONG]
    return [NOT_SHORT] if form.short and segments > 1 else []


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
