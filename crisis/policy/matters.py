"""What each field of an incident, and of each of its events, is about. A field without a row here is in no view.

The tests refuse a new field without its row: whoever adds one decides who sees it (PR-48, PR-49).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

from crisis import drill_events as dev
from crisis import events as ev
from crisis import family_events as fev
from crisis import instrument_events as iev
from crisis import linked_events as lev
from crisis import page_events as pev
from crisis import record_events as cev
from crisis import referral_events as rev
from crisis import report_events as tev
from crisis import watch_events as wev
from crisis.access_words import Matter
from crisis.statemachine.incident import Incident
from crisis.vocabulary import WordsId

M = Matter

INCIDENT: Mapping[Matter, tuple[str, ...]] = {
    M.HANDLING: (
        *("id", "district", "school", "mode", "opened_at", "linked_to", "links", "seq", "phase"),
        *(
            "obligations",
            "follow_up_transferred",
            "watched",
            "review_held",
            "close_signed_by",
            "closed_at",
        ),  # of reports one's own
    ),
    M.RISK: (
        *("crisis_type", "protocol", "version", "protocol_hash", "tier", "tier_at", "tier_by", "tier_awaiting"),
        *("peak", "floor", "below_floor_signed", "acute_at", "steps", "facts", "missed"),
    ),
    M.SAFETY: (
        *("custody", "adult", "custody_offered_to", "custody_since", "released_to", "released_at", "returned_at"),
        *("custody_gap", "emergency", "emergency_ever", "exceptions"),
    ),
    M.TEAM: ("lead", "pages", "company"),
    M.STUDENT: ("student",),
    M.FAMILY: ("contact_attempts", "interpreters", "guardian_reached_at", "contact_decided", "texts"),
    M.ASKED: ("supports_said", "assent"),
    M.CARE: ("screen", "screen_owed", "plan", "tasks"),
    M.HANDOFF: ("handoffs",),
    M.REFERRAL: ("referrals",),
    M.REPORTER: ("opened_by", "spawned"),  # other people than the student: whoever leads, and the privacy officer
}


@dataclass(frozen=True, slots=True)
class About:
    """An event is told where its `matter` is listed; `apart` are fields of it that are about something else."""

    matter: Matter
    apart: Mapping[str, Matter] = field(default_factory=dict)

    def of(self, name: str) -> Matter:
        return self.apart.get(name, self.matter)


EVENTS: Mapping[type[ev.Event], About] = {
    ev.IncidentOpened: About(M.RISK, {"place": M.SAFETY, "student": M.STUDENT, "beside": M.REPORTER}),
    ev.PhaseEntered: About(M.HANDLING),
    ev.StudentIdentified: About(M.STUDENT),
    ev.LeadAssigned: About(M.TEAM),
    ev.StepAssigned: About(M.RISK),
    ev.StepCompleted: About(M.RISK, {"evidence": M.CARE}),
    ev.IncidentsSpawned: About(M.HANDLING, {"students": M.REPORTER}),
    wev.WatchDateAdded: About(M.HANDLING),
    wev.WatchDateKept: About(M.HANDLING, {"note": M.NOTES}),
    ev.StepWaived: About(M.RISK, {"reason": M.NOTES}),
    ev.DecisionAnswered: About(M.RISK, {"reason": M.CARE}),
    ev.ScreenRecorded: About(M.CARE),
    ev.InterviewRecorded: About(M.CARE),
    iev.QuestionnaireRecorded: About(M.CARE),
    iev.SafetyPlanWritten: About(M.CARE),
    iev.SafetyPlanGiven: About(M.CARE),
    ev.FloorRaised: About(M.RISK, {"source": M.CARE}),
    ev.SupportsRecorded: About(M.ASKED),
    ev.TierSet: About(M.RISK, {"rationale": M.CARE}),
    ev.TierSigned: About(M.RISK),
    ev.AssessmentReopened: About(M.RISK),
    ev.FactSet: About(M.RISK),
    ev.CustodyTaken: About(M.SAFETY),
    ev.CustodyOffered: About(M.SAFETY),
    ev.CustodyAccepted: About(M.SAFETY),
    lev.AdultFollowed: About(M.SAFETY),
    ev.CustodyOfferEnded: About(M.SAFETY),
    ev.CustodyLost: About(M.SAFETY),
    ev.StudentFound: About(M.SAFETY),
    ev.CustodyReleased: About(M.SAFETY, {"contact": M.FAMILY}),
    ev.StudentReturned: About(M.SAFETY),
    ev.EmergencyRaised: About(M.SAFETY),
    ev.EmergencyResolved: About(M.SAFETY),
    ev.ContactAttempted: About(
        M.FAMILY, {"safety_concern": M.PROTECTION, "note": M.NOTES, "waiver": M.NOTES, "alone": M.NOTES}
    ),
    ev.InterpreterArranged: About(M.FAMILY),
    lev.ContactCounted: About(M.FAMILY),
    fev.GuardianTextOrdered: About(M.FAMILY),
    fev.GuardianTextGiven: About(M.FAMILY),
    fev.GuardianTextStopped: About(M.FAMILY),
    fev.GuardianTextMoved: About(M.FAMILY),
    fev.GuardianTextOutrun: About(M.FAMILY),
    fev.GuardianWrote: About(M.FAMILY),
    fev.GuardianTextsRefused: About(M.FAMILY),
    fev.GuardianNumberWrong: About(M.FAMILY),
    cev.ContactDecided: About(M.FAMILY, {"reason": M.PROTECTION}),
    cev.CompanyAsked: About(M.TEAM),
    cev.CompanyAnswered: About(M.TEAM),
    cev.TaskOpened: About(M.CARE),
    cev.TaskFinished: About(M.CARE),
    cev.AssentRecorded: About(M.ASKED, {"reason": M.CARE}),
    ev.ExceptionDeclared: About(M.SAFETY, {"reason": M.PROTECTION}),
    ev.ExceptionRenewed: About(M.SAFETY, {"reason": M.PROTECTION}),
    ev.ExceptionExpired: About(M.SAFETY),
    ev.ExceptionLiftAsked: About(M.SAFETY, {"reason": M.PROTECTION}),
    ev.ExceptionLifted: About(M.SAFETY, {"reason": M.PROTECTION}),
    ev.ObligationCreated: About(M.PROTECTION),
    ev.ObligationDelegated: About(M.PROTECTION),
    ev.ReportFiled: About(M.PROTECTION),
    tev.SuspectedEarlier: About(M.PROTECTION),
    ev.HandoffOffered: About(M.HANDOFF, {"threat": M.CARE}),
    ev.HandoffAccepted: About(M.HANDOFF),
    ev.HandoffDeclined: About(M.HANDOFF),
    ev.FollowUpRecorded: About(M.CARE),
    ev.FollowUpEnded: About(M.CARE),
    ev.FollowUpTransferred: About(M.TEAM, {"organisation": M.HANDOFF}),
    ev.DeadlineMissed: About(M.RISK),
    ev.Reminded: About(M.RISK),
    ev.NoteAdded: About(M.NOTES),
    ev.EventCorrected: About(M.NOTES),
    ev.IncidentLinked: About(M.HANDLING),
    ev.ReviewDecided: About(M.HANDLING, {"reason": M.NOTES}),
    ev.NoticeExpired: About(M.HANDLING),
    dev.DrillEnded: About(M.HANDLING),
    ev.CloseSigned: About(M.HANDLING),
    ev.IncidentClosed: About(M.HANDLING),
    pev.PageRequested: About(M.TEAM, {"step": M.RISK}),
    pev.PageAttempted: About(M.TEAM),
    pev.PageReceiptCame: About(M.TEAM),
    pev.PageHeldBack: About(M.TEAM),
    pev.PageSentBeside: About(M.TEAM),
    pev.PageAccepted: About(M.TEAM),
    pev.PreferencesWeighed: About(M.ASKED),
    pev.PageDeclined: About(M.TEAM),
    pev.PageSeen: About(M.TEAM, {"words": M.NOTES}),
    pev.PageTextsStopped: About(M.TEAM),
    pev.PageAnsweredLate: About(M.TEAM, {"words": M.NOTES}),
    pev.PageDeclineExplained: About(M.TEAM),
    pev.PageStoodBy: About(M.TEAM),
    pev.PageArrived: About(M.TEAM),
    pev.PageDelayed: About(M.TEAM),
    pev.ArrivalAsked: About(M.TEAM),
    pev.PageLapsed: About(M.TEAM),
    pev.PageLetGo: About(M.TEAM),
    pev.PageOffered: About(M.TEAM),
    pev.PageOfferEnded: About(M.TEAM),
    pev.PageDisposed: About(M.TEAM, {"words": M.NOTES}),
    pev.PageEscalated: About(M.TEAM),
    pev.PageExhausted: About(M.TEAM),
    pev.PageCancelled: About(M.TEAM, {"reason": M.NOTES}),
    rev.ReferralDrafted: About(M.REFERRAL),
    rev.ReferralMoved: About(M.REFERRAL),
    rev.BriefGiven: About(M.HANDOFF, {"threat": M.CARE}),
    rev.HandoffTimedOut: About(M.HANDOFF),
    rev.ReturnNewsCame: About(M.RISK, {"words": M.CARE}),
}


def told(event: ev.Event, matters: frozenset[Matter]) -> bool:
    about = EVENTS.get(type(event))
    return about is not None and about.matter in matters


def fields_told(event: ev.Event, matters: frozenset[Matter]) -> frozenset[str]:
    """The names of its fields that this view holds."""
    if not told(event, matters):
        return frozenset()
    about = EVENTS[type(event)]
    return frozenset(each.name for each in fields(event) if about.of(each.name) in matters)


def of_incident(incident: Incident, matters: frozenset[Matter]) -> dict[str, object]:
    """The fields of an incident that this view holds, by name."""
    return {name: getattr(incident, name) for matter in INCIDENT if matter in matters for name in INCIDENT[matter]}


def to_be_signed(incident: Incident, events: Iterable[ev.Event]) -> frozenset[WordsId]:
    """What somebody else is asked to put their name to; they read why, whatever else their view holds."""
    found: dict[str, WordsId] = {}
    for event in events:
        match event:
            case ev.TierSet() if incident.tier_awaiting is not None:
                found["tier"] = event.rationale
            case ev.ExceptionLiftAsked() if event.exception in incident.exceptions:
                if incident.exceptions[event.exception].lift_asked_by is not None:
                    found[event.exception] = event.reason
            case _:
                pass
    return frozenset(found.values())
