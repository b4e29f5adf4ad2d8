"""Reaching the family: every attempt on record, in a language understood, or somebody in the guardian's place."""

from crisis import commands as cmd
from crisis import events as ev
from crisis.errors import Reason, refuse_if
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.custody import guardians_blocked
from crisis.statemachine.steps import SETTLED, find_step, not_open, standing, wrong_role
from crisis.vocabulary import ContactMethod, ContactOutcome, LanguageHelp, StepState, StepType


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
    )
    if _informed(command) and state not in SETTLED:
        return [tried, ev.StepCompleted(**who, step=step.id, evidence={})]
    return [tried]


def _informed(command: cmd.RecordContact) -> bool:
    """I-9: a guardian heard it from a person and said it back; a message left is an attempt."""
    return command.guardian and command.outcome is ContactOutcome.REACHED and command.understood


def _barred(command: cmd.RecordContact, case: Case) -> list[Reason]:
    found = []
    if command.guardian and guardians_blocked(case):
        found.append(
            Reason("I-10", "Do not contact the guardians: a safety reason was declared; two people can lift it")
        )
    if not command.guardian and command.outcome is ContactOutcome.REACHED:
        text = "Somebody who is not a guardian is only asked to have the guardian call; record “reached somebody else”"
        found.append(Reason("I-12", text))
    return found


def _language(command: cmd.RecordContact) -> list[Reason]:
    """I-13: known for every talk with a guardian."""
    if not command.guardian or command.outcome is not ContactOutcome.REACHED:
        return []
    if not command.language or command.language_help is None:
        return [Reason("I-13", "Say in which language you talked, and how you understood each other")]
    if command.language_help is LanguageHelp.WAIVED and command.waiver is None:
        return [Reason("I-13", "Talking without an interpreter in another language needs a reason")]
    return []


def _alone(command: cmd.RecordContact, case: Case) -> Reason | None:
    """A colleague watches while the lead phones in private (protocols.md 4)."""
    calls = command.method in (ContactMethod.PHONE, ContactMethod.VIDEO)
    if not calls or command.by.id != case.incident.adult or command.alone is not None:
        return None
    return Reason("I-1", "You are the one with the student; ask a colleague to call, or say why you had to")
