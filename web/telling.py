"""How the timeline tells an event: the dispatch from an event to its sentence, and what the sentences share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import singledispatch

from crisis import events as ev
from crisis.protocols.schema import Protocol
from crisis.referral_words import AgencyId, ReferralId
from crisis.vocabulary import PersonId, StepId, WordsId
from web.words import N_

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a sentence may need: the catalog, the pinned protocol, and names the viewer may see."""

    language: str
    translate: Translate
    protocol: Protocol
    names: Mapping[PersonId, str]
    zone: str = "UTC"  # the school's
    agencies: Mapping[AgencyId, str] = field(default_factory=dict)
    referred: Mapping[ReferralId, AgencyId] = field(default_factory=dict)  # which agency each referral is to

    def person(self, person: PersonId | None) -> str:
        if person is None:
            return self.translate(N_("The system"))
        return self.names.get(person) or self.translate(N_("Somebody"))

    def agency(self, agency: AgencyId | None) -> str:
        """One that was taken out of the directory is told by what it was: an agency."""
        return (self.agencies.get(agency) if agency is not None else None) or self.translate(N_("an agency"))

    def step(self, step_id: StepId) -> str:
        step = self.protocol.step(step_id)
        return step.title.in_language(self.language) if step is not None else str(step_id)

    def exception(self, exception_id: str) -> str:
        found = self.protocol.exception(exception_id)
        return found[1].label.in_language(self.language) if found is not None else exception_id

    def choice(self, step_id: StepId, choice_id: str) -> str:
        step = self.protocol.step(step_id)
        labels = {choice.id: choice.label.in_language(self.language) for choice in step.choices} if step else {}
        return labels.get(choice_id, choice_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """`kind` says under which filter the timeline shows it: note, page or step."""

    text: str
    icon: str = "check"
    tone: str = ""
    kind: str = "step"
    quotes: tuple[WordsId, ...] = field(default=())


@singledispatch
def told(event: ev.Event, known: Known) -> Told:
    raise TypeError(f"no sentence for {type(event).__name__} in {known.language}")


def line_of(known: Known, message: str, icon: str = "check", tone: str = "", **values: object) -> Told:
    text = known.translate(message)
    return Told(text=text % values if values else text, icon=icon, tone=tone)


def with_(line: Told, *quotes: WordsId | None, kind: str | None = None) -> Told:
    kept = tuple(quote for quote in quotes if quote is not None)
    return Told(text=line.text, icon=line.icon, tone=line.tone, kind=kind or line.kind, quotes=kept)
