"""As whom somebody sees an incident, and what that view holds: closed lists (`privacy-and-culture.md` 3.2, 3.5).

Console and API cut by the same answer, before anything is shown. A field that no view lists cannot appear (PR-48).
"""

from collections.abc import Mapping
from datetime import datetime

from crisis.access_words import Category, Matter, NeedToKnow, View
from crisis.commands import Actor
from crisis.policy.access import COUNSELORS, PRINCIPALS
from crisis.policy.sight import About, needs
from crisis.referral_words import DataPoint
from crisis.statemachine.incident import Incident
from crisis.vocabulary import PersonId, StaffRole

D, M = DataPoint, Matter
ASSESSING = COUNSELORS | {StaffRole.CLINICIAN}

LOGISTICS = frozenset({M.HANDLING, M.RISK, M.SAFETY, M.TEAM, M.STUDENT, M.FAMILY, M.ASKED, M.MEDICAL, M.HANDOFF})
RESPONDER = LOGISTICS | {M.NOTES}
CLINICIAN = RESPONDER | {M.CARE, M.PROTECTION, M.REFERRAL}
LISTED: Mapping[View, frozenset[Matter]] = {
    View.STATUS: frozenset(),  # `crisis/store/partial.py` is their whole view
    View.PAGE: frozenset(),
    View.LOGISTICS: LOGISTICS,
    View.RESPONDER: RESPONDER,
    View.CLINICIAN: CLINICIAN,
    View.LEAD: CLINICIAN | {M.REPORTER},
    View.RECORDS: CLINICIAN | {M.REPORTER},
    View.PARTNER: CLINICIAN - {M.PROTECTION, M.REFERRAL},
}
# What an agreement must list so that the matter is in a partner's view. Where the student is and with whom, and who
# else comes, is kept from nobody who was called to help. Notes are not written by items, so they need all of them.
AGREED: Mapping[Matter, frozenset[DataPoint]] = {
    M.HANDLING: frozenset(),
    M.SAFETY: frozenset(),
    M.TEAM: frozenset(),
    M.RISK: frozenset({D.RISK}),
    M.STUDENT: frozenset({D.IDENTITY}),
    M.FAMILY: frozenset({D.GUARDIANS}),
    M.ASKED: frozenset({D.WHAT_HELPS}),
    M.MEDICAL: frozenset({D.MEDICAL}),
    M.NOTES: frozenset(DataPoint),
    M.CARE: frozenset({D.RISK, D.STATEMENT, D.MEANS, D.SAFETY_PLAN}),
    M.HANDOFF: frozenset({D.SCHOOL_CONTACT}),
}
# Items of a brief that say what a view may not hold.
TELLING_OF: Mapping[Matter, frozenset[DataPoint]] = {
    M.CARE: frozenset({D.STATEMENT, D.MEANS, D.SAFETY_PLAN}),
    M.RISK: frozenset({D.RISK}),
    M.STUDENT: frozenset({D.IDENTITY, D.LANGUAGE}),
    M.FAMILY: frozenset({D.GUARDIANS}),
    M.ASKED: frozenset({D.WHAT_HELPS}),
    M.MEDICAL: frozenset({D.MEDICAL}),
}


C = Category
# Of a value of this category: the matter that must be listed for it; None: no view of an incident decides, see below.
OF_CATEGORY: Mapping[Category, Matter | None] = {
    C.MH_DETAIL: M.CARE,
    C.SUD: M.CARE,
    C.SEXUAL_HARM: M.CARE,
    C.CHILD_PROTECTION: M.PROTECTION,
    C.CUSTODY: M.FAMILY,
    C.HOUSING: M.FAMILY,
    C.TRIBAL: M.ASKED,
    C.RELIGION: M.ASKED,
    C.DISABILITY: M.ASKED,
    C.LAW_ENF: M.ASKED,
    C.MEDICAL: M.MEDICAL,
    C.REPORTER_ID: M.REPORTER,
    C.SOGI: None,
    C.IMMIGRATION_CONCERN: None,
    C.PRIVILEGED_COUNSELOR: None,
    C.OTHER_STUDENT: None,
}
BY_ANOTHER_RULE: Mapping[Category, str] = {
    C.SOGI: "by the context in which the student wants to be called so (`crisis/policy/naming.py`, PR-9)",
    C.IMMIGRATION_CONCERN: "to the lead and the district's posts alone, as what to ask them first",
    C.PRIVILEGED_COUNSELOR: "nothing of the kind is stored",
    C.OTHER_STUDENT: "another student's incident is another incident",
}


def holds(view: View, category: Category) -> bool:
    """Whether this view may show values of the category; a partner's only as far as the agreement goes."""
    matter = OF_CATEGORY[category]
    return matter is not None and matter in LISTED[view]


def view_of(actor: Actor, asked: About, lead: PersonId | None, at: datetime) -> View:
    """Of somebody who may read the incident at all, which `sight` says."""
    why = needs(actor, asked, at)
    if actor.partner:
        return View.PARTNER
    if StaffRole.DISTRICT_LEAD in actor.posts or (actor.id is not None and actor.id == lead):
        return View.LEAD
    if StaffRole.PRIVACY_OFFICER in actor.posts:
        return View.RECORDS
    called = bool(why & {NeedToKnow.CALLED_IN, NeedToKnow.BROKE_GLASS})
    here = actor.posts_at(asked.school)
    if here & COUNSELORS or (called and actor.posts & ASSESSING):
        return View.CLINICIAN
    return View.LOGISTICS if here & PRINCIPALS and not called else View.RESPONDER


def listed(view: View, agreed: frozenset[DataPoint] | None = None) -> frozenset[Matter]:
    """`agreed`: what the agreement of a partner's agency lists at this moment."""
    if view is not View.PARTNER:
        return LISTED[view]
    given = agreed or frozenset()
    return frozenset(matter for matter in LISTED[view] if AGREED[matter] <= given)


def may_read_aloud(matters: frozenset[Matter]) -> frozenset[DataPoint]:
    """The items of a brief that whoever hands over may see at all."""
    hidden = [items for matter, items in TELLING_OF.items() if matter not in matters]
    return frozenset(DataPoint) - frozenset[DataPoint]().union(*hidden)


def owed_by(incident: Incident, person: PersonId | None, matters: frozenset[Matter]) -> Mapping[str, object]:
    """Reports that are owed: all of them, or the reader's own, which nobody else can file (I-11)."""
    return {
        str(key): each
        for key, each in incident.obligations.items()
        if Matter.PROTECTION in matters or person in (each.owner, each.delegate)
    }
