"""A step that finds more students who need help: each gets an incident of their own, linked to this one."""

from dataclasses import replace

from crisis import events as ev
from crisis import linked_commands as lcmd
from crisis.effects import Effect, OpenLinked
from crisis.errors import Reason, Refused, refuse_if
from crisis.protocols.schema import Protocol
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.folding import folded, with_
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident
from crisis.statemachine.reacting import reaction
from crisis.statemachine.steps import find_step, not_open, wrong_role
from crisis.vocabulary import Mode, StepType

AT_ONCE = 50  # one order; a longer list is sent in parts


@rule.register
def _(command: lcmd.SpawnIncidents, case: Case) -> list[ev.Event]:
    """Students who were named before are left out: nobody gets a second incident for the same thing."""
    person(command)
    step = find_step(case.protocol, command.step, StepType.ACT)
    if step.spawns is None:
        raise Refused(Reason("STEP", "This step opens no incidents of other students"))
    refuse_if(
        Reason("I-22", "A drill uses no real student") if case.incident.mode is Mode.DRILL else None,
        not_open(case.incident, case.protocol, step),
        wrong_role(command.by.roles, step.roles),
        None if command.students else Reason("STUDENT", "Choose at least one student"),
        Reason("STUDENT", "At most %(most)s students at a time; send the list in parts", (("most", str(AT_ONCE)),))
        if len(command.students) > AT_ONCE
        else None,
        Reason("STUDENT", "This incident is about this student; choose another one")
        if case.incident.student in command.students
        else None,
    )
    known = case.incident.spawned.get(step.id, ())
    new = tuple(dict.fromkeys(each for each in command.students if each not in known))
    return [ev.IncidentsSpawned(**stamp(command, case.at), step=step.id, students=new)] if new else []


@folded.register
def _(event: ev.IncidentsSpawned, incident: Incident) -> Incident:
    students = (*incident.spawned.get(event.step, ()), *event.students)
    return replace(incident, spawned=with_(incident.spawned, event.step, students))


@reaction.register
def _(event: ev.IncidentsSpawned, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    """Whoever leads here, or else whoever named them, leads there: nobody is paged for what they said themselves."""
    step = protocol.step(event.step)
    assert step is not None
    assert step.spawns is not None
    return [
        OpenLinked(
            protocol=step.spawns.protocol,
            crisis_type=step.spawns.crisis_type,
            parent=after.id,
            student=student,
            lead=after.lead or event.by,
        )
        for student in event.students
    ]
