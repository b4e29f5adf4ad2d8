"""Two at once: what a command is about, and whether that changed since the version its sender had seen."""

from collections.abc import Iterable
from dataclasses import fields

from crisis import commands as cmd
from crisis import events as ev
from crisis import linked_commands as lcmd
from crisis import linked_events as lev
from crisis import page_commands as pcmd
from crisis import page_events as pev
from crisis import record_commands as ccmd
from crisis import record_events as cev
from crisis import referral_commands as rcmd
from crisis import referral_events as rev
from crisis import watch_commands as wcmd
from crisis import watch_events as wev
from crisis.errors import Change

_NAMED = ("step", "page", "handoff", "referral", "exception", "obligation", "fact")
_REGIONS: dict[type[cmd.Command] | type[ev.Event], str] = {
    **dict.fromkeys(
        (
            cmd.TakeCustody,
            cmd.NameAdult,
            cmd.OfferCustody,
            cmd.AcceptCustody,
            cmd.DeclineCustody,
            cmd.ReleaseCustody,
            cmd.ReportStudentFound,
            ev.CustodyTaken,
            ev.CustodyOffered,
            ev.CustodyAccepted,
            ev.CustodyOfferEnded,
            ev.CustodyLost,
            ev.CustodyReleased,
            ev.StudentFound,
            lcmd.FollowAdult,
            lev.AdultFollowed,
        ),
        "custody",
    ),
    **dict.fromkeys((cmd.AssignLead, ev.LeadAssigned), "lead"),
    **dict.fromkeys((cmd.IdentifyStudent, ev.StudentIdentified), "student"),
    **dict.fromkeys((cmd.ResolveEmergency, ev.EmergencyRaised, ev.EmergencyResolved), "emergency"),
    **dict.fromkeys((cmd.RecordReturn, ev.StudentReturned), "return"),
    **dict.fromkeys((ccmd.RecordAssent, cev.AssentRecorded), "assent"),
    **dict.fromkeys((cmd.DecideReview, ev.ReviewDecided), "review"),
    **dict.fromkeys((cmd.TransferFollowUp, ev.FollowUpTransferred), "follow_up"),
    **dict.fromkeys((cmd.ReopenAssessment, ev.AssessmentReopened), "assessment"),
    **dict.fromkeys((cmd.CloseIncident, ev.IncidentClosed), "close"),
}
# Attempts and answers add to the log and overwrite nothing; what time does is nobody's edit.
_ADDITIVE = (
    cmd.RecordContact,
    cmd.ArrangeInterpreter,
    ccmd.AskToCome,
    ccmd.SayIfComing,
    cev.CompanyAsked,
    cev.CompanyAnswered,
    pcmd.RequestPage,
    pcmd.AcceptPage,
    pcmd.DeclinePage,
    pcmd.SeePage,
    pcmd.StandBy,
    pcmd.Arrive,
    pcmd.DelayPage,
    *pcmd.BY_WORKER,
    cmd.TimerDue,
    lcmd.SpawnIncidents,
    lcmd.HearRisk,
    ev.IncidentsSpawned,
    wcmd.AddWatchDate,
    wev.WatchDateAdded,
    rcmd.GiveBrief,
    rev.BriefGiven,
    rcmd.RecordReturnNews,
    rev.ReturnNewsCame,
    rev.HandoffTimedOut,
    cmd.CorrectEvent,
    ev.ContactAttempted,
    ev.InterpreterArranged,
    pev.PageAttempted,
    pev.PageHeldBack,
    pev.PageSentBeside,
    pev.PageSeen,
    pev.PageStoodBy,
    pev.ArrivalAsked,
    ev.DeadlineMissed,
    ev.Reminded,
    ev.EventCorrected,
)


def subjects(thing: cmd.Command | ev.Event) -> frozenset[str]:
    """What a command or an event is about: steps, pages, regions."""
    if isinstance(thing, _ADDITIVE):
        return frozenset()
    region = _REGIONS.get(type(thing))
    if isinstance(thing, cmd.ReportCustodyLost):
        return frozenset({"lost"})
    named = {f"{name}:{getattr(thing, name)}" for name in _NAMED if _has(thing, name)}
    if isinstance(thing, ccmd.DecideOnContact | cev.ContactDecided):
        named.add(f"told:{thing.contact}")
    if isinstance(thing, ccmd.FinishTask | cev.TaskFinished):
        named.add(f"task:{thing.task}")
    if isinstance(thing, ev.CustodyLost):
        named.add("lost")
    if isinstance(thing, wcmd.KeepWatchDate | wev.WatchDateKept):
        named.add(f"watch:{thing.day}_{thing.why}")
    return frozenset(named if region is None else {*named, region})


def _has(thing: cmd.Command | ev.Event, name: str) -> bool:
    return any(field.name == name for field in fields(thing)) and getattr(thing, name) is not None


def _of_this_alarm(since: list[tuple[int, ev.Event]]) -> list[tuple[int, ev.Event]]:
    """Lost once more after having been found is a new alarm, which nothing of before may hold up."""
    found = [at for at, (_, event) in enumerate(since, start=1) if isinstance(event, ev.StudentFound)]
    return since[found[-1] :] if found else since


def clashes(command: cmd.Command, since: Iterable[tuple[int, ev.Event]]) -> list[Change]:
    """The events since the seen version that are about what the command is about, but for those of its own sender."""
    wanted = subjects(command)
    if isinstance(command, cmd.ReportCustodyLost):
        since = _of_this_alarm(list(since))
    return [
        Change(seq=seq, event=type(event).__name__, by=event.by)
        for seq, event in since
        if subjects(event) & wanted and event.by != command.by.id
    ]
