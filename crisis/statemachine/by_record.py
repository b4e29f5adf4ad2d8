"""What people decide in an incident because of what is on the student's record (`privacy-and-culture.md` 1.7)."""

from dataclasses import replace

from crisis import record_commands as ccmd
from crisis import record_events as cev
from crisis.errors import Reason, refuse_if
from crisis.events import Event
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.folding import folded, with_
from crisis.statemachine.incident import Incident
from crisis.vocabulary import Role

MAY_DECIDE = frozenset({Role.ADMIN, Role.DISTRICT_ONCALL})


@rule.register
def _(command: ccmd.DecideOnContact, case: Case) -> list[Event]:
    by = person(command)
    leads = by == case.incident.lead or command.by.roles & MAY_DECIDE
    text = "The lead of this incident decides that, or the principal; ask one of them"
    refuse_if(None if leads else Reason("FAMILY", text))
    decided = cev.ContactDecided(
        **stamp(command, case.at), contact=command.contact, tell=command.tell, reason=command.reason
    )
    return [decided]


@folded.register
def _(event: cev.ContactDecided, incident: Incident) -> Incident:
    return replace(incident, contact_decided=with_(incident.contact_decided, event.contact, event.tell))
