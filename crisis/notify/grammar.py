"""What a text from a telephone can mean (`paging.md` 6.7): lenient in form, strict in meaning, never guessed at.

`47A 12` accepts and comes in 12 minutes, `47D 2` cannot come because it is too far, `47B` stands by, `47H` is here,
`47M 10` comes in 10 minutes only. Without a number only when one page is live on that phone.
"""

import re
from dataclasses import dataclass
from typing import Literal

from crisis.notify.wording import PageCode
from crisis.vocabulary import DeclineReason

Choice = Literal["accept", "decline", "stand_by", "here", "delay", "seen"]

REASONS = {
    1: DeclineReason.IN_SESSION,
    2: DeclineReason.TOO_FAR,
    3: DeclineReason.OFF_DUTY,
    4: DeclineReason.CONFLICT,
}
_CHOICES: dict[str, Choice] = {
    "A": "accept",
    "D": "decline",
    "NO": "decline",
    "B": "stand_by",
    "H": "here",
    "M": "delay",
}
_NUMBER = r"(?P<number>\d{0,3})\s*(?:MIN|MINS|MINUTES|MINUTOS)?"
_NUMBERED = re.compile(rf"(?P<code>\d{{2,3}})\s*(?P<said>A|D|B|H|M|NO)\s*{_NUMBER}")
_REFUSED = re.compile(r"(?P<code>\d{2,3})\s*A\s*(?P<said>NO)(?P<number>)")  # the no counts, whatever stands before it
_LETTER_FIRST = re.compile(r"(?P<said>[ADBH])\s*(?P<code>\d{2,3})(?P<number>)")
_BARE = re.compile(rf"(?P<code>)(?P<said>[ADH])\s*{_NUMBER}")
_BARE_DELAY = re.compile(rf"(?P<code>)(?P<said>M)\s*(?=\d){_NUMBER}")


@dataclass(frozen=True, slots=True)
class Reply:
    """`code` is None for a bare letter; `minutes` is how long until they are there."""

    choice: Choice
    code: PageCode | None
    minutes: int | None = None
    reason: DeclineReason | None = None


def readings(body: str) -> list[Reply]:
    """What a text can mean, the likeliest first; nothing for hostile or endless text: that is just text."""
    said = re.sub(r"[^A-Z0-9 ]", "", body[:64].upper()).strip()
    patterns = (_REFUSED, _NUMBERED, _LETTER_FIRST, _BARE, _BARE_DELAY)
    found = (pattern.fullmatch(said) for pattern in patterns)
    replies = [_reply(each) for each in found if each is not None]
    return [each for each in replies if each is not None]


def _reply(found: re.Match[str]) -> Reply | None:
    choice, number = _CHOICES[found["said"]], int(found["number"]) if found["number"] else None
    code = PageCode(found["code"]) if found["code"] else None
    match choice:
        case "accept":
            return Reply(choice, code, minutes=number)
        case "delay":
            return Reply(choice, code, minutes=number) if number else None  # a delay says how long
        case "decline":
            return Reply(choice, code, reason=None if number is None else REASONS.get(number, DeclineReason.OTHER))
        case _:
            return Reply(choice, code) if number is None else None
