"""The forms of a step that follow from the student's record, and the command that each becomes."""

from pydantic import Field

from crisis import commands as cmd
from crisis import record_commands as ccmd
from crisis.protocols.schema import Step
from crisis.record_words import Assent, RecordTask
from crisis.vocabulary import PersonId
from web.deps import Desk
from web.forms import sealed
from web.incident_forms import IncidentForm
from web.step_forms import StepForm, Tick
from web.words import N_


class DecideContact(StepForm):
    person: str
    tell: Tick = Field(title=N_("Is this adult told?"))
    reason: str = Field(title=N_("What is the reason?"))

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        return ccmd.DecideOnContact(
            by=desk.actor, contact=PersonId(self.person), tell=self.tell == "yes", reason=desk.seal(self.reason)
        )


class Told(StepForm):
    answer: Assent = Field(title=N_("What did the student say?"))
    agreed: frozenset[str] = frozenset()
    reason: str | None = Field(default=None, title=N_("Why was the student not told?"))

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        reason = sealed(desk, self.reason)
        return ccmd.RecordAssent(by=desk.actor, answer=self.answer, agreed=self.agreed, reason=reason)


class OpenTask(IncidentForm):
    task: RecordTask

    def command(self, desk: Desk) -> cmd.Command:
        return ccmd.OpenTask(by=desk.actor, task=self.task)


class FinishTask(IncidentForm):
    task: RecordTask
    note: str = Field(title=N_("Who was told, and when?"))

    def command(self, desk: Desk) -> cmd.Command:
        return ccmd.FinishTask(by=desk.actor, task=self.task, note=desk.seal(self.note))


class AskToCome(IncidentForm):
    to: str

    def command(self, desk: Desk) -> cmd.Command:
        return ccmd.AskToCome(by=desk.actor, to=PersonId(self.to))


class SayIfComing(IncidentForm):
    coming: Tick

    def command(self, desk: Desk) -> cmd.Command:
        return ccmd.SayIfComing(by=desk.actor, coming=self.coming == "yes")


RECORD_FORMS: dict[str, tuple[type[IncidentForm], str | None]] = {
    "open-task": (OpenTask, "duties"),
    "finish-task": (FinishTask, "duties"),
    "ask-to-come": (AskToCome, None),
    "say-if-coming": (SayIfComing, None),
}
RECORD_STEP_FORMS: dict[str, type[StepForm]] = {"decide-contact": DecideContact, "assent": Told}
