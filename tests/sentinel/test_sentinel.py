"""The sentinel acts: it repairs, texts by its own line when paging does not recover, and tells how it stands."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from crisis.notify.gateway import lines
from crisis.notify.handsets import Account, Exchange
from crisis.notify.handsets_app import build_handsets
from crisis.notify.ledger import Ledger
from crisis.notify.worker import Worker
from crisis.sentinel import watching
from crisis.sentinel.alarming import TEXTS, Alarm, own_line
from crisis.sentinel.auditor import Auditor
from crisis.sentinel.beating import Heart
from crisis.sentinel.watching import Sentinel
from crisis.settings import Settings
from crisis.store import signs
from crisis.store.engine import Store, open_store
from crisis.store.signs import Sign
from crisis.vocabulary import Mode
from tests.notify.village import (
    ANA,
    COUNSELOR,
    DRILL,
    LIVE,
    PRINCIPAL,
    Village,
    a_village,
    served,
    the_settings,
)
from tests.watch import Watch

OWN = Account(sid="AC" + "3" * 32, secret="the sentinel's", number="+16175550192")
SECOND = timedelta(seconds=1)
FAR_AHEAD = datetime(2100, 1, 1, tzinfo=UTC)


def settings_with_own_line(provider: str) -> Settings:
    return the_settings(
        provider, sentinel_account=OWN.sid, sentinel_secret=SecretStr(OWN.secret), sentinel_from=OWN.number
    )


def a_network_with_three_lines(folder: Path) -> Exchange:
    return Exchange(
        ledger=Ledger(folder / "ledger.jsonl").load(),
        accounts=(LIVE, DRILL, OWN),
        target="http://127.0.0.1:9",
        public_url="http://testserver",
    )


@pytest.fixture
def network(tmp_path: Path) -> Exchange:
    return a_network_with_three_lines(tmp_path)


@pytest.fixture
def provider(network: Exchange) -> Iterator[str]:
    with served(build_handsets(network)) as url:
        yield url


@pytest.fixture
def village(store: Store, network: Exchange, provider: str) -> Iterator[Village]:
    watch, out = Watch(), lines(settings_with_own_line(provider))
    yield Village(store, a_village(store), network, Worker(store, out, "w-1", watch), watch)
    out.close()


@pytest.fixture
def sentinel(village: Village, provider: str) -> Iterator[Sentinel]:
    with village.store.write() as tx:
        for name in (signs.WORKER, signs.WEB):
            signs.leave(tx, name, FAR_AHEAD, good=True)
    line = own_line(settings_with_own_line(provider))
    heart = Heart(None, "", httpx2.Client())
    auditor = Auditor(village.store, now=village.watch, monotonic=lambda: village.watch().timestamp())
    assert line is not None
    yield Sentinel(village.store, auditor, Alarm(line), heart, now=village.watch)
    line.close()


def turns(village: Village, sentinel: Sentinel, seconds: int) -> None:
    """Every ten seconds, while no worker does anything."""
    for _turn in range(seconds // 10):
        village.watch.ahead += 10 * SECOND
        sentinel.turn()


def told(village: Village, person: object) -> list[str]:
    """The last-resort texts on somebody's telephone."""
    return [each.body for each in village.on(person) if each.line == OWN.number]  # type: ignore[arg-type]


def sign(store: Store, name: str) -> Sign:
    with store.read() as tx:
        return signs.left(tx)[name]


def test_a_clean_look_and_what_was_found_are_on_record(village: Village, sentinel: Sentinel) -> None:
    sentinel.turn()
    clean = sign(village.store, signs.AUDIT)
    village.opened()
    turns(village, sentinel, 10)

    found = sign(village.store, signs.AUDIT)

    assert clean.good_at == clean.at
    assert (found.good_at, found.detail["found"], found.detail["open"]) == (clean.good_at, {"I2": 1}, 1)


def test_a_lost_timer_is_back_within_one_turn_and_the_next_look_is_clean(village: Village, sentinel: Sentinel) -> None:
    village.paged()
    village.worker.until_quiet()
    with village.store.write() as tx:
        tx.execute(text("DELETE FROM outbox WHERE kind = 'StartTimer'"))

    first, second = sentinel.turn(), sentinel.turn()

    assert first is not None
    assert second is not None
    assert (set(first.counts()), second.findings) == ({"I1"}, ())
    assert told(village, PRINCIPAL) == []


def test_when_nobody_does_the_work_lead_and_administrators_are_texted_every_two_minutes(
    village: Village, sentinel: Sentinel
) -> None:
    village.paged()

    turns(village, sentinel, 30)
    early = told(village, PRINCIPAL)
    turns(village, sentinel, 20)
    first = told(village, PRINCIPAL)
    turns(village, sentinel, 100)
    soon = told(village, PRINCIPAL)
    turns(village, sentinel, 30)

    assert (early, len(first), len(soon), len(told(village, PRINCIPAL))) == ([], 1, 1, 2)
    assert first[0].startswith("CRISIS LHS: paging may not be working.")
    assert told(village, COUNSELOR) == told(village, PRINCIPAL)  # who may lead, as long as nobody does
    assert told(village, ANA) == []


def test_what_recovers_is_not_told(village: Village, sentinel: Sentinel) -> None:
    village.paged()
    turns(village, sentinel, 30)
    village.worker.until_quiet()
    turns(village, sentinel, 10)
    village.worker.until_quiet()
    turns(village, sentinel, 10)

    assert told(village, PRINCIPAL) == []


def test_one_of_two_acts_and_the_other_takes_over_within_half_a_minute(village: Village, sentinel: Sentinel) -> None:
    second = Sentinel(
        village.store, Auditor(village.store, now=village.watch), Alarm(None), sentinel.heart, now=village.watch
    )
    both = [(sentinel.turn() is not None, second.turn() is not None) for _turn in range(3)]
    began, taken_over = village.watch(), None
    while taken_over is None:
        village.watch.ahead += 10 * SECOND
        taken_over = village.watch() if second.turn() is not None else None

    assert both == [(True, False)] * 3
    assert taken_over - began <= timedelta(seconds=30)
    assert sentinel.turn() is None  # the one that slept finds that another one acts


def test_one_that_ends_in_order_is_not_waited_for(village: Village, sentinel: Sentinel) -> None:
    first = Sentinel(village.store, sentinel.auditor, Alarm(None), Heart(None, "", httpx2.Client()), now=village.watch)
    first.turn()
    first.close()

    assert sentinel.turn() is not None


def test_a_drill_alarms_nobody(village: Village, sentinel: Sentinel) -> None:
    village.paged(mode=Mode.DRILL)

    turns(village, sentinel, 120)

    assert told(village, PRINCIPAL) == []


def test_a_database_that_is_gone_is_told_to_those_who_were_under_way(
    village: Village, sentinel: Sentinel, monkeypatch: pytest.MonkeyPatch
) -> None:
    village.paged()
    village.worker.until_quiet()
    sentinel.turn()

    def gone() -> None:
        raise OperationalError("SELECT 1", {}, Exception("no connection"))

    monkeypatch.setattr(village.store, "read", gone)
    turns(village, sentinel, 30)
    early = told(village, PRINCIPAL)
    turns(village, sentinel, 20)

    assert (early, len(told(village, PRINCIPAL))) == ([], 1)


def test_the_text_fits_one_segment_in_both_languages() -> None:
    for body in TEXTS.values():
        assert len(body.format(site="ABCDEF")) <= 160
        assert body.isascii()


def test_beside_a_server_on_sqlite_it_only_looks_and_leaves_the_alarm_to_it(
    network: Exchange, provider: str, sqlite_url: str, key_file: Path
) -> None:
    """Until the server is gone: then it alarms by itself."""
    watch, settings = Watch(), settings_with_own_line(provider)
    with closing(open_store(sqlite_url, key_file)) as store, closing(lines(settings)) as out:
        village = Village(store, a_village(store), network, Worker(store, out, "w-1", watch), watch)
        village.paged()
        with store.write() as tx:
            signs.leave(tx, signs.AUDIT, watch() + 50 * SECOND, good=True)
        beside = open_store(sqlite_url, key_file, readonly=True)
        outside = watching.sentinel(beside, settings.model_copy(update={"heartbeat_url": provider}), repairs=False)
        outside.now, outside.auditor.now = watch, watch
        outside.auditor.monotonic = lambda: watch().timestamp()

        turns(village, outside, 80)
        left_to_it = told(village, PRINCIPAL)
        turns(village, outside, 50)
        outside.close()
        beside.close()

    assert outside.heart.url is None
    assert (left_to_it, len(told(village, PRINCIPAL))) == ([], 1)
