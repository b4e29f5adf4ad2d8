"""What is wrong with providers, each fault once from its beginning to its end; who must see to it is told."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, bindparam, insert, or_, select, update

from crisis.delivery import ProviderFault
from crisis.store.channel_tables import PROVIDER_ALARM
from crisis.vocabulary import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAlarm:
    id: str
    provider: str
    channel: Channel
    fault: ProviderFault
    since: datetime
    last_at: datetime


# Built once: each answer of a provider asks.
_WHEN = bindparam("when", type_=PROVIDER_ALARM.c.since.type)
_OPEN = update(PROVIDER_ALARM).where(
    PROVIDER_ALARM.c.provider == bindparam("at"),
    PROVIDER_ALARM.c.channel == bindparam("by", type_=PROVIDER_ALARM.c.channel.type),
    PROVIDER_ALARM.c.fault == bindparam("what", type_=PROVIDER_ALARM.c.fault.type),
    PROVIDER_ALARM.c.ended_at.is_(None),
)
_SEEN, _GONE = _OPEN.values(last_at=_WHEN), _OPEN.values(ended_at=_WHEN)


def seen(tx: Connection, provider: str, channel: Channel, fault: ProviderFault, at: datetime) -> None:
    """The fault was seen: its alarm goes on, or begins."""
    if tx.execute(_SEEN, {**_of(provider, channel, fault), "when": at}).rowcount:
        return
    name = f"{provider}|{channel}|{fault}|{at.isoformat()}"
    values = {"provider": provider, "channel": channel, "fault": fault, "since": at, "last_at": at}
    tx.execute(insert(PROVIDER_ALARM).values(id=name, **values))


def gone(tx: Connection, provider: str, channel: Channel, fault: ProviderFault, at: datetime) -> None:
    tx.execute(_GONE, {**_of(provider, channel, fault), "when": at})


def quiet(tx: Connection, fault: ProviderFault, at: datetime, after: timedelta) -> None:
    """Ends those of a fault that was not seen for so long."""
    old = (PROVIDER_ALARM.c.ended_at.is_(None), PROVIDER_ALARM.c.fault == fault, PROVIDER_ALARM.c.last_at <= at - after)
    tx.execute(update(PROVIDER_ALARM).where(*old).values(ended_at=at))


def standing(tx: Connection) -> list[ProviderAlarm]:
    query = select(PROVIDER_ALARM).where(PROVIDER_ALARM.c.ended_at.is_(None)).order_by(PROVIDER_ALARM.c.since)
    return [_read(row) for row in tx.execute(query)]


def to_tell(tx: Connection, at: datetime, again: timedelta) -> list[ProviderAlarm]:
    """Those that nobody was told of for so long; whoever asks tells."""
    told = PROVIDER_ALARM.c.told_at
    due = (PROVIDER_ALARM.c.ended_at.is_(None), or_(told.is_(None), told <= at - again))
    rows = tx.execute(select(PROVIDER_ALARM).where(*due).with_for_update(skip_locked=True)).all()
    mine = PROVIDER_ALARM.c.id.in_([row.id for row in rows])
    if rows:
        tx.execute(update(PROVIDER_ALARM).where(mine).values(told_at=at))
    return [_read(row) for row in rows]


def _of(provider: str, channel: Channel, fault: ProviderFault) -> dict[str, object]:
    return {"at": provider, "by": channel, "what": fault}


def _read(row: Row[tuple[object, ...]]) -> ProviderAlarm:
    return ProviderAlarm(
        id=row.id,
        provider=row.provider,
        channel=row.channel,
        fault=row.fault,
        since=row.since,
        last_at=row.last_at,
    )
