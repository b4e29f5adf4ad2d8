"""A temporary PostgreSQL cluster of the tests' own, on a socket in its own folder."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from sqlalchemy import Connection, NullPool, create_engine, make_url

from crisis.store.engine import Store

_numbers = count(1)
PROGRAM = "crisis_app"  # what the tested program connects as; `crisis` owns the cluster


def binaries() -> Path | None:
    """The folder of initdb and pg_ctl; None where PostgreSQL is not installed."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if installed:
        return installed[-1].parent
    found = shutil.which("initdb")
    return None if found is None else Path(found).resolve().parent


class Cluster:
    """As root, everything runs as the user `postgres` or `nobody`, since the server refuses root.

    It lives beside pytest's folders, not in them: each run of pytest closes those to all other users again. Where it
    need not outlive the machine it lies in memory: there a copy of a database takes a twentieth of the time.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="crisis-pg-", dir=None if durable else in_memory()))
        self.durable = durable
        self._user = None if os.getuid() else _unprivileged()
        self._bin = binaries()
        assert self._bin is not None
        self._admin: psycopg.Connection | None = None

    @contextmanager
    def running(self) -> Iterator["Cluster"]:
        self._own(self.folder)
        self._run(
            "initdb", "-D", str(self.data), "-A", "trust", "-U", "crisis", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"
        )
        self.start()
        try:
            yield self
        finally:
            self.stop("immediate")
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self, listen: str = "") -> None:
        quick = ("fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0", "autovacuum=off")
        fast = "" if self.durable else " ".join(f"-c {each}" for each in quick)
        options = (
            f"-c listen_addresses='{listen}' -c unix_socket_directories={self.folder} -c max_connections=200 {fast}"
        )
        self._run("pg_ctl", "-D", str(self.data), "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self, how: str = "fast") -> None:
        if self._admin is not None:
            self._admin.close()
        self._run("pg_ctl", "-D", str(self.data), "-m", how, "-w", "stop")

    def create(self, name: str, template: str = "template1") -> str:
        """By copying files: the way of the log costs a small database two to four times as much."""
        self._ask(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return self._url(name)

    def create_from(self, template: str) -> str:
        """A copy, as the role of the program sees it: that role owns nothing in it."""
        return self.as_program(self.create(f"crisis_{next(_numbers)}", template))

    def as_program(self, url: str) -> str:
        return url.replace("//crisis@", f"//{PROGRAM}@")

    def drop(self, url: str) -> None:
        name = urlsplit(url).path.lstrip("/")
        self._ask(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _ask(self, order: str) -> None:
        """By one connection for all: each new one costs the server a process."""
        if self._admin is None or self._admin.closed:
            self._admin = psycopg.connect(self._url("postgres"), autocommit=True)
        self._admin.execute(order.encode())

    def _url(self, name: str) -> str:
        return f"postgresql://crisis@/{name}?host={self.folder}"

    def _own(self, path: Path) -> None:
        if self._user is None:
            return
        entry = pwd.getpwnam(self._user)
        os.chown(path, entry.pw_uid, entry.pw_gid)

    def _run(self, program: str, *arguments: str) -> None:
        assert self._bin is not None
        prefix = [] if self._user is None else ["setpriv", f"--reuid={self._user}", "--clear-groups", "--"]
        command = [*prefix, str(self._bin / program), *arguments]
        done = (
            subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
            if program == "initdb"
            else subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr!s} {self.folder / 'log'}")


def as_owner(url: str) -> str:
    """The same database for whoever owns its tables; on SQLite there is no such difference."""
    return url.replace(f"//{PROGRAM}@", "//crisis@")


@contextmanager
def owners_hand(store: Store) -> Iterator[Connection]:
    """A transaction of whoever owns the tables: what only they may do, such as to switch the guards off."""
    if store.dialect == "sqlite":
        with store.write() as tx:
            yield tx
        return
    engine = create_engine(make_url(as_owner(store.url)).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    try:
        with engine.begin() as tx:
            yield tx
    finally:
        engine.dispose()


def in_memory() -> Path | None:
    """A folder that no disk has to keep, where the system has one."""
    shared = Path("/dev/shm")
    return shared if os.access(shared, os.W_OK | os.X_OK) else None


def _unprivileged() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
