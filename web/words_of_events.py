"""One sentence for each event, as the timeline shows it. Who did it and what they wrote stand beside the sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import singledispatch
from typing import assert_never

from crisis import events as ev
from crisis import page_events as pev
from crisis.protocols.schema import Protocol
from crisis.statemachine.timers import REPORT
from crisis.store.queries import words_of_evidence
from crisis.vocabulary import (
    AttemptOutcome,
    ContactOutcome,
    FollowUpOutcome,
    PersonId,
    ScreenResult,
    StepId,
    Tier,
    WordsId,
)
from web import words
from web.words import N_

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a sentence may need: the catalog, the pinned protocol, and names the viewer may see."""

    language: str
    translate: Translate
    protocol: Protocol
    names: Mapping[PersonId, str]

    def person(self, person: PersonId | None) -> str:
        if person is None:
            return self.translate(N_("The system"))
        return self.names.get(person) or self.translate(N_("Somebody"))

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


def tell(event: ev.Event, known: Known) -> Told:
    return _told(event, known)


@singledispatch
def _told(event: ev.Event, known: Known) -> Told:
    raise TypeError(f"no sentence for {type(event).__name__} in {known.language}")


def _line(known: Known, message: str, icon: str = "check", tone: str = "", **values: object) -> Told:
    text = known.translate(message)
    return Told(text=text % values if values else text, icon=icon, tone=tone)


def _with(told: Told, *quotes: WordsId | None, kind: str | None = None) -> Told:
    kept = tuple(quote for quote in quotes if quote is not None)
    return Told(text=told.text, icon=told.icon, tone=told.tone, kind=kind or told.kind, quotes=kept)


@_told.register
def _(event: ev.IncidentOpened, known: Known) -> Told:
    kind = known.protocol.crisis_types.get(event.crisis_type)
    what = kind.in_language(known.language) if kind is not None else event.crisis_type
    return _with(_line(known, N_("Incident opened: %(what)s"), "flag", "live", what=what), event.place)


@_told.register
def _(event: ev.PhaseEntered, known: Known) -> Told:
    return _line(known, N_("Next phase: %(phase)s"), "right", "live", phase=known.translate(words.of(event.phase)))


_PLAIN: dict[type[ev.Event], tuple[str, str, str]] = {
    ev.StudentIdentified: (N_("The student was identified"), "user", ""),
    ev.TierSigned: (N_("Level of risk signed by a second person"), "shield", "ok"),
    ev.CustodyOfferEnded: (N_("The student was not handed over; the same adult stays"), "swap", ""),
    ev.StudentReturned: (N_("The student is back at school"), "left", "live"),
}


@_told.register
def _(event: ev.StudentIdentified | ev.TierSigned | ev.CustodyOfferEnded | ev.StudentReturned, known: Known) -> Told:
    return _line(known, *_PLAIN[type(event)])


@_told.register
def _(event: ev.LeadAssigned, known: Known) -> Told:
    return _line(known, N_("%(name)s leads this incident"), "user", name=known.person(event.lead))


@_told.register
def _(event: ev.StepAssigned, known: Known) -> Told:
    line = N_("%(name)s was asked to do: %(step)s")
    return _line(known, line, "swap", name=known.person(event.to), step=known.step(event.step))


@_told.register
def _(event: ev.StepCompleted, known: Known) -> Told:
    line = _line(known, N_("Done: %(step)s"), "check", "ok", step=known.step(event.step))
    return _with(line, *words_of_evidence(event, known.protocol.step(event.step)))


@_told.register
def _(event: ev.StepWaived, known: Known) -> Told:
    line = _line(known, N_("Left out, with a reason: %(step)s"), "s-none", "warn", step=known.step(event.step))
    return _with(line, event.reason)


@_told.register
def _(event: ev.DecisionAnswered, known: Known) -> Told:
    choice, step = known.choice(event.step, event.choice), known.step(event.step)
    return _with(_line(known, N_("%(step)s: %(choice)s"), "check", "ok", step=step, choice=choice), event.reason)


@_told.register
def _(event: ev.ScreenRecorded, known: Known) -> Told:
    tone = "ok" if event.result is ScreenResult.NEGATIVE else "late"
    result = known.translate(words.of(event.result))
    line = N_("Screened with %(instrument)s: %(result)s")
    return _line(known, line, "note", tone, instrument=event.instrument.upper(), result=result)


@_told.register
def _(event: ev.InterviewRecorded, known: Known) -> Told:
    line = _line(known, N_("Safety interview recorded (%(instrument)s)"), "note", instrument=event.instrument.upper())
    return _with(line, event.rationale)


@_told.register
def _(event: ev.FloorRaised, known: Known) -> Told:
    tier = known.translate(words.of(event.floor))
    return _line(known, N_("The instrument sets at least: %(tier)s"), "alert", "warn", tier=tier)


@_told.register
def _(event: ev.TierSet, known: Known) -> Told:
    line = N_("Level of risk decided, waits for a second signature: %(tier)s")
    message = line if event.second_needed else N_("Level of risk decided: %(tier)s")
    tone = "late" if event.tier.rank >= Tier.HIGH.rank else "live"
    return _with(_line(known, message, "shield", tone, tier=known.translate(words.of(event.tier))), event.rationale)


@_told.register
def _(event: ev.AssessmentReopened, known: Known) -> Told:
    return _with(_line(known, N_("The safety assessment was opened again"), "swap", "warn"), event.reason)


@_told.register
def _(event: ev.FactSet, known: Known) -> Told:
    rule = next((fact for fact in known.protocol.facts if fact.id == event.fact), None)
    label = rule.label.in_language(known.language) if rule is not None else event.fact
    value = rule.values[event.value].in_language(known.language) if rule is not None else event.value
    return _line(known, N_("%(fact)s: %(value)s"), "info", fact=label, value=value)


@_told.register
def _(event: ev.CustodyTaken, known: Known) -> Told:
    return _line(known, N_("%(name)s is with the student"), "pin", "ok", name=known.person(event.adult))


@_told.register
def _(event: ev.CustodyOffered, known: Known) -> Told:
    line = N_("%(name)s was asked to take over being with the student")
    return _line(known, line, "swap", "warn", name=known.person(event.to))


@_told.register
def _(event: ev.CustodyAccepted, known: Known) -> Told:
    return _line(known, N_("%(name)s took over and is with the student"), "pin", "ok", name=known.person(event.adult))


@_told.register
def _(event: ev.CustodyLost, known: Known) -> Told:
    return _with(_line(known, N_("The student cannot be found"), "alert", "late"), event.last_seen)


@_told.register
def _(event: ev.StudentFound, known: Known) -> Told:
    line = N_("The student was found; %(name)s is with the student")
    return _line(known, line, "pin", "ok", name=known.person(event.adult))


@_told.register
def _(event: ev.CustodyReleased, known: Known) -> Told:
    line = _line(known, N_("The student was released: %(to)s"), "out", "ok", to=known.translate(words.of(event.to)))
    return _with(line, event.receiver)


@_told.register
def _(event: ev.EmergencyRaised, known: Known) -> Told:
    message = N_("Emergency: 911 was called") if event.called_911 else N_("Emergency: 911 was not called yet")
    return _line(known, message, "alert", "late")


@_told.register
def _(event: ev.EmergencyResolved, known: Known) -> Told:
    return _with(_line(known, N_("The emergency is over"), "check", "ok"), event.outcome)


@_told.register
def _(event: ev.ContactAttempted, known: Known) -> Told:
    reached = event.outcome is ContactOutcome.REACHED
    whom = N_("Guardian, %(method)s: %(outcome)s") if event.guardian else N_("Other adult, %(method)s: %(outcome)s")
    method, outcome = (known.translate(words.of(choice)) for choice in (event.method, event.outcome))
    line = _line(known, whom, "phone", "ok" if reached else "warn", method=method, outcome=outcome)
    return _with(line, event.note, event.waiver, event.alone)


_EXCEPTIONS: dict[type[ev.Event], tuple[str, str, str]] = {
    ev.ExceptionDeclared: (N_("Exception: %(exception)s"), "s-none", "late"),
    ev.ExceptionRenewed: (N_("Exception renewed: %(exception)s"), "s-none", "warn"),
    ev.ExceptionLiftAsked: (N_("Asked to lift, a second person must confirm: %(exception)s"), "s-wait", "warn"),
    ev.ExceptionLifted: (N_("Exception lifted: %(exception)s"), "check", "ok"),
}


@_told.register
def _(
    event: ev.ExceptionDeclared | ev.ExceptionRenewed | ev.ExceptionLiftAsked | ev.ExceptionLifted, known: Known
) -> Told:
    return _with(_line(known, *_EXCEPTIONS[type(event)], exception=known.exception(event.exception)), event.reason)


@_told.register
def _(event: ev.ExceptionExpired, known: Known) -> Told:
    line = N_("Exception ran out and still blocks; renew or lift it: %(exception)s")
    return _line(known, line, "s-late", "late", exception=known.exception(event.exception))


@_told.register
def _(event: ev.ObligationCreated, known: Known) -> Told:
    return _line(known, N_("%(name)s must file a report"), "book", "late", name=known.person(event.owner))


@_told.register
def _(event: ev.ObligationDelegated, known: Known) -> Told:
    return _line(known, N_("%(name)s files the report"), "swap", name=known.person(event.to))


@_told.register
def _(event: ev.ReportFiled, known: Known) -> Told:
    return _with(_line(known, N_("Report filed: %(agency)s"), "book", "ok", agency=event.agency), event.number)


@_told.register
def _(event: ev.HandoffOffered, known: Known) -> Told:
    receiver = known.translate(words.of(event.receiver))
    line = _line(known, N_("Handoff offered: %(receiver)s"), "hand", "warn", receiver=receiver)
    return _with(line, event.organisation, event.threat)


@_told.register
def _(event: ev.HandoffAccepted, known: Known) -> Told:
    return _with(_line(known, N_("Handoff accepted by a named person"), "hand", "ok"), event.recipient)


@_told.register
def _(event: ev.HandoffDeclined, known: Known) -> Told:
    return _with(_line(known, N_("Handoff declined"), "hand", "late"), event.reason)


@_told.register
def _(event: ev.FollowUpRecorded, known: Known) -> Told:
    outcome = known.translate(words.of(event.outcome))
    tone = "ok" if event.outcome is FollowUpOutcome.COMPLETED and not event.safety_concern else "warn"
    line = N_("%(step)s, number %(number)s: %(outcome)s")
    step = known.step(event.step)
    return _with(_line(known, line, "cal", tone, step=step, number=event.occurrence, outcome=outcome), event.note)


@_told.register
def _(event: ev.FollowUpTransferred, known: Known) -> Told:
    told = _line(known, N_("The follow-up was passed on and accepted"), "swap", "ok")
    return _with(told, event.organisation)


@_told.register
def _(event: pev.PageRequested, known: Known) -> Told:
    role = known.translate(words.of(event.role))
    return _with(_line(known, N_("Paged: %(role)s"), "bell", "warn", role=role), kind="page")


@_told.register
def _(event: pev.PageAttempted, known: Known) -> Told:
    channel, outcome = (known.translate(words.of(choice)) for choice in (event.channel, event.outcome))
    tone = "" if event.outcome is AttemptOutcome.ACCEPTED else "late"
    line = N_("%(name)s by %(channel)s: %(outcome)s")
    told = _line(known, line, "sms", tone, name=known.person(event.person), channel=channel, outcome=outcome)
    return _with(told, kind="page")


@_told.register
def _(event: pev.PageAccepted, known: Known) -> Told:
    name = known.person(event.person)
    if event.eta_minutes is None:
        return _with(_line(known, N_("%(name)s accepted the page"), "walk", "ok", name=name), kind="page")
    line = N_("%(name)s accepted the page, there in %(minutes)s min")
    return _with(_line(known, line, "walk", "ok", name=name, minutes=event.eta_minutes), kind="page")


@_told.register
def _(event: pev.PageDeclined, known: Known) -> Told:
    told = _line(known, N_("%(name)s cannot come"), "x", "warn", name=known.person(event.person))
    return _with(told, kind="page")


@_told.register
def _(event: pev.PageEscalated, known: Known) -> Told:
    line = N_("No answer yet: level %(level)s is paged")
    return _with(_line(known, line, "bell", "warn", level=event.level + 1), kind="page")


@_told.register
def _(event: pev.PageExhausted, known: Known) -> Told:
    line = N_("Nobody answered. Call them yourself, or use 911 or 988")
    return _with(_line(known, line, "s-late", "late"), kind="page")


@_told.register
def _(event: pev.PageCancelled, known: Known) -> Told:
    return _with(_line(known, N_("The page was cancelled"), "x"), event.reason, kind="page")


@_told.register
def _(event: ev.DeadlineMissed, known: Known) -> Told:
    if event.deadline.startswith(REPORT):
        return _line(known, N_("A report is late"), "s-late", "late")
    return _line(known, N_("Late: %(step)s"), "s-late", "late", step=known.step(event.step))


_STILL_OPEN = {
    "obligation": N_("a report"),
    "handoff": N_("a handoff that nobody answered"),
    "custody": N_("no adult is with the student"),
    "offer": N_("the student was offered to another adult"),
    "signature": N_("a second signature"),
}


@_told.register
def _(event: ev.Reminded, known: Known) -> Told:
    kind, _, key = event.about.partition(":")
    what = known.translate(_STILL_OPEN[kind]) if kind in _STILL_OPEN else known.step(StepId(key))
    return _line(known, N_("Still open, told again: %(what)s"), "bell", "late", what=what)


@_told.register
def _(event: ev.NoteAdded, known: Known) -> Told:
    return _with(_line(known, N_("Note"), "note"), event.words, kind="note")


@_told.register
def _(event: ev.EventCorrected, known: Known) -> Told:
    line = _line(known, N_("Correction to entry %(seq)s"), "note", "warn", seq=event.seq)
    return _with(line, event.words, kind="note")


@_told.register
def _(event: ev.ReviewDecided, known: Known) -> Told:
    message = N_("A review will be held") if event.hold else N_("No review is needed")
    return _with(_line(known, message, "book"), event.reason)


@_told.register
def _(event: ev.IncidentLinked | ev.CloseSigned | ev.IncidentClosed, known: Known) -> Told:
    match event:
        case ev.IncidentLinked():
            return _line(known, N_("Linked to another incident"), "link")
        case ev.CloseSigned():
            return _line(known, N_("Signed for closing"), "check", "ok")
        case ev.IncidentClosed():
            return _line(known, N_("Incident closed"), "lock", "ok")
        case _:
            assert_never(event)
