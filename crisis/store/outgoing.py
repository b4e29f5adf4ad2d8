"""What was given to providers, text by text and call by call: how far each came, and what must be asked about it.

It is beside the log: the log says what was tried and what is known of it, this says how to find out more. One row for
each attempt, whichever providers have it; which call of it still rings at which provider is in `calls_out`.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Insert, Row, Table, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from crisis.delivery import AttemptState, Purpose
from crisis.store import codec
from crisis.store.channel_tables import OUTGOING
from crisis.vocabulary import Channel, IncidentId, Mode, PageId, PersonId, Urgency

KEPT = timedelta(days=7)  # as long as a page code
AT_MOST = timedelta(days=30)  # also where a provider has not said that it deleted its own

_PHONES = 1650  # a kind of lock of its own
_WRITTEN = ("reference", "purpose", "channel", "mode", "urgency", "incident", "page", "person", "phone", "at", "state")
_NOT_HEARD_OF = [state for state in AttemptState if state.rank < AttemptState.ANSWERED.rank]


def _begin(insert: Callable[[Table], Any]) -> Insert:
    row = insert(OUTGOING)
    again = {name: row.excluded[name] for name in ("at", "state", "state_at", "asked")}
    begun: Insert = row.on_conflict_do_update(
        index_elements=["reference"], set_={**again, "tries": OUTGOING.c.tries + 1}
    )
    return begun


# Built once: each text and each call asks them.
_BEGIN = {"postgresql": _begin(postgres_insert), "sqlite": _begin(sqlite_insert)}
_OF_THIS = OUTGOING.c.reference == bindparam("this")
_SAID = update(OUTGOING).where(_OF_THIS).values(asked=bindparam("said"))
_SAID_FIRST = _SAID.values(
    state=bindparam("now", type_=OUTGOING.c.state.type),
    state_at=bindparam("since", type_=OUTGOING.c.state_at.type),
    look_at=bindparam("when", type_=OUTGOING.c.look_at.type),
)
_FURTHER = (
    update(OUTGOING)
    .where(_OF_THIS)
    .values(
        state=bindparam("now", type_=OUTGOING.c.state.type), state_at=bindparam("since", type_=OUTGOING.c.state_at.type)
    )
)
_ENDED = _FURTHER.values(look_at=None)
_LOOK = (
    update(OUTGOING)
    .where(_OF_THIS, OUTGOING.c.state.in_(_NOT_HEARD_OF))
    .values(look_at=bindparam("when", type_=OUTGOING.c.look_at.type))
)
_STATE = select(OUTGOING.c.state).where(_OF_THIS).with_for_update()
_TEXTS = (
    select(OUTGOING)
    .where(
        OUTGOING.c.phone == bindparam("to"),
        OUTGOING.c.at > bindparam("since"),
        OUTGOING.c.channel == Channel.TEXT,
        OUTGOING.c.state != AttemptState.FAILED,
    )
    .order_by(OUTGOING.c.at)
)
_ALONE = select(func.pg_advisory_xact_lock(_PHONES, func.hashtext(bindparam("phone"))))
_OF_THESE = select(OUTGOING).where(OUTGOING.c.reference.in_(bindparam("these", expanding=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one provider said: its name for what it took, or the class and code of why not."""

    sid: str = ""
    failure: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """`asked` is empty until a provider has answered, or was given up."""

    reference: str
    purpose: Purpose
    channel: Channel
    mode: Mode
    person: PersonId
    phone: str
    at: datetime
    urgency: Urgency | None = None
    incident: IncidentId | None = None
    page: PageId | None = None
    state: AttemptState = AttemptState.UNKNOWN
    asked: Mapping[str, Asked] = field(default_factory=dict)
    tries: int = 0


def begin(tx: Connection, out: Outgoing) -> None:
    """Written before a provider is asked; a further try of the same has its row, and begins anew."""
    values = {name: getattr(out, name) for name in _WRITTEN}
    tx.execute(_BEGIN[tx.dialect.name], {**values, "state_at": out.at, "asked": "{}", "tries": 1})


def answered(
    tx: Connection,
    reference: str,
    asked: Mapping[str, Asked],
    state: AttemptState,
    at: datetime,
    *,
    look_at: datetime | None,
) -> None:
    """A callback may have been faster and know more: then its state stays, and nobody has to look."""
    known: AttemptState | None = tx.execute(_STATE, {"this": reference}).scalar_one_or_none()
    said = {"this": reference, "said": _text(asked)}
    if known is not None and AttemptState.ANSWERED.rank > state.rank > known.rank:  # nearly always: one change
        tx.execute(_SAID_FIRST, {**said, "now": state, "since": at, "when": look_at})
        return
    tx.execute(_SAID, said)
    tx.execute(_LOOK, {"this": reference, "when": look_at})
    _further(tx, reference, known, state, at)


def heard(tx: Connection, reference: str, state: AttemptState, at: datetime) -> AttemptState | None:
    """How far it is known to have come after this word; None where nothing is known of it at all."""
    known: AttemptState | None = tx.execute(_STATE, {"this": reference}).scalar_one_or_none()
    return _further(tx, reference, known, state, at)


def _further(
    tx: Connection, reference: str, known: AttemptState | None, state: AttemptState, at: datetime
) -> AttemptState | None:
    if known is None or state.rank <= known.rank:
        return known
    change = _ENDED if state.rank >= AttemptState.ANSWERED.rank else _FURTHER
    tx.execute(change, {"this": reference, "now": state, "since": at})
    return state


def adopt(tx: Connection, reference: str, provider: str, asked: Asked) -> None:
    """The name that a provider has for it, found out later."""
    out = one(tx, reference)
    if out is not None:
        said = _text({**out.asked, provider: asked})
        tx.execute(update(OUTGOING).where(OUTGOING.c.reference == reference).values(asked=said))


def one(tx: Connection, reference: str) -> Outgoing | None:
    row = tx.execute(select(OUTGOING).where(OUTGOING.c.reference == reference)).one_or_none()
    return None if row is None else _read(row)


def to_look_at(tx: Connection, at: datetime, *, limit: int, lease: timedelta) -> list[Outgoing]:
    """Those that their providers are to be asked about now; nobody else is given them until the lease ends."""
    due = (
        select(OUTGOING)
        .where(OUTGOING.c.look_at <= at)
        .order_by(OUTGOING.c.urgency, OUTGOING.c.look_at, OUTGOING.c.reference)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = tx.execute(due).all()
    if rows:
        mine = OUTGOING.c.reference.in_([row.reference for row in rows])
        tx.execute(update(OUTGOING).where(mine).values(look_at=at + lease))
    return [_read(row) for row in rows]


def next_look(tx: Connection) -> datetime | None:
    query = select(OUTGOING.c.look_at).where(OUTGOING.c.look_at.is_not(None)).order_by(OUTGOING.c.look_at).limit(1)
    found: datetime | None = tx.execute(query).scalar_one_or_none()
    return found


def look_again(tx: Connection, reference: str, when: datetime | None) -> None:
    tx.execute(update(OUTGOING).where(OUTGOING.c.reference == reference).values(look_at=when))


def one_at_a_time(tx: Connection, phone: str) -> None:
    """Until this transaction ends nobody else decides whether this telephone is texted; on SQLite one writes at a time.

    For notices alone: a page asks nobody.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(_ALONE, {"phone": phone})


def texts_to(tx: Connection, phone: str, since: datetime) -> list[Outgoing]:
    """Texts that this telephone was or is being sent; not those that are known to have failed."""
    return [_read(row) for row in tx.execute(_TEXTS, {"to": phone, "since": since})]


def family_texts(tx: Connection, phone: str, since: datetime) -> list[Outgoing]:
    """Texts to guardians that went to this telephone, the newest first; also those of which nothing is known."""
    theirs = (OUTGOING.c.phone == phone, OUTGOING.c.at > since, OUTGOING.c.purpose == Purpose.FAMILY)
    return [_read(row) for row in tx.execute(select(OUTGOING).where(*theirs).order_by(OUTGOING.c.at.desc()))]


def of(tx: Connection, references: Collection[str]) -> dict[str, Outgoing]:
    return {row.reference: _read(row) for row in tx.execute(_OF_THESE, {"these": list(references)})}


def names_of_others(tx: Connection, out: Outgoing) -> set[str]:
    """What providers call everything else that went to this telephone at about that time."""
    query = select(OUTGOING.c.asked).where(
        OUTGOING.c.phone == out.phone,
        OUTGOING.c.at > out.at - timedelta(hours=1),
        OUTGOING.c.reference != out.reference,
    )
    return {each.sid for row in tx.execute(query) for each in _asked(row.asked).values() if each.sid}


def recent(tx: Connection, since: datetime) -> list[Outgoing]:
    """What was given to providers since then, the oldest first."""
    query = select(OUTGOING).where(or_(OUTGOING.c.at > since, OUTGOING.c.state_at > since)).order_by(OUTGOING.c.at)
    return [_read(row) for row in tx.execute(query)]


def to_forget(tx: Connection, at: datetime, limit: int) -> list[Outgoing]:
    """What is older than anybody asks about and still kept by a provider, the oldest first."""
    kept = (OUTGOING.c.at < at - KEPT, OUTGOING.c.asked.like('%"sid":"_%'))
    return [_read(row) for row in tx.execute(select(OUTGOING).where(*kept).order_by(OUTGOING.c.at).limit(limit))]


def gone_at(tx: Connection, reference: str, providers: Collection[str]) -> None:
    """These keep it no longer, or never delete."""
    out = one(tx, reference)
    if out is not None:
        said = _text({name: each for name, each in out.asked.items() if name not in providers})
        tx.execute(update(OUTGOING).where(OUTGOING.c.reference == reference).values(asked=said))


def forget(tx: Connection, at: datetime) -> None:
    """It holds telephone numbers, and nobody asks about what is older; but first its provider has to forget it."""
    nowhere = OUTGOING.c.asked.not_like('%"sid":"_%')
    tx.execute(delete(OUTGOING).where(OUTGOING.c.at < at - KEPT, nowhere))
    tx.execute(delete(OUTGOING).where(OUTGOING.c.at < at - AT_MOST))


def _read(row: Row[tuple[object, ...]]) -> Outgoing:
    return Outgoing(
        reference=row.reference,
        purpose=row.purpose,
        channel=row.channel,
        mode=row.mode,
        urgency=row.urgency,
        incident=None if row.incident is None else IncidentId(row.incident),
        page=None if row.page is None else PageId(row.page),
        person=PersonId(row.person),
        phone=row.phone,
        at=row.at,
        state=row.state,
        asked=_asked(row.asked),
        tries=row.tries,
    )


def _text(asked: Mapping[str, Asked]) -> str:
    return codec.dumps(
        {name: {"sid": each.sid, "failure": each.failure, "code": each.code} for name, each in asked.items()}
    )


def _asked(text: str) -> dict[str, Asked]:
    return {name: Asked(**said) for name, said in codec.loads(text).items()}
