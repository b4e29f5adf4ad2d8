"""The ground on which one life after the other plays: a database and a ledger that can be put back as they were."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import psycopg
from sqlmodel import SQLModel

from tests.cluster import as_owner

LEDGER = "ledger.jsonl"
LIVELY = frozenset(
    {
        "incident",
        "event",
        "outbox",
        "inbox",
        "seal",
        "words",
        "audit",
        "head",
        "page_code",
        "drill_phone",
        "idempotency",
    }
)


class Ground(Protocol):
    """`save` is called while nobody writes, `restore` while nobody has it open."""

    @property
    def url(self) -> str: ...

    @property
    def ledger(self) -> Path: ...

    def save(self, name: str) -> None: ...

    def strays(self) -> list[str]: ...

    def restore(self, name: str) -> None: ...


@dataclass(frozen=True)
class SqliteGround:
    """What is on disk, with the part that is not yet in the database file."""

    folder: Path

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'crisis.db'}"

    @property
    def ledger(self) -> Path:
        return self.folder / LEDGER

    def save(self, name: str) -> None:
        kept = _emptied(self.folder / name)
        for file in self._files():
            shutil.copyfile(file, kept / file.name)

    def restore(self, name: str) -> None:
        for file in (*self._files(), *self.folder.glob("crisis.db-shm")):
            file.unlink()
        for file in (self.folder / name).iterdir():
            shutil.copyfile(file, self.folder / file.name)

    def strays(self) -> list[str]:
        return []  # a file is put back whole

    def _files(self) -> list[Path]:
        names = ("crisis.db", "crisis.db-wal", LEDGER)
        return [self.folder / name for name in names if (self.folder / name).exists()]


@dataclass
class PostgresGround:
    """Every row of each table in which something happens; the server itself goes on."""

    folder: Path
    url: str
    _connection: "psycopg.Connection[tuple[object, ...]] | None" = None
    _saved: dict[str, dict[str, bytes]] = field(default_factory=dict)

    @property
    def ledger(self) -> Path:
        return self.folder / LEDGER

    def save(self, name: str) -> None:
        kept = _emptied(self.folder / name)
        self._saved[name] = self._now()
        if self.ledger.exists():
            shutil.copyfile(self.ledger, kept / LEDGER)

    def restore(self, name: str) -> None:
        """Without the guards of the log, which let nobody take anything back."""
        rows = self._saved[name]
        lively = [table for table in rows if self._is_lively(table)]
        with self._connected().transaction(), self._connected().cursor() as cursor:
            forgotten = "; ".join(f'DELETE FROM "{table}"' for table in lively)
            cursor.execute(f"SET LOCAL session_replication_role = replica; {forgotten}".encode())
            for table in lively:
                if rows[table]:
                    with cursor.copy(f'COPY "{table}" FROM STDIN'.encode()) as copy:
                        copy.write(rows[table])
        self.ledger.unlink(missing_ok=True)
        if (self.folder / name / LEDGER).exists():
            shutil.copyfile(self.folder / name / LEDGER, self.ledger)

    def strays(self) -> list[str]:
        """Tables that nobody thought of and in which something happened all the same."""
        now, before = self._now(), next(iter(self._saved.values()))
        return [table for table in now if not self._is_lively(table) and now[table] != before[table]]

    def _is_lively(self, table: str) -> bool:
        return table in LIVELY or len({each[table] for each in self._saved.values()}) > 1

    def _now(self) -> dict[str, bytes]:
        with self._connected().transaction(), self._connected().cursor() as cursor:
            return {table: b"".join(_rows(cursor, table)) for table in SQLModel.metadata.tables}

    def _connected(self) -> "psycopg.Connection[tuple[object, ...]]":
        """Its own, for as long as the harness runs."""
        if self._connection is None:
            self._connection = psycopg.connect(as_owner(self.url), autocommit=True)
        return self._connection


def _rows(cursor: "psycopg.Cursor[tuple[object, ...]]", table: str) -> Iterable[bytes]:
    with cursor.copy(f'COPY "{table}" TO STDOUT'.encode()) as copy:
        yield from (bytes(part) for part in copy)


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
