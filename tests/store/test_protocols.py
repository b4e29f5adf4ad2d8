"""A published protocol is the same for ever, and each district gets the one that is in force for it."""

import pytest
from sqlalchemy import text

from crisis.errors import NotFound, Refused
from crisis.protocols import loader
from crisis.protocols.loader import content_hash
from crisis.store import protocols
from crisis.store.engine import Store
from crisis.store.protocols import ProtocolChanged
from crisis.vocabulary import DistrictId, ProtocolHash
from tests.store.a_log import AT

HERE, ELSEWHERE = DistrictId("d-1"), DistrictId("d-2")
BUILT_IN = loader.protocol("missing_student")
OWN = BUILT_IN.model_copy(update={"version": "9.0.0"})


@pytest.fixture(autouse=True)
def nothing_read_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocols, "_KNOWN", {})
    monkeypatch.setattr(protocols, "_PROVED", set())


def test_a_protocol_of_a_districts_own_is_not_published_before_it_is_proved(store: Store) -> None:
    with pytest.raises(Refused, match="has not been proved"), store.write() as tx:
        protocols.publish(tx, OWN, AT, district=HERE)

    protocols.prove(OWN)
    with store.write() as tx:
        assert protocols.publish(tx, OWN, AT, district=HERE) == content_hash(OWN)


def test_a_protocol_that_fails_cannot_be_published_and_says_how_it_fails(store: Store) -> None:
    without_a_clock = [
        step.model_copy(update={"deadlines": ()}) if step.id == "student_found" else step for step in OWN.steps
    ]
    silent = OWN.model_copy(update={"steps": tuple(without_a_clock)})

    with pytest.raises(Refused, match="has no live deadline"):
        protocols.prove(silent)
    with pytest.raises(Refused, match="has not been proved"), store.write() as tx:
        protocols.publish(tx, silent, AT)

    with store.read() as tx:
        assert protocols.kinds(tx, HERE, AT) == {}


def test_a_protocol_is_read_back_by_its_hash_as_it_was_published(store: Store) -> None:
    with store.write() as tx:
        hashed = protocols.publish(tx, BUILT_IN, AT)
        again = protocols.publish(tx, BUILT_IN, AT)

    with store.read() as tx:
        assert hashed == again == content_hash(BUILT_IN)
        assert protocols.by_hash(tx, hashed) == BUILT_IN
        with pytest.raises(NotFound):
            protocols.by_hash(tx, ProtocolHash("0" * 64))


def test_a_districts_own_protocol_comes_before_the_built_in_one(store: Store) -> None:
    kind = next(iter(BUILT_IN.crisis_types))
    protocols.prove(OWN)
    with store.write() as tx:
        built_in = protocols.publish(tx, BUILT_IN, AT)
        own = protocols.publish(tx, OWN, AT, district=HERE)

    with store.read() as tx:
        assert protocols.current(tx, kind, HERE, AT) == (OWN, own)
        assert protocols.current(tx, kind, ELSEWHERE, AT) == (BUILT_IN, built_in)
        assert set(protocols.kinds(tx, HERE, AT)) == set(BUILT_IN.crisis_types)
        with pytest.raises(NotFound):
            protocols.current(tx, "no such kind", HERE, AT)


def test_a_new_version_takes_over_and_the_old_one_stays_for_its_incidents(store: Store) -> None:
    kind = next(iter(BUILT_IN.crisis_types))
    protocols.prove(OWN)
    with store.write() as tx:
        old = protocols.publish(tx, BUILT_IN, AT)
        new = protocols.publish(tx, OWN, AT)

    with store.read() as tx:
        assert protocols.current(tx, kind, HERE, AT) == (OWN, new)
        assert protocols.by_hash(tx, old) == BUILT_IN


def test_a_protocol_that_was_changed_in_the_database_is_not_used(store: Store) -> None:
    with store.write() as tx:
        hashed = protocols.publish(tx, BUILT_IN, AT)
        tx.execute(text("UPDATE protocol SET body = replace(body, :version, '9.9.9')"), {"version": BUILT_IN.version})

    with store.read() as tx, pytest.raises(ProtocolChanged):
        protocols.by_hash(tx, hashed)
