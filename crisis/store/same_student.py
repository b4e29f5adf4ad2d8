"""Incidents of one student that are open at the same time: what one of them blocks is blocked in all (I-10).

Asked in the transaction of the deed, while the student's row is held: whoever declares a block, opens an incident of
the student or says that it is them waits for it, and the other way round.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select

from crisis import commands as cmd
from crisis.effects import LinkSameStudent, LookAtTexts
from crisis.protocols.schema import Protocol
from crisis.statemachine.custody import family_blocked
from crisis.statemachine.ground import Elsewhere, Ground
from crisis.statemachine.incident import Incident
from crisis.store import codec, outbox, people, protocols
from crisis.store.outbox import Numbered
from crisis.store.tables import INCIDENT
from crisis.vocabulary import IncidentId, StudentId

TOGETHER = (cmd.RecordContact, cmd.ReleaseCustody, cmd.DeclareException, cmd.IdentifyStudent, cmd.OpenIncident)


def open_of(tx: Connection, student: StudentId, but: IncidentId | None = None) -> list[Incident]:
    """The oldest first. Drills have no student, so all of them are live, and of the student's district."""
    query = select(INCIDENT.c.state).where(INCIDENT.c.student == student, INCIDENT.c.closed_at.is_(None))
    found = [codec.incident_from_text(each) for each in tx.execute(query.order_by(INCIDENT.c.opened_at)).scalars()]
    return [each for each in found if each.id != but]


def guardians_blocked(tx: Connection, student: StudentId | None, incident: Incident | None = None) -> bool:
    """By any of the student's open incidents, or by this one."""
    others = [] if student is None else open_of(tx, student, None if incident is None else incident.id)
    return any(_blocks(tx, each) for each in ([*others] if incident is None else [incident, *others]))


def _blocks(tx: Connection, incident: Incident) -> bool:
    return bool(incident.exceptions) and family_blocked(incident, protocols.by_hash(tx, incident.protocol_hash))


def hold(tx: Connection, command: cmd.Command, student: StudentId | None) -> None:
    """One of those who block, identify, tell or release is first; the others see what it did."""
    named = command.student if isinstance(command, cmd.OpenIncident | cmd.IdentifyStudent) else student
    if named is not None and isinstance(command, TOGETHER):
        people.hold_student(tx, named)


def ground_for(tx: Connection, ground: Ground, incident: Incident, command: cmd.Command) -> Ground:
    """With what the student's other open incidents say, where this order has to weigh it."""
    if incident.student is None or not isinstance(command, cmd.RecordContact | cmd.ReleaseCustody):
        return ground
    blocked = any(_blocks(tx, each) for each in open_of(tx, incident.student, incident.id))
    return replace(ground, elsewhere=Elsewhere(guardians_blocked=blocked))


def of_change(
    tx: Connection, before: Incident | None, after: Incident, protocol: Protocol, at: datetime
) -> Sequence[Numbered]:
    """A student who became known is linked to what else is open of them; for a new block every text is looked at."""
    if after.student is None:
        return ()
    new = before is None or before.student != after.student
    blocks = family_blocked(after, protocol) and (new or before is None or not family_blocked(before, protocol))
    others = open_of(tx, after.student, after.id) if new or blocks else []
    for other in others if blocks else ():
        outbox.put_again(tx, other, other.seq, LookAtTexts(mode=other.mode), at)
    return [(after.seq, LinkSameStudent(mode=after.mode))] if new and others else ()
