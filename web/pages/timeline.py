"""The timeline by kind of entry: every event belongs to one kind, and what is filtered out is only not shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from web.pages.shown import Entry
from web.rendering import Language, translations
from web.words import N_


class EntryKind(StrEnum):
    NOTES = "notes"
    STEPS = "steps"
    PAGES = "pages"
    STUDENT = "student"
    FAMILY = "family"
    OUTSIDE = "outside"


WORDS: Mapping[EntryKind, str] = {
    EntryKind.NOTES: N_("Notes"),
    EntryKind.STEPS: N_("Steps and decisions"),
    EntryKind.PAGES: N_("Pages"),
    EntryKind.STUDENT: N_("The student"),
    EntryKind.FAMILY: N_("The family"),
    EntryKind.OUTSIDE: N_("Handoffs and reports"),
}
ALL = N_("Everything")
LATEST = 40  # entries
_OF: Mapping[EntryKind, str] = {
    EntryKind.NOTES: "NoteAdded EventCorrected Reminded",
    EntryKind.STEPS: (
        "DrillEnded IncidentOpened IncidentClosed IncidentLinked IncidentsSpawned LeadAssigned NoticeExpired "
        "PhaseEntered "
        "StepAssigned StepCompleted StepWaived DecisionAnswered ScreenRecorded InterviewRecorded QuestionnaireRecorded "
        "TierSet TierSigned FloorRaised AssessmentReopened SupportsRecorded FactSet SafetyPlanWritten SafetyPlanGiven "
        "TaskOpened TaskFinished DeadlineMissed FollowUpRecorded FollowUpEnded FollowUpTransferred WatchDateAdded "
        "WatchDateKept ReviewDecided CloseSigned ExceptionDeclared ExceptionExpired ExceptionLiftAsked ExceptionLifted "
        "ExceptionRenewed"
    ),
    EntryKind.PAGES: (
        "ArrivalAsked PageAccepted PageAnsweredLate PageArrived PageAttempted PageCancelled PageDeclineExplained "
        "PageDeclined PageDelayed PageDisposed PageEscalated PageExhausted PageHeldBack PageLapsed PageLetGo "
        "PageOfferEnded PageOffered PageReceiptCame PageRequested PageSeen PageSentBeside PageStoodBy PageTextsStopped"
    ),
    EntryKind.STUDENT: (
        "AdultFollowed CompanyAnswered CompanyAsked CustodyAccepted CustodyLost CustodyOfferEnded CustodyOffered "
        "CustodyReleased CustodyTaken EmergencyRaised EmergencyResolved StudentFound StudentIdentified StudentReturned"
    ),
    EntryKind.FAMILY: (
        "ContactAttempted ContactCounted ContactDecided GuardianNumberWrong GuardianTextGiven GuardianTextMoved "
        "GuardianTextOrdered GuardianTextOutrun GuardianTextStopped GuardianTextsRefused GuardianWrote "
        "InterpreterArranged PreferencesWeighed"
    ),
    EntryKind.OUTSIDE: (
        "AssentRecorded BriefGiven HandoffAccepted HandoffDeclined HandoffOffered HandoffTimedOut ObligationCreated "
        "ObligationDelegated ReferralDrafted ReferralMoved ReportFiled ReturnNewsCame SuspectedEarlier"
    ),
}
KIND_OF: Mapping[str, EntryKind] = {name: kind for kind, names in _OF.items() for name in names.split()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asked to see: entries of one kind, and how far back. An unknown kind is everything."""

    only: str = "all"
    whole: bool = False


EVERYTHING = Wanted()


def filtered(entries: Sequence[Entry], wanted: Wanted, language: Language) -> dict[str, object]:
    """What the template shows: the chips with their counts, which is chosen, and the entries that are left.

    A day of pages that nobody answers is hundreds of entries, which a phone would pull anew with each change: the
    latest stand on the page, all others are one press away.
    """
    kind, translate = next((each for each in EntryKind if each == wanted.only), None), translations(language).gettext
    counts = {each: sum(KIND_OF.get(entry.event) is each for entry in entries) for each in EntryKind}
    chips = [
        ("all", translate(ALL), len(entries)),
        *((k.value, translate(WORDS[k]), n) for k, n in counts.items() if n),
    ]
    found = [entry for entry in entries if kind is None or KIND_OF.get(entry.event) is kind]
    return {
        "chips": chips,
        "only": "all" if kind is None else kind.value,
        "whole": wanted.whole,
        "entries": found,  # a conflict names any of them
        "latest": found if wanted.whole else found[:LATEST],
    }
