"""The calls of a page by their providers' names, so that those that still ring can be ended when somebody takes it.

One row for each call at each provider, and only how far it rang; how far an attempt came is in `outgoing`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, case, delete, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from crisis.call_words import CallState
from crisis.store.answer_tables import CALL_OUT
from crisis.vocabulary import IncidentId, Mode, PageId, PersonId

STALE = timedelta(minutes=10)  # no call of ours lasts so long: what is older is over, whatever we were told
KEPT = timedelta(days=7)
_RANKS = {state: rank for rank, state in enumerate(CallState)}
_GOING_ON = (  # built once: each page that ends asks
    select(CALL_OUT)
    .where(
        CALL_OUT.c.page == bindparam("of"),
        CALL_OUT.c.state != CallState.OVER,
        CALL_OUT.c.made_at > bindparam("since", type_=CALL_OUT.c.made_at.type),
    )
    .order_by(CALL_OUT.c.made_at, CALL_OUT.c.sid)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOut:
    """`account` and `sid` are how the provider knows it; `attempt` is how the log does."""

    account: str
    sid: str
    attempt: str
    incident: IncidentId
    page: PageId
    person: PersonId
    mode: Mode
    state: CallState
    made_at: datetime


def note(tx: Connection, call: CallOut) -> None:
    """From the provider's answer or from what it tells us later, whichever comes first; it never goes back (F31)."""
    insert = postgres_insert if tx.dialect.name == "postgresql" else sqlite_insert
    values = {name: getattr(call, name) for name in CallOut.__dataclass_fields__}
    row = insert(CALL_OUT).values(**values)
    further = case(_RANKS, value=CALL_OUT.c.state) < _RANKS[call.state]
    key = ["account", "sid"]
    tx.execute(row.on_conflict_do_update(index_elements=key, set_={"state": call.state}, where=further))


def answered(tx: Connection, account: str, sid: str) -> None:
    """Somebody pressed a key in it, whatever the provider has told us so far."""
    mine = (CALL_OUT.c.account == account, CALL_OUT.c.sid == sid, CALL_OUT.c.state == CallState.PLACED)
    tx.execute(CALL_OUT.update().where(*mine).values(state=CallState.ANSWERED))


def going_on(tx: Connection, page: PageId, at: datetime) -> list[CallOut]:
    """Those that may ring or be talked on now, the oldest first."""
    return [CallOut(**row._mapping) for row in tx.execute(_GOING_ON, {"of": page, "since": at - STALE})]


def forget(tx: Connection, at: datetime) -> None:
    """Calls of which no provider will say anything any more."""
    tx.execute(delete(CALL_OUT).where(CALL_OUT.c.made_at < at - KEPT))


def over(tx: Connection, call: CallOut) -> None:
    mine = (CALL_OUT.c.account == call.account, CALL_OUT.c.sid == call.sid)
    tx.execute(CALL_OUT.update().where(*mine).values(state=CallState.OVER))
