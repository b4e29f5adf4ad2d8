"""Everything that a district has in the database: to be given back as a file, and then to be destroyed.

Which rows are a district's is asked of the database, as the second wall does (`walls.py`): by the column `district`, by
a row that they belong to, or as `THROUGH` says. A new table is in it without being named here.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime

import orjson
from sqlalchemy import ColumnElement, Connection, LargeBinary, Table, and_, delete, or_, select, update

from crisis.policy.inspection import HIDDEN
from crisis.store import remains, sealed
from crisis.store.sealed import KeyRing
from crisis.vocabulary import DistrictId, WordsId

STAYS: Mapping[str, str] = {
    **remains.STAYS,
    "audit": "one chain for all districts; ids and codes",
    "district": "an id without a name",
    "district_end": "the certificate",
    "person": "ids without names: chain, log and ledger say who did what",
    "school": "an id without a name",
    "seal": "that the keys were destroyed",
    "words": "empty: marks, holds and consents refer to them",
}
THROUGH: Mapping[str, tuple[str, tuple[str, ...]]] = {  # a column that is no reference, and what it names
    "audit": ("actor", ("person",)),
    "call_out": ("person", ("person",)),
    "idempotency": ("actor", ("person",)),
    "outgoing": ("person", ("person",)),
    "page_code": ("incident", ("incident",)),
    "page_link": ("incident", ("incident",)),
    "seal": ("subject", ("incident", "student", "drill")),
    "words": ("subject", ("incident", "student", "drill")),
}
NOT_GIVEN: Mapping[str, str] = {
    **dict.fromkeys(
        ("account", "code_app", "half_sign_in", "identity", "identity_code", "passkey", "passkey_challenge"),
        "how people sign in here",
    ),
    **dict.fromkeys(("pin", "provider_sign_in", "recovery_code", "session", "token", "unlock_pin"), "the same"),
    **dict.fromkeys(("kept_form", "provider_logout"), "the same, for minutes"),
    **dict.fromkeys(("call_out", "errand", "feed", "idempotency", "outbox", "outgoing"), "work of the program"),
    **dict.fromkeys(("page_code", "page_link", "push_subscription"), "secrets of pages and browsers"),
    "seal": "keys",
    "district_end": "this itself",
}
MOVING = frozenset({"asked_turn", "audit", "emergency_account", "method", "plan_watch", "shift"})  # looks change these
_SECRET = {"email_address": {"code"}, "intake_sheet": {"digest"}}
_EMPTY: Mapping[str, Mapping[str, object]] = {
    "consent": {"document": "-", "language": "und"},
    "district": {"name": HIDDEN},
    "person": {"given": HIDDEN, "family": HIDDEN, "source_id": None, "language": None, "active": False},
    "school": {"name": HIDDEN, "source_id": None},
    "student": {
        "given": HIDDEN,
        "family": HIDDEN,
        "search": "",
        "active": False,
        "source_id": None,
        "birth_date": None,
        **dict.fromkeys(("preferred_given", "preferred_family", "grade", "language")),
    },
}


def rows_of(tx: Connection, district: DistrictId) -> dict[Table, ColumnElement[bool]]:
    """Which rows of which tables are the district's, those that others refer to first."""
    found: dict[Table, ColumnElement[bool]] = {}
    tables = remains.schema_of(tx).sorted_tables
    for table in sorted(tables, key=lambda each: each.name in THROUGH):  # what those name comes first
        which = _which(table, district, found)
        if which is not None:
            found[table] = which
    return {table: found[table] for table in tables if table in found}


def _which(
    table: Table, district: DistrictId, found: Mapping[Table, ColumnElement[bool]]
) -> ColumnElement[bool] | None:
    if table.name in THROUGH:
        column, parents = THROUGH[table.name]
        by_name = {each.name: each for each in found}
        return or_(*(table.c[column].in_(select(by_name[each].c.id).where(found[by_name[each]])) for each in parents))
    if table.name == "district":
        return table.c.id == district
    if "district" in table.c:
        return table.c.district == district
    for key in table.foreign_key_constraints:
        mine, parent = list(key.elements), key.referred_table
        if parent in found and len(mine) == 1 and not mine[0].parent.nullable:
            return mine[0].parent.in_(select(mine[0].column).where(found[parent]))
    return None


def lines(tx: Connection, keys: KeyRing, district: DistrictId, *, moving: bool = True) -> Iterator[bytes]:
    """One JSON line for each row, with words in the clear; without `moving` only what no look and no timer changes."""
    for table, which in rows_of(tx, district).items():
        if table.name in NOT_GIVEN or (table.name in MOVING and not moving):
            continue
        shown = [each for each in table.c if each.name not in _SECRET.get(table.name, ())]
        plain = [each for each in shown if not isinstance(each.type, LargeBinary)]
        query = select(*plain).where(which).order_by(*table.primary_key.columns)
        for row in tx.execute(query).mappings():
            said: dict[str, object] = {str(name): value for name, value in row.items()}
            said |= _opened(tx, keys, row["id"]) if table.name == "words" else {}
            yield orjson.dumps({"table": str(table.name), "row": said}, option=orjson.OPT_SORT_KEYS) + b"\n"


def _opened(tx: Connection, keys: KeyRing, words: str) -> dict[str, str | None]:
    return {"text": sealed.read(tx, keys, [WordsId(words)]).get(WordsId(words))}


def digest(tx: Connection, keys: KeyRing, district: DistrictId) -> str:
    """Of everything that somebody might miss; the same as long as nobody writes."""
    made = hashlib.sha256()
    for line in lines(tx, keys, district, moving=False):
        made.update(line)
    return made.hexdigest()


def numbers(tx: Connection, district: DistrictId) -> frozenset[str]:
    """Telephones that are on record here and in no other district."""
    phone = next(each for each in remains.schema_of(tx).tables.values() if each.name == "phone")
    others = select(phone.c.number).where(phone.c.district != district, phone.c.number.is_not(None))
    mine = select(phone.c.number).where(phone.c.district == district, phone.c.number.is_not(None))
    return frozenset(tx.execute(mine).scalars()) - frozenset(tx.execute(others).scalars())


def erase(tx: Connection, district: DistrictId, at: datetime) -> tuple[int, int]:
    """Destroys the keys, deletes rows, empties what stays; how many keys and rows those were."""
    rows = rows_of(tx, district)
    by_name = {each.name: each for each in rows}
    subjects = [
        str(each)
        for name in ("incident", "student", "drill")
        for each in tx.execute(select(by_name[name].c.id).where(rows[by_name[name]])).scalars()
    ]
    keys = sum(sealed.destroy(tx, each, at) for each in subjects)
    done = 0
    for table, which in reversed(list(rows.items())):
        if table.name not in STAYS:
            done += tx.execute(delete(table).where(which)).rowcount
    for name, values in _EMPTY.items():
        done += tx.execute(update(by_name[name]).where(and_(rows[by_name[name]])).values(**values)).rowcount
    return keys, done
