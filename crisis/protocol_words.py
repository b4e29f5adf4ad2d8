"""What a protocol is about."""

from enum import StrEnum


class Subject(StrEnum):
    """Whom an incident on it is about (protocols.md 6.1). Only a student has an adult who stays with them."""

    STUDENT = "student"
    COMMUNITY = "community"  # a whole school, as after a death: no student of its own, incidents of students beside it
    NOTICE = "notice"  # somebody outside told the school; no details are kept, and it runs out


class WatchWhy(StrEnum):
    """Why a day is hard for a school after a death (protocols.md 1 i); for whom stands nowhere."""

    BIRTHDAY = "birthday"
    ANNIVERSARY = "anniversary"
    GRADUATION = "graduation"
    HOLIDAY = "holiday"
    OTHER = "other"
