"""Whom to call first, in words: what must be so first, who answers, and one sentence for each event of it."""

from crisis import record_events as cev
from crisis.privacy_words import NoticeRule
from crisis.record_words import ContactCondition, FamilyStatus, TribalWish
from web.telling import Known, Told, line_of, told, with_
from web.words import N_

CONDITIONS: dict[ContactCondition, str] = {
    ContactCondition.WITH_ADULT: N_("Only with this adult beside them: %(name)s"),
    ContactCondition.STUDENT_KNOWS_FIRST: N_("Tell the student first that you call"),
    ContactCondition.STUDENT_PRESENT: N_("Only with the student there"),
    ContactCondition.IN_PERSON: N_("In person: on the telephone ask only that they come"),
}
TO_CHOOSE: dict[ContactCondition, str] = {
    **CONDITIONS,
    ContactCondition.WITH_ADULT: N_("Another adult of the list is beside them"),
}
STATUSES: dict[FamilyStatus, str] = {
    FamilyStatus.UNACCOMPANIED: N_("Lives without a parent or guardian (McKinney-Vento)"),
    FamilyStatus.STATE_CUSTODY: N_("In the custody of the state, or in foster care"),
    FamilyStatus.KINSHIP: N_("Lives with relatives, without a court's paper"),
    FamilyStatus.SURROGATE: N_("A surrogate parent is appointed for school matters"),
}
TRIBAL_WISHES: dict[TribalWish, str] = {
    TribalWish.ASK_US_FIRST: N_("Ask us before anybody speaks with our tribe"),
    TribalWish.INVITE: N_("Invite somebody of our tribe, together with us"),
    TribalWish.DO_NOT_CONTACT: N_("Do not speak with our tribe"),
}


def condition(kind: ContactCondition, beside: str | None) -> tuple[str, dict[str, str]]:
    """The sentence, and what stands in it."""
    return CONDITIONS[kind], {} if beside is None else {"name": beside}


@told.register
def _(event: cev.ContactDecided, known: Known) -> Told:
    name = known.person(event.contact)
    if event.tell:
        line = line_of(known, N_("Decided: this adult may be told: %(name)s"), "check", "ok", name=name)
    else:
        line = line_of(known, N_("Decided: this adult is not contacted: %(name)s"), "s-none", "late", name=name)
    return with_(line, event.reason)


NOTICES: dict[NoticeRule, str] = {  # what the law of the place makes of care that a minor agreed to
    NoticeRule.REQUIRED: N_("The law here wants parents told: this changes nothing."),
    NoticeRule.PERMITTED: N_("The law here leaves it to the school: this is on record, and changes nothing by itself."),
    NoticeRule.FORBIDDEN_WITHOUT_MINOR_CONSENT: N_(
        "The law here: parents are told only that the student is safe, unless the student agrees to more."
    ),
}
