"""What the model checker says of the protocols that a district changes: asked for by a row, walked by a process of its
own, kept by the hash of the content. A walk that was broken off by a crash begins again when its lease has run out.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, or_, select, update

import crisis
from crisis import clock
from crisis.checker.check import Finding, at_once, shape
from crisis.draft_words import CheckState
from crisis.protocols import loader
from crisis.protocols.loader import content_hash
from crisis.protocols.schema import Protocol
from crisis.store import audit
from crisis.store.draft_tables import CHECK
from crisis.store.people_tables import Found
from crisis.vocabulary import DistrictId, PersonId, ProtocolHash

LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 3
RULES = ("vocabulary.py", "commands.py", "events.py", "protocols", "statemachine", "checker")
BROKEN_OFF = Finding(
    "CHECK", "the check was begun three times and never came to an end; tell whoever runs this program"
)


@dataclass(frozen=True, slots=True)
class Checked:
    """`states` is how many were looked at so far; `findings` are whole stories."""

    state: CheckState
    states: int = 0
    findings: tuple[Finding, ...] = ()
    at: datetime | None = None


NOT_ASKED = Checked(CheckState.NONE)


@dataclass(frozen=True, slots=True)
class Walk:
    """One check that this process has taken on. `holder` tells its turn from any other's."""

    id: str
    holder: str
    body: str


@cache
def rules() -> str:
    """By which rules a result was found: an update of the program makes older results old."""
    room = Path(crisis.__file__).parent
    files = [
        file for name in RULES for file in sorted([room / name] if name.endswith(".py") else (room / name).glob("*.py"))
    ]
    return hashlib.sha256(b"\n".join(file.read_bytes() for file in files)).hexdigest()


def known(tx: Connection, district: DistrictId, hashed: ProtocolHash) -> Checked:
    row = tx.execute(select(CHECK).where(CHECK.c.district == district, CHECK.c.hash == hashed)).one_or_none()
    return NOT_ASKED if row is None else _checked(row)


def holds(tx: Connection, district: DistrictId, hashed: ProtocolHash) -> bool:
    return known(tx, district, hashed).state is CheckState.HOLDS


def _checked(row: Found) -> Checked:
    if row.done_at is None:
        return Checked(CheckState.WAITING if row.claimed_by is None else CheckState.RUNNING, row.states)
    found = tuple(Finding(each[0], each[1], tuple(each[2])) for each in json.loads(row.findings))
    done = CheckState.FAILS if found else CheckState.HOLDS
    return Checked(CheckState.OLD if row.rules != rules() else done, row.states, found, row.done_at)


def ask(tx: Connection, district: DistrictId, protocol: Protocol, *, by: PersonId, at: datetime) -> Checked:
    """What can be said at once, else a row that waits for its walk. Asked again it changes nothing, unless it is old.

    At once: what needs no walk, and what has the shape of a built-in protocol, which is proved with the program.
    """
    hashed = content_hash(protocol)
    before = known(tx, district, hashed)
    if before.state not in (CheckState.NONE, CheckState.OLD):
        return before
    tx.execute(delete(CHECK).where(CHECK.c.district == district, CHECK.c.hash == hashed))
    found = at_once(protocol)
    answered = bool(found) or has_a_proved_shape(protocol)
    body = protocol.model_dump_json(exclude_unset=True)
    row = {"id": clock.new_id(), "district": district, "hash": hashed, "body": body, "asked_by": by, "asked_at": at}
    done = {"findings": _written(found), "done_at": at} if answered else {}
    tx.execute(insert(CHECK).values(**row, **done, rules=rules(), attempts=0, states=0))
    audit.record(tx, at=at, actor=by, action="protocol check asked", subject=district, detail={"content": hashed})
    return known(tx, district, hashed)


def has_a_proved_shape(protocol: Protocol) -> bool:
    """Lengths of time, words and sources change no walk (decisions 5 and 61)."""
    if protocol.id not in loader.names():
        return False
    overlay = protocol.jurisdiction if protocol.jurisdiction in loader.overlays() else loader.BASE
    return shape(protocol) == shape(loader.protocol(protocol.id, overlay))


def _written(findings: Sequence[Finding]) -> str:
    return json.dumps([[each.rule, each.text, list(each.story)] for each in findings], ensure_ascii=False)


def claim(tx: Connection, holder: str, at: datetime) -> Walk | None:
    """The one that waits longest, also one whose process is gone. One that never ends is given up, and told."""
    over = or_(CHECK.c.claimed_until.is_(None), CHECK.c.claimed_until <= at)
    free = select(CHECK).where(CHECK.c.done_at.is_(None), over).order_by(CHECK.c.asked_at, CHECK.c.id).limit(1)
    row = tx.execute(free.with_for_update(skip_locked=True)).one_or_none()
    if row is None:
        return None
    if row.attempts >= MOST_ATTEMPTS:
        tx.execute(update(CHECK).where(CHECK.c.id == row.id).values(findings=_written((BROKEN_OFF,)), done_at=at))
        return None
    values = {"claimed_by": holder, "claimed_until": at + LEASE, "attempts": row.attempts + 1, "states": 0}
    tx.execute(update(CHECK).where(CHECK.c.id == row.id).values(**values))
    return Walk(row.id, holder, row.body)


def any_waiting(tx: Connection, at: datetime) -> bool:
    over = or_(CHECK.c.claimed_until.is_(None), CHECK.c.claimed_until <= at)
    return tx.execute(select(CHECK.c.id).where(CHECK.c.done_at.is_(None), over).limit(1)).first() is not None


def go_on(tx: Connection, walk: Walk, states: int, at: datetime) -> bool:
    """Renews the lease, with how far it is. False where it is not theirs any more."""
    values = {"states": states, "claimed_until": at + LEASE}
    return tx.execute(update(CHECK).where(_mine(walk)).values(**values)).rowcount == 1


def finish(tx: Connection, walk: Walk, states: int, findings: Sequence[Finding], at: datetime) -> None:
    """The result; from a process that was taken for gone it is not taken."""
    values = {"states": states, "findings": _written(findings), "rules": rules(), "done_at": at, "claimed_until": None}
    row = tx.execute(
        update(CHECK).where(_mine(walk)).values(**values).returning(CHECK.c.district, CHECK.c.hash)
    ).one_or_none()
    if row is not None:
        detail = {"content": row.hash, "findings": len(findings), "states": states}
        audit.record(tx, at=at, actor=None, action="protocol checked", subject=row.district, detail=detail)


def give_back(tx: Connection, walk: Walk) -> None:
    """At an orderly end: the next process begins at once, and it counts as no attempt."""
    values = {"claimed_by": None, "claimed_until": None, "attempts": CHECK.c.attempts - 1}
    tx.execute(update(CHECK).where(_mine(walk)).values(**values))


def _mine(walk: Walk) -> ColumnElement[bool]:
    return and_(CHECK.c.id == walk.id, CHECK.c.claimed_by == walk.holder, CHECK.c.done_at.is_(None))
