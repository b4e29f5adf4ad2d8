"""Referrals in words: the states and reasons, and one sentence for each event."""

from crisis import referral_events as rev
from crisis.referral_words import ReferralReason, ReferralState, ReturnNews
from web.telling import Known, Told, line_of, told, with_
from web.words import N_
from web.words_of_directory import CARE

STATES: dict[ReferralState, str] = {
    ReferralState.DRAFT: N_("Draft: not asked yet"),
    ReferralState.REQUESTED: N_("Asked for, no answer yet"),
    ReferralState.RECEIVED: N_("Received there, nothing promised"),
    ReferralState.ACCEPTED: N_("Accepted by them"),
    ReferralState.REJECTED: N_("Turned down"),
    ReferralState.IN_PROGRESS: N_("Care has begun"),
    ReferralState.ON_HOLD: N_("Waits"),
    ReferralState.COMPLETED: N_("Completed"),
    ReferralState.CANCELLED: N_("Taken back by us"),
    ReferralState.FAILED: N_("Came to nothing"),
}
NEWS: dict[ReturnNews, str] = {
    ReturnNews.ADMITTED: N_("A student was admitted here"),
    ReturnNews.COMING_BACK: N_("A student is coming back"),
}
TONES = {
    ReferralState.DRAFT: "mute",
    ReferralState.REQUESTED: "warn",
    ReferralState.RECEIVED: "warn",
    ReferralState.ACCEPTED: "ok",
    ReferralState.REJECTED: "late",
    ReferralState.IN_PROGRESS: "ok",
    ReferralState.ON_HOLD: "warn",
    ReferralState.COMPLETED: "ok",
    ReferralState.CANCELLED: "mute",
    ReferralState.FAILED: "late",
}
REASONS: dict[ReferralReason, str] = {
    ReferralReason.AT_CAPACITY: N_("No places"),
    ReferralReason.WAITLIST: N_("On their waiting list"),
    ReferralReason.NOT_THEIR_FIELD: N_("Not what they do"),
    ReferralReason.AGE: N_("Not this age"),
    ReferralReason.INSURANCE: N_("Insurance or cost"),
    ReferralReason.LANGUAGE: N_("Nobody speaks the language"),
    ReferralReason.TOO_FAR: N_("Too far, or no way to get there"),
    ReferralReason.MORE_ASSESSMENT: N_("They want another assessment first"),
    ReferralReason.NO_CONSENT: N_("No consent"),
    ReferralReason.FAMILY_DECLINED: N_("The family said no"),
    ReferralReason.STUDENT_DECLINED: N_("The student said no"),
    ReferralReason.NOT_REACHED: N_("Nobody was reached"),
    ReferralReason.NOT_KEPT: N_("The appointment was not kept"),
    ReferralReason.ELSEWHERE: N_("Somebody else has taken it"),
    ReferralReason.OTHER: N_("Another reason, in words"),
}


@told.register
def _(event: rev.ReferralDrafted, known: Known) -> Told:
    values = {"agency": known.agency(event.agency), "care": known.translate(CARE[event.care])}
    return line_of(known, N_("Referral begun: %(agency)s, %(care)s"), "swap", **values)


@told.register
def _(event: rev.ReferralMoved, known: Known) -> Told:
    state, agency = known.translate(STATES[event.state]), known.agency(known.referred.get(event.referral))
    line = line_of(known, N_("Referral, %(agency)s: %(state)s"), "swap", TONES[event.state], agency=agency, state=state)
    if event.reason is not None:
        reason = known.translate(REASONS[event.reason])
        line = Told(text=f"{line.text} ({reason})", icon=line.icon, tone=line.tone)
    return with_(line, event.said_by, event.note)


@told.register
def _(event: rev.ReturnNewsCame, known: Known) -> Told:
    news = known.translate(NEWS[event.news])
    return with_(line_of(known, N_("An agency tells us: %(news)s"), "book", "warn", news=news), event.words)
