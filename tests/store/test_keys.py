"""A new key in front of the key file, everything sealed anew by it, and the old one taken out. On both databases."""

import os
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, select, update

from crisis import failpoints
from crisis.errors import Refused
from crisis.store import inbox, key_file, page_links, sealed, sealing_anew, second_factor
from crisis.store.engine import Store, open_store
from crisis.store.sealed import KeyFault, KeyRing
from crisis.store.sealing_anew import BATCH, PLACES
from crisis.store.tables import SEAL
from crisis.vocabulary import IncidentId, PageId, PersonId, WordsId
from tests.store.a_log import opened
from tests.store.test_labels import tables
from tests.web.district import NURSE, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
SUBJECTS = [f"subject-{number:03}" for number in range(250)]  # more than one batch
WORDS = {WordsId(f"w-{each}"): f"words of {each}" for each in SUBJECTS}
BESIDE = 3  # values in other columns
INCIDENT, PAGE, ANA = IncidentId("i-1"), PageId("i-1-2"), PersonId("p-ana")


@pytest.fixture
def ring(tmp_path: Path) -> Path:
    """A key file that no other test uses."""
    path = tmp_path / "ring.json"
    KeyRing.create(path)
    return path


@pytest.fixture
def full(database_url: str, ring: Path) -> Iterator[Store]:
    """With something in each column that keys of the file seal."""
    with closing(open_store(database_url, ring)) as store:
        fill(store)
        yield store


def fill(store: Store) -> None:
    a_district(store)
    opened(store)
    with store.write() as tx:
        page_links.give(tx, store.keys, INCIDENT, PAGE, ANA, at=AT)
        for subject in SUBJECTS:
            sealed.put(tx, store.keys, subject, {WordsId(f"w-{subject}"): f"words of {subject}"})
        second_factor.begin_app(tx, store.keys, NURSE, AT)
        inbox.receive(tx, store.keys, "sms", "m-1", {"Body": "47B"}, at=AT)


def in_front(ring: Path) -> str:
    name = key_file.add(ring)
    key_file.put_in_front(ring, name)
    return name


def settled(ring: Path) -> datetime:
    return datetime.fromtimestamp(ring.stat().st_mtime, UTC) + key_file.SETTLED


def counted(store: Store, *names: str) -> list[int]:
    with store.read() as tx:
        return [sealing_anew.left_under(tx, each) for each in names]


def test_everything_is_sealed_anew_and_then_the_old_key_goes(full: Store, ring: Path, tmp_path: Path) -> None:
    with full.write() as tx:
        link = page_links.give(tx, full.keys, INCIDENT, PAGE, ANA, at=AT)
    [old], new = full.keys.names, in_front(ring)
    steps = list(sealing_anew.seal_anew(full))
    after = counted(full, old, new)
    key_file.take_out(ring, old, tmp_path / "old.json", settled(ring))

    keys = KeyRing.from_file(ring)  # as a process that starts then
    with full.write() as tx:
        assert keys.names == (new,)
        assert page_links.give(tx, keys, INCIDENT, PAGE, ANA, at=AT) == link
        assert sealed.read(tx, keys, WORDS) == WORDS
        assert second_factor.state(tx, keys, NURSE).enrolling is not None
        assert [each.body for each in inbox.unanswered(tx, keys, 5)] == [{"Body": "47B"}]
    assert after == [0, len(SUBJECTS) + BESIDE]
    assert (steps[-1].done, steps[-1].failed) == (len(SUBJECTS) + BESIDE, ())
    assert len(steps) >= 3  # told batch by batch


def test_a_process_that_runs_seals_by_the_key_in_front_and_opens_what_others_sealed(
    ring: Path,
) -> None:
    running = KeyRing.from_file(ring)
    [old] = running.names
    before = running.wrap("a", b"before")

    new = in_front(ring)
    other = KeyRing.from_file(ring).wrap("b", b"by another process")

    assert running.unwrap("b", other) == b"by another process"
    assert running.wrap("c", b"after").startswith(sealed.marked(new))
    assert running.unwrap("a", before) == b"before"
    ring.rename(ring.with_name("away"))
    assert running.wrap("d", b"no file for a moment").startswith(sealed.marked(new))
    assert old != new


def test_what_does_not_open_stays_and_is_told_and_the_rest_goes_on(full: Store, ring: Path) -> None:
    [old] = full.keys.names
    in_front(ring)
    with full.write() as tx:
        whole = tx.execute(select(SEAL.c.wrapped).where(SEAL.c.subject == SUBJECTS[0])).scalar_one()
        tx.execute(update(SEAL).where(SEAL.c.subject == SUBJECTS[0]).values(wrapped=whole[:-1] + b"?"))

    *_, last = sealing_anew.seal_anew(full)

    assert (last.done, last.failed) == (len(SUBJECTS) + BESIDE - 1, ("seal",))
    assert counted(full, old) == [1]


def test_a_destroyed_record_stays_destroyed(full: Store, ring: Path) -> None:
    in_front(ring)
    with full.write() as tx:
        sealed.destroy(tx, SUBJECTS[0], AT)

    *_, last = sealing_anew.seal_anew(full)

    with full.read() as tx:
        assert sealed.read(tx, full.keys, [WordsId(f"w-{SUBJECTS[0]}")]) == {}
        assert sealing_anew.left(tx, full.keys) == 0
    assert (last.done, last.failed) == (len(SUBJECTS) + BESIDE - 1, ())


def test_every_column_that_keys_of_the_file_seal_is_on_the_list() -> None:
    """Whoever adds one and forgets it here would find it closed on the day on which the old key goes."""
    of_a_record = {("words", "sealed")}  # under the key of its incident or student, which is on the list
    bytes_kept = {
        (name, column.name)
        for name, table in tables().items()
        for column in table.columns
        if isinstance(column.type, LargeBinary) and column.name != "public_key"
    }

    assert bytes_kept - of_a_record == {(each.table.name, each.column) for each in PLACES}


def test_no_key_goes_that_seals_or_was_just_in_front_and_it_goes_into_a_file_of_its_own(
    ring: Path, tmp_path: Path
) -> None:
    [old] = KeyRing.from_file(ring).names
    apart = tmp_path / "old.json"
    new = in_front(ring)
    ring.chmod(0o600)

    with pytest.raises(Refused, match="seals now"):
        key_file.take_out(ring, new, apart, settled(ring))
    with pytest.raises(Refused, match="may still use"):
        key_file.take_out(ring, old, apart, settled(ring) - timedelta(seconds=1))
    with pytest.raises(Refused, match="no key k0"):
        key_file.take_out(ring, "k0", apart, settled(ring))
    key_file.take_out(ring, old, apart, settled(ring))

    assert (KeyRing.from_file(ring).names, KeyRing.from_file(apart).names) == ((new,), (old,))
    assert {stat.S_IMODE(each.stat().st_mode) for each in (ring, apart)} == {0o600}
    assert key_file.take_back(ring, apart) == [old]
    assert KeyRing.from_file(ring).names == (new, old)
    assert key_file.take_back(ring, apart) == []


def test_where_the_file_cannot_be_written_it_says_so_and_is_as_it_was(ring: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyFault, match="cannot be written"):
        key_file._write(tmp_path / "no folder" / "keys.json", {})

    assert len(KeyRing.from_file(ring).names) == 1
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".ring")] == []


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_killed_in_the_middle_it_goes_on_where_it_was(database_url: str, ring: Path) -> None:
    with closing(open_store(database_url, ring)) as store:
        fill(store)
        [old], new = store.keys.names, in_front(ring)
    child = os.fork()
    if child == 0:
        failpoints._PLAN = "store.before_commit#2"  # within the second batch, as by a power cut
        list(sealing_anew.seal_anew(open_store(database_url, ring)))
        os._exit(0)
    killed = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    with closing(open_store(database_url, ring)) as store:
        left = counted(store, old, new)
        *_, last = sealing_anew.seal_anew(store)
        after = counted(store, old, new)
        with store.read() as tx:
            assert sealed.read(tx, store.keys, WORDS) == WORDS

    whole = len(SUBJECTS) + BESIDE
    assert (killed, left) == (137, [whole - BATCH, BATCH])
    assert (last.done, after) == (whole - BATCH, [0, whole])
