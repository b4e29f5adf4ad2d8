"""The emergency lane: anybody raises it at any moment, beside whatever the protocol is doing."""

from crisis import commands as cmd
from crisis import events as ev
from crisis.errors import Reason, Refused, refuse_if
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.lifecycle import EMERGENCY
from crisis.statemachine.steps import wrong_role
from crisis.vocabulary import Role

MAY_RESOLVE = (Role.ADMIN, Role.ASSESSOR, Role.NURSE, Role.INCIDENT_LEAD)


@rule.register
def _(command: cmd.RaiseEmergency, case: Case) -> list[ev.Event]:
    known = {danger.id for danger in case.protocol.lane.dangers}
    unknown = sorted(command.dangers - known)
    if unknown:
        raise Refused(Reason("EMERGENCY", "Choose the danger from the list"))
    EMERGENCY.move(case.incident.emergency, "raise")
    return [ev.EmergencyRaised(**stamp(command, case.at), dangers=command.dangers, called_911=command.called_911)]


@rule.register
def _(command: cmd.ResolveEmergency, case: Case) -> list[ev.Event]:
    person(command)
    refuse_if(wrong_role(command.by.roles, MAY_RESOLVE))
    EMERGENCY.move(case.incident.emergency, "resolve")
    return [ev.EmergencyResolved(**stamp(command, case.at), outcome=command.outcome)]
