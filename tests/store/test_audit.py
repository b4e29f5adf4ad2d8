"""The chain finds every single change that somebody makes behind its back."""

import random
from collections.abc import Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, insert, select, text, update

from crisis.store import audit, sealed
from crisis.store.engine import Store, open_store
from crisis.store.tables import AUDIT, EVENT, HEAD
from crisis.vocabulary import PersonId, WordsId
from tests.cluster import as_owner
from tests.store.a_log import AT, noted, opened

ROWS = 12


class Undone(Exception):
    """Leaves the transaction without a trace."""


@dataclass
class Tampering:
    """A transaction of the tables' owner, in which the guards are off and which is never committed."""

    store: Store

    def found_after(self, change: Any) -> audit.AuditReport:
        report: list[audit.AuditReport] = []

        def once() -> None:
            with self.store.write() as tx:
                without_guards(tx)
                change(tx)
                report.append(audit.verify(tx))
                raise Undone

        with pytest.raises(Undone):
            once()
        return report[0]


def without_guards(tx: Connection) -> None:
    if tx.dialect.name == "postgresql":
        tx.execute(text("ALTER TABLE event DISABLE TRIGGER USER"))
        tx.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        return
    for table in ("event", "audit"):
        for verb in ("update", "delete"):
            tx.execute(text(f"DROP TRIGGER {table}_no_{verb}"))


def a_long_log(store: Store) -> None:
    first, second = opened(store, "i-1"), opened(store, "i-2")
    for number in range(ROWS - 4):
        if number % 2:
            first = noted(store, first, f"w-{number}")
        else:
            second = noted(store, second, f"w-{number}", f"v-{number}")
    with store.write() as tx:
        audit.record(tx, at=AT, actor=PersonId("p-1"), action="read", subject="i-1", detail={"seq": 3})
        audit.record(tx, at=AT, actor=PersonId("p-2"), action="read", subject="i-2", detail={"seq": 3})


@pytest.fixture(scope="module")
def tampering_sqlite(tmp_path_factory: pytest.TempPathFactory, key_file: Path) -> Iterator[Tampering]:
    path = tmp_path_factory.mktemp("audit") / "crisis.db"
    with closing(open_store(f"sqlite:///{path}", key_file, migrate=True)) as store:
        a_long_log(store)
        yield Tampering(store)


def other(value: Any, draw: random.Random) -> Any:
    """A value of the same column that is not the same."""
    if value is None:
        return "p-9"
    if isinstance(value, int):
        return value + draw.choice([1000, 2000])
    if isinstance(value, str) and value:
        place = draw.randrange(len(value))
        return value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :]
    return value.replace(year=value.year + 1)


CHANGES = [
    *(("event", column) for column in ("position", "incident", "seq", "name", "district", "school", "at", "body")),
    *(("audit", column) for column in ("number", "at", "actor", "action", "subject", "detail", "digest")),
]


@pytest.mark.parametrize("number", [300, pytest.param(10_000, marks=pytest.mark.full)])
def test_every_single_edit_is_found_pr_59(tampering_sqlite: Tampering, number: int) -> None:
    """As many as are made, of any column of any row of log and audit; the whole ten thousand behind `--full`."""
    draw = random.Random(59)

    found = [tampering_sqlite.found_after(partial(edited, draw=draw)).ok for _ in range(number)]

    assert found == [False] * number


def edited(tx: Connection, draw: random.Random) -> None:
    """Changes one value, somewhere."""
    name, column_name = draw.choice(CHANGES)
    table, key = (EVENT, EVENT.c.position) if name == "event" else (AUDIT, AUDIT.c.number)
    column = table.c[column_name]
    tx.execute(text("PRAGMA defer_foreign_keys = ON"))
    victim = draw.choice(list(tx.execute(select(key)).scalars()))
    value = tx.execute(select(column).where(key == victim)).scalar_one()
    changed = tx.execute(update(table).where(key == victim).values({column: other(value, draw)}))
    assert changed.rowcount == 1


@given(table=st.sampled_from([EVENT, AUDIT]), draw=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_row_that_is_taken_out_or_put_in_is_found(
    tampering_sqlite: Tampering, table: Any, draw: random.Random
) -> None:
    key = next(iter(table.primary_key.columns))

    def take_out(tx: Connection) -> None:
        tx.execute(delete(table).where(key == draw.choice(list(tx.execute(select(key)).scalars()))))

    def put_in(tx: Connection) -> None:
        row = dict(draw.choice(tx.execute(select(table)).mappings().all()))
        row[key.name] = tx.execute(select(key).order_by(key.desc()).limit(1)).scalar_one() + 1
        if table is EVENT:
            row["seq"] = 900
        tx.execute(insert(table).values(row))

    assert not tampering_sqlite.found_after(take_out).ok
    assert not tampering_sqlite.found_after(put_in).ok


def test_an_end_that_is_cut_off_is_found_and_so_is_a_head_that_is_set_back(tampering_sqlite: Tampering) -> None:
    def cut(tx: Connection) -> None:
        tx.execute(delete(AUDIT).where(AUDIT.c.number > 3))

    def cut_with_events(tx: Connection) -> None:
        cut(tx)
        tx.execute(delete(EVENT).where(EVENT.c.position > 4))  # the third row covers two events

    def head_back(tx: Connection) -> None:
        tx.execute(update(HEAD).values(position=HEAD.c.position - 1))

    assert tampering_sqlite.found_after(cut).reason == "the end of the chain was cut off"
    assert tampering_sqlite.found_after(cut_with_events).reason == "the end of the chain was cut off"
    assert tampering_sqlite.found_after(head_back).reason == "the log does not end where the chain says"


def test_the_chain_is_walked_in_batches(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    a_long_log(store)
    monkeypatch.setattr(audit, "BATCH", 3)

    with store.read() as tx:
        assert audit.verify(tx) == audit.AuditReport(True, ROWS)


def test_an_edit_is_found_on_either_database(store: Store, database_url: str, key_file: Path) -> None:
    a_long_log(store)
    behind = nullcontext(store) if store.dialect == "sqlite" else closing(open_store(as_owner(database_url), key_file))

    with behind as owner:
        found = Tampering(owner).found_after(
            lambda tx: tx.execute(update(EVENT).where(EVENT.c.position == 5).values(mode="drill"))
        )

    assert (found.ok, found.reason) == (False, "the events written with this row were changed")


def test_erased_words_leave_the_chain_whole(store: Store) -> None:
    a_long_log(store)

    with store.write() as tx:
        assert sealed.read(tx, store.keys, [WordsId("w-1"), WordsId("w-0")]) != {}
        assert sealed.destroy_key(tx, "i-1", AT)

    with store.read() as tx:
        assert sealed.read(tx, store.keys, [WordsId("w-1"), WordsId("w-0")]) == {WordsId("w-0"): "text of w-0"}
        assert audit.verify(tx) == audit.AuditReport(True, ROWS)


def test_words_that_were_moved_or_changed_do_not_open(store: Store) -> None:
    a_long_log(store)

    for change in (
        "UPDATE words SET sealed = (SELECT sealed FROM words WHERE id = 'w-3') WHERE id = 'w-1'",
        "UPDATE words SET subject = 'i-2' WHERE id = 'w-1'",
        "UPDATE seal SET wrapped = (SELECT wrapped FROM seal WHERE subject = 'i-2') WHERE subject = 'i-1'",
    ):
        with pytest.raises(sealed.KeyFault, match="does not open"), store.write() as tx:
            changed_words(store, tx, change)


def changed_words(store: Store, tx: Connection, change: str) -> dict[WordsId, str]:
    tx.execute(text(change))
    return sealed.read(tx, store.keys, [WordsId("w-1")])


@pytest.mark.parametrize("table", ["event", "audit"])
def test_replacing_a_row_does_not_go_round_the_guards(sqlite_url: str, key_file: Path, table: str) -> None:
    with closing(open_store(sqlite_url, key_file)) as store:
        opened(store)

        with pytest.raises(Exception, match="append-only"), store.write() as tx:
            tx.execute(text(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"))


@pytest.mark.parametrize("table", ["event", "audit"])
def test_a_table_of_the_log_cannot_be_emptied(postgres_url: str, key_file: Path, table: str) -> None:
    """Not even by its owner; the program has no such right at all."""
    address = as_owner(postgres_url)
    with closing(open_store(address, key_file)) as owner, closing(open_store(postgres_url, key_file)) as store:
        opened(store)

        with pytest.raises(Exception, match="append-only"), owner.write() as tx:
            tx.execute(text(f"TRUNCATE {table}"))
        with pytest.raises(Exception, match="permission denied"), store.write() as tx:
            tx.execute(text(f"TRUNCATE {table}"))
