"""The same order sent twice is one order: what a key led to, by the one who sent it."""

from sqlalchemy import Connection, insert, select

from crisis.errors import Reason, Refused
from crisis.store.tables import IDEMPOTENCY
from crisis.vocabulary import IncidentId

LONGEST = 200


def earlier(tx: Connection, key: str, actor: str, digest: str) -> tuple[IncidentId, int] | None:
    """The incident and position that this key led to; raises `Refused` if it came with something else."""
    if not 0 < len(key) <= LONGEST:
        raise Refused(Reason("KEY", "The idempotency key has between 1 and 200 characters"))
    mine = (IDEMPOTENCY.c.actor == actor, IDEMPOTENCY.c.key == key)
    row = tx.execute(select(IDEMPOTENCY).where(*mine)).one_or_none()
    if row is None:
        return None
    if row.digest != digest:
        raise Refused(Reason("KEY", "This idempotency key was used for something else; use a new one"))
    return IncidentId(row.incident), row.position


def remember(tx: Connection, key: str, actor: str, digest: str, incident: IncidentId, *, position: int) -> None:
    tx.execute(insert(IDEMPOTENCY).values(actor=actor, key=key, digest=digest, incident=incident, position=position))
