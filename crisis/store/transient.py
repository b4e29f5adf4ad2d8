"""What nobody needs after a month: texts that came in and were dealt with, and what was done long ago (PR-66).

A hold keeps what belongs to its record. Whose a text that came in is cannot be told, so any hold keeps them all.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, or_, select, tuple_

from crisis.policy.retention import DAYS
from crisis.retention_words import RetentionClass
from crisis.store import audit, holds, kept_forms
from crisis.store.retention_tables import LEGAL_HOLD
from crisis.store.tables import INBOX, INCIDENT, OUTBOX

KEPT = DAYS[RetentionClass.TRANSIENT]
AT_ONCE = 500  # rows of a kind, in one transaction: pages wait for it


def forget(tx: Connection, at: datetime) -> int:
    """How many rows of one batch were destroyed; 0: there are no more. What waits to be done is never touched."""
    came, did = _inbox(tx, at), _outbox(tx, at)
    kept_forms.forget(tx, at)
    if came + did:
        detail: audit.Detail = {"inbox": came, "outbox": did}
        audit.record(tx, at=at, actor=None, action="transient destroyed", subject="transient", detail=detail)
    return came + did


def is_due(tx: Connection, at: datetime) -> bool:
    """For a look without a write."""
    waits = (select(INBOX.c.source).where(*_old_inbox(at)), select(OUTBOX.c.id).where(*_old_outbox(at)))
    came, did = (tx.execute(query.limit(1)).first() is not None for query in waits)
    return did or kept_forms.is_due(tx, at) or (came and not holds.any_stands(tx))


def _inbox(tx: Connection, at: datetime) -> int:
    if holds.any_stands(tx):
        return 0
    old = select(INBOX.c.source, INBOX.c.external_id).where(*_old_inbox(at)).limit(AT_ONCE)
    return tx.execute(delete(INBOX).where(tuple_(INBOX.c.source, INBOX.c.external_id).in_(old))).rowcount


def _outbox(tx: Connection, at: datetime) -> int:
    old = select(OUTBOX.c.id).where(*_old_outbox(at)).limit(AT_ONCE)
    return tx.execute(delete(OUTBOX).where(OUTBOX.c.id.in_(old))).rowcount


def _old_inbox(at: datetime) -> tuple[ColumnElement[bool], ...]:
    """Not before its provider has deleted its copy, which is known by this row; and not for ever."""
    there = or_(INBOX.c.kept_by.is_(None), INBOX.c.received_at < at - 2 * KEPT)
    return INBOX.c.done_at.is_not(None), INBOX.c.received_at < at - KEPT, there


def _old_outbox(at: datetime) -> tuple[ColumnElement[bool], ...]:
    stands = LEGAL_HOLD.c.released_at.is_(None)
    held = select(LEGAL_HOLD.c.incident).where(stands, LEGAL_HOLD.c.incident.is_not(None))
    theirs = select(LEGAL_HOLD.c.student).where(stands, LEGAL_HOLD.c.student.is_not(None))
    of_held = select(INCIDENT.c.id).where(INCIDENT.c.student.in_(theirs))
    return OUTBOX.c.done_at < at - KEPT, OUTBOX.c.incident.not_in(held), OUTBOX.c.incident.not_in(of_held)
