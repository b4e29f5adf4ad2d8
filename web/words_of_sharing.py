"""What may be told to whom, and what a student said about it, in words; one sentence for each event of it."""

from crisis import record_events as cev
from crisis.record_words import Assent, InfoAction, InfoAudience, RecordTask
from web.telling import Known, Told, line_of, told, with_
from web.words import N_

AUDIENCES: dict[InfoAudience, str] = {
    InfoAudience.CLINICIAN: N_("Who takes the student over"),
    InfoAudience.GUARDIAN: N_("Parents and guardians"),
}
ACTIONS: dict[InfoAction, str] = {
    InfoAction.SHARE: N_("may be told"),
    InfoAction.ASK_FIRST: N_("ask first, each time"),
    InfoAction.DO_NOT_VOLUNTEER: N_("is not told by itself"),
}
ASSENTS: dict[Assent, str] = {
    Assent.AGREED: N_("Told, and agrees"),
    Assent.DISAGREED: N_("Told, and does not agree"),
    Assent.UNSAFE: N_("Not told: it would not be safe"),
    Assent.NOT_ABLE: N_("Not told: cannot take it in now"),
}


@told.register
def _(event: cev.AssentRecorded, known: Known) -> Told:
    answer = known.translate(ASSENTS[event.answer])
    tone = "ok" if event.answer is Assent.AGREED else "warn"
    line = line_of(known, N_("The student about what leaves: %(answer)s"), "user", tone, answer=answer)
    return with_(line, event.reason)


TASKS: dict[RecordTask, str] = {
    RecordTask.TELL_TITLE_IX: N_("Tell the Title IX coordinator"),
    RecordTask.CHECK_ICWA: N_("Ask the caseworker to look at the Indian Child Welfare Act"),
    RecordTask.INVITE_HELPER: N_("Invite whom the family wants with them"),
}


@told.register
def _(event: cev.CompanyAsked, known: Known) -> Told:
    name = known.person(event.to)
    if event.by is None:
        return line_of(known, N_("Asked to come, as the student wished: %(name)s"), "users", name=name)
    return line_of(known, N_("Asked to come and sit with the student: %(name)s"), "users", name=name)


@told.register
def _(event: cev.CompanyAnswered, known: Known) -> Told:
    if event.coming:
        return line_of(known, N_("Is coming to sit with the student"), "walk", "ok")
    return line_of(known, N_("Cannot come to sit with the student"), "s-none", "warn")


@told.register
def _(event: cev.TaskOpened, known: Known) -> Told:
    return line_of(known, N_("To do: %(task)s"), "alert", "warn", task=known.translate(TASKS[event.task]))


@told.register
def _(event: cev.TaskFinished, known: Known) -> Told:
    line = line_of(known, N_("Done: %(task)s"), "check", "ok", task=known.translate(TASKS[event.task]))
    return with_(line, event.note)
