"""The forms of the steps, one for each kind, and the command that each becomes."""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from pydantic import Field

from crisis import commands as cmd
from crisis import follow_up_commands as ucmd
from crisis import linked_commands as lcmd
from crisis import page_commands as pcmd
from crisis.errors import Reason, Refused
from crisis.message_words import InterpreterKind
from crisis.protocols.schema import Step
from crisis.referral_words import AgencyId
from crisis.vocabulary import (
    ContactMethod,
    ContactOutcome,
    FollowUpOutcome,
    IncidentId,
    LanguageHelp,
    LegalBasis,
    PersonId,
    ReceiverKind,
    ScreenAnswer,
    StudentId,
    Tier,
    Urgency,
)
from web import directory_orders
from web.deps import Desk
from web.forms import Sent, in_zone, sealed
from web.words import N_

Tick = Literal["yes", "no"]


class StepForm(Sent):
    def command(self, desk: Desk, step: Step) -> cmd.Command:
        raise NotImplementedError

    def order(self, desk: Desk, step: Step) -> cmd.Command:
        return self.command(desk, step)


class DoneForm(StepForm):
    """What may have been done before it is recorded: act first, write later, also from paper (I-21)."""

    occurred_at: datetime | None = Field(default=None, title=N_("When was it done?"))
    zone: str = "UTC"

    def order(self, desk: Desk, step: Step) -> cmd.Command:
        return replace(self.command(desk, step), occurred_at=in_zone(self.occurred_at, self.zone))


class Complete(DoneForm):
    """`evidence.NAME` as the step names them; what is of kind `words` is sealed."""

    evidence: dict[str, str] = Field(default_factory=dict)

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        kinds = {field.name: field.kind for field in step.evidence}
        found: dict[str, str | bool] = {}
        for name, value in self.evidence.items():
            match kinds.get(name):
                case "words":
                    found[name] = desk.seal(value)
                case "yes_no":
                    found[name] = value == "yes"
                case _:
                    found[name] = value
        return cmd.CompleteStep(by=desk.actor, step=step.id, evidence=found)


class Waive(StepForm):
    reason: str = Field(title=N_("Why is it left out?"))

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        return cmd.WaiveStep(by=desk.actor, step=step.id, reason=desk.seal(self.reason))


class Assign(StepForm):
    to: str = Field(title=N_("Who does this step?"))

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        return cmd.AssignStep(by=desk.actor, step=step.id, to=PersonId(self.to))


class Decide(DoneForm):
    choice: str = Field(title=N_("What do you decide?"))
    reason: str | None = None

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        reason = sealed(desk, self.reason)
        return cmd.AnswerDecision(by=desk.actor, step=step.id, choice=self.choice, reason=reason)


class Screen(DoneForm):
    """An item that nobody answered is missing, which is never read as a no."""

    instrument: str
    answers: dict[str, ScreenAnswer] = Field(default_factory=dict)
    language: str = Field(title=N_("In which language did you ask?"))
    language_help: LanguageHelp = Field(title=N_("How did you understand each other?"))
    form_language: str = "en"

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        return cmd.RecordScreen(
            by=desk.actor,
            step=step.id,
            instrument=self.instrument,
            answers=self.answers,
            language=self.language,
            language_help=self.language_help,
            form_language=self.form_language,
        )


class Interview(DoneForm):
    instrument: str
    right_now: ScreenAnswer = Field(title=N_("Thoughts of suicide right now?"))
    disposition: str = Field(title=N_("What comes next?"))
    rationale: str = Field(title=N_("What leads you to this?"))

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        return cmd.RecordInterview(
            by=desk.actor,
            step=step.id,
            instrument=self.instrument,
            disposition=self.disposition,
            right_now=self.right_now,
            rationale=desk.seal(self.rationale),
        )


class DecideTier(DoneForm):
    tier: Tier = Field(title=N_("Level of risk"))
    rationale: str = Field(title=N_("Why this level?"))

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        return cmd.SetTier(by=desk.actor, step=step.id, tier=self.tier, rationale=desk.seal(self.rationale))


class Supports(StepForm):
    here: frozenset[str] = Field(default=frozenset(), title=N_("What is here?"))
    without: str | None = Field(default=None, title=N_("Why is the rest not here?"))

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        return cmd.RecordSupports(by=desk.actor, step=step.id, here=self.here, without=sealed(desk, self.without))


class Sign(StepForm):
    def command(self, desk: Desk, step: Step) -> cmd.Command:
        return cmd.SignTier(by=desk.actor, step=step.id)


class Contact(DoneForm):
    """`who` is `guardian:ID` or `other:ID` from the record, or `other:` for an adult who is not on it."""

    who: str = Field(title=N_("Whom did you try?"))
    method: ContactMethod = Field(title=N_("How?"))
    outcome: ContactOutcome = Field(title=N_("What came of it?"))
    language: str | None = Field(default=None, title=N_("Language"))
    language_help: LanguageHelp | None = Field(default=None, title=N_("How did you understand each other?"))
    interpreted_by: InterpreterKind | None = Field(default=None, title=N_("Who interpreted?"))
    interpreter: str | None = Field(default=None, title=N_("Name of the interpreter, or the service's number"))
    waiver: str | None = None
    understood: Tick = "no"
    safety_concern: Tick = "no"
    note: str | None = None
    alone: str | None = None

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        kind, _, person = self.who.partition(":")
        return cmd.RecordContact(
            by=desk.actor,
            step=step.id,
            contact=PersonId(person) if person else None,
            guardian=kind == "guardian",
            method=self.method,
            outcome=self.outcome,
            language=self.language,
            language_help=self.language_help,
            interpreted_by=self.interpreted_by,
            interpreter=sealed(desk, self.interpreter),
            waiver=sealed(desk, self.waiver),
            understood=self.understood == "yes",
            safety_concern=self.safety_concern == "yes",
            note=sealed(desk, self.note),
            alone=sealed(desk, self.alone),
        )


class Arrange(StepForm):
    language: str
    kind: InterpreterKind = Field(title=N_("Who interprets?"))
    name: str = Field(title=N_("Name of the interpreter, or the service's number"))

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        return cmd.ArrangeInterpreter(
            by=desk.actor, step=step.id, language=self.language, kind=self.kind, interpreter=desk.seal(self.name)
        )


class Except(StepForm):
    exception: str = Field(title=N_("Which exception?"))
    reason: str = Field(title=N_("What is the reason?"))

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        reason = desk.seal(self.reason)
        return cmd.DeclareException(by=desk.actor, step=step.id, exception=self.exception, reason=reason)


class Offer(StepForm):
    """`items.CODE` is `given`, or the code of the reason why it is kept back."""

    receiver: ReceiverKind = Field(title=N_("Who takes over?"))
    agency: str | None = Field(default=None, title=N_("From the directory"))
    organisation: str | None = Field(default=None, title=N_("Name of the organisation"))
    basis: LegalBasis = Field(title=N_("Why may we share this?"))
    threat: str | None = Field(default=None, title=N_("What is the danger, and to whom?"))
    items: dict[str, str] = Field(default_factory=dict)

    def _organisation(self, desk: Desk) -> str:
        """By name, also where it was chosen: what was said then stays, whatever the directory says later."""
        if self.organisation is None and self.agency is None:
            raise Refused(Reason("I-15", "Choose the organisation from the directory, or write its name", at="agency"))
        return self.organisation or directory_orders.one(desk, AgencyId(self.agency or "")).entry.name

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        return cmd.OfferHandoff(
            by=desk.actor,
            step=step.id,
            receiver=self.receiver,
            organisation=desk.seal(self._organisation(desk)),
            agency=AgencyId(self.agency) if self.agency else None,
            basis=self.basis,
            threat=sealed(desk, self.threat),
            disclosed=frozenset(name for name, choice in self.items.items() if choice == "given"),
            withheld={name: choice for name, choice in self.items.items() if choice != "given"},
        )


class FollowUp(DoneForm):
    outcome: FollowUpOutcome = Field(title=N_("How did it go?"))
    safety_concern: Tick = "no"
    note: str | None = None

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        return cmd.RecordFollowUp(
            by=desk.actor,
            step=step.id,
            outcome=self.outcome,
            safety_concern=self.safety_concern == "yes",
            note=sealed(desk, self.note),
        )


class EndFollowUp(StepForm):
    reason: str = Field(title=N_("Why need it not go on?"))

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        return ucmd.EndFollowUp(by=desk.actor, step=step.id, reason=desk.seal(self.reason))


class RequestPage(StepForm):
    urgency: Urgency = Field(title=N_("How soon?"))

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        assert step.pages is not None
        return pcmd.RequestPage(by=desk.actor, role=step.pages, urgency=self.urgency, step=step.id)


class SpawnIncidents(StepForm):
    students: frozenset[str] = Field(title=N_("Which students?"))

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        chosen = tuple(StudentId(each) for each in sorted(self.students))
        return lcmd.SpawnIncidents(by=desk.actor, step=step.id, students=chosen)


class CountContact(StepForm):
    other: str

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        return lcmd.CountContact(by=desk.actor, step=step.id, other=IncidentId(self.other))


STEP_FORMS: dict[str, type[StepForm]] = {
    "count-contact": CountContact,
    "complete": Complete,
    "waive": Waive,
    "assign": Assign,
    "decide": Decide,
    "screen": Screen,
    "interview": Interview,
    "tier": DecideTier,
    "supports": Supports,
    "sign": Sign,
    "contact": Contact,
    "interpreter": Arrange,
    "exception": Except,
    "offer": Offer,
    "follow-up": FollowUp,
    "end-follow-up": EndFollowUp,
    "page": RequestPage,
    "spawn": SpawnIncidents,
}
