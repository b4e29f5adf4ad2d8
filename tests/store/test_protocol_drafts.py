"""A district's drafts: what was typed is kept, nobody overwrites another, and the checker's word is by hash."""

from datetime import timedelta

import pytest

from crisis.checker.check import Finding
from crisis.draft_words import CheckState
from crisis.errors import NotFound, Refused
from crisis.protocols import loader
from crisis.protocols.loader import content_hash
from crisis.store import audit, protocol_checks, protocol_drafts, protocols, roster
from crisis.store.engine import Store
from crisis.store.protocol_drafts import Draft
from crisis.vocabulary import DistrictId, PersonId, ProtocolHash
from tests.store.a_log import AT

HERE, ELSEWHERE = DistrictId("d-1"), DistrictId("d-2")
ANN, BEN = PersonId("p-ann"), PersonId("p-ben")
BUILT_IN = loader.protocol("missing_student")


@pytest.fixture
def place(store: Store) -> Store:
    with store.write() as tx:
        for district, person in ((HERE, ANN), (ELSEWHERE, BEN)):
            roster.add_district(tx, district, district)
            roster.add_person(tx, district, person, ("Given", person), staff=True)
        roster.add_person(tx, HERE, PersonId("p-cat"), ("Given", "Cat"), staff=True)
        protocols.publish(tx, BUILT_IN, AT)
    return store


def begun(place: Store) -> str:
    with place.write() as tx:
        return protocol_drafts.begin(tx, HERE, content_hash(BUILT_IN), by=ANN, at=AT)


def one(place: Store, draft: str) -> Draft:
    with place.read() as tx:
        return protocol_drafts.one(tx, HERE, draft)


def saved(place: Store, draft: str, text: str, seen: int, by: PersonId = ANN) -> int:
    with place.write() as tx:
        return protocol_drafts.save(tx, HERE, draft, text, seen=seen, by=by, at=AT)


def test_a_copy_is_the_published_one_with_a_version_of_its_own_and_nobodys_review(place: Store) -> None:
    draft = one(place, begun(place))
    second = one(place, begun(place))

    copy = protocol_drafts.read(draft.latest.text).protocol
    assert copy is not None
    assert copy.model_copy(update={"version": BUILT_IN.version}) == BUILT_IN
    assert copy.version == f"{BUILT_IN.version[:-1]}{int(BUILT_IN.version[-1]) + 1}"
    assert f"version: {copy.version[:-1]}{int(copy.version[-1]) + 1}" in second.latest.text
    assert draft.latest.hash == content_hash(copy)


def test_what_was_typed_is_kept_also_when_it_is_no_protocol(place: Store) -> None:
    draft = begun(place)
    before = one(place, draft).latest.text

    assert saved(place, draft, "id: [broken\r\n\r\nsteps", 1) == 2
    broken = one(place, draft).latest
    assert saved(place, draft, before, 2) == 3

    assert broken.text == "id: [broken\n\nsteps\n"
    assert broken.hash is None
    assert "line 4" in protocol_drafts.read(broken.text).faults[0]
    with place.read() as tx:
        kept = protocol_drafts.editions(tx, one(place, draft))
    assert [(each.number, each.text) for each in kept] == [(3, before), (2, broken.text), (1, before)]


def test_who_is_slower_overwrites_nobody_and_the_same_text_is_no_saving(place: Store) -> None:
    draft = begun(place)
    saved(place, draft, "first: 1", 1)

    with pytest.raises(Refused, match="Somebody saved this draft while you wrote"):
        saved(place, draft, "second: 1", 1, PersonId("p-cat"))

    assert saved(place, draft, "first: 1", 1) == 2
    assert saved(place, draft, "second: 1", 2, PersonId("p-cat")) == 3
    assert one(place, draft).writers == {ANN, PersonId("p-cat")}


def test_a_review_that_somebody_typed_is_no_review(place: Store) -> None:
    text = one(place, begun(place)).latest.text
    name = text.replace("name: null\n    on: null", "name: A. Clinician\n    on: 2026-10-01", 1)
    assert name != text

    found = protocol_drafts.read(name.replace("expires: null", "expires: 2027-10-01"))

    assert found.protocol is None
    assert "review: leave it empty" in found.faults[0]


def test_a_draft_is_there_for_its_district_alone_until_it_is_thrown_away(place: Store) -> None:
    draft = begun(place)

    with place.read() as tx:
        assert [each.id for each in protocol_drafts.open_ones(tx, HERE)] == [draft]
        assert protocol_drafts.open_ones(tx, ELSEWHERE) == []
        with pytest.raises(NotFound):
            protocol_drafts.one(tx, ELSEWHERE, draft)
    with place.of(ELSEWHERE).write() as tx, pytest.raises(NotFound):
        protocol_drafts.save(tx, ELSEWHERE, draft, "x: 1", seen=1, by=BEN, at=AT)
    with place.write() as tx:
        protocol_drafts.throw_away(tx, HERE, draft, by=ANN, at=AT)
    with place.read() as tx:
        assert protocol_drafts.open_ones(tx, HERE) == []
        told = [each.action for each in audit.of(tx, draft)]
    with pytest.raises(NotFound):
        saved(place, draft, "x: 1", 1)
    assert told == ["protocol draft begun", "protocol draft thrown away"]


def ask(place: Store, text: str, at: timedelta = timedelta(0)) -> CheckState:
    known = protocol_drafts.read(text).protocol
    assert known is not None
    with place.write() as tx:
        return protocol_checks.ask(tx, HERE, known, by=ANN, at=AT + at).state


def test_other_times_and_words_need_no_walk_and_another_shape_waits_for_one(place: Store) -> None:
    text = one(place, begun(place)).latest.text
    longer = text.replace("within: PT5M", "within: PT4M", 1)
    silent = text.replace("within: PT5M", "within: P40D", 1)
    other = text.replace("on_miss: [admin", "on_miss: [nurse, admin", 1)
    assert len({text, longer, silent, other}) == 4

    assert ask(place, longer) is CheckState.HOLDS
    assert ask(place, silent) is CheckState.FAILS
    assert ask(place, other) is CheckState.WAITING
    assert ask(place, other) is CheckState.WAITING
    with place.read() as tx:
        found = protocol_checks.known(tx, HERE, protocol_drafts.hash_of(silent) or ProtocolHash(""))
        assert "silent for 40 days" in found.findings[0].text
        assert not protocol_checks.holds(tx, ELSEWHERE, protocol_drafts.hash_of(longer) or ProtocolHash(""))


def test_a_walk_is_one_processes_until_its_lease_is_over_and_a_late_answer_counts_no_more(place: Store) -> None:
    text = one(place, begun(place)).latest.text.replace("on_miss: [admin", "on_miss: [nurse, admin", 1)
    hashed = protocol_drafts.hash_of(text)
    assert hashed is not None
    ask(place, text)
    later = AT + protocol_checks.LEASE

    with place.write() as tx:
        first = protocol_checks.claim(tx, "first", AT)
        assert first is not None
        assert protocol_checks.claim(tx, "second", AT) is None
        assert protocol_checks.go_on(tx, first, 7, AT)
        assert protocol_checks.known(tx, HERE, hashed).states == 7
        second = protocol_checks.claim(tx, "second", later)
        assert second is not None
        assert not protocol_checks.go_on(tx, first, 9, later)
        protocol_checks.finish(tx, first, 9, (), later)
        assert protocol_checks.known(tx, HERE, hashed).state is CheckState.RUNNING
        protocol_checks.finish(tx, second, 11, (Finding("I-7", "nobody decides", ("it began",)),), later)

    with place.read() as tx:
        found = protocol_checks.known(tx, HERE, hashed)
    assert (found.state, found.states, found.findings[0].story) == (CheckState.FAILS, 11, ("it began",))


def test_a_walk_that_never_ends_is_given_up_and_told(place: Store) -> None:
    text = one(place, begun(place)).latest.text.replace("on_miss: [admin", "on_miss: [nurse, admin", 1)
    ask(place, text)

    with place.write() as tx:
        took = [protocol_checks.claim(tx, "x", AT + n * protocol_checks.LEASE) is not None for n in range(4)]
        found = protocol_checks.known(tx, HERE, protocol_drafts.hash_of(text) or ProtocolHash(""))

    assert took == [True, True, True, False]
    assert "never came to an end" in found.findings[0].text


def test_what_was_found_by_other_rules_is_old_and_can_be_asked_again(
    place: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = one(place, begun(place)).latest.text
    assert ask(place, text) is CheckState.HOLDS
    monkeypatch.setattr(protocol_checks, "rules", lambda: "those of tomorrow")

    with place.read() as tx:
        hashed = protocol_drafts.hash_of(text) or ProtocolHash("")
        assert protocol_checks.known(tx, HERE, hashed).state is CheckState.OLD
        assert not protocol_checks.holds(tx, HERE, hashed)
    assert ask(place, text) is CheckState.HOLDS
