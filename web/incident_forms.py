"""The forms that belong to a whole incident, and the command that each becomes."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from crisis import commands as cmd
from crisis import page_commands as pcmd
from crisis.vocabulary import (
    DeclineReason,
    Disposal,
    HandoffId,
    PageId,
    PersonId,
    ReleaseTo,
    Role,
    StudentId,
    Urgency,
)
from web.deps import Desk
from web.forms import Sent, in_zone, sealed
from web.words import N_

Tick = Literal["yes", "no"]


class IncidentForm(Sent):
    def command(self, desk: Desk) -> cmd.Command:
        raise NotImplementedError


class Note(IncidentForm):
    note: str = Field(title=N_("Add a note"))

    def command(self, desk: Desk) -> cmd.Command:
        return cmd.AddNote(by=desk.actor, words=desk.seal(self.note))


class Correct(IncidentForm):
    entry: int = Field(title=N_("Which entry?"))
    correction: str = Field(title=N_("What is right?"))
    in_error: Tick = "no"

    def command(self, desk: Desk) -> cmd.Command:
        wrong, said = self.in_error == "yes", desk.seal(self.correction)
        return cmd.CorrectEvent(by=desk.actor, seq=self.entry, words=said, in_error=wrong)


class Emergency(IncidentForm):
    dangers: frozenset[str] = frozenset()
    called_911: Tick = Field(title=N_("Was 911 called?"))

    def command(self, desk: Desk) -> cmd.Command:
        return cmd.RaiseEmergency(by=desk.actor, dangers=self.dangers, called_911=self.called_911 == "yes")


class EmergencyOver(IncidentForm):
    outcome: str = Field(title=N_("How did it end?"))

    def command(self, desk: Desk) -> cmd.Command:
        return cmd.ResolveEmergency(by=desk.actor, outcome=desk.seal(self.outcome))


class Take(IncidentForm):
    def command(self, desk: Desk) -> cmd.Command:
        return cmd.TakeCustody(by=desk.actor)


class NameAdult(IncidentForm):
    adult: str = Field(title=N_("Who is with the student?"))

    def command(self, desk: Desk) -> cmd.Command:
        return cmd.NameAdult(by=desk.actor, adult=PersonId(self.adult))


class OfferStudent(IncidentForm):
    to: str = Field(title=N_("Who takes over?"))

    def command(self, desk: Desk) -> cmd.Command:
        return cmd.OfferCustody(by=desk.actor, to=PersonId(self.to))


class AcceptStudent(IncidentForm):
    def command(self, desk: Desk) -> cmd.Command:
        return cmd.AcceptCustody(by=desk.actor)


class KeepStudent(IncidentForm):
    def command(self, desk: Desk) -> cmd.Command:
        return cmd.DeclineCustody(by=desk.actor)


class Lost(IncidentForm):
    last_seen: str = Field(title=N_("Where and when was the student last seen?"))

    def command(self, desk: Desk) -> cmd.Command:
        return cmd.ReportCustodyLost(by=desk.actor, last_seen=desk.seal(self.last_seen))


class Found(IncidentForm):
    def command(self, desk: Desk) -> cmd.Command:
        return cmd.ReportStudentFound(by=desk.actor)


class Release(IncidentForm):
    release_to: ReleaseTo = Field(title=N_("To whom?"))
    contact: str | None = None
    receiver: str | None = None
    identity_checked: Tick = "no"

    def command(self, desk: Desk) -> cmd.Command:
        return cmd.ReleaseCustody(
            by=desk.actor,
            to=self.release_to,
            contact=PersonId(self.contact) if self.contact else None,
            receiver=sealed(desk, self.receiver),
            identity_checked=self.identity_checked == "yes",
        )


class Returned(IncidentForm):
    def command(self, desk: Desk) -> cmd.Command:
        return cmd.RecordReturn(by=desk.actor)


class Lead(IncidentForm):
    lead: str = Field(title=N_("Who leads?"))

    def command(self, desk: Desk) -> cmd.Command:
        return cmd.AssignLead(by=desk.actor, to=PersonId(self.lead))


class Identify(IncidentForm):
    student: str = Field(title=N_("Which student?"))

    def command(self, desk: Desk) -> cmd.Command:
        return cmd.IdentifyStudent(by=desk.actor, student=StudentId(self.student))


class SetFact(IncidentForm):
    fact: str
    value: str = Field(title=N_("What is the answer?"))

    def command(self, desk: Desk) -> cmd.Command:
        return cmd.SetFact(by=desk.actor, fact=self.fact, value=self.value)


class Reopen(IncidentForm):
    reason: str = Field(title=N_("What is new?"))

    def command(self, desk: Desk) -> cmd.Command:
        return cmd.ReopenAssessment(by=desk.actor, reason=desk.seal(self.reason))


class Renew(IncidentForm):
    exception: str
    reason: str = Field(title=N_("Why does it still stand?"))

    def command(self, desk: Desk) -> cmd.Command:
        return cmd.RenewException(by=desk.actor, exception=self.exception, reason=desk.seal(self.reason))


class Lift(IncidentForm):
    exception: str
    reason: str = Field(title=N_("Why can it be lifted?"))

    def command(self, desk: Desk) -> cmd.Command:
        return cmd.LiftException(by=desk.actor, exception=self.exception, reason=desk.seal(self.reason))


class AcceptHandoff(IncidentForm):
    handoff: str
    recipient: str = Field(title=N_("Who accepted? Name and role"))
    next_contact_at: datetime | None = Field(default=None, title=N_("When will they be in touch next?"))
    zone: str = "UTC"

    def command(self, desk: Desk) -> cmd.Command:
        return cmd.AcceptHandoff(
            by=desk.actor,
            handoff=HandoffId(self.handoff),
            recipient=desk.seal(self.recipient),
            next_contact_at=in_zone(self.next_contact_at, self.zone),
        )


class DeclineHandoff(IncidentForm):
    handoff: str
    reason: str = Field(title=N_("Why was it declined?"))

    def command(self, desk: Desk) -> cmd.Command:
        return cmd.DeclineHandoff(by=desk.actor, handoff=HandoffId(self.handoff), reason=desk.seal(self.reason))


class PassOnFollowUp(IncidentForm):
    """To a colleague, or to an organisation outside."""

    to: str | None = None
    organisation: str | None = None
    accepted: Tick = "no"

    def command(self, desk: Desk) -> cmd.Command:
        return cmd.TransferFollowUp(
            by=desk.actor,
            to=PersonId(self.to) if self.to else None,
            organisation=sealed(desk, self.organisation),
            accepted=self.accepted == "yes",
        )


class PageRole(IncidentForm):
    role: Role = Field(title=N_("Whom do you need?"))
    urgency: Urgency = Field(title=N_("How soon?"))
    people: int = Field(default=1, title=N_("How many must come?"))

    def command(self, desk: Desk) -> cmd.Command:
        return pcmd.RequestPage(by=desk.actor, role=self.role, urgency=self.urgency, people=self.people)


class AcceptPage(IncidentForm):
    page: str
    eta_minutes: int | None = Field(default=None, ge=0, le=600)

    def command(self, desk: Desk) -> cmd.Command:
        return pcmd.AcceptPage(by=desk.actor, page=PageId(self.page), eta_minutes=self.eta_minutes)


class DeclinePage(IncidentForm):
    page: str
    reason: DeclineReason | None = None

    def command(self, desk: Desk) -> cmd.Command:
        return pcmd.DeclinePage(by=desk.actor, page=PageId(self.page), reason=self.reason)


class StandBy(IncidentForm):
    page: str

    def command(self, desk: Desk) -> cmd.Command:
        return pcmd.StandBy(by=desk.actor, page=PageId(self.page))


class Arrive(IncidentForm):
    page: str

    def command(self, desk: Desk) -> cmd.Command:
        return pcmd.Arrive(by=desk.actor, page=PageId(self.page))


class DelayPage(IncidentForm):
    page: str
    minutes: int = Field(title=N_("In how many minutes will you be here?"), ge=1, le=600)

    def command(self, desk: Desk) -> cmd.Command:
        return pcmd.DelayPage(by=desk.actor, page=PageId(self.page), eta_minutes=self.minutes)


class OfferPage(IncidentForm):
    page: str
    taker: str = Field(title=N_("Who takes it over?"), min_length=1)

    def command(self, desk: Desk) -> cmd.Command:
        return pcmd.OfferPage(by=desk.actor, page=PageId(self.page), to=PersonId(self.taker))


class EndPageOffer(IncidentForm):
    page: str

    def command(self, desk: Desk) -> cmd.Command:
        return pcmd.EndPageOffer(by=desk.actor, page=PageId(self.page))


class DisposePage(IncidentForm):
    page: str
    how: Disposal = Field(title=N_("How does the alarm end?"))
    said: str | None = None

    def command(self, desk: Desk) -> cmd.Command:
        words = sealed(desk, self.said)
        return pcmd.DisposePage(by=desk.actor, page=PageId(self.page), how=self.how, words=words)


class CancelPage(IncidentForm):
    page: str
    reason: str | None = None

    def command(self, desk: Desk) -> cmd.Command:
        return pcmd.CancelPage(by=desk.actor, page=PageId(self.page), reason=sealed(desk, self.reason))


class Review(IncidentForm):
    hold: Tick = Field(title=N_("Is a review held?"))
    reason: str | None = None

    def command(self, desk: Desk) -> cmd.Command:
        return cmd.DecideReview(by=desk.actor, hold=self.hold == "yes", reason=sealed(desk, self.reason))


class SignClose(IncidentForm):
    def command(self, desk: Desk) -> cmd.Command:
        return cmd.SignClose(by=desk.actor)


class Close(IncidentForm):
    def command(self, desk: Desk) -> cmd.Command:
        return cmd.CloseIncident(by=desk.actor)


# Action -> its form, and the page on which that form stands (None: the incident itself).
INCIDENT_FORMS: dict[str, tuple[type[IncidentForm], str | None]] = {
    "note": (Note, None),
    "correct": (Correct, None),
    "lead": (Lead, "people"),
    "page": (PageRole, "people"),
    "accept-page": (AcceptPage, "people"),
    "decline-page": (DeclinePage, "people"),
    "cancel-page": (CancelPage, "people"),
    "stand-by": (StandBy, "people"),
    "here": (Arrive, "people"),
    "delay-page": (DelayPage, "people"),
    "offer-page": (OfferPage, "people"),
    "end-page-offer": (EndPageOffer, "people"),
    "dispose-page": (DisposePage, "people"),
    "emergency": (Emergency, "emergency"),
    "emergency-over": (EmergencyOver, "emergency"),
    "take": (Take, "custody"),
    "name-adult": (NameAdult, "custody"),
    "offer-student": (OfferStudent, "custody"),
    "accept-student": (AcceptStudent, "custody"),
    "keep-student": (KeepStudent, "custody"),
    "lost": (Lost, "custody"),
    "found": (Found, "custody"),
    "release": (Release, "custody"),
    "returned": (Returned, "custody"),
    "identify": (Identify, "student"),
    "fact": (SetFact, "facts"),
    "reopen": (Reopen, "facts"),
    "renew": (Renew, "duties"),
    "lift": (Lift, "duties"),
    "accept-handoff": (AcceptHandoff, "handoffs"),
    "decline-handoff": (DeclineHandoff, "handoffs"),
    "pass-on": (PassOnFollowUp, "close"),
    "review": (Review, "close"),
    "sign-close": (SignClose, "close"),
    "close": (Close, "close"),
}
