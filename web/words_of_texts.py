"""Texts and e-mail to guardians in words: how far each came, why one was stopped, and one sentence for each event."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from crisis import family_events as fev
from crisis.message_words import MessageWay, SendState
from crisis.policy.meetings import SPEECH, time_in
from crisis.protocols import loader
from crisis.statemachine.incident import GuardianText
from web.telling import Known, Told, line_of, told, with_
from web.words import N_

STATES: dict[SendState, tuple[str, str]] = {  # in words, and how the tag looks
    SendState.ORDERED: (N_("Is being sent"), "warn"),
    SendState.STOPPED: (N_("Stopped: nothing was sent. Call them."), "late"),
    SendState.GIVEN: (N_("Is being sent"), "warn"),
    SendState.UNKNOWN: (N_("Not known whether it left. Call them."), "late"),
    SendState.TAKEN: (N_("Handed on; nobody is informed by that"), ""),
    SendState.DELIVERED: (N_("Delivered; nobody is informed by that"), "ok"),
    SendState.FAILED: (N_("Did not arrive. Call them now."), "late"),
}
WHY: dict[str, str] = {
    "PR-1": N_("this person must not be contacted"),
    "PR-2": N_("somebody else may have this number"),
    "PR-3": N_("somebody in their home must not be contacted"),
    "PR-4": N_("child protection is contacted in place of the parents"),
    "PR-7": N_("an order about this person has run out; a person decides"),
    "PR-14": N_("it waited too long"),
    "PR-15": N_("what is written does not reach them any more"),
    "PR-21": N_("somebody else may read it"),
    "PR-23": N_("nothing is set up here that could send it"),
    "PR-71": N_("the text was changed, or is not published any more"),
    "PR-72": N_("they asked to be called, or for a short text"),
    "FAMILY": N_("the lead decides about this adult"),
    "PR-73": N_("no text is ready in their language"),
}
OTHERWISE = N_("a rule does not allow it")


def title(message: str, language: str) -> str:
    """Of the catalog; what was taken out of it is told by its number."""
    known = loader.messages().get(message)
    return message.upper() if known is None else known.title.in_language(language)


def about(text: GuardianText | fev.GuardianTextOrdered, known: Known) -> str:
    """Which text, and of which time it speaks, by the school's clock."""
    named, speech = title(text.message, known.language), SPEECH.get(known.language)
    if text.meets_at is None or speech is None:
        return named
    return f"{named}, {time_in(speech, text.meets_at, ZoneInfo(known.zone))}"


def why(rules: Iterable[str], known: Known) -> str:
    said = dict.fromkeys(WHY.get(rule, OTHERWISE) for rule in sorted(rules, key=_number))
    return "; ".join(known.translate(each) for each in said)


def _number(rule: str) -> int:
    """The worst stand first."""
    return int(rule.rpartition("-")[2]) if rule.rpartition("-")[2].isdecimal() else 0


@told.register
def _(event: fev.GuardianTextOrdered, known: Known) -> Told:
    line = N_("Text to %(name)s ordered: %(what)s")
    if event.way is MessageWay.EMAIL:
        line = N_("E-mail to %(name)s ordered: %(what)s")
    return line_of(known, line, "sms", name=known.person(event.contact), what=about(event, known))


@told.register
def _(event: fev.GuardianTextGiven, known: Known) -> Told:
    line = N_("The text to %(name)s was given to the carrier: %(what)s")
    if event.way is MessageWay.EMAIL:
        line = N_("The e-mail to %(name)s was given to the mail server: %(what)s")
    return line_of(known, line, "sms", name=known.person(event.contact), what=title(event.message, known.language))


@told.register
def _(event: fev.GuardianTextStopped, known: Known) -> Told:
    line = N_("The text to %(name)s was stopped before it left: %(why)s. Call them, where they may be called.")
    if event.way is MessageWay.EMAIL:
        line = N_("The e-mail to %(name)s was stopped before it left: %(why)s. Call them, where they may be called.")
    return line_of(known, line, "s-none", "late", name=known.person(event.contact), why=why(event.rules, known))


_MOVED: dict[SendState, tuple[str, str]] = {
    SendState.UNKNOWN: (N_("Not known whether the text to %(name)s left: call them"), "late"),
    SendState.TAKEN: (N_("The carrier has the text to %(name)s"), ""),
    SendState.DELIVERED: (N_("The text to %(name)s was delivered; nobody is informed by that"), "ok"),
    SendState.FAILED: (N_("The text to %(name)s did not arrive: call them now"), "late"),
}
_MAILED: dict[SendState, tuple[str, str]] = {  # a mail server says of no e-mail that it was delivered
    SendState.UNKNOWN: (N_("Not known whether the e-mail to %(name)s left: call them"), "late"),
    SendState.TAKEN: (N_("The mail server has the e-mail to %(name)s; nobody is informed by that"), ""),
    SendState.FAILED: (N_("The e-mail to %(name)s did not arrive: call them now"), "late"),
}


@told.register
def _(event: fev.GuardianTextMoved, known: Known) -> Told:
    mailed = _MAILED.get(event.state) if event.way is MessageWay.EMAIL else None
    line, tone = mailed or _MOVED[event.state]
    return line_of(known, line, "sms", tone, name=known.person(event.contact))


@told.register
def _(event: fev.GuardianTextOutrun, known: Known) -> Told:
    line = N_("A text had left for %(name)s before this was known: %(why)s")
    if event.way is MessageWay.EMAIL:
        line = N_("An e-mail had left for %(name)s before this was known: %(why)s")
    return line_of(known, line, "alert", "late", name=known.person(event.contact), why=why(event.rules, known))


@told.register
def _(event: fev.GuardianWrote, known: Known) -> Told:
    line = N_("%(name)s wrote back, and was asked to call:") if event.answered else N_("%(name)s wrote back:")
    return with_(line_of(known, line, "sms", "live", name=known.person(event.contact)), event.words, kind="note")


@told.register
def _(event: fev.GuardianTextsRefused, known: Known) -> Told:
    line = N_("%(name)s wrote STOP: no text goes to this number any more. Call them now.")
    if event.way is MessageWay.EMAIL:
        line = N_("%(name)s wants no more e-mail: none goes to this address any more. Call them now.")
    elif event.by is not None:
        line = N_("%(name)s wants no more texts: none goes to this number any more. Call them now.")
    return line_of(known, line, "s-none", "late", name=known.person(event.contact))


@told.register
def _(event: fev.GuardianNumberWrong, known: Known) -> Told:
    line = N_("A number of %(name)s belongs to somebody else; it is not used any more")
    if event.way is MessageWay.EMAIL:
        line = N_("An e-mail address of %(name)s belongs to somebody else; it is not used any more")
    return line_of(known, line, "x", "late", name=known.person(event.contact))
