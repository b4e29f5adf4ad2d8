"""Who may give which kind of order and open which page; one answer for page, list, socket, API and export.

How much of an incident somebody sees says `crisis/policy/sight.py`; orders follow from it.
"""

from datetime import datetime

from crisis.access_words import IncidentMark, Sight
from crisis.commands import (
    Actor,
    ActorKind,
    AddNote,
    AssignLead,
    AssignStep,
    Command,
    LinkIncident,
    OfferCustody,
    OpenIncident,
    RaiseEmergency,
    ReportCustodyLost,
    ReportStudentFound,
    TakeCustody,
    TimerDue,
)
from crisis.drill_commands import EndDrill
from crisis.errors import NotFound, Reason, Refused
from crisis.family_commands import BY_WORKER as ABOUT_TEXTS
from crisis.linked_commands import FollowAdult, HearRisk
from crisis.page_commands import (
    BY_WORKER,
    AcceptPage,
    AnswerLate,
    Arrive,
    DeclinePage,
    DelayPage,
    EndPageOffer,
    OfferPage,
    SeePage,
    StandBy,
    StopTexts,
)
from crisis.policy.sight import DISTRICT_POSTS, MAY_BREAK_GLASS, TEAM, About, about, for_district, sight
from crisis.record_commands import AskToCome
from crisis.referral_commands import RecordReturnNews
from crisis.report_commands import DelegateReport, FileReport, Suspect
from crisis.statemachine.incident import Incident
from crisis.vocabulary import DistrictId, PersonId, SchoolId, StaffRole

COUNSELORS = frozenset({StaffRole.COUNSELOR, StaffRole.PSYCHOLOGIST, StaffRole.SOCIAL_WORKER})
PRINCIPALS = frozenset({StaffRole.PRINCIPAL, StaffRole.ASSISTANT_PRINCIPAL})
GIVING = (AssignLead, AssignStep, OfferCustody, DelegateReport, OfferPage, Suspect, AskToCome)
ANSWERING = (AcceptPage, DeclinePage, SeePage, StandBy, EndPageOffer)
TELLING = (AddNote, TakeCustody, ReportCustodyLost, ReportStudentFound, RaiseEmergency)
ONLY_BY_PHONE = (StopTexts, AnswerLate)
BY_PHONE = (AcceptPage, DeclinePage, SeePage, StandBy, Arrive, DelayPage, *ONLY_BY_PHONE)
HEARD = (HearRisk, FollowAdult)  # from another incident of the student
BY_SYSTEM = (TimerDue, *HEARD, *BY_WORKER, *ABOUT_TEXTS, OpenIncident, LinkIncident, RecordReturnNews, EndDrill)


def called_in(incident: Incident) -> frozenset[PersonId]:
    """Everybody whom this incident names, now or before."""
    people = {incident.opened_by, incident.lead, incident.adult, incident.custody_offered_to}
    people |= {person for page in incident.pages.values() for person in page.asked}
    people |= {page.offered_to for page in incident.pages.values()}
    people |= set(incident.company)
    people |= {record.assigned_to for record in incident.steps.values()}
    people |= {person for report in incident.obligations.values() for person in (report.owner, report.delegate)}
    return frozenset(person for person in people if person is not None)


def may_see_schedules(actor: Actor) -> bool:
    """Who is on call is no secret among those who may need help; it names no student."""
    return actor.kind is ActorKind.PERSON and bool(actor.posts - {StaffRole.OPERATOR})


def may_plan(actor: Actor, school: SchoolId | None) -> bool:
    """Change who is on call: the district crisis lead everywhere, a principal at their own school."""
    if actor.kind is not ActorKind.PERSON:
        return False
    return StaffRole.DISTRICT_LEAD in for_district(actor) or bool(school and actor.posts_at(school) & PRINCIPALS)


def may_run_drills(actor: Actor, school: SchoolId | None) -> bool:
    """Plan, run and write up a drill: as they plan who is on call."""
    return may_plan(actor, school)


def must_run_drills(actor: Actor, school: SchoolId) -> None:
    """For whoever sees the drill, which is asked before."""
    if not may_run_drills(actor, school):
        text = "The district crisis lead runs drills, and a principal those of their own school; ask one of them"
        raise Refused(Reason("ACCESS", text))


def must_see_schedules(actor: Actor) -> None:
    if not may_see_schedules(actor):
        raise NotFound


def must_plan(actor: Actor, school: SchoolId | None) -> None:
    if not may_plan(actor, school):
        text = "The district crisis lead changes who is on call, and a principal for their own school; ask one of them"
        raise Refused(Reason("ACCESS", text))


def may_see_readiness(actor: Actor) -> bool:
    """Who is not ready to be paged, and why: for those who plan, at whatever school. One's own everybody sees."""
    district = StaffRole.DISTRICT_LEAD in for_district(actor)
    return actor.kind is ActorKind.PERSON and (district or bool(actor.posts & PRINCIPALS))


def must_see_readiness(actor: Actor) -> None:
    if not may_see_readiness(actor):
        raise NotFound


def may_keep_policy(actor: Actor) -> bool:
    """Which law the district's decisions ask: the privacy officer and the district crisis lead."""
    return bool(for_district(actor))


def must_keep_policy(actor: Actor) -> None:
    if not may_keep_policy(actor):
        raise NotFound


def must_hold(actor: Actor) -> None:
    """A legal hold is placed by the privacy officer; whoever else answers for records tells them."""
    must_keep_policy(actor)
    if StaffRole.PRIVACY_OFFICER not in for_district(actor):
        raise Refused(Reason("ACCESS", "The privacy officer places a legal hold; tell them now"))


def may_keep_accounts(actor: Actor) -> bool:
    """End other people's sign-ins and accounts: the district crisis lead, and the operator, who sees no student."""
    if actor.kind is not ActorKind.PERSON:
        return False
    return StaffRole.OPERATOR in actor.posts or StaffRole.DISTRICT_LEAD in for_district(actor)


def must_keep_accounts(actor: Actor) -> None:
    if not may_keep_accounts(actor):
        raise NotFound


def _own_staff(actor: Actor, district: DistrictId) -> bool:
    return actor.kind is ActorKind.PERSON and not actor.partner and actor.district == district


def may_keep_record(actor: Actor, district: DistrictId, school: SchoolId) -> bool:
    """Who may be contacted about a student, and how: the crisis team of the school, and the district's posts.

    Nobody who works for an agency, whatever their post: what was agreed reaches them in an incident (3.2, PR-37).
    """
    if not _own_staff(actor, district):
        return False
    return bool(actor.posts & DISTRICT_POSTS) or bool(actor.posts_at(school) & TEAM)


def must_keep_record(actor: Actor, district: DistrictId, school: SchoolId) -> None:
    if not may_keep_record(actor, district, school):
        raise NotFound


def may_see_directory(actor: Actor) -> bool:
    """Who outside the school helps: for every member of staff; it says nothing of anybody."""
    return may_see_schedules(actor)


def must_see_directory(actor: Actor) -> None:
    if not may_see_directory(actor):
        raise NotFound


def may_keep_directory(actor: Actor) -> bool:
    return StaffRole.DISTRICT_LEAD in for_district(actor)


def must_keep_directory(actor: Actor) -> None:
    must_see_directory(actor)
    if not may_keep_directory(actor):
        raise Refused(Reason("ACCESS", "The district crisis lead keeps the directory; ask them to change it"))


def may_confirm_places(actor: Actor) -> bool:
    """Whoever of the crisis team has just had them on the telephone."""
    return actor.kind is ActorKind.PERSON and bool(actor.posts & (TEAM | DISTRICT_POSTS))


def must_confirm_places(actor: Actor) -> None:
    must_see_directory(actor)
    if not may_confirm_places(actor):
        raise Refused(Reason("ACCESS", "The crisis team writes down whether an agency has places"))


def may_keep_agreements(actor: Actor) -> bool:
    """What was signed with an agency, and who works for one: the privacy officer and the district crisis lead."""
    return bool(for_district(actor))


def must_keep_agreements(actor: Actor) -> None:
    if not may_keep_agreements(actor):
        raise NotFound


def must_tell_of_returns(actor: Actor) -> None:
    """Whoever works for an agency; whether its agreement covers that is asked apart. It shows nothing of anybody."""
    if actor.kind is not ActorKind.PERSON or not actor.partner:
        raise NotFound


def may_keep_names(actor: Actor, district: DistrictId, school: SchoolId) -> bool:
    """By which names a student wants to be called: those who talk with the student, and the privacy officer."""
    if not _own_staff(actor, district):
        return False
    return StaffRole.PRIVACY_OFFICER in actor.posts or bool(actor.posts_at(school) & COUNSELORS)


def must_keep_names(actor: Actor, district: DistrictId, school: SchoolId) -> None:
    if not may_keep_names(actor, district, school):
        raise NotFound


def may_read_call_tree(actor: Actor) -> bool:
    """Names and numbers of staff, for whoever must call by hand when paging does not work."""
    return bool(actor.posts & (TEAM | DISTRICT_POSTS))


def may_see_paging(actor: Actor) -> bool:
    """How paging stands says nothing of anybody."""
    return may_read_call_tree(actor) or StaffRole.OPERATOR in actor.posts


def must_be_allowed(
    actor: Actor, incident: Incident, command: Command, at: datetime, asked: About | None = None
) -> None:
    """Raises `NotFound` for an incident that is not this person's to see, `Refused` for a kind of order not theirs.

    `asked` is what the store knows besides the state: conflicts of interest, and who broke the glass.
    """
    if actor.kind is ActorKind.SYSTEM:
        if actor.district != incident.district or not isinstance(command, BY_SYSTEM):
            raise Refused(Reason("ACCESS", "Timers and the worker may not decide anything"))
        return
    if isinstance(command, (TimerDue, *HEARD, *BY_WORKER, *ABOUT_TEXTS, RecordReturnNews)):
        raise Refused(Reason("ACCESS", "Only the system does this"))
    known = about(incident) if asked is None else asked
    if actor.kind is ActorKind.PHONE:
        _must_be_asked(actor, incident, command, known.conflicted)
        return
    if isinstance(command, FileReport) and _owes(actor, incident, command):
        return  # I-11: nobody and nothing takes their duty away, also where they see nothing else of the incident
    _must_be_within(sight(actor, known, at), command)
    _must_be_theirs_to_say(actor, incident, command, known)


def _must_be_theirs_to_say(actor: Actor, incident: Incident, command: Command, known: About) -> None:
    if isinstance(command, ONLY_BY_PHONE):
        raise Refused(Reason("ACCESS", "Only a telephone says this"))
    if isinstance(command, EndDrill):
        must_run_drills(actor, incident.school)
    if isinstance(command, GIVING) and command.to in known.conflicted:
        raise Refused(Reason("PR-54", "This person has a conflict of interest here; choose somebody else"))


def _owes(actor: Actor, incident: Incident, command: FileReport) -> bool:
    report = incident.obligations.get(command.obligation)
    same = actor.kind is ActorKind.PERSON and actor.district == incident.district
    return same and report is not None and actor.id in (report.owner, report.delegate)


def _must_be_asked(actor: Actor, incident: Incident, command: Command, conflicted: frozenset[PersonId]) -> None:
    """Whoever was called answers from the telephone, also late: it shows nothing of the incident."""
    if actor.district != incident.district or actor.id not in called_in(incident):
        raise NotFound
    if not isinstance(command, BY_PHONE):
        raise Refused(Reason("ACCESS", "From the phone you can only answer a page; sign in for everything else"))
    if isinstance(command, AcceptPage) and actor.id in conflicted:
        raise Refused(Reason("PR-54", "Somebody else has to take this page"))


def _must_be_within(seen: Sight, command: Command) -> None:
    """Whoever sees a part of it gives the orders that belong to that part."""
    if seen is Sight.NOTHING:
        raise NotFound
    if seen is Sight.WHOLE or (seen is Sight.PAGE and isinstance(command, ANSWERING)) or _is_telling(command):
        return
    raise Refused(Reason("ACCESS", "Only those who were called in do this; tell them what you know by a note"))


def _is_telling(command: Command) -> bool:
    """Whoever suspects it too says so of themselves; of a colleague only those who were called in."""
    return isinstance(command, TELLING) or (isinstance(command, Suspect) and command.to is None)


def must_be_allowed_to_open(actor: Actor, command: OpenIncident) -> None:
    """Nobody with a post in the district is stopped from raising an incident, at whatever school they are."""
    if actor.kind is ActorKind.SYSTEM and command.linked_to is not None:
        return
    if actor.kind is not ActorKind.PERSON or not actor.posts - {StaffRole.OPERATOR}:
        raise Refused(
            Reason("ACCESS", "Sign in as a member of staff to open an incident; call 911 if somebody is in danger")
        )


def may_enter_conflict(actor: Actor, incident: Incident) -> bool:
    """Of another person: the incident's lead, a principal of the school, the district's posts."""
    if actor.kind is not ActorKind.PERSON or actor.district != incident.district:
        return False
    principal = bool(actor.posts_at(incident.school) & PRINCIPALS)
    return principal or bool(for_district(actor)) or actor.id == incident.lead


def must_enter_conflict(actor: Actor, incident: Incident, person: PersonId | None) -> None:
    """Everybody says it of themselves. For whoever sees the incident, which is asked before."""
    if actor.id != person and not may_enter_conflict(actor, incident):
        text = "The lead, a principal of the school, the district crisis lead and the privacy officer enter this"
        raise Refused(Reason("PR-54", text))


def may_mark(actor: Actor, incident: Incident, kind: IncidentMark) -> bool:
    """The privacy officer seals; that there was no crisis say those who answer for the incident, and take it back."""
    if kind is IncidentMark.SEALED:
        return StaffRole.PRIVACY_OFFICER in for_district(actor)
    return may_enter_conflict(actor, incident)


def must_mark(actor: Actor, incident: Incident, kind: IncidentMark) -> None:
    """For whoever sees the incident, which is asked before."""
    if may_mark(actor, incident, kind):
        return
    if kind is IncidentMark.SEALED:
        raise Refused(Reason("ACCESS", "The privacy officer seals an incident, and opens it again"))
    raise Refused(
        Reason(
            "ACCESS", "The lead, a principal of the school, the district crisis lead and the privacy officer say this"
        )
    )


def may_break_glass(actor: Actor) -> bool:
    """Those who would have to act for a student whom they happen to have before them (3.4)."""
    return actor.kind is ActorKind.PERSON and bool(actor.posts & MAY_BREAK_GLASS)


def must_break_glass(actor: Actor) -> None:
    if not may_break_glass(actor):
        raise NotFound


def may_review_glass(actor: Actor) -> bool:
    return may_keep_policy(actor)


def must_review_glass(actor: Actor) -> None:
    if not may_review_glass(actor):
        raise NotFound
