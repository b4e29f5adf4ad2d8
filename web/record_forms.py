"""The forms of a step that follow from the student's record, and the command that each becomes."""

from pydantic import Field

from crisis import commands as cmd
from crisis import record_commands as ccmd
from crisis.protocols.schema import Step
from crisis.vocabulary import PersonId
from web.deps import Desk
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


RECORD_STEP_FORMS: dict[str, type[StepForm]] = {"decide-contact": DecideContact}
