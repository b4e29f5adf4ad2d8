"""How an incident begins: three inputs, nobody is stopped, and unknown is not yes."""

from collections.abc import Sequence
from datetime import datetime

from crisis import commands as cmd
from crisis import events as ev
from crisis.commands import ActorKind
from crisis.errors import Reason, Refused
from crisis.protocol_words import Subject
from crisis.protocols.schema import Protocol
from crisis.statemachine import by_record, company
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.exceptions import declared_by
from crisis.statemachine.reports import owed
from crisis.vocabulary import Beside, IncidentId, Mode, Role, StepType

OF_A_SCHOOL = Reason("I-24", "This is about a whole school; a student who needs help gets an incident of their own")


def opened(command: cmd.OpenIncident, protocol: Protocol, incident: IncidentId, at: datetime) -> Sequence[ev.Event]:
    """The first events. A child incident that the system opens has no adult yet: that is an alarm, not a refusal."""
    _must_fit(command, protocol)
    who, beside = stamp(command, at), _beside(command, protocol)
    begun: list[ev.Event] = [
        ev.IncidentOpened(
            **who,
            incident=incident,
            district=command.by.district,
            school=command.school,
            mode=command.mode,
            crisis_type=command.crisis_type,
            protocol=command.protocol,
            version=command.version,
            protocol_hash=command.protocol_hash,
            place=None if protocol.subject is Subject.NOTICE else command.place,  # nobody goes anywhere
            student=command.student,
            beside=beside,
            linked_to=command.linked_to,
        )
    ]
    lead = command.lead if command.by.kind is ActorKind.SYSTEM else command.by.id
    if lead is not None and (command.by.kind is ActorKind.SYSTEM or Role.INCIDENT_LEAD in command.by.roles):
        begun.append(ev.LeadAssigned(**who, lead=lead))
    taking = [step for step in protocol.steps if step.custody == "taken"]
    if command.by.id is not None and beside is Beside.ME and taking:  # where nobody stays, nobody could let go either
        begun.append(ev.CustodyTaken(**who, adult=command.by.id))
        begun += [ev.StepCompleted(**who, step=step.id, evidence={}) for step in taking]
    return begun


def _beside(command: cmd.OpenIncident, protocol: Protocol) -> Beside:
    """Only about one student is it asked, and there no answer is not a yes."""
    taking = [step for step in protocol.steps if step.custody == "taken"]
    later = bool(taking) and all(step.when is not None for step in taking)  # an adult stays from a positive answer on
    if protocol.subject is not Subject.STUDENT or (later and command.beside in (Beside.NOBODY, Beside.UNKNOWN)):
        return Beside.NOT_ASKED
    return Beside.UNKNOWN if command.beside is Beside.NOT_ASKED else command.beside


def said_by_opening(command: cmd.OpenIncident, case: Case) -> list[ev.Event]:
    """I-10, I-11: what this kind of crisis blocks from T+0, and what whoever opened it owes; a system owes nothing."""
    said = case.protocol.at_opening
    if said is None:
        return []
    found: list[ev.Event] = []
    for name in said.declares:
        found += declared_by(command, case, name, None, after=case.incident.seq + len(found))
    owes = any(isinstance(each, ev.ObligationCreated) for each in found)
    if said.report is not None and command.by.id is not None and not owes:
        found += owed(command, case, said.report, command.by.id, after=case.incident.seq + len(found))
    return [*found, *(each for task in said.tasks for each in by_record.opened(task, command, case))]


def asked_at_opening(command: cmd.OpenIncident, case: Case) -> list[ev.Event]:
    """Field 25. What grows out of another incident of the student has their company already."""
    return [] if command.by.kind is ActorKind.SYSTEM or command.student is None else company.at_once(case)


def _must_fit(command: cmd.OpenIncident, protocol: Protocol) -> None:
    if command.crisis_type not in protocol.crisis_types:
        raise Refused(Reason("PROTOCOL", "This protocol is not made for this kind of crisis"))
    if command.mode is Mode.DRILL and command.student is not None:
        raise Refused(Reason("I-22", "A drill uses no real student; leave the student out"))
    if (command.drill is not None and command.mode is Mode.LIVE) or (
        command.instead_of is not None and command.mode is Mode.DRILL
    ):
        raise Refused(Reason("I-22", "A real incident is no drill, and a drill takes the place of none"))
    if protocol.subject is Subject.COMMUNITY and command.student is not None:
        raise Refused(OF_A_SCHOOL)
    _must_be_about_others(command)


def _must_be_about_others(command: cmd.OpenIncident) -> None:
    """PR-54: whoever is kept out sees nothing of it."""
    if command.kept_out and command.mode is Mode.DRILL:
        raise Refused(Reason("I-22", "A drill is about nobody of the staff; leave that question empty"))
    if command.by.id in command.kept_out:
        raise Refused(Reason("PR-54", "It is about you: a colleague opens it, and you see nothing of it"))


@rule.register
def _(command: cmd.OpenIncident, _case: Case) -> list[ev.Event]:
    raise Refused(Reason("I-20", "This incident is open already"))


@rule.register
def _(command: cmd.IdentifyStudent, case: Case) -> list[ev.Event]:
    if case.incident.student not in (None, command.student):
        raise Refused(Reason("I-21", "This incident is about another student; open a new one and link the two"))
    if case.incident.mode is Mode.DRILL:
        raise Refused(Reason("I-22", "A drill uses no real student"))
    if case.protocol.subject is Subject.COMMUNITY:
        raise Refused(OF_A_SCHOOL)
    if case.incident.student == command.student:
        return []
    return [ev.StudentIdentified(**stamp(command, case.at), student=command.student), *company.at_once(case)]


@rule.register
def _(command: cmd.AssignLead, case: Case) -> list[ev.Event]:
    return [ev.LeadAssigned(**stamp(command, case.at), lead=command.to)] if command.to != case.incident.lead else []


@rule.register
def _(command: cmd.LinkIncident, case: Case) -> list[ev.Event]:
    if command.other == case.incident.id:
        raise Refused(Reason("I-20", "An incident cannot be linked to itself"))
    if command.other in case.incident.links:
        return []
    return [ev.IncidentLinked(**stamp(command, case.at), other=command.other)]


@rule.register
def _(command: cmd.AddNote, case: Case) -> list[ev.Event]:
    person(command)
    return [ev.NoteAdded(**stamp(command, case.at), words=command.words)]


@rule.register
def _(command: cmd.CorrectEvent, case: Case) -> list[ev.Event]:
    person(command)
    if not 1 <= command.seq <= case.incident.seq:
        raise Refused(Reason("I-21", "There is no entry with that number; look it up in the timeline"))
    return [
        ev.EventCorrected(**stamp(command, case.at), seq=command.seq, words=command.words, in_error=command.in_error)
    ]


def pages_at_opening(case: Case) -> list[Role]:
    """Whom the opening itself pages: a lead from the crisis team when the one who opened is not one."""
    needs_lead = case.incident.lead is None and any(step.type is not StepType.REVIEW for step in case.protocol.steps)
    if case.protocol.subject is Subject.NOTICE:
        return []  # no emergency, and told by day
    return [Role.INCIDENT_LEAD] if needs_lead else []
