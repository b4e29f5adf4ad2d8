"""Texts to guardians: ordered by a person from the step that reaches the family, and what became of each.

Whether the adult may be written to at all, and what exactly, is asked of the record in the same transaction
(`crisis/store/texting.py`). A text is beside the calls: it counts as no attempt, and nobody is informed by it (PR-75).
"""

from datetime import timedelta

from crisis import events as ev
from crisis import family_commands as fcmd
from crisis import family_events as fev
from crisis.commands import Command
from crisis.errors import Reason, Refused, refuse_if
from crisis.message_words import GuardianTextId, MessageWay, PhoneId, SendState
from crisis.statemachine.case import Case, Stamp, person, rule, stamp
from crisis.statemachine.incident import GuardianText, Incident
from crisis.statemachine.steps import find_step, not_open, standing, wrong_role
from crisis.vocabulary import Mode, PersonId, StepState, StepType

LATE = timedelta(minutes=10)  # PR-14: “please call us now” must not arrive an hour later
UNDER_WAY = frozenset({SendState.ORDERED, SendState.GIVEN})
APOLOGY = "f14"  # of the catalog: goes to a number that is not theirs, once


@rule.register
def _(command: fcmd.TextGuardian, case: Case) -> list[ev.Event]:
    person(command)
    step = find_step(case.protocol, command.step, StepType.CONTACT)
    blocked = standing(case.incident, case.protocol)[step.id] is StepState.BLOCKED
    refuse_if(
        not_open(case.incident, case.protocol, step) if blocked else None,
        wrong_role(command.by.roles, step.roles),
        _only_to_oneself(command, case),
        against_another(case.incident, command.phone, command.message),
    )
    return [
        fev.GuardianTextOrdered(
            **stamp(command, case.at),
            step=step.id,
            text=GuardianTextId(f"{case.incident.id}-t{case.incident.seq + 1}"),
            contact=command.person,
            phone=command.phone,
            message=command.message,
            language=command.language,
            rung=command.rung,
            shown=command.shown,
            way=command.way,
            meets_at=command.meets_at,
            place=command.place,
            number_given=command.number_given,
        )
    ]


def _only_to_oneself(command: fcmd.TextGuardian, case: Case) -> Reason | None:
    """I-22: a drill reaches no family."""
    if case.incident.mode is not Mode.DRILL:
        return None
    if command.way is MessageWay.EMAIL:
        return Reason("I-22", "No e-mail of a drill goes out; practice with the text to your own telephone")
    if command.person == command.by.id:
        return None
    return Reason("I-22", "In a drill the text goes to your own telephone; nobody of a family is written to")


def against_another(incident: Incident, phone: PhoneId, message: str) -> Reason | None:
    """Pressed again it is the same text; who asked for none gets none, and a stranger is told once."""
    same = [each for each in incident.texts.values() if each.phone == phone]
    if any(each.state in UNDER_WAY for each in same):
        return Reason("PR-23", "A text to this number is on its way; wait for what becomes of it, or call")
    if any(each.refused and each.way is MessageWay.EMAIL for each in same):
        return Reason("PR-15", "They asked for no more e-mail to this address; call them")
    if any(each.refused for each in same):
        return Reason("PR-15", "They asked for no more texts to this number; call them")
    if message == APOLOGY and not any(each.wrong_number and each.state.has_left for each in same):
        return Reason("PR-23", "Mark the number as wrong first; this goes to nobody else")
    if any(each.message == APOLOGY and each.state.has_left for each in same):
        return Reason("PR-23", "They were told that it was a mistake; write no more to this number")
    return None


@rule.register
def _(command: fcmd.MarkWrongNumber, case: Case) -> list[ev.Event]:
    person(command)
    text = _known(command.text, case)
    if text.wrong_number:
        return []
    return [fev.GuardianNumberWrong(**_of(text, command, case), phone=text.phone)]


@rule.register
def _(command: fcmd.GiveText, case: Case) -> list[ev.Event]:
    """Once: whoever comes second finds that it was given, and gives nothing."""
    text = _known(command.text, case)
    if text.state is not SendState.ORDERED:
        return []
    if case.at > text.ordered_at + LATE:
        raise Refused(Reason("PR-14", "The text waited too long to be sent; call instead"))
    return [
        fev.GuardianTextGiven(
            **stamp(command, case.at),
            text=text.id,
            contact=text.contact,
            phone=text.phone,
            message=text.message,
            ordered_by=text.ordered_by,
            way=text.way,
        )
    ]


@rule.register
def _(command: fcmd.StopText, case: Case) -> list[ev.Event]:
    text = _known(command.text, case)
    if text.state is not SendState.ORDERED:
        return []
    return [fev.GuardianTextStopped(**_of(text, command, case), rules=command.rules)]


@rule.register
def _(command: fcmd.RecordTextOutcome, case: Case) -> list[ev.Event]:
    """Never backwards: what comes late, or twice, says nothing new. Nothing is known of what never left."""
    text = _known(command.text, case)
    if text.state in (SendState.ORDERED, SendState.STOPPED) or command.state.rank <= text.state.rank:
        return []
    return [fev.GuardianTextMoved(**_of(text, command, case), state=command.state, code=command.code)]


@rule.register
def _(command: fcmd.RecordTextOutrun, case: Case) -> list[ev.Event]:
    text = _known(command.text, case)
    if text.outrun or not text.state.has_left:
        return []
    return [fev.GuardianTextOutrun(**_of(text, command, case), rules=command.rules)]


@rule.register
def _(command: fcmd.RecordGuardianReply, case: Case) -> list[ev.Event]:
    text = _known(command.text, case)
    refuse_if(Reason("PR-23", "They got the one answer already") if command.answer and text.answered else None)
    return [
        fev.GuardianWrote(
            **stamp(command, case.at),
            text=text.id,
            contact=text.contact,
            words=command.words,
            answered=command.answer,
            ordered_by=text.ordered_by,
        )
    ]


@rule.register
def _(command: fcmd.RecordTextsRefused, case: Case) -> list[ev.Event]:
    return _refused(command, case)


@rule.register
def _(command: fcmd.EndTexts, case: Case) -> list[ev.Event]:
    person(command)
    return _refused(command, case)


def _refused(command: fcmd.RecordTextsRefused | fcmd.EndTexts, case: Case) -> list[ev.Event]:
    text = _known(command.text, case)
    if text.refused:
        return []
    return [fev.GuardianTextsRefused(**_of(text, command, case))]


class _OfText(Stamp):
    text: GuardianTextId
    contact: PersonId
    way: MessageWay


def _of(text: GuardianText, command: Command, case: Case) -> _OfText:
    return {**stamp(command, case.at), "text": text.id, "contact": text.contact, "way": text.way}


def _known(text: GuardianTextId, case: Case) -> GuardianText:
    found = case.incident.texts.get(text)
    if found is None:
        raise Refused(Reason("STEP", "There is no such text in this incident"))
    return found
