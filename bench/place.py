"""Where it is measured: temporary databases with the sample district, and orders that its people give."""

import shutil
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy import Connection

from crisis import clock
from crisis.commands import Actor, AddNote, OpenIncident
from crisis.protocols import loader
from crisis.protocols.schema import Protocol
from crisis.store import accounts, people, protocols, sample
from crisis.store.engine import Store, open_store
from crisis.store.passwords import FLOOR, Hashing
from crisis.store.sample_people import HIGH, STAFF
from crisis.store.sealed import KeyRing
from crisis.vocabulary import Beside, Mode, PersonId, ProtocolHash, SchoolId, StaffRole, WordsId
from tests.cluster import Cluster, binaries

CRISIS = "suicide_ideation"
DIALECTS = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Town:
    """A database with the sample district in it, and who acts."""

    url: str
    key_file: Path

    @contextmanager
    def opened(self) -> Iterator[Store]:
        store = open_store(self.url, self.key_file)
        try:
            yield store
        finally:
            store.close()


@contextmanager
def towns() -> Iterator["Towns"]:
    """A folder, and a PostgreSQL with fsync where one is installed; all of it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="crisis-bench-") as made:
        folder = Path(made)
        key_file = folder / "keys.json"
        KeyRing.create(key_file)
        if binaries() is None:
            yield Towns(folder, key_file, None)
            return
        with Cluster(durable=True).running() as cluster:
            yield Towns(folder, key_file, cluster)


class Towns:
    def __init__(self, folder: Path, key_file: Path, cluster: Cluster | None) -> None:
        self.folder, self.key_file, self.cluster = folder, key_file, cluster
        self._templates: dict[str, str] = {}
        self._number = 0

    @property
    def dialects(self) -> Sequence[str]:
        return DIALECTS if self.cluster is not None else DIALECTS[:1]

    def new(self, dialect: str) -> Town:
        """Each figure has a database of its own: none pays for what another one wrote."""
        if dialect not in self._templates:
            self._templates[dialect] = self._template(dialect)
        self._number += 1
        if dialect == "sqlite":
            path = self.folder / f"town-{self._number}.db"
            shutil.copy(self._templates[dialect], path)
            return Town(f"sqlite:///{path}", self.key_file)
        assert self.cluster is not None
        return Town(self.cluster.create_from(self._templates[dialect]), self.key_file)

    def _template(self, dialect: str) -> str:
        if dialect == "sqlite":
            path = self.folder / "template.db"
            _fill(f"sqlite:///{path}", self.key_file)
            return str(path)
        assert self.cluster is not None
        owner = self.cluster.create("bench_template")
        _fill(self.cluster.as_program(owner), self.key_file, owner)
        return "bench_template"


def _fill(url: str, key_file: Path, owner: str | None = None) -> None:
    store, at = open_store(url, key_file, migrate=True, owner=owner), clock.now()
    with store.write() as tx:
        sample.seed(tx, at, hashing=Hashing(cost=FLOOR))
        protocols.publish(tx, loader.protocol("suicide_risk"), at)
    store.close()


def holder(post: StaffRole, school: str | None = HIGH) -> PersonId:
    member = next(each for each in STAFF if each.post is post and each.school == school)
    return sample.person_id(member.given, member.family)


def actor(store: Store, person: PersonId) -> Actor:
    with store.read() as tx:
        return people.actor(tx, person)


def opening(by: Actor, school: str = HIGH, mode: Mode = Mode.LIVE) -> tuple[OpenIncident, dict[WordsId, str]]:
    """As the three taps of the form give it, with a place in words. A teacher's opening pages a lead."""
    protocol, protocol_hash = _protocol()
    words = WordsId(clock.new_id())
    order = OpenIncident(
        by=by,
        mode=mode,
        school=SchoolId(school),
        crisis_type=CRISIS,
        protocol=protocol.id,
        version=protocol.version,
        protocol_hash=protocol_hash,
        place=words,
        student=None,
        beside=Beside.ME,
    )
    return order, {words: "room 12, second floor"}


@cache
def _protocol() -> tuple[Protocol, ProtocolHash]:
    known = loader.protocol("suicide_risk")
    return known, loader.content_hash(known)


def note(by: Actor) -> tuple[AddNote, dict[WordsId, str]]:
    words = WordsId(clock.new_id())
    return AddNote(by=by, words=words), {words: "quiet now"}


def tokens(tx: Connection, person: PersonId, count: int, at: datetime) -> list[str]:
    return [accounts.create_token(tx, person, f"console {number}", at) for number in range(count)]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
