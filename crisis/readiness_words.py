"""More of the glossary's closed words: what it takes to be ready for a page. Imports nothing of ours."""

from enum import StrEnum


class Proof(StrEnum):
    """How it is known that a method reaches its person."""

    ANSWERED = "answered"  # on the telephone: the code in a text, or a key in a call
    CODE = "code"  # the person typed on the console what the telephone was told


class ErrandKind(StrEnum):
    """A text or a call outside of any incident; it never goes before a page."""

    TEST = "test"
    CONFIRM = "confirm"  # asks whoever's turn begins soon whether they can be reached
    NOTICE = "notice"  # to those who plan: something is missing


class Lack(StrEnum):
    """What a person on call, or a level, still lacks to be ready (`paging.md` 6.12)."""

    GONE = "gone"  # switched off, or not in the last import
    NO_NUMBER = "no_number"
    OPTED_OUT = "opted_out"  # wrote STOP: no text reaches them
    NO_VOICE = "no_voice"  # no number that was proved to ring
    FEW_METHODS = "few_methods"  # fewer than two that were proved to reach them
    NO_TEST = "no_test"  # no test page answered in 30 days
    NO_PIN = "no_pin"
    EMPTY_LEVEL = "empty_level"  # nobody, or only a stand-in, in the coming 14 days
    EMPTY_LAST_LEVEL = "empty_last_level"  # of those behind whom nobody stands
    LATE_CALL = "late_call"  # the level is over before its first call is due


class DayKind(StrEnum):
    """What can be said of a day in a calendar, from weak to strong."""

    HOLIDAY = "holiday"  # of the whole district
    DAY_OFF = "day_off"  # of one school
    SHORT_DAY = "short_day"  # school ends earlier than its bells, as planned
    MAKE_UP_DAY = "make_up_day"
    CLOSURE = "closure"
