"""What exactly would be written to one adult, as a text or an e-mail, in which language, and why not: pure.

The words come from a published text of the catalog, its places from what the district has recorded; there is none for
a name, a pronoun or a reason (PR-8, PR-20). What cannot be filled in is not sent.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from crisis.errors import Reason
from crisis.message_words import Blank, Consent, MeetingPlace, MessageWay, Rung
from crisis.policy import meetings
from crisis.policy.meetings import NO_ADDRESS, NOT_SAID, Meeting
from crisis.policy.messages import Reached, rendered
from crisis.protocols.languages import DRILL, SOURCE
from crisis.protocols.message_schema import Message, Neutral
from crisis.protocols.segments import MOST, Length, length
from crisis.vocabulary import Mode

TEXTS = ("f1", "f2", "f3", "f4")  # of the catalog: what a person may send from the step that reaches the family
MEETINGS = ("f6", "f10")
BY_LEAVE = (*MEETINGS, "f9", "f15")  # also by text, where they gave their number themselves (47 CFR 64.1200)
LETTERS = (*TEXTS, "f9", "f12", "f15")  # by e-mail also what needs no leave to text: that law is of telephones
SHORT = 160  # letters of an e-mail to whoever wants short texts
ANSWER = "f16"  # the one answer to whoever writes back
WRITABLE = frozenset({Rung.EXACT, Rung.ACCEPTED, Rung.ENGLISH_AND_LINE})
MISSING: Mapping[Blank, Reason] = {
    Blank.STAFF_CALLBACK: Reason(
        "PR-8",
        "No number is on record that families of this school can call back; it is kept under Messages to families",
    ),
    Blank.INTERPRETER_LINE: Reason("PR-73", "No interpreter line is on record for the district"),
    Blank.PLACE_PUBLIC: NO_ADDRESS,
}
NOT_A_TEXT = Reason("PR-71", "This message is not sent as a text from here")
NO_TEXT = Reason("PR-73", "No text can be written in a language that they read; call them, with an interpreter")
NOT_GIVEN = Reason(
    "PR-72",
    "Tick it if they gave the school this number themselves; otherwise call them, or write an e-mail",
    at="number_given",
)
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
    """In which form one adult is written to. `short`: they asked for short texts.

    `number_given`: they gave this number to the school themselves, for what is no emergency.
    """

    mode: Mode
    way: MessageWay = MessageWay.TEXT
    short: bool = False
    number_given: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What is filled in: what is on record, and what was chosen for a meeting, at `zone`'s school, `at` now."""

    recorded: Mapping[Blank, str]
    at: datetime
    zone: ZoneInfo
    meeting: Meeting = field(default_factory=Meeting)

    def against(self, message: Message) -> Iterator[Reason]:
        """Why they cannot all be filled in, or not with this."""
        timed = Blank.TIME in message.blanks
        chosen = {Blank.TIME, Blank.PLACE_PUBLIC} if timed else set()
        yield from (MISSING[each] for each in message.blanks if each not in chosen and each not in self.recorded)
        if timed:
            yield from meetings.against(self.meeting, self.zone, self.at)
        if timed and self.meeting.place is MeetingPlace.ADDRESS and Blank.PLACE_PUBLIC not in self.recorded:
            yield NO_ADDRESS

    def in_language(self, message: Message, tag: str, *, short: bool) -> Mapping[Blank, str] | None:
        """None where this language cannot say them."""
        if Blank.TIME not in message.blanks:
            return self.recorded
        said = meetings.said(self.meeting, self.zone, tag, self.recorded, short=short)
        return None if said is None else {**self.recorded, **said}


def written(
    message: Message, reached: Reached, places: Places, *, line: Message, neutral: Mapping[str, Neutral], form: Form
) -> Written:
    """Total. `line` goes with an English text."""
    against = (*places.against(message), *_against_message(message, form))
    if reached.rung not in WRITABLE or reached.tag is None:
        return _nothing(message, reached, (*against, NO_TEXT))
    if against:
        return _nothing(message, reached, against)
    body = _fitting(_Text(message, reached, places, line), form)
    if body is None:
        return _nothing(message, reached, (NOT_SAID,))
    subject = places.recorded[Blank.SCHOOL_NAME] if form.way is MessageWay.EMAIL else ""
    says_too_much = any(_health(f"{subject}\n{body}", reached.tag, neutral))
    return Written(
        message=message.id,
        rung=reached.rung,
        tag=reached.tag,
        body=body,
        english=_filled(message, SOURCE, places, short=False) or "",
        length=length(body),
        against=(*_too_long(body, form), *([SAYS_TOO_MUCH] if says_too_much else [])),
        passed=reached.passed,
        subject=subject,
    )


def _against_message(message: Message, form: Form) -> Iterator[Reason]:
    """Leave is asked for a text alone: a telephone rings, and its owner may have given the number to nobody."""
    if message.health_content or form.way not in message.ways:
        yield NOT_A_LETTER if form.way is MessageWay.EMAIL else NOT_A_TEXT
    elif form.way is MessageWay.TEXT and message.consent is not Consent.EMERGENCY:
        if message.id not in BY_LEAVE:
            yield NOT_A_TEXT
        elif not form.number_given:
            yield NOT_GIVEN


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


@dataclass(frozen=True, slots=True)
class _Text:
    message: Message
    reached: Reached
    places: Places
    line: Message


def _fitting(text: _Text, form: Form) -> str | None:
    """With the time in full where that stays one part of a text; an e-mail has room."""
    first = _first(text.reached, form.mode)
    found = [_body(text, short=short) for short in (False, True)]
    bodies = [first + each for each in found if each is not None]
    one_part = [each for each in bodies if form.way is MessageWay.EMAIL or length(each).segments == 1]
    return next(iter([*one_part, *reversed(bodies)]), None)


def _body(text: _Text, *, short: bool) -> str | None:
    tag = text.reached.tag
    assert tag is not None
    if text.reached.rung is not Rung.ENGLISH_AND_LINE:
        return _filled(text.message, tag, text.places, short=short)
    english = _filled(text.message, SOURCE, text.places, short=short)
    return None if english is None else f"{english}\n{_filled(text.line, tag, text.places, short=short)}"


def _filled(message: Message, tag: str, places: Places, *, short: bool) -> str | None:
    values = places.in_language(message, tag, short=short)
    return None if values is None else rendered(message.asset(tag).written or "", tag, values)


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
