"""More of the glossary's closed words: what becomes of texts and calls. Imports nothing of ours."""

from enum import StrEnum


class CallWhy(StrEnum):
    """Why one person is called out of turn."""

    HERE_YET = "here_yet"  # they said they would be here by now, and did not answer the text
    TEXTS_STOPPED = "texts_stopped"  # they wrote a word by which carriers cut texts off


class CallState(StrEnum):
    """How far a call of a page went, as its provider tells us; it never goes back."""

    PLACED = "placed"  # waits at the provider, or rings
    ANSWERED = "answered"
    OVER = "over"


class Failure(StrEnum):
    """Why a provider did not take something: what is done about it follows from the class alone."""

    ADDRESS = "address"  # this number cannot be reached so, by anybody: the other channel, now
    TEMPORARY = "temporary"  # not done, may be asked again
    BLOCKED = "blocked"  # a carrier will not have it from this sender: another sender
    CONFIGURATION = "configuration"  # our account, number or request is at fault: somebody must see to it
    UNKNOWN = "unknown"  # it may have been done


class Receipt(StrEnum):
    """What became of a text or a call after the provider took it; none of these is an answer."""

    DELIVERED = "delivered"
    ANSWERED = "answered"  # somebody or something took the call; only a key is a person's answer
    MACHINE = "machine"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    ENDED = "ended"  # by us while it rang, because somebody else took the page
