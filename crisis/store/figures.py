"""Keeps what each incident came to, read from its log; `figure_sums.py` adds it up.

One way in: a log that has grown is read anew as a whole, by the worker or by `crisis figures`. It is no part of the
order that made it grow: a fault in a figure must never keep a page from going out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, delete, insert, or_, select

from crisis.review.counted import Counted, counted
from crisis.store import incidents, people, protocols, sealed
from crisis.store.engine import Store
from crisis.store.figure_tables import INCIDENT_FIGURE, PAGE_FIGURE, REFERRAL_FIGURE
from crisis.store.tables import INCIDENT
from crisis.vocabulary import DistrictId, IncidentId, ProtocolHash, SchoolId

_PARTS = (PAGE_FIGURE, REFERRAL_FIGURE)
AT_ONCE = 20  # in one transaction: whoever raises an incident waits for it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    incident: IncidentId
    district: DistrictId
    school: SchoolId
    found: Counted


def catch_up(store: Store, *, limit: int = 200) -> int:
    """Reads the logs that have grown since they were counted; how many those were, at most `limit`."""
    done = 0
    while done < limit:
        with store.read() as tx:
            read = [_read(tx, each) for each in _behind(tx, min(AT_ONCE, limit - done))]
        if not read:
            break
        with store.write() as tx:
            for each in read:
                _keep(tx, each)
        done += len(read)
    return done


def rebuild(store: Store) -> int:
    """Forgets everything that was kept and reads all logs anew; how many those were."""
    with store.write() as tx:
        for table in (*_PARTS, INCIDENT_FIGURE):
            tx.execute(delete(table))
    done = 0
    while (more := catch_up(store)) > 0:
        done += more
    return done


def differing(tx: Connection) -> list[IncidentId]:
    """Whose figures are not what their log says, where all of it was read. There should be none."""
    rows = [row._asdict() for row in tx.execute(select(INCIDENT_FIGURE))]
    return [IncidentId(row["incident"]) for row in rows if not _as_kept(tx, row)]


def _as_kept(tx: Connection, row: Mapping[str, object]) -> bool:
    incident = IncidentId(str(row["incident"]))
    fresh = _read(tx, incident).found
    if fresh.seq != row["seq"]:
        return True  # it has grown since: it is read again anyway
    whole = all(row[name] == value for name, value in fresh.row.items())
    return whole and all(_same(tx, table, incident, rows) for table, rows in _parts(fresh).items())


def _same(tx: Connection, table: Table, incident: IncidentId, rows: Sequence[Mapping[str, object]]) -> bool:
    """Whatever else stands in those rows is their place."""
    kept = [row._asdict() for row in tx.execute(select(table).where(table.c.incident == incident))]
    return len(kept) == len(rows) and all(any(fresh.items() <= each.items() for each in kept) for fresh in rows)


def _parts(found: Counted) -> dict[Table, list[Mapping[str, object]]]:
    return {PAGE_FIGURE: [each.row for each in found.pages], REFERRAL_FIGURE: [each.row for each in found.referrals]}


def _behind(tx: Connection, limit: int) -> list[IncidentId]:
    """Never counted, or grown since. What was destroyed is not counted again."""
    grown = or_(INCIDENT_FIGURE.c.seq.is_(None), INCIDENT_FIGURE.c.seq < INCIDENT.c.seq)
    query = (
        select(INCIDENT.c.id)
        .select_from(INCIDENT.outerjoin(INCIDENT_FIGURE, INCIDENT_FIGURE.c.incident == INCIDENT.c.id))
        .where(grown, ~sealed.destroyed(INCIDENT.c.id))
        .order_by(INCIDENT.c.opened_at, INCIDENT.c.id)
        .limit(limit)
    )
    return [IncidentId(each) for each in tx.execute(query).scalars()]


def _read(tx: Connection, incident: IncidentId) -> _Read:
    place = (INCIDENT.c.district, INCIDENT.c.school, INCIDENT.c.protocol_hash)
    row = tx.execute(select(*place).where(INCIDENT.c.id == incident)).one()
    log = [stored.event for stored in incidents.events_of(tx, incident)]
    protocol = protocols.by_hash(tx, ProtocolHash(row.protocol_hash))
    school = SchoolId(row.school)
    found = counted(log, protocol, people.ground(tx, school))
    return _Read(incident=incident, district=DistrictId(row.district), school=school, found=found)


def _keep(tx: Connection, read: _Read) -> None:
    """Unless another process has read further meanwhile, or the record was destroyed."""
    there = select(INCIDENT.c.id).where(INCIDENT.c.id == read.incident, ~sealed.destroyed(INCIDENT.c.id))
    if tx.execute(there.with_for_update()).first() is None:
        return
    mine = INCIDENT_FIGURE.c.incident == read.incident
    if tx.execute(select(INCIDENT_FIGURE.c.incident).where(mine, INCIDENT_FIGURE.c.seq >= read.found.seq)).first():
        return
    for table in _PARTS:
        tx.execute(delete(table).where(table.c.incident == read.incident))
    tx.execute(delete(INCIDENT_FIGURE).where(mine))
    place = {"incident": read.incident, "district": read.district, "school": read.school}
    tx.execute(insert(INCIDENT_FIGURE).values(**place, **read.found.row))
    for table, rows in _parts(read.found).items():
        if rows:
            tx.execute(insert(table), [{**place, "mode": read.found.mode, **each} for each in rows])
