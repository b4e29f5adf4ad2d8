"""Closed words of changing a protocol: what a change does to the safety of it, and how a check of it stands."""

from enum import StrEnum


class ChangeKind(StrEnum):
    """What a difference between two versions means for a student. What cannot be told is `look`: somebody reads it."""

    SAFER = "safer"
    LOOSER = "looser"
    WORDS = "words"
    LOOK = "look"


class CheckState(StrEnum):
    """How far the checker has come with one content of a protocol; `old` is a result by other rules than today's."""

    NONE = "none"
    WAITING = "waiting"
    RUNNING = "running"
    HOLDS = "holds"
    FAILS = "fails"
    OLD = "old"


class ReviewKind(StrEnum):
    """Which of the two people signs: a clinician for what helps, a counsel for what the law asks."""

    CLINICAL = "clinical"
    LEGAL = "legal"


class Story(StrEnum):
    """How a protocol is tried out by the machine: what the answers turn out to be."""

    CALM = "calm"
    POSITIVE = "positive"
    IMMINENT = "imminent"
    UNREACHABLE = "unreachable"
