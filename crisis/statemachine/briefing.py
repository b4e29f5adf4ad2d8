"""That a brief of the student was given: to whom, on which ground, which fields; the lists themselves are policy."""

from crisis import referral_commands as rcmd
from crisis import referral_events as rev
from crisis.errors import Reason, refuse_if
from crisis.events import Event
from crisis.referral_words import Audience
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.folding import folded
from crisis.statemachine.incident import Handoff, Incident
from crisis.vocabulary import Emergency, HandoffState, LegalBasis

ASKED = (HandoffState.OFFERED, HandoffState.ACCEPTED)


@rule.register
def _(command: rcmd.GiveBrief, case: Case) -> list[Event]:
    person(command)
    handoff = _handoff(command, case)
    refuse_if(*_against(command, case, handoff))
    bases = {Audience.CLINICIAN: handoff.basis if handoff else None, Audience.EMERGENCY: LegalBasis.EMERGENCY}
    given = rev.BriefGiven(
        **stamp(command, case.at),
        audience=command.audience,
        way=command.way,
        recipient=command.recipient,
        fields=command.fields,
        handoff=handoff.id if handoff else None,
        basis=bases.get(command.audience),
        threat=handoff.threat if handoff else command.threat,
        organisation=handoff.organisation if handoff else None,
        agency=handoff.agency if handoff else None,
        receiver=handoff.receiver if handoff else None,
    )
    return [given]


def _handoff(command: rcmd.GiveBrief, case: Case) -> Handoff | None:
    named = command.audience is Audience.CLINICIAN and command.handoff is not None
    return case.incident.handoffs.get(command.handoff) if named and command.handoff is not None else None


def _against(command: rcmd.GiveBrief, case: Case, handoff: Handoff | None) -> list[Reason]:
    found = []
    if command.audience is Audience.CLINICIAN and (handoff is None or handoff.state not in ASKED):
        text = "A clinician gets the brief of a handoff that was offered to them; offer it first"
        found.append(Reason("I-15", text))
    if command.audience is Audience.EMERGENCY:
        if case.incident.emergency is not Emergency.ACTIVE:
            text = "The emergency brief is for the time of the emergency; raise it, or hand over by the step"
            found.append(Reason("PR-24", text))
        if command.threat is None:
            found.append(Reason("PR-24", "Say in words what the danger is, and to whom"))
    return found


@folded.register
def _(_event: rev.BriefGiven, incident: Incident) -> Incident:
    return incident  # the log is the record of it
