"""One sentence for each event, as the timeline shows it. Who did it and what they wrote stand beside the sentence."""

from typing import assert_never

from crisis import events as ev
from crisis import linked_events as lev
from crisis import report_events as tev
from crisis.statemachine.alongside import OTHER_INCIDENT
from crisis.statemachine.timers import REPORT
from crisis.store.queries import words_of_evidence
from crisis.vocabulary import (
    ContactOutcome,
    FollowUpOutcome,
    StepId,
    Tier,
)
from web import (
    words,
    words_of_brief,
    words_of_drills,
    words_of_family,
    words_of_instruments,
    words_of_pages,
    words_of_referrals,
    words_of_sharing,
    words_of_texts,
    words_of_watching,
)
from web.rendering import babel_language
from web.telling import Known, Told, line_of, told, with_
from web.words import N_
from web.words_of_record import wish

# Importing them registers their sentences.
CONCERNS = (
    words_of_pages,
    words_of_referrals,
    words_of_brief,
    words_of_drills,
    words_of_instruments,
    words_of_family,
    words_of_texts,
    words_of_sharing,
    words_of_watching,
)


def tell(event: ev.Event, known: Known) -> Told:
    return told(event, known)


@told.register
def _(event: ev.IncidentOpened, known: Known) -> Told:
    kind = known.protocol.crisis_types.get(event.crisis_type)
    what = kind.in_language(known.language) if kind is not None else event.crisis_type
    return with_(line_of(known, N_("Incident opened: %(what)s"), "flag", "live", what=what), event.place)


@told.register
def _(event: ev.PhaseEntered, known: Known) -> Told:
    return line_of(known, N_("Next phase: %(phase)s"), "right", "live", phase=known.translate(words.of(event.phase)))


_PLAIN: dict[type[ev.Event], tuple[str, str, str]] = {
    ev.StudentIdentified: (N_("The student was identified"), "user", ""),
    ev.TierSigned: (N_("Level of risk signed by a second person"), "shield", "ok"),
    ev.CustodyOfferEnded: (N_("The student was not handed over; the same adult stays"), "swap", ""),
    ev.StudentReturned: (N_("The student is back at school"), "left", "live"),
}


@told.register
def _(event: ev.StudentIdentified | ev.TierSigned | ev.CustodyOfferEnded | ev.StudentReturned, known: Known) -> Told:
    return line_of(known, *_PLAIN[type(event)])


@told.register
def _(event: ev.LeadAssigned, known: Known) -> Told:
    return line_of(known, N_("%(name)s leads this incident"), "user", name=known.person(event.lead))


@told.register
def _(event: ev.StepAssigned, known: Known) -> Told:
    line = N_("%(name)s was asked to do: %(step)s")
    return line_of(known, line, "swap", name=known.person(event.to), step=known.step(event.step))


@told.register
def _(event: ev.StepCompleted, known: Known) -> Told:
    line = line_of(known, N_("Done: %(step)s"), "check", "ok", step=known.step(event.step))
    return with_(line, *words_of_evidence(event, known.protocol.step(event.step)))


@told.register
def _(event: ev.IncidentsSpawned, known: Known) -> Told:
    line, count = N_("Incidents of their own for students: %(count)s"), str(len(event.students))
    return line_of(known, line, "link", "live", count=count)


@told.register
def _(event: ev.StepWaived, known: Known) -> Told:
    line = line_of(known, N_("Left out, with a reason: %(step)s"), "s-none", "warn", step=known.step(event.step))
    return with_(line, event.reason)


@told.register
def _(event: ev.DecisionAnswered, known: Known) -> Told:
    choice, step = known.choice(event.step, event.choice), known.step(event.step)
    return with_(line_of(known, N_("%(step)s: %(choice)s"), "check", "ok", step=step, choice=choice), event.reason)


@told.register
def _(event: ev.FloorRaised, known: Known) -> Told:
    tier = known.translate(words.of(event.floor))
    if event.source == OTHER_INCIDENT:
        return line_of(
            known, N_("Another assessment of this student asks for at least: %(tier)s"), "alert", "warn", tier=tier
        )
    return line_of(known, N_("The instrument sets at least: %(tier)s"), "alert", "warn", tier=tier)


@told.register
def _(event: ev.TierSet, known: Known) -> Told:
    line = N_("Level of risk decided, waits for a second signature: %(tier)s")
    message = line if event.second_needed else N_("Level of risk decided: %(tier)s")
    tone = "late" if event.tier.rank >= Tier.HIGH.rank else "live"
    return with_(line_of(known, message, "shield", tone, tier=known.translate(words.of(event.tier))), event.rationale)


@told.register
def _(event: ev.SupportsRecorded, known: Known) -> Told:
    if not event.missing:
        return line_of(known, N_("What the student needs to tell us things was here"), "check", "ok")
    lacked = ", ".join(known.translate(wish(each)) for each in sorted(event.missing))
    line = N_("Without what the student needs to tell us things: %(what)s")
    return with_(line_of(known, line, "alert", "warn", what=lacked), event.without)


@told.register
def _(event: ev.AssessmentReopened, known: Known) -> Told:
    return with_(line_of(known, N_("The safety assessment was opened again"), "swap", "warn"), event.reason)


@told.register
def _(event: ev.FactSet, known: Known) -> Told:
    rule = next((fact for fact in known.protocol.facts if fact.id == event.fact), None)
    label = rule.label.in_language(known.language) if rule is not None else event.fact
    value = rule.values[event.value].in_language(known.language) if rule is not None else event.value
    return line_of(known, N_("%(fact)s: %(value)s"), "info", fact=label, value=value)


@told.register
def _(event: ev.CustodyTaken, known: Known) -> Told:
    return line_of(known, N_("%(name)s is with the student"), "pin", "ok", name=known.person(event.adult))


@told.register
def _(event: ev.CustodyOffered, known: Known) -> Told:
    line = N_("%(name)s was asked to take over being with the student")
    return line_of(known, line, "swap", "warn", name=known.person(event.to))


@told.register
def _(event: ev.CustodyAccepted, known: Known) -> Told:
    return line_of(known, N_("%(name)s took over and is with the student"), "pin", "ok", name=known.person(event.adult))


@told.register
def _(event: ev.CustodyLost, known: Known) -> Told:
    return with_(line_of(known, N_("The student cannot be found"), "alert", "late"), event.last_seen)


@told.register
def _(event: ev.StudentFound, known: Known) -> Told:
    line = N_("The student was found; %(name)s is with the student")
    return line_of(known, line, "pin", "ok", name=known.person(event.adult))


@told.register
def _(event: lev.AdultFollowed, known: Known) -> Told:
    if event.adult is None:
        return line_of(known, N_("The student cannot be found, as another incident of theirs says"), "alert", "late")
    line = N_("%(name)s is with the student, as another incident of theirs says")
    return line_of(known, line, "pin", "ok", name=known.person(event.adult))


@told.register
def _(event: ev.CustodyReleased, known: Known) -> Told:
    line = line_of(known, N_("The student was released: %(to)s"), "out", "ok", to=known.translate(words.of(event.to)))
    return with_(line, event.receiver)


@told.register
def _(event: ev.EmergencyRaised, known: Known) -> Told:
    message = N_("Emergency: 911 was called") if event.called_911 else N_("Emergency: 911 was not called yet")
    return line_of(known, message, "alert", "late")


@told.register
def _(event: ev.EmergencyResolved, known: Known) -> Told:
    return with_(line_of(known, N_("The emergency is over"), "check", "ok"), event.outcome)


@told.register
def _(event: ev.ContactAttempted, known: Known) -> Told:
    reached = event.outcome is ContactOutcome.REACHED
    whom = N_("Guardian, %(method)s: %(outcome)s") if event.guardian else N_("Other adult, %(method)s: %(outcome)s")
    method, outcome = (known.translate(words.of(choice)) for choice in (event.method, event.outcome))
    line = line_of(known, whom, "phone", "ok" if reached else "warn", method=method, outcome=outcome)
    return with_(line, event.note, event.waiver, event.alone, event.interpreter)


@told.register
def _(event: lev.ContactCounted, known: Known) -> Told:
    return line_of(
        known, N_("The talk with a guardian in another incident of this student covered this too"), "phone", "ok"
    )


@told.register
def _(event: ev.InterpreterArranged, known: Known) -> Told:
    language = babel_language(event.language, "es" if known.language == "es" else "en")
    message = N_("Interpreter for %(language)s: %(kind)s")
    line = line_of(known, message, "globe", "ok", language=language, kind=known.translate(words.of(event.kind)))
    return with_(line, event.interpreter)


_EXCEPTIONS: dict[type[ev.Event], tuple[str, str, str]] = {
    ev.ExceptionDeclared: (N_("Exception: %(exception)s"), "s-none", "late"),
    ev.ExceptionRenewed: (N_("Exception renewed: %(exception)s"), "s-none", "warn"),
    ev.ExceptionLiftAsked: (N_("Asked to lift, a second person must confirm: %(exception)s"), "s-wait", "warn"),
    ev.ExceptionLifted: (N_("Exception lifted: %(exception)s"), "check", "ok"),
}


@told.register
def _(
    event: ev.ExceptionDeclared | ev.ExceptionRenewed | ev.ExceptionLiftAsked | ev.ExceptionLifted, known: Known
) -> Told:
    return with_(line_of(known, *_EXCEPTIONS[type(event)], exception=known.exception(event.exception)), event.reason)


@told.register
def _(event: ev.ExceptionExpired, known: Known) -> Told:
    line = N_("Exception ran out and still blocks; renew or lift it: %(exception)s")
    return line_of(known, line, "s-late", "late", exception=known.exception(event.exception))


@told.register
def _(event: ev.ObligationCreated, known: Known) -> Told:
    return line_of(known, N_("%(name)s must file a report"), "book", "late", name=known.person(event.owner))


@told.register
def _(event: tev.SuspectedEarlier, known: Known) -> Told:
    return line_of(known, N_("It was suspected earlier, so the report is due earlier"), "book", "late")


@told.register
def _(event: ev.ObligationDelegated, known: Known) -> Told:
    return line_of(known, N_("%(name)s files the report"), "swap", name=known.person(event.to))


@told.register
def _(event: ev.ReportFiled, known: Known) -> Told:
    line = line_of(known, N_("Report filed: %(agency)s"), "book", "ok", agency=event.agency)
    return with_(line, event.number, event.worker)


@told.register
def _(event: ev.HandoffOffered, known: Known) -> Told:
    receiver = known.translate(words.of(event.receiver))
    line = line_of(known, N_("Handoff offered: %(receiver)s"), "hand", "warn", receiver=receiver)
    return with_(line, event.organisation, event.threat)


@told.register
def _(event: ev.HandoffAccepted, known: Known) -> Told:
    return with_(line_of(known, N_("Handoff accepted by a named person"), "hand", "ok"), event.recipient)


@told.register
def _(event: ev.HandoffDeclined, known: Known) -> Told:
    return with_(line_of(known, N_("Handoff declined"), "hand", "late"), event.reason)


@told.register
def _(event: ev.FollowUpRecorded, known: Known) -> Told:
    outcome = known.translate(words.of(event.outcome))
    tone = "ok" if event.outcome is FollowUpOutcome.COMPLETED and not event.safety_concern else "warn"
    beside = N_("%(step)s, beside those that count: %(outcome)s")
    line = beside if event.beside else N_("%(step)s, number %(number)s: %(outcome)s")
    step = known.step(event.step)
    return with_(line_of(known, line, "cal", tone, step=step, number=event.occurrence, outcome=outcome), event.note)


@told.register
def _(event: ev.FollowUpEnded, known: Known) -> Told:
    return with_(line_of(known, N_("Ended: %(step)s"), "check", "ok", step=known.step(event.step)), event.reason)


@told.register
def _(event: ev.FollowUpTransferred, known: Known) -> Told:
    said = line_of(known, N_("The follow-up was passed on and accepted"), "swap", "ok")
    return with_(said, event.organisation)


@told.register
def _(event: ev.DeadlineMissed, known: Known) -> Told:
    if event.deadline.startswith(REPORT):
        return line_of(known, N_("A report is late"), "s-late", "late")
    return line_of(known, N_("Late: %(step)s"), "s-late", "late", step=known.step(event.step))


_STILL_OPEN = {
    "obligation": N_("a report"),
    "handoff": N_("a handoff that nobody answered"),
    "referral": N_("a referral of which nobody has heard"),
    "custody": N_("no adult is with the student"),
    "offer": N_("the student was offered to another adult"),
    "signature": N_("a second signature"),
    "attempt": N_("the family was not reached yet; try again"),
}


@told.register
def _(event: ev.Reminded, known: Known) -> Told:
    kind, _, key = event.about.partition(":")
    what = known.translate(_STILL_OPEN[kind]) if kind in _STILL_OPEN else known.step(StepId(key))
    return line_of(known, N_("Still open, told again: %(what)s"), "bell", "late", what=what)


@told.register
def _(event: ev.NoteAdded, known: Known) -> Told:
    return with_(line_of(known, N_("Note"), "note"), event.words, kind="note")


@told.register
def _(event: ev.EventCorrected, known: Known) -> Told:
    said = N_("Entry %(seq)s was entered in error") if event.in_error else N_("Correction to entry %(seq)s")
    line = line_of(known, said, "note", "warn", seq=event.seq)
    return with_(line, event.words, kind="note")


@told.register
def _(event: ev.ReviewDecided, known: Known) -> Told:
    message = N_("A review will be held") if event.hold else N_("No review is needed")
    return with_(line_of(known, message, "book"), event.reason)


@told.register
def _(event: ev.IncidentLinked | ev.CloseSigned | ev.IncidentClosed | ev.NoticeExpired, known: Known) -> Told:
    match event:
        case ev.IncidentLinked():
            return line_of(known, N_("Linked to another incident"), "link")
        case ev.NoticeExpired():
            return line_of(known, N_("The notice has run out, and is about nobody any more"), "lock", "ok")
        case ev.CloseSigned():
            return line_of(known, N_("Signed for closing"), "check", "ok")
        case ev.IncidentClosed():
            return line_of(known, N_("Incident closed"), "lock", "ok")
        case _:
            assert_never(event)
