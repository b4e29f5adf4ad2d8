"""What came of questionnaires and of a safety plan. The student's words are sealed; here are their numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

from crisis import vocabulary as v
from crisis.events import Event
from crisis.instrument_words import ItemAnswer, StaysSafe


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionnaireRecorded(Event):
    """`total` is the least that it can be where it is not `whole`. It sets no level of risk."""

    step: v.StepId
    instrument: str
    instrument_version: str
    answers: Mapping[str, ItemAnswer]
    total: int
    whole: bool
    band: str
    stands_out: frozenset[str]
    screen_needed: bool
    language: str
    language_help: v.LanguageHelp
    form_language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyPlanWritten(Event):
    step: v.StepId
    language: str
    coping: v.WordsId
    people: v.WordsId
    safer_place: v.WordsId
    stays_safe: StaysSafe


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyPlanGiven(Event):
    """Whether the student has a copy; `reason` is why not."""

    step: v.StepId
    given: bool
    reason: v.WordsId | None
