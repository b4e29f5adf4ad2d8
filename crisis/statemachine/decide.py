"""decide: what one command makes of an incident, with all that follows from it by itself.

`(Incident, Protocol, Ground, Command, at) -> list[Event]`, or `Refused` with every reason. Pure.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import reduce

from crisis import commands as cmd
from crisis import events as ev
from crisis import family_commands as fcmd
from crisis import linked_commands as lcmd
from crisis import page_commands as pcmd
from crisis import page_events as pev
from crisis.errors import Reason, Refused
from crisis.protocols.schema import Protocol
from crisis.statemachine import (
    alongside,
    answering,
    assessment,
    beside,
    briefing,
    by_record,
    closing,
    company,
    custody,
    disposing,
    drill,
    emergency,
    exceptions,
    family,
    follow_up,
    handoff,
    heard,
    notice,
    opening,
    paging,
    questionnaires,
    referral,
    reports,
    safety_plan,
    spawning,
    texting,
    timers,
    watching,
    working,
)
from crisis.statemachine.case import Case, rule
from crisis.statemachine.evolve import begin, evolve
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident
from crisis.statemachine.lifecycle import PHASE
from crisis.statemachine.steps import phase_of, standing
from crisis.vocabulary import IncidentId, PageId, Phase, Urgency

CONCERNS = (
    alongside,
    answering,
    assessment,
    beside,
    briefing,
    by_record,
    closing,
    company,
    custody,
    disposing,
    drill,
    emergency,
    exceptions,
    family,
    follow_up,
    handoff,
    heard,
    opening,
    paging,
    questionnaires,
    referral,
    reports,
    safety_plan,
    spawning,
    texting,
    timers,
    watching,
    working,
)
AFTER_CLOSE = (
    cmd.CorrectEvent,
    cmd.LinkIncident,
    pcmd.AnswerLate,
    fcmd.RecordGuardianReply,
    fcmd.RecordTextsRefused,
)
SYSTEM = (cmd.TimerDue, lcmd.HearRisk, lcmd.FollowAdult, *pcmd.BY_WORKER, *fcmd.BY_WORKER)


def decide(
    incident: Incident, protocol: Protocol, ground: Ground, command: cmd.Command, at: datetime
) -> list[ev.Event]:
    """The events, in order; an empty list means that nothing is left to do, which is no error."""
    if incident.closed_at is not None and not isinstance(command, AFTER_CLOSE):
        if isinstance(command, SYSTEM):
            return []
        raise Refused(Reason("I-20", "This incident is closed; open a new one that is linked to it"))
    notice.must_be_silent(command, protocol)
    events = rule(command, Case(incident, protocol, ground, at))
    after = reduce(evolve, events, incident)
    return [*events, *_follows(after, protocol, ground, at)]


def decide_open(
    command: cmd.OpenIncident, protocol: Protocol, ground: Ground, incident: IncidentId, at: datetime
) -> list[ev.Event]:
    """The first events of a new incident."""
    first, *more = opening.opened(command, protocol, incident, at)
    assert isinstance(first, ev.IncidentOpened)
    after = reduce(evolve, more, begin(first))
    said = opening.said_by_opening(command, Case(after, protocol, ground, at))
    more, after = [*more, *said], reduce(evolve, said, after)
    named = opening.asked_at_opening(command, Case(after, protocol, ground, at))
    more, after = [*more, *named], reduce(evolve, named, after)
    case = Case(after, protocol, ground, at)
    pages = [
        pev.PageRequested(
            at=at, by=None, page=PageId(f"{incident}-{after.seq + 1 + n}"), role=role, urgency=Urgency.U1, step=None
        )
        for n, role in enumerate(opening.pages_at_opening(case))
    ]
    paged = reduce(evolve, pages, after)
    return [first, *more, *pages, *_follows(paged, protocol, ground, at)]


def _follows(after: Incident, protocol: Protocol, ground: Ground, at: datetime) -> Sequence[ev.Event]:
    """What the step graph asks for by itself: pages, and the phase, which the lifecycle must allow."""
    if after.closed_at is not None:
        return []
    pages = paging.pages_due(Case(after, protocol, ground, at), standing(after, protocol))
    after = reduce(evolve, pages, after)
    phase = phase_of(after, protocol)
    if phase is after.phase:
        return pages
    back = phase is Phase.SAFETY_ASSESSMENT and after.phase is not Phase.IDENTIFICATION
    PHASE.move(after.phase, "reassess" if back else f"enter_{phase}")
    return [*pages, ev.PhaseEntered(at=at, by=None, phase=phase)]
