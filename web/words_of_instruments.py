"""What instruments and the safety plan are called, and the sentences of what was recorded with them."""

from crisis import events as ev
from crisis import instrument_events as iev
from crisis.instrument_words import PermissionBasis, PlanPrompt, StaysSafe
from crisis.protocols.columbia import CSSRS
from crisis.vocabulary import LanguageHelp, ScreenResult
from web import words
from web.telling import Known, Told, line_of, told, with_
from web.words import N_

BANDS: dict[str, str] = {
    "minimal": N_("minimal"),
    "mild": N_("mild"),
    "moderate": N_("moderate"),
    "moderately_severe": N_("moderately severe"),
    "severe": N_("severe"),
    "below": N_("below the cut point"),
    "positive": N_("at or above the cut point"),
}
PARTS: dict[str, str] = {
    "internalising": N_("internalizing"),
    "attention": N_("attention"),
    "externalising": N_("externalizing"),
}
BASES: dict[PermissionBasis, str] = {
    PermissionBasis.LETTER: N_("A letter of whoever owns it"),
    PermissionBasis.LICENCE: N_("A contract"),
    PermissionBasis.PUBLISHED_TERMS: N_("The owner's published terms, read for us by somebody who answers for it"),
}
# Asked of the student, and, in the first person, the headings of the page they take along.
PROMPTS: dict[PlanPrompt, tuple[str, str]] = {
    PlanPrompt.COPING: (N_("What helps you when it gets bad?"), N_("What helps me when it gets bad")),
    PlanPrompt.PEOPLE: (N_("Whom can you call or go to, day and night?"), N_("Whom I call or go to, day and night")),
    PlanPrompt.SAFER_PLACE: (
        N_("What is put away or changed so that the place where you are is safer?"),
        N_("What makes the place where I am safer"),
    ),
}
STAYS_SAFE: dict[StaysSafe, tuple[str, str]] = {
    StaysSafe.YES: (N_("Yes"), N_("Act on it now. Do not leave the student alone.")),
    StaysSafe.NO: (N_("No"), N_("A no does not clear the student.")),
    StaysSafe.NO_ANSWER: (N_("No answer"), N_("That is not a no.")),
}


def name_of(instrument: str) -> str:
    return "C-SSRS" if instrument == CSSRS else instrument.upper().replace("_", "-")


@told.register
def _(event: ev.ScreenRecorded, known: Known) -> Told:
    tone = "ok" if event.result is ScreenResult.NEGATIVE else "late"
    result, name = known.translate(words.of(event.result)), name_of(event.instrument)
    line = N_("Screened with %(instrument)s: %(result)s")
    if event.language_help is LanguageHelp.INTERPRETER:
        line = N_("Screened with %(instrument)s, administered via an interpreter: %(result)s")
    return line_of(known, line, "note", tone, instrument=name, result=result)


@told.register
def _(event: ev.InterviewRecorded, known: Known) -> Told:
    line = line_of(
        known, N_("Safety interview recorded (%(instrument)s)"), "note", instrument=name_of(event.instrument)
    )
    return with_(line, event.rationale)


@told.register
def _(event: iev.QuestionnaireRecorded, known: Known) -> Told:
    """It is never told as a level of risk."""
    translate = known.translate
    band = translate(BANDS[event.band])
    line = (
        N_("%(instrument)s: %(total)s, %(band)s") if event.whole else N_("%(instrument)s: at least %(total)s, %(band)s")
    )
    said = translate(line) % {"instrument": name_of(event.instrument), "total": event.total, "band": band}
    if event.stands_out:
        said += f" ({', '.join(translate(PARTS[each]) for each in sorted(event.stands_out))})"
    if event.language_help is LanguageHelp.INTERPRETER:
        said += ". " + translate(N_("Administered via an interpreter"))
    if not event.screen_needed:
        return Told(text=said, icon="note")
    asks = translate(N_("It asks for a suicide screening today"))
    return Told(text=f"{said}. {asks}", icon="note", tone="late")


@told.register
def _(event: iev.SafetyPlanWritten, known: Known) -> Told:
    line = line_of(known, N_("Safety plan written with the student"), "note", "ok")
    return with_(line, event.coping, event.people, event.safer_place)


@told.register
def _(event: iev.SafetyPlanGiven, known: Known) -> Told:
    if event.given:
        return line_of(known, N_("The student has a copy of the safety plan"), "hand", "ok")
    return with_(line_of(known, N_("The student has no copy of the safety plan"), "hand", "warn"), event.reason)
