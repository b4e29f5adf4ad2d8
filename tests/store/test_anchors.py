"""What was anchored outside finds an end that was cut off or written anew, by somebody who may do everything here."""

import json
import random
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, select, update

from crisis.store import anchor_key, anchors, audit
from crisis.store.anchor_key import Signer
from crisis.store.anchors import Signed
from crisis.store.engine import Store, open_store
from crisis.store.sealed import KeyFault
from crisis.store.tables import AUDIT, HEAD
from crisis.vocabulary import PersonId
from tests.store.a_log import AT
from tests.store.test_audit import Undone, without_guards

ROWS = 10


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory, key_file: Path) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("anchors")
    with closing(open_store(f"sqlite:///{folder}/crisis.db", key_file, migrate=True)) as store:
        with store.write() as tx:
            grown(tx, ROWS, "the truth")
        yield store


@pytest.fixture(scope="module")
def by(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return anchor_key.signer(tmp_path_factory.mktemp("key") / "anchor.pem")


def grown(tx: Connection, rows: int, what: str) -> None:
    for number in range(rows):
        audit.record(tx, at=AT, actor=PersonId("p-1"), action=what, subject=f"i-{number}")


def anchored(tx: Connection, by: Signer) -> tuple[str, str]:
    made = anchors.signed(anchors.of_now(tx, AT), by)
    return made.name, made.text


def cut_to(tx: Connection, rows: int) -> None:
    """As whoever owns the database and knows how the chain is made: the end fits, and `verify` is content."""
    without_guards(tx)
    tx.execute(delete(AUDIT).where(AUDIT.c.number > rows))
    digest = tx.execute(select(AUDIT.c.digest).where(AUDIT.c.number == rows)).scalar_one_or_none()
    tx.execute(update(HEAD).values(audit_number=rows, audit_digest=digest or "0" * 64))


@given(
    at=st.lists(st.integers(0, 5), min_size=1, max_size=4),
    cut=st.integers(0, ROWS + 20),
    anew=st.integers(0, 25),
)
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_end_that_is_cut_off_or_written_anew_after_an_anchor_is_found_pr_59(
    chain: Store, by: Signer, at: list[int], cut: int, anew: int
) -> None:
    """F134. `at`: so many rows between one anchor and the next; then rows are cut off, and others written."""
    kept, found = [], []

    def tampered() -> None:
        with chain.write() as tx:
            for rows in at:
                grown(tx, rows, "the truth")
                kept.append(anchored(tx, by))
            whole = tx.execute(select(HEAD.c.audit_number)).scalar_one()
            assert anchors.problems(tx, kept, by.seal) == []
            if cut < whole:
                cut_to(tx, cut)
                grown(tx, anew, "what never was")
            assert audit.verify(tx).ok, "the chain by itself sees nothing"
            found.append((anchors.problems(tx, kept, by.seal), whole))
            raise Undone

    with pytest.raises(Undone):
        tampered()

    (problems, whole) = found[0]
    newest = anchors.read(kept[-1][1]).anchor.number
    assert bool(problems) == (cut < min(whole, newest))


@pytest.mark.parametrize("field", ["made_at", "number", "digest", "position", "log"])
def test_an_anchor_that_was_changed_does_not_fit_its_signature_pr_59(chain: Store, by: Signer, field: str) -> None:
    with chain.read() as tx:
        name, text = anchored(tx, by)
        said = json.loads(text)
        said[field] = said[field] + 1 if isinstance(said[field], int) else said[field][:-1] + "x"

        problems = anchors.problems(tx, [(name, json.dumps(said))], by.seal)

    assert problems == [f"{name}: the signature does not fit: the anchor was changed"]


def test_whoever_signs_with_a_key_of_their_own_is_found(chain: Store, by: Signer, tmp_path: Path) -> None:
    other = anchor_key.signer(tmp_path / "other.pem")
    with chain.read() as tx:
        forged = anchors.signed(anchors.of_now(tx, AT), other)
        named = Signed(forged.anchor, by.seal.fingerprint, forged.signature)

        problems = anchors.problems(tx, [("a", forged.text), ("b", named.text), ("c", "{}"), ("d", "?")], by.seal)

    assert [each.partition(": ")[2] for each in problems] == [
        "another key signed it",
        "the signature does not fit: the anchor was changed",
        "this is no anchor",
        "this is no anchor",
    ]


def test_anchors_of_a_whole_year_fit(chain: Store, by: Signer, tmp_path: Path) -> None:
    """Each in a file of its own, in the order of time."""
    with chain.read() as tx:
        for day in random.Random(59).sample(range(365), 20):
            made = anchors.signed(anchors.of_now(tx, AT + timedelta(days=day)), by)
            (tmp_path / made.name).write_text(made.text)
        (tmp_path / "notes.txt").write_text("not an anchor")
        found = anchors.of_folder(tmp_path)

        assert anchors.problems(tx, found, by.seal) == []
    times = [anchors.read(text).anchor.made_at for _, text in found]
    assert times == sorted(times)


def test_the_key_is_made_once_for_its_owner_alone_and_only_its_public_half_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "var" / "anchor.pem"
    first = anchor_key.signer(path).seal
    public = tmp_path / "public.pem"
    public.write_bytes(first.pem)

    assert anchor_key.signer(path).seal.fingerprint == first.fingerprint
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"PRIVATE" not in first.pem
    assert anchor_key.seal(public).fingerprint == anchor_key.seal(path).fingerprint == first.fingerprint


def test_a_file_that_holds_no_such_key_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("-----BEGIN PRIVATE KEY-----\nnone\n-----END PRIVATE KEY-----\n")

    for read in (anchor_key.signer, anchor_key.seal):
        with pytest.raises(KeyFault):
            read(wrong)
    with pytest.raises(KeyFault):
        anchor_key.seal(tmp_path / "missing.pem")
