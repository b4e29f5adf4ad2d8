"""The forms of instruments and of the safety plan at a step, and the command that each becomes."""

from pydantic import Field

from crisis import commands as cmd
from crisis import instrument_commands as icmd
from crisis.instrument_words import ItemAnswer, PlanPrompt, StaysSafe
from crisis.protocols.schema import Step
from crisis.vocabulary import LanguageHelp, WordsId
from web.deps import Desk
from web.forms import sealed
from web.step_forms import StepForm, Tick
from web.words import N_


class Questionnaire(StepForm):
    """`on_form` are the items that stood on it: one of them without an answer is missing, the others were not asked."""

    instrument: str
    form_language: str
    on_form: str
    answers: dict[str, ItemAnswer] = Field(default_factory=dict)
    language: str = Field(title=N_("In which language did you ask?"))
    language_help: LanguageHelp = Field(title=N_("How did you understand each other?"))

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        missing = dict.fromkeys(self.on_form.split(), ItemAnswer.MISSING)
        return icmd.RecordQuestionnaire(
            by=desk.actor,
            step=step.id,
            instrument=self.instrument,
            answers={**missing, **self.answers},
            language=self.language,
            language_help=self.language_help,
            form_language=self.form_language,
        )


class TooYoung(StepForm):
    instrument: str

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        return icmd.RecordTooYoung(by=desk.actor, step=step.id, instrument=self.instrument)


class WritePlan(StepForm):
    plan_language: str = Field(title=N_("In which language is the plan?"))
    plan: dict[PlanPrompt, str] = Field(default_factory=dict)
    stays_safe: StaysSafe = Field(title=N_("Do you need help to keep yourself safe?"))

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        def said(prompt: PlanPrompt) -> WordsId | None:
            return sealed(desk, self.plan.get(prompt, "").strip())

        return icmd.WriteSafetyPlan(
            by=desk.actor,
            step=step.id,
            language=self.plan_language,
            coping=said(PlanPrompt.COPING),
            people=said(PlanPrompt.PEOPLE),
            safer_place=said(PlanPrompt.SAFER_PLACE),
            stays_safe=self.stays_safe,
        )


class GivePlan(StepForm):
    given: Tick = Field(title=N_("Does the student have a copy?"))
    why_not: str | None = Field(default=None, title=N_("Why does the student have no copy?"))

    def command(self, desk: Desk, step: Step) -> cmd.Command:
        given = self.given == "yes"
        reason = None if given else sealed(desk, self.why_not)
        return icmd.GiveSafetyPlan(by=desk.actor, step=step.id, given=given, reason=reason)


INSTRUMENT_STEP_FORMS: dict[str, type[StepForm]] = {
    "questionnaire": Questionnaire,
    "too-young": TooYoung,
    "write-plan": WritePlan,
    "give-plan": GivePlan,
}
