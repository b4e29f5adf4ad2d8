"""Which instruments may be used at a step, in which language their words are read, and for whom one is not made."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crisis.errors import Reason
from crisis.protocols.schema import Step
from crisis.protocols.scoring import YOUNGEST
from crisis.protocols.wellformed import FITTING
from crisis.vocabulary import LanguageHelp, ScreenResult

_ENGLISH = frozenset({"en"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """What the district uses beside the protocol, the languages of the forms it has, and the student's age if known."""

    in_use: frozenset[str] = frozenset()
    languages: Mapping[str, frozenset[str]] = field(default_factory=dict)  # without: the English form alone
    age: int | None = None  # in years


def usable(step: Step, in_use: frozenset[str]) -> tuple[str, ...]:
    """Those that the step names, then those that the district has taken into use and that fit."""
    more = sorted(in_use & FITTING.get(step.type, frozenset()) - set(step.instruments))
    return (*step.instruments, *more)


def not_usable(step: Step, instrument: str, kit: Kit) -> Reason | None:
    if instrument in usable(step, kit.in_use):
        return None
    return Reason("STEP", "Choose one of the instruments of this step")


def no_such_form(instrument: str, form_language: str, kit: Kit) -> Reason | None:
    """Only official forms are read aloud; nobody's own translation is one."""
    if form_language in kit.languages.get(instrument, _ENGLISH):
        return None
    return Reason("LANGUAGE", "There is no official form in this language here; an interpreter works with the English")


def too_young(instrument: str, kit: Kit) -> bool | None:
    """None where nobody knows the age."""
    least = YOUNGEST.get(instrument)
    if least is None:
        return False
    return None if kit.age is None else kit.age < least


def understood(result: ScreenResult, *, spoken: str, form_language: str, by: LanguageHelp) -> ScreenResult:
    """Read in another language than its words, without an interpreter, it is another instrument: it is not negative."""
    same = spoken.split("-")[0] == form_language.split("-")[0]
    if result is ScreenResult.NEGATIVE and not same and by is not LanguageHelp.INTERPRETER:
        return ScreenResult.INCOMPLETE
    return result
