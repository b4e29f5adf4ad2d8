"""A real page ends the drills of its school, in the transaction in which it begins, and those who practise hear of it.

So does the real incident that somebody opens because what was practised is happening (`paging.md` 6.13; I-22).
"""

from collections.abc import Iterator
from datetime import datetime
from functools import reduce

from sqlalchemy import Connection

from crisis.commands import Actor, ActorKind, Command, OpenIncident
from crisis.drill_commands import EndDrill
from crisis.drill_words import DrillEnd
from crisis.effects import NotifyPerson
from crisis.statemachine.decide import decide
from crisis.statemachine.drill import looks_for_help
from crisis.statemachine.evolve import evolve
from crisis.statemachine.incident import Incident
from crisis.statemachine.react import react
from crisis.store import drill_runs, drills, incidents, people, protocols
from crisis.store.audit import Entry
from crisis.vocabulary import Mode

TOLD = "drill_stood_down"


def of_change(tx: Connection, before: Incident | None, after: Incident, command: Command, at: datetime) -> None:
    """Asked twice: before the log is locked, so that a drill that is busy is waited for there, and after, for one that
    began in between.
    """
    for drill, why in _ending(tx, before, after, command):
        _end(tx, drill, why, at)


def _ending(
    tx: Connection, before: Incident | None, after: Incident, command: Command
) -> Iterator[tuple[Incident, DrillEnd]]:
    if after.mode is not Mode.LIVE:
        return
    instead_of = command.instead_of if isinstance(command, OpenIncident) else None
    paged = looks_for_help(after) and (before is None or not looks_for_help(before))
    if not paged and instead_of is None:
        return
    for drill in drill_runs.running(tx, after.district, after.school):
        if drill.id == instead_of:
            yield drill, DrillEnd.REAL
        elif paged:
            yield drill, DrillEnd.REAL_PAGE


def _end(tx: Connection, drill: Incident, why: DrillEnd, at: datetime) -> None:
    protocol, ground = protocols.by_hash(tx, drill.protocol_hash), people.ground(tx, drill.school)
    system = Actor(kind=ActorKind.SYSTEM, id=None, district=drill.district)
    events = decide(drill, protocol, ground, EndDrill(by=system, why=why), at)
    after = reduce(evolve, events, drill)
    told = sorted(
        {*(drills.enrolled(tx, drill.id) or ()), *(each for page in drill.pages.values() for each in page.asked)}
    )
    effects = [
        *react(drill, events, after, protocol, ground),
        *((after.seq, NotifyPerson(person=each, subject=TOLD, mode=drill.mode)) for each in told),
    ]
    drill_runs.of_close(tx, events, after, at)
    detail = {"seq": after.seq, "events": len(events), "mode": after.mode.value}
    entry = Entry(at=at, actor=None, action=EndDrill.__name__, subject=drill.id, detail=detail)
    incidents.append(tx, drill, after, events, at=at, effects=effects, entry=entry)
