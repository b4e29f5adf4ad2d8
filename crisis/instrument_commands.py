"""Orders about questionnaires, a student who is too young to be screened, and the safety plan."""

from collections.abc import Mapping
from dataclasses import dataclass

from crisis.commands import Command
from crisis.instrument_words import ItemAnswer, StaysSafe
from crisis.vocabulary import LanguageHelp, StepId, WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTooYoung(Command):
    """The student is younger than the instrument allows: nothing is asked, and a full evaluation takes its place."""

    step: StepId
    instrument: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordQuestionnaire(Command):
    step: StepId
    instrument: str
    answers: Mapping[str, ItemAnswer]
    language: str  # BCP 47, in which it was answered
    language_help: LanguageHelp
    form_language: str = "en"  # of the words that were read


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteSafetyPlan(Command):
    """In the student's own words and language; written anew, the last one counts."""

    step: StepId
    language: str  # BCP 47
    coping: WordsId | None
    people: WordsId | None
    safer_place: WordsId | None
    stays_safe: StaysSafe


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveSafetyPlan(Command):
    """The student has a copy, or there is a reason why not; with this the step is done."""

    step: StepId
    given: bool
    reason: WordsId | None = None
