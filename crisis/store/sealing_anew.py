"""What older keys of the key file have sealed, sealed anew by the one in front: in batches, each whole by itself.

It finds what is left by the name that each sealed value begins with. So it may be stopped, killed and begun again at
any time, and runs beside the program (PostgreSQL). Texts are under the keys of their records; those keys are sealed
anew, and the texts stay as they are.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, LargeBinary, Table, func, select, tuple_, update

from crisis.store import kept_forms
from crisis.store.answer_tables import PAGE_LINK
from crisis.store.engine import Store
from crisis.store.page_links import place_of
from crisis.store.people_tables import Found
from crisis.store.sealed import KeyFault, KeyRing, marked
from crisis.store.second_factor import place_of as place_of_app
from crisis.store.sign_in_tables import CODE_APP, KEPT_FORM
from crisis.store.tables import INBOX, SEAL

BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A column that keys of the file have sealed; `bound_to` is what a value of it is bound to."""

    table: Table
    column: str
    bound_to: Callable[[Found], str]

    @property
    def sealed(self) -> ColumnElement[bytes]:
        return self.table.c[self.column]

    def under(self, name: str) -> ColumnElement[bool]:
        begins = marked(name)
        return func.substr(self.sealed, 1, len(begins), type_=LargeBinary) == begins


PLACES = (
    Place(table=SEAL, column="wrapped", bound_to=lambda row: str(row.subject)),
    Place(table=CODE_APP, column="sealed", bound_to=lambda row: place_of_app(row.person)),
    Place(table=PAGE_LINK, column="sealed", bound_to=lambda row: place_of(row.page, row.person)),
    Place(table=KEPT_FORM, column="sealed", bound_to=lambda row: kept_forms.place_of(row.person)),
    Place(table=INBOX, column="body", bound_to=lambda row: f"inbox|{row.source}|{row.external_id}"),
)


@dataclass(frozen=True, slots=True)
class Sealing:
    """After each batch. `failed` are values that do not open, by their table: they are left as they are."""

    done: int
    failed: tuple[str, ...]


def left_under(tx: Connection, name: str) -> int:
    """How many values this key has sealed."""
    return sum(
        tx.execute(select(func.count()).select_from(each.table).where(each.under(name))).scalar_one() for each in PLACES
    )


def left(tx: Connection, keys: KeyRing) -> int:
    """How many values older keys have sealed, those that the file does not know included."""
    first = keys.names[0]
    return sum(
        tx.execute(
            select(func.count()).select_from(each.table).where(each.sealed.is_not(None), ~each.under(first))
        ).scalar_one()
        for each in PLACES
    )


def seal_anew(store: Store) -> Iterator[Sealing]:
    """Until nothing is left that opens. What others seal by an older key meanwhile is for the next time."""
    done, failed = 0, list[str]()
    for place in PLACES:
        after: tuple[object, ...] | None = None
        while True:
            with store.write() as tx:
                rows = _older(tx, place, store.keys.names[0], after)
                for row in rows:
                    if _renew(tx, store.keys, place, row):
                        done += 1
                    else:
                        failed.append(place.table.name)
            if not rows:
                break
            after = _key(place, rows[-1])
            yield Sealing(done, tuple(failed))


def _older(tx: Connection, place: Place, first: str, after: tuple[object, ...] | None) -> list[Found]:
    primary = list(place.table.primary_key.columns)
    query = select(place.table).where(place.sealed.is_not(None), ~place.under(first)).order_by(*primary).limit(BATCH)
    if after is not None:
        query = query.where(tuple_(*primary) > tuple_(*after))
    return list(tx.execute(query.with_for_update()))


def _key(place: Place, row: Found) -> tuple[object, ...]:
    return tuple(row._mapping[column.name] for column in place.table.primary_key.columns)


def _renew(tx: Connection, keys: KeyRing, place: Place, row: Found) -> bool:
    bound_to = place.bound_to(row)
    try:
        renewed = keys.wrap(bound_to, keys.unwrap(bound_to, row._mapping[place.column]))
    except KeyFault:
        return False
    this = [column == value for column, value in zip(place.table.primary_key.columns, _key(place, row), strict=True)]
    tx.execute(update(place.table).where(*this).values({place.column: renewed}))
    return True
