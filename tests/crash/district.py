"""The sample district, seeded once; every run gets a copy of its own."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from crisis.protocols import loader
from crisis.store import accounts, people, protocols, sample
from crisis.store.engine import open_store
from tests.cheap import HASHING
from tests.cluster import Cluster

TUESDAY = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)  # 10:00 at the school
STAFF = ("Maya Okafor", "Daniel Reyes", "Ines Duarte", "Grace Mbeki", "Noor Abdi", "Thomas Ferreira")


@dataclass(frozen=True)
class Prepared:
    """`template` is the path of a file, or the name of a database in the cluster."""

    key_file: Path
    template: str
    cluster: Cluster | None
    tokens: dict[str, str]
    phones: dict[str, str]

    @property
    def dialect(self) -> str:
        return "sqlite" if self.cluster is None else "postgresql"

    def copy(self, folder: Path) -> str:
        if self.cluster is not None:
            return self.cluster.create_from(self.template)
        path = folder / "crisis.db"
        for old in folder.glob("crisis.db*"):
            old.unlink()
        shutil.copy(self.template, path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        if self.cluster is not None:
            self.cluster.drop(url)


def prepared(folder: Path, key_file: Path, cluster: Cluster | None) -> Prepared:
    name = str(folder / "prepared.db") if cluster is None else "crisis_prepared"
    owner = None if cluster is None else cluster.create(name)
    url = f"sqlite:///{name}" if cluster is None or owner is None else cluster.as_program(owner)
    store = open_store(url, key_file, migrate=True, owner=owner)
    ids = {name: sample.person_id(*name.split()) for name in STAFF}
    with store.write() as tx:
        sample.seed(tx, TUESDAY, hashing=HASHING)
        for each in loader.names():
            protocols.publish(tx, loader.protocol(each, "US-MA"), TUESDAY)
        tokens = {each: accounts.create_token(tx, ids[each], "journey", TUESDAY) for each in STAFF}
        dialled = people.dialled(tx, list(ids.values()))
    store.close()
    return Prepared(key_file, name, cluster, tokens, {each: dialled[ids[each]][0] for each in STAFF})
