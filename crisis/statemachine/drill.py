"""How the incident of a drill ends: at any step, at once, and never a real one (I-22; `paging.md` 6.13)."""

from dataclasses import replace
from datetime import timedelta

from crisis import drill_commands as dcmd
from crisis import drill_events as dev
from crisis import events as ev
from crisis import page_events as pev
from crisis.commands import ActorKind
from crisis.drill_words import DrillEnd
from crisis.errors import Reason, Refused
from crisis.statemachine.case import Case, rule, stamp
from crisis.statemachine.folding import folded
from crisis.statemachine.incident import Incident
from crisis.statemachine.lifecycle import PAGE
from crisis.vocabulary import Mode, PageState, Phase, Urgency

UNDO_FOR = timedelta(seconds=5)  # paging.md 6.13: so long nothing goes out
BY_ITSELF = frozenset({DrillEnd.REAL_PAGE, DrillEnd.REAL})


def looks_for_help(incident: Incident) -> bool:
    """Whether somebody is paged for it now, in earnest and at once, or is on the way."""
    if incident.mode is not Mode.LIVE or incident.closed_at is not None:
        return False
    pages = [page for page in incident.pages.values() if page.urgency is Urgency.U1]
    waits = any(page.state in (PageState.PAGING, PageState.EXHAUSTED) for page in pages)
    return waits or any(
        page.state is PageState.ACCEPTED and page.due_here_at is not None and page.arrived_at is None for page in pages
    )


@rule.register
def _(command: dcmd.EndDrill, case: Case) -> list[ev.Event]:
    incident = case.incident
    if incident.mode is not Mode.DRILL:
        raise Refused(Reason("I-22", "This is no drill; a real incident ends when its steps are done"))
    if (command.why in BY_ITSELF) is not (command.by.kind is ActorKind.SYSTEM):
        raise Refused(Reason("I-22", "Open the real incident; the drill ends by itself then"))
    if command.why is DrillEnd.UNDONE and case.at >= incident.opened_at + UNDO_FOR:
        raise Refused(Reason("I-22", "The drill has begun, so it cannot be undone; end it instead"))
    who = stamp(command, case.at)
    return [
        *(
            pev.PageCancelled(**who, page=page.id, reason=None)
            for page in incident.pages.values()
            if PAGE.allows(page.state, "cancel")
        ),
        dev.DrillEnded(**who, why=command.why),
        ev.PhaseEntered(at=case.at, by=None, phase=Phase.CLOSED),
    ]


@folded.register
def _(event: dev.DrillEnded, incident: Incident) -> Incident:
    return replace(incident, closed_at=event.at)
