"""A published protocol is the same for ever, and each district gets the one that is in force for it."""

import pytest
from sqlalchemy import text

from crisis.errors import NotFound
from crisis.protocols.loader import content_hash
from crisis.store import protocols
from crisis.store.engine import Store
from crisis.store.protocols import ProtocolChanged
from crisis.vocabulary import DistrictId, ProtocolHash
from tests.factories import suicide_risk
from tests.store.a_log import AT

HERE, ELSEWHERE = DistrictId("d-1"), DistrictId("d-2")
OWN = suicide_risk().model_copy(update={"version": "9.0.0"})


@pytest.fixture(autouse=True)
def nothing_read_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocols, "_KNOWN", {})


def test_a_protocol_is_read_back_by_its_hash_as_it_was_published(store: Store) -> None:
    with store.write() as tx:
        hashed = protocols.publish(tx, suicide_risk(), AT, proved=True)
        again = protocols.publish(tx, suicide_risk(), AT, proved=True)

    with store.read() as tx:
        assert hashed == again == content_hash(suicide_risk())
        assert protocols.by_hash(tx, hashed) == suicide_risk()
        with pytest.raises(NotFound):
            protocols.by_hash(tx, ProtocolHash("0" * 64))


def test_a_districts_own_protocol_comes_before_the_built_in_one(store: Store) -> None:
    kind = next(iter(suicide_risk().crisis_types))
    with store.write() as tx:
        built_in = protocols.publish(tx, suicide_risk(), AT, proved=True)
        own = protocols.publish(tx, OWN, AT, district=HERE, proved=True)

    with store.read() as tx:
        assert protocols.current(tx, kind, HERE) == (OWN, own)
        assert protocols.current(tx, kind, ELSEWHERE) == (suicide_risk(), built_in)
        assert set(protocols.kinds(tx, HERE)) == set(suicide_risk().crisis_types)
        with pytest.raises(NotFound):
            protocols.current(tx, "no such kind", HERE)


def test_a_new_version_takes_over_and_the_old_one_stays_for_its_incidents(store: Store) -> None:
    kind = next(iter(suicide_risk().crisis_types))
    with store.write() as tx:
        old = protocols.publish(tx, suicide_risk(), AT, proved=True)
        new = protocols.publish(tx, OWN, AT, proved=True)

    with store.read() as tx:
        assert protocols.current(tx, kind, HERE) == (OWN, new)
        assert protocols.by_hash(tx, old) == suicide_risk()


def test_a_protocol_that_was_changed_in_the_database_is_not_used(store: Store) -> None:
    with store.write() as tx:
        hashed = protocols.publish(tx, suicide_risk(), AT, proved=True)
        tx.execute(text("UPDATE protocol SET body = replace(body, '1.0.0', '1.0.1')"))

    with store.read() as tx, pytest.raises(ProtocolChanged):
        protocols.by_hash(tx, hashed)
