"""A drill that runs: whom it may reach, what must not be under way beside it, and when it is over.

All of it is asked in the transaction that opens the incident of the drill, or of the real one that stands it down.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from crisis.commands import Command, OpenIncident
from crisis.drill_events import DrillEnded
from crisis.drill_words import DrillEnd, DrillId, DrillState
from crisis.errors import Reason, Refused, refuse_if
from crisis.events import Event
from crisis.policy.access import must_run_drills
from crisis.statemachine.drill import UNDO_FOR, looks_for_help
from crisis.statemachine.incident import Incident
from crisis.statemachine.lifecycle import DRILL as LIFECYCLE
from crisis.store import codec, drill_plans, drills, kept_drills
from crisis.store.drill_tables import DRILL, RUN
from crisis.store.tables import INCIDENT
from crisis.vocabulary import DistrictId, IncidentId, Mode, SchoolId

_STATES = select(INCIDENT.c.state).where(INCIDENT.c.closed_at.is_(None))
_MOVES = {DrillEnd.UNDONE: "undo", DrillEnd.OVER: "end", DrillEnd.REAL_PAGE: "stand_down", DrillEnd.REAL: "stand_down"}


def hold(tx: Connection, command: OpenIncident) -> None:
    """Nobody changes the plan, or opts out, while it is being started."""
    if command.drill is not None:
        kept_drills.one(tx, command.by.district, command.drill, lock=True)


def started(tx: Connection, incident: Incident, command: OpenIncident, at: datetime) -> None:
    """After the incident is written, and so while nobody else can write: no real page can slip in between.

    Raises `Refused` while somebody is paged at once for the same school, and with what the plan lacks.
    """
    if command.linked_to is not None and _grown(tx, incident, command.linked_to, at):
        return
    refuse_if(_beside_a_real_one(tx, incident))
    if command.drill is None:
        drills.list_staff(tx, incident)
        return
    plan = kept_drills.one(tx, incident.district, command.drill)
    must_run_drills(command.by, plan.school)
    if (incident.school, incident.crisis_type) != (plan.school, plan.crisis_type):
        raise Refused(Reason("I-22", "This is not what the drill was planned for; change its plan first"))
    state = LIFECYCLE.move(plan.state, "start", drill_plans.missing(tx, plan, at))
    begun = {"state": state, "started_at": at, "started_by": command.by.id}
    tx.execute(update(DRILL).where(DRILL.c.id == plan.id).values(**begun))
    _join(tx, incident, plan.id, at, first=True)


def _grown(tx: Connection, incident: Incident, parent: IncidentId, at: datetime) -> bool:
    """What grows out of a planned drill reaches nobody else than that does."""
    drill = tx.execute(select(RUN.c.drill).where(RUN.c.incident == parent)).scalar_one_or_none()
    if drill is not None:
        _join(tx, incident, drill, at, first=False)
    return drill is not None


def _join(tx: Connection, incident: Incident, drill: DrillId, at: datetime, *, first: bool) -> None:
    run = {"incident": incident.id, "drill": drill, "district": incident.district, "mode": incident.mode}
    tx.execute(insert(RUN).values(**run, first=first, began_at=at, ended_as=None))
    drills.list_members(tx, incident.id, drill)


def _beside_a_real_one(tx: Connection, drill: Incident) -> Reason | None:
    query = _STATES.where(INCIDENT.c.school == drill.school, INCIDENT.c.mode == Mode.LIVE)
    if any(looks_for_help(codec.incident_from_text(state)) for state in tx.execute(query).scalars()):
        return Reason("I-22", "Somebody is paged now for a real incident at this school; hold the drill later")
    return None


def waits(tx: Connection, incident: Incident, command: Command, at: datetime) -> timedelta:
    """For how long nothing of a planned drill goes out yet, so that whoever pressed the wrong button takes it back."""
    rest = incident.opened_at + UNDO_FOR - at
    if incident.mode is not Mode.DRILL or rest <= timedelta(0):
        return timedelta(0)
    if isinstance(command, OpenIncident):
        return timedelta(0) if command.drill is None else rest
    return rest if tx.execute(select(RUN.c.incident).where(RUN.c.incident == incident.id)).first() else timedelta(0)


def running(tx: Connection, district: DistrictId, school: SchoolId) -> list[Incident]:
    """The incidents of drills at a school that are under way, held until this transaction ends."""
    query = _STATES.where(INCIDENT.c.district == district, INCIDENT.c.school == school, INCIDENT.c.mode == Mode.DRILL)
    found = tx.execute(query.order_by(INCIDENT.c.id).with_for_update()).scalars()
    return [codec.incident_from_text(state) for state in found]


def of_close(tx: Connection, events: Iterable[Event], after: Incident, at: datetime) -> None:
    """The incident of a drill ends now, in whatever way: so does its drill."""
    if after.mode is not Mode.DRILL or after.closed_at != at:
        return
    begun = (RUN.c.incident == after.id, RUN.c.first, RUN.c.ended_as.is_(None))
    plan = kept_drills.of_incident(tx, after.id) if tx.execute(select(RUN.c.drill).where(*begun)).first() else None
    if plan is None or plan.state is not DrillState.RUNNING:
        return
    why = next((each.why for each in events if isinstance(each, DrillEnded)), DrillEnd.OVER)
    state = LIFECYCLE.move(plan.state, _MOVES[why])
    ended: dict[str, object] = {"ended_at": at}
    if state is DrillState.PLANNED:
        ended = {"ahead": 0} | dict.fromkeys(("started_at", "started_by", "protective_at", "accounted_at"))
    tx.execute(update(DRILL).where(DRILL.c.id == plan.id).values(state=state, **ended))
    tx.execute(update(RUN).where(RUN.c.incident == after.id).values(ended_as=why))


def incidents_of(tx: Connection, drill: DrillId) -> list[IncidentId]:
    """Those of its runs that are open, the first one last: when that ends, the drill does."""
    query = select(RUN.c.incident, RUN.c.first).join(INCIDENT, INCIDENT.c.id == RUN.c.incident)
    rows = tx.execute(query.where(RUN.c.drill == drill, INCIDENT.c.closed_at.is_(None)).order_by(RUN.c.first))
    return [IncidentId(row.incident) for row in rows]
