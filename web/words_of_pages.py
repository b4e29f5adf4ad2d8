"""One sentence for each event about a page, as the timeline shows it."""

from crisis import page_events as pev
from crisis.vocabulary import AttemptOutcome, DeclineReason, PersonId
from web import words
from web.telling import Known, Told, line_of, told, with_
from web.words import N_
from web.words_of_record import wish


@told.register
def _(event: pev.PageRequested, known: Known) -> Told:
    role = known.translate(words.of(event.role))
    line = N_("Paged: %(role)s")
    if event.begins_at is not None:
        line = N_("%(role)s: will be paged when school opens")
    elif event.beside is not None:
        line = N_("One more person is needed. Paged: %(role)s")
    elif event.people > 1:
        line = N_("Paged: %(role)s. %(people)s people are needed")
    return with_(line_of(known, line, "bell", "warn", role=role, people=event.people), kind="page")


@told.register
def _(event: pev.PageAttempted, known: Known) -> Told:
    channel, outcome = (known.translate(words.of(choice)) for choice in (event.channel, event.outcome))
    tone = "" if event.outcome is AttemptOutcome.ACCEPTED else "late"
    if event.failure is not None:
        outcome = f"{outcome} ({known.translate(words.of(event.failure))})"
    line = N_("%(name)s by %(channel)s: %(outcome)s")
    said = line_of(known, line, "sms", tone, name=known.person(event.person), channel=channel, outcome=outcome)
    return with_(said, kind="page")


@told.register
def _(event: pev.PageHeldBack, known: Known) -> Told:
    line = N_("The text to %(name)s waits %(seconds)s s: another page went to this telephone just now")
    seconds = max(0, round((event.until - event.at).total_seconds()))
    return with_(line_of(known, line, "clock", "warn", name=known.person(event.person), seconds=seconds), kind="page")


@told.register
def _(event: pev.PageSentBeside, known: Known) -> Told:
    gone = event.outcome is AttemptOutcome.ACCEPTED
    line = N_("%(name)s also by %(channel)s") if gone else N_("%(name)s also by %(channel)s: it did not go out")
    channel = known.translate(words.of(event.channel))
    return with_(line_of(known, line, "sms", name=known.person(event.person), channel=channel), kind="page")


@told.register
def _(event: pev.PageAccepted, known: Known) -> Told:
    name = known.person(event.person)
    if event.eta_minutes is None:
        return with_(line_of(known, N_("%(name)s accepted the page"), "walk", "ok", name=name), kind="page")
    line = N_("%(name)s accepted the page, there in %(minutes)s min")
    return with_(line_of(known, line, "walk", "ok", name=name, minutes=event.eta_minutes), kind="page")


@told.register
def _(event: pev.PreferencesWeighed, known: Known) -> Told:
    if not event.unmet:
        line = N_("%(name)s is whom the family asked for")
        return with_(line_of(known, line, "check", name=known.person(event.person)), kind="page")
    lacked = ", ".join(known.translate(wish(each)) for each in event.unmet)
    line = N_("Asked for and not met: %(what)s. Help did not wait for it.")
    return with_(line_of(known, line, "info", "warn", what=lacked), kind="page")


@told.register
def _(event: pev.PageDeclined, known: Known) -> Told:
    return with_(_cannot(known, event.person, event.reason), kind="page")


def _cannot(known: Known, who: PersonId, reason: DeclineReason | None) -> Told:
    if reason in (None, DeclineReason.OTHER):
        return line_of(known, N_("%(name)s cannot come"), "x", "warn", name=known.person(who))
    why = known.translate(words.of(reason))
    return line_of(known, N_("%(name)s cannot come: %(reason)s"), "x", "warn", name=known.person(who), reason=why)


@told.register
def _(event: pev.PageLetGo, known: Known) -> Told:
    line = N_("%(name)s had taken the page and cannot come after all: it is open again")
    return with_(line_of(known, line, "s-late", "late", name=known.person(event.person)), kind="page")


@told.register
def _(event: pev.PageLapsed, known: Known) -> Told:
    line = N_("Nobody saw %(name)s come: the page is open again")
    return with_(line_of(known, line, "s-late", "late", name=known.person(event.person)), kind="page")


@told.register
def _(event: pev.PageSeen, known: Known) -> Told:
    line = N_("%(name)s has seen the page") if event.words is None else N_("%(name)s wrote, and has not answered by it")
    return with_(line_of(known, line, "eye", name=known.person(event.person)), event.words, kind="page")


@told.register
def _(event: pev.PageTextsStopped, known: Known) -> Told:
    line = N_("%(name)s has switched our texts off and is called instead")
    return with_(line_of(known, line, "phone", "warn", name=known.person(event.person)), kind="page")


@told.register
def _(event: pev.PageAnsweredLate, known: Known) -> Told:
    line = N_("%(name)s answered when the page had ended; nothing changes by it")
    return with_(line_of(known, line, "clock", name=known.person(event.person)), event.words, kind="page")


@told.register
def _(event: pev.PageDeclineExplained, known: Known) -> Told:
    return with_(_cannot(known, event.person, event.reason), kind="page")


@told.register
def _(event: pev.PageReceiptCame, known: Known) -> Told:
    channel, receipt = (known.translate(words.of(choice)) for choice in (event.channel, event.receipt))
    line = N_("%(name)s by %(channel)s: %(outcome)s")
    said = line_of(known, line, "sms", name=known.person(event.person), channel=channel, outcome=receipt)
    return with_(said, kind="page")


@told.register
def _(event: pev.PageStoodBy, known: Known) -> Told:
    return with_(line_of(known, N_("%(name)s stands by"), "users", name=known.person(event.person)), kind="page")


@told.register
def _(event: pev.PageArrived, known: Known) -> Told:
    return with_(line_of(known, N_("%(name)s is here"), "pin", "ok", name=known.person(event.person)), kind="page")


@told.register
def _(event: pev.PageDelayed, known: Known) -> Told:
    line = N_("%(name)s comes later: %(minutes)s min from now")
    said = line_of(known, line, "clock", "warn", name=known.person(event.person), minutes=event.eta_minutes)
    return with_(said, kind="page")


@told.register
def _(event: pev.ArrivalAsked, known: Known) -> Told:
    return with_(line_of(known, N_("Asked whether whoever took the page is here"), "clock", "warn"), kind="page")


@told.register
def _(event: pev.PageOffered, known: Known) -> Told:
    line = N_("The page is offered to %(name)s; it is not handed over yet")
    return with_(line_of(known, line, "swap", "warn", name=known.person(event.to)), kind="page")


@told.register
def _(event: pev.PageOfferEnded, known: Known) -> Told:
    line = N_("%(name)s does not take the page over: it stays where it was")
    return with_(line_of(known, line, "swap", "warn", name=known.person(event.to)), kind="page")


@told.register
def _(event: pev.PageDisposed, known: Known) -> Told:
    how = known.translate(words.of(event.how))
    return with_(line_of(known, N_("The alarm was ended: %(how)s"), "bell", "ok", how=how), event.words, kind="page")


@told.register
def _(event: pev.PageEscalated, known: Known) -> Told:
    line = N_("No answer yet: level %(level)s is paged")
    if event.due_at is not None:
        line = N_("Nothing worked for a while. All levels up to %(level)s are paged now")
    return with_(line_of(known, line, "bell", "warn", level=event.level + 1), kind="page")


@told.register
def _(event: pev.PageExhausted, known: Known) -> Told:
    line = N_("Nobody answered. Call them yourself, or use 911 or 988")
    if event.due_at is not None:
        line = N_("Nothing worked for a while, and nobody has answered. Call them yourself, or use 911 or 988")
    return with_(line_of(known, line, "s-late", "late"), kind="page")


@told.register
def _(event: pev.PageCancelled, known: Known) -> Told:
    return with_(line_of(known, N_("The page was cancelled"), "x"), event.reason, kind="page")
