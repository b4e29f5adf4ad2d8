"""Forms on the step that reaches the family: one text or e-mail, and that a number is somebody else's."""

from crisis import commands as cmd
from crisis import family_commands as fcmd
from crisis.message_words import GuardianTextId, MessageWay, PhoneId, Rung
from crisis.protocols.schema import Step
from crisis.vocabulary import PersonId
from web.deps import Desk
from web.step_forms import STEP_FORMS as OF_STEPS
from web.step_forms import StepForm


class SendText(StepForm):
    """What stood on the page beside the button; nothing of it is typed."""

    person: str
    phone: str
    message: str
    language: str
    rung: Rung
    shown: str
    way: MessageWay = MessageWay.TEXT

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
