"""Reaching the family: every attempt on record, in a language understood, or somebody in the guardian's place."""

from crisis import commands as cmd
from crisis import events as ev
from crisis.errors import Reason, refuse_if
from crisis.message_words import STAND_INS, InterpreterKind
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.custody import family_unknown, guardians_blocked
from crisis.statemachine.informing import informs
from crisis.statemachine.steps import SETTLED, find_step, not_open, standing, wrong_role
from crisis.vocabulary import ContactMethod, ContactOutcome, Emergency, LanguageHelp, StepState, StepType


@rule.register
def _(command: cmd.RecordContact, case: Case) -> list[ev.Event]:
    person(command)
    step = find_step(case.protocol, command.step, StepType.CONTACT)
    state = standing(case.incident, case.protocol)[step.id]
    blocked = not_open(case.incident, case.protocol, step) if state is StepState.BLOCKED else None
    refuse_if(
        blocked,
        wrong_role(command.by.roles, step.roles),
        *_barred(command, case),
        *_language(command),
        *_interpreted(command, case),
        _alone(command, case),
    )
    who = stamp(command, case.at)
    tried = ev.ContactAttempted(
        **who,
        step=step.id,
        contact=command.contact,
        guardian=command.guardian,
        method=command.method,
        outcome=command.outcome,
        language=command.language,
        language_help=command.language_help,
        waiver=command.waiver,
        understood=command.understood,
        safety_concern=command.safety_concern,
        note=command.note,
        alone=command.alone,
        interpreted_by=command.interpreted_by,
        interpreter=command.interpreter,
    )
    if informs(command) and state not in SETTLED:
        return [tried, ev.StepCompleted(**who, step=step.id, evidence={})]
    return [tried]


@rule.register
def _(command: cmd.ArrangeInterpreter, case: Case) -> list[ev.Event]:
    """Beside the first call, by anybody on the team; the last word counts."""
    person(command)
    step = find_step(case.protocol, command.step, StepType.CONTACT)
    text = "A child or a relative does not end the search: arrange a qualified interpreter"
    refuse_if(Reason("PR-74", text) if command.kind in STAND_INS else None)
    who = stamp(command, case.at)
    return [
        ev.InterpreterArranged(
            **who, step=step.id, language=command.language, kind=command.kind, interpreter=command.interpreter
        )
    ]


def _barred(command: cmd.RecordContact, case: Case) -> list[Reason]:
    found = []
    if command.guardian and family_unknown(case.incident, case.protocol):
        found.append(
            Reason("I-10", "Nobody has said yet whether calling the family is safe; answer that question first")
        )
    elif command.guardian and guardians_blocked(case):
        found.append(
            Reason("I-10", "Do not contact the guardians: a safety reason was declared; two people can lift it")
        )
    if not command.guardian and command.outcome is ContactOutcome.REACHED:
        text = "Somebody who is not a guardian is only asked to have the guardian call; record “reached somebody else”"
        found.append(Reason("I-12", text, at="outcome"))
    return found


def _language(command: cmd.RecordContact) -> list[Reason]:
    """I-13: known for every talk with a guardian."""
    if not command.guardian or command.outcome is not ContactOutcome.REACHED:
        return []
    if not command.language or command.language_help is None:
        return [Reason("I-13", "Say in which language you talked, and how you understood each other", at="language")]
    if command.language_help is LanguageHelp.WAIVED and command.waiver is None:
        return [Reason("I-13", "Talking without an interpreter in another language needs a reason", at="waiver")]
    return []


def _interpreted(command: cmd.RecordContact, case: Case) -> list[Reason]:
    """PR-74, PR-75: who interpreted is named; a child only where somebody is in danger now, and with a reason."""
    if command.language_help is not LanguageHelp.INTERPRETER:
        return []
    if command.interpreted_by is None or command.interpreter is None:
        text = "Say who interpreted: what kind of interpreter, and a name or the service's number"
        return [Reason("PR-75", text, at="interpreter" if command.interpreted_by else "interpreted_by")]
    found = []
    if command.interpreted_by is InterpreterKind.CHILD and case.incident.emergency is not Emergency.ACTIVE:
        found.append(
            Reason("PR-74", "A child does not interpret; call the interpreter line, and try again", at="interpreted_by")
        )
    if command.interpreted_by in STAND_INS and command.waiver is None:
        found.append(
            Reason("PR-74", "Say why nobody qualified could interpret; the search for one goes on", at="waiver")
        )
    return found


def _alone(command: cmd.RecordContact, case: Case) -> Reason | None:
    """A colleague watches while the lead phones in private (protocols.md 4)."""
    calls = command.method in (ContactMethod.PHONE, ContactMethod.VIDEO)
    if not calls or command.by.id != case.incident.adult or command.alone is not None:
        return None
    return Reason("I-1", "You are the one with the student; ask a colleague to call, or say why you had to", at="alone")
