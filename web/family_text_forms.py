"""Forms on the step that reaches the family: one text or e-mail, and that a number is somebody else's."""

from datetime import datetime

from pydantic import Field

from crisis import commands as cmd
from crisis import family_commands as fcmd
from crisis.message_words import GuardianTextId, MeetingPlace, MessageWay, PhoneId, Rung
from crisis.protocols.schema import Step
from crisis.vocabulary import PersonId
from web.deps import Desk
from web.forms import in_zone
from web.step_forms import STEP_FORMS as OF_STEPS
from web.step_forms import StepForm, Tick
from web.words import N_


class SendText(StepForm):
    """What stood on the page beside the button; nothing of it is typed. `meets_at` is by the clock of `zone`."""

    person: str
    phone: str
    message: str
    language: str
    rung: Rung
    shown: str
    way: MessageWay = MessageWay.TEXT
    meets_at: datetime | None = Field(default=None, title=N_("Day and time, at the school"))
    place: MeetingPlace | None = Field(default=None, title=N_("Where?"))
    number_given: Tick = "no"
    zone: str = "UTC"

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        return fcmd.TextGuardian(
            by=desk.actor,
            step=step.id,
            person=PersonId(self.person),
            phone=PhoneId(self.phone),
            message=self.message,
            language=self.language,
            rung=self.rung,
            shown=self.shown,
            way=self.way,
            meets_at=in_zone(self.meets_at, self.zone),
            place=self.place,
            number_given=self.number_given == "yes",
        )


class WrongNumber(StepForm):
    text: str

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        return fcmd.MarkWrongNumber(by=desk.actor, text=GuardianTextId(self.text))


class NoMoreTexts(StepForm):
    text: str

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        return fcmd.EndTexts(by=desk.actor, text=GuardianTextId(self.text))


STEP_FORMS: dict[str, type[StepForm]] = {
    **OF_STEPS,
    "text": SendText,
    "wrong-number": WrongNumber,
    "no-more-texts": NoMoreTexts,
}
