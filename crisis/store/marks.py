"""What is said of a whole incident afterwards: sealed, unfounded, in error. It changes who sees it, never the log.

In force as soon as one person has said so, with a reason, which is sealed with the incident.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, insert, select, update

from crisis import clock
from crisis.access_words import IncidentMark
from crisis.errors import NotFound, Reason, refuse_if
from crisis.statemachine.incident import Incident
from crisis.store import audit, sealed
from crisis.store.access_tables import INCIDENT_MARK
from crisis.store.sealed import KeyRing
from crisis.store.tables import INCIDENT
from crisis.vocabulary import IncidentId, PersonId, StudentId, WordsId

LONGEST = 1000  # letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """`text` None: its key was destroyed."""

    id: str
    kind: IncidentMark
    text: str | None
    made_by: PersonId
    made_at: datetime


def make(
    tx: Connection, keys: KeyRing, incident: Incident, kind: IncidentMark, why: str, *, by: PersonId, at: datetime
) -> str:
    """Only of what has ended: whoever works on an incident has to see it."""
    said = " ".join(why.split())
    refuse_if(
        Reason("MARK", "It is not closed: close the incident first") if incident.closed_at is None else None,
        Reason("MARK", "Say why") if not said else None,
        Reason("MARK", "Keep it to 1,000 letters") if len(said) > LONGEST else None,
        Reason("MARK", "Somebody has said so already") if kind in of(tx, incident.id) else None,
    )
    new, words = clock.new_id(), WordsId(clock.new_id())
    sealed.put(tx, keys, incident.id, {words: said})
    row = {"id": new, "district": incident.district, "incident": incident.id, "kind": kind, "words": words}
    tx.execute(insert(INCIDENT_MARK).values(**row, made_by=by, made_at=at))
    audit.record(tx, at=at, actor=by, action=f"incident marked: {kind}", subject=incident.id)
    return new


def end(tx: Connection, incident: Incident, mark: str, *, by: PersonId, at: datetime) -> None:
    """Raises `NotFound` for one of another incident, and for one that was ended."""
    mine = (INCIDENT_MARK.c.id == mark, INCIDENT_MARK.c.incident == incident.id, INCIDENT_MARK.c.ended_at.is_(None))
    if tx.execute(update(INCIDENT_MARK).where(*mine).values(ended_by=by, ended_at=at)).rowcount == 0:
        raise NotFound
    audit.record(tx, at=at, actor=by, action="incident mark ended", subject=incident.id)


def of_incident(tx: Connection, keys: KeyRing, incident: IncidentId) -> list[Mark]:
    """Those that stand, the oldest first."""
    query = select(INCIDENT_MARK).where(INCIDENT_MARK.c.incident == incident, INCIDENT_MARK.c.ended_at.is_(None))
    rows = tx.execute(query.order_by(INCIDENT_MARK.c.made_at, INCIDENT_MARK.c.id)).all()
    words = sealed.read(tx, keys, [WordsId(row.words) for row in rows])
    return [
        Mark(id=row.id, kind=row.kind, text=words.get(WordsId(row.words)), made_by=row.made_by, made_at=row.made_at)
        for row in rows
    ]


def of(tx: Connection, incident: IncidentId) -> frozenset[IncidentMark]:
    query = select(INCIDENT_MARK.c.kind).where(INCIDENT_MARK.c.incident == incident, INCIDENT_MARK.c.ended_at.is_(None))
    return frozenset(tx.execute(query).scalars())


def sealed_in(tx: Connection, student: StudentId) -> frozenset[IncidentId]:
    """The sealed incidents of a student: nothing of them is anybody's but the privacy officer's."""
    theirs = (INCIDENT.c.student == student, standing(INCIDENT.c.id, {IncidentMark.SEALED}))
    return frozenset(IncidentId(each) for each in tx.execute(select(INCIDENT.c.id).where(*theirs)).scalars())


def standing(incident: ColumnElement[str], kinds: Collection[IncidentMark]) -> ColumnElement[bool]:
    """Whether one of these stands, of the incidents that a query reads."""
    mine = (INCIDENT_MARK.c.incident == incident, INCIDENT_MARK.c.ended_at.is_(None))
    found = select(INCIDENT_MARK.c.id).where(*mine, INCIDENT_MARK.c.kind.in_(sorted(kinds)))
    return exists(found.correlate_except(INCIDENT_MARK))
