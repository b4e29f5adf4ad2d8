"""The forms of the days that a school watches after a death, and the command that each becomes."""

from datetime import date

from pydantic import Field

from crisis import commands as cmd
from crisis import watch_commands as wcmd
from crisis.protocol_words import WatchWhy
from crisis.protocols.schema import Step
from web.deps import Desk
from web.step_forms import StepForm
from web.words import N_


class AddDay(StepForm):
    day: date = Field(title=N_("Which day?"))
    reason: WatchWhy = Field(title=N_("What is on that day?"))

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        return wcmd.AddWatchDate(by=desk.actor, step=step.id, day=self.day, why=self.reason)


class KeptDay(StepForm):
    day: date
    reason: WatchWhy
    note: str = Field(title=N_("How did the day go?"))

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        return wcmd.KeepWatchDate(by=desk.actor, day=self.day, why=self.reason, note=desk.seal(self.note))


WATCH_STEP_FORMS: dict[str, type[StepForm]] = {"watch": AddDay, "kept": KeptDay}
