"""The words of what families are written, told and given: a closed catalog, and how far each text of it has come."""

from enum import StrEnum
from typing import NewType

GuardianTextId = NewType("GuardianTextId", str)  # one text to one number of one adult
PhoneId = NewType("PhoneId", str)  # one number of a person, as the roster has it; the number itself is in no log


class MessageWay(StrEnum):
    """How a message reaches a family. A text and a message left behind may be found by anybody."""

    TEXT = "text"
    VOICEMAIL = "voicemail"
    EMAIL = "email"
    CALL = "call"  # a person says it
    PAPER = "paper"


class Consent(StrEnum):
    """Why a school may text somebody at all (FCC 2016, `privacy-and-culture.md` 1.11)."""

    EMERGENCY = "emergency"
    MISSION = "mission"  # only to a number that they gave themselves


class Blank(StrEnum):
    """All that may be filled into a message. There is none for a student, a pronoun or a reason."""

    SCHOOL_NAME = "school_name"
    STAFF_CALLBACK = "staff_callback"
    INTERPRETER_LINE = "interpreter_line"
    TIME = "time"
    PLACE_PUBLIC = "place_public"


class MeetingPlace(StrEnum):
    """Where a family is asked to. Closed: nobody can write a name or a reason into it."""

    ADDRESS = "address"  # where families of the school come to, as the district recorded it
    OFFICE = "office"  # of the school
    TELEPHONE = "telephone"  # the school calls them


class TextState(StrEnum):
    """How far one language of one message has come; only what is published is sent (PR-71)."""

    EMPTY = "empty"
    DRAFT = "draft"
    TRANSLATED = "translated"
    REVIEWED = "reviewed"
    COMMUNITY_READ = "community_read"
    APPROVED = "approved"
    PUBLISHED = "published"
    STALE = "stale"  # it was published, and the source or the translation has changed since


class InterpreterKind(StrEnum):
    """Who interprets. Through the last two a talk is on record, and nobody counts as informed by it (PR-74, PR-75)."""

    STAFF = "staff"  # qualified, of the district
    SERVICE = "service"  # by telephone or video, or of an agency
    FAMILY_ADULT = "family_adult"
    CHILD = "child"


class InterpreterNeed(StrEnum):
    """How an adult is interpreted for (`privacy-and-culture.md` 2.3, field 6)."""

    SPOKEN = "spoken"
    SIGN = "sign"
    DEAF_INTERPRETER = "deaf_interpreter"  # beside a hearing one
    TACTILE = "tactile"
    CAPTIONS = "captions"  # written along, as it is said


STAND_INS = frozenset({InterpreterKind.FAMILY_ADULT, InterpreterKind.CHILD})


class Encoding(StrEnum):
    """How a text travels: what the small alphabet does not have makes each part of it less than half as long."""

    GSM_7 = "gsm-7"
    UCS_2 = "ucs-2"


class Rung(StrEnum):
    """The ladder by which a message reaches somebody in their language, from the best way down."""

    EXACT = "exact"
    ACCEPTED = "accepted"  # a more general language that this person said is fine
    RECORDING = "recording"
    LIVE_CALL = "live_call"  # with an interpreter where none of us speaks it
    ENGLISH_AND_LINE = "english_and_line"  # with one checked line that asks them, in their language, to call
    PERSON = "person"  # nothing may be sent: a person finds the way


class SendState(StrEnum):
    """How far a text to a guardian has come. None of these says that anybody was informed (PR-75)."""

    ORDERED = "ordered"
    STOPPED = "stopped"  # a rule stopped it before it left
    GIVEN = "given"  # to the carrier, just now
    UNKNOWN = "unknown"  # it may have left
    TAKEN = "taken"  # the carrier has it
    DELIVERED = "delivered"
    FAILED = "failed"

    @property
    def rank(self) -> int:
        return _SEND_RANKS.get(self, 4)

    @property
    def has_left(self) -> bool:
        """Or may have."""
        return self in (SendState.GIVEN, SendState.UNKNOWN, SendState.TAKEN, SendState.DELIVERED)


_SEND_RANKS = {SendState.ORDERED: 0, SendState.GIVEN: 1, SendState.UNKNOWN: 2, SendState.TAKEN: 3}  # the rest are ends
