"""A questionnaire that somebody filled in, and a student who is too young for a screening: neither sets a level."""

from crisis import events as ev
from crisis import instrument_commands as icmd
from crisis import instrument_events as iev
from crisis.errors import Reason, refuse_if
from crisis.protocols import questionnaires, scoring
from crisis.protocols.schema import Step
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.kit import no_such_form, not_usable, too_young
from crisis.statemachine.steps import find_step, not_open, standing, wrong_role
from crisis.vocabulary import LanguageHelp, StepState, StepType


@rule.register
def _(command: icmd.RecordQuestionnaire, case: Case) -> list[ev.Event]:
    """It does no step. Where one of its answers asks for a screening, that is owed from now on (protocols.md 2.2)."""
    person(command)
    step = find_step(case.protocol, command.step, StepType.SCREEN, StepType.ASSESS)
    refuse_if(
        None if _done(case, step) else not_open(case.incident, case.protocol, step),
        wrong_role(command.by.roles, step.roles),
        not_usable(step, command.instrument, case.ground.kit),
        no_such_form(command.instrument, command.form_language, case.ground.kit),
    )
    found = questionnaires.summed(command.instrument, command.answers)
    return [
        iev.QuestionnaireRecorded(
            **stamp(command, case.at),
            step=step.id,
            instrument=command.instrument,
            instrument_version=found.version,
            answers=found.answers,
            total=found.total,
            whole=found.whole,
            band=found.band,
            stands_out=found.stands_out,
            screen_needed=found.screen_needed,
            language=command.language,
            language_help=command.language_help,
            form_language=command.form_language,
        )
    ]


@rule.register
def _(command: icmd.RecordTooYoung, case: Case) -> list[ev.Event]:
    """No screening under its age, but a full evaluation: the interview is held, and the level is never “no risk”."""
    person(command)
    step = find_step(case.protocol, command.step, StepType.SCREEN)
    old_enough = too_young(command.instrument, case.ground.kit) is False
    refuse_if(
        None if _done(case, step) else not_open(case.incident, case.protocol, step),
        wrong_role(command.by.roles, step.roles),
        not_usable(step, command.instrument, case.ground.kit),
        Reason("AGE", "By their date of birth this student is old enough for these questions") if old_enough else None,
    )
    who, scored = stamp(command, case.at), scoring.not_screened(command.instrument)
    recorded = ev.ScreenRecorded(
        **who,
        step=step.id,
        instrument=command.instrument,
        instrument_version=scored.version,
        answers=scored.answers,
        result=scored.result,
        language="en",
        language_help=LanguageHelp.SHARED,
    )
    return [recorded] if _done(case, step) else [recorded, ev.StepCompleted(**who, step=step.id, evidence={})]


def _done(case: Case, step: Step) -> bool:
    return standing(case.incident, case.protocol)[step.id] is StepState.DONE
