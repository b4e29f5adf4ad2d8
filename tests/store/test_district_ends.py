"""A district leaves: given back whole, destroyed by two, and nothing of it can be read; the others are untouched."""

import hashlib
from contextlib import closing, nullcontext
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from sqlalchemy import inspect, text

from crisis.errors import Refused
from crisis.store import (
    audit,
    disclosures,
    district_ends,
    gone,
    holds,
    inbox,
    kept_records,
    people,
    records_requests,
    remains,
    roster,
    walls,
    whole_district,
)
from crisis.store.district_ends import SHOWN, DistrictEnd
from crisis.store.engine import Store, open_store
from crisis.store.records_requests import Asked
from crisis.store.sqlite import path_of
from crisis.store.tables import INBOX
from tests.factories import DISTRICT, STUDENT
from tests.store.leavers import AT, HERS, LEAD, MOTHER, SHARED, a_key_of_its_own, a_leaver, an_ended_incident
from tests.store.test_destruction import found, whole
from tests.web.district import ELSEWHERE, OFFICER, STRANGER

LATER = AT + timedelta(days=1)
MARKS = {**HERS, **SHARED, "sibling": "Underhill", "staff": "Zqstaff", "school": "School s-1"}


def a_town(store: Store) -> None:
    """Two districts: the one that leaves, with something everywhere, and another with somebody in it."""
    a_leaver(store)
    an_ended_incident(store, student=None)
    with store.write() as tx:
        tx.execute(text("UPDATE person SET family = 'Zqstaff' WHERE id = 'p-counselor'"))
        roster.add_phone(tx, STRANGER, "+16175550199")
        for number, name in (("+16175550148", "hers"), ("+16175550199", "another's")):
            inbox.receive(tx, store.keys, "twilio", f"SM{name}", {"From": number, "Body": "words"}, at=AT)


def given(store: Store, written: list[bytes] | None = None) -> DistrictEnd:
    lines = [] if written is None else written
    with store.of(DISTRICT).write() as tx:
        return district_ends.give_back(tx, store.keys, DISTRICT, lines.append, by=OFFICER, at=LATER)


def refused(store: Store, file: str) -> set[str]:
    with pytest.raises(Refused) as no, store.of(DISTRICT).write() as tx:
        district_ends.ask(tx, store.keys, DISTRICT, file, by=OFFICER, at=LATER)
    return {each.text for each in no.value.reasons}


def ended(store: Store, file: str) -> DistrictEnd:
    with store.of(DISTRICT).write() as tx:
        district_ends.ask(tx, store.keys, DISTRICT, file, by=OFFICER, at=LATER)
    with store.of(DISTRICT).write() as tx:
        return district_ends.confirm(tx, store.keys, DISTRICT, file, by=LEAD, at=LATER)


def others(store: Store) -> dict[str, list[str]]:
    """Every row that is not this district's."""
    with store.read() as tx:
        mine = whole_district.rows_of(tx, DISTRICT)
        theirs = whole_district.rows_of(tx, ELSEWHERE)
        assert {each.name for each in mine} == {each.name for each in theirs}
        return {
            table.name: sorted(map(repr, tx.execute(table.select().where(which)).all()))
            for table, which in theirs.items()
        }


def test_nothing_of_the_district_is_left_and_the_other_is_untouched_pr_65(store: Store) -> None:
    a_town(store)
    lines: list[bytes] = []
    made, before, theirs = given(store, lines), found(store, MARKS), others(store)
    content = b"".join(lines)

    done = ended(store, made.file[:SHOWN])

    assert set(before) == set(MARKS), "each mark was there"
    assert [name for name, mark in MARKS.items() if mark.encode() not in content] == [], "and was given back"
    assert hashlib.sha256(content).hexdigest() == made.file
    assert {each["table"] for each in map(orjson.loads, lines)} >= {"student", "person", "words", "event", "audit"}
    assert found(store, MARKS) == {}
    assert others(store) == theirs
    assert whole(store)
    assert (done.students, done.incidents, done.asked_by, done.confirmed_by) == (2, 2, OFFICER, LEAD)
    assert done.keys is not None
    assert done.keys >= 3
    with store.read() as tx:
        assert audit.verify(tx).ok
        assert disclosures.verify(tx) is None
        assert [each.id for each in district_ends.certificates(tx)] == [made.id]
        assert people.actor(tx, LEAD).posts == frozenset()


@pytest.mark.page
def test_texts_that_came_from_its_telephones_go_and_another_districts_stay(store: Store) -> None:
    a_town(store)
    with store.read() as tx:
        numbers = whole_district.numbers(tx, DISTRICT)

    with store.write() as tx:
        gone = inbox.forget_from(tx, store.keys, numbers, AT)

    with store.read() as tx:
        assert tx.execute(INBOX.select().with_only_columns(INBOX.c.external_id)).scalars().all() == ["SManother's"]
    assert gone == 1


def test_no_byte_of_the_file_holds_a_mark_pr_65(sqlite_url: str, key_file: Path) -> None:
    with closing(open_store(sqlite_url, key_file)) as store:
        a_town(store)
        ended(store, given(store).file[:SHOWN])
        assert store.scrub()

    file = path_of(sqlite_url)
    content = b"".join(each.read_bytes() for each in file.parent.iterdir() if each.name.startswith(file.name))
    assert b"P-Stranger" in content, "this is the database, with whoever is still there"
    assert [name for name, mark in MARKS.items() if mark.encode() in content] == []


@pytest.mark.page
def test_a_hold_an_open_incident_and_who_waits_to_see_a_record_keep_it_pr_66(store: Store) -> None:
    a_town(store)
    with store.write() as tx:
        kept = kept_records.of_subject(tx, DISTRICT, STUDENT, AT)
        holds.place(tx, store.keys, kept, "The case", by=OFFICER, at=AT)
        asked = Asked(student=STUDENT, person=MOTHER, asked_on=AT.date())
        records_requests.record(tx, DISTRICT, asked, by=people.actor(tx, OFFICER), at=AT)
        tx.execute(text("UPDATE incident SET closed_at = NULL, phase = 'follow_up' WHERE student IS NULL"))

    said = refused(store, given(store).file[:SHOWN])

    assert said == {
        "A legal hold stands in this district",
        "An incident of this district is open",
        "Somebody waits to see a record",
    }


@pytest.mark.page
def test_only_what_was_given_back_is_destroyed_by_two_who_have_the_file_pr_64(store: Store) -> None:
    a_town(store)
    nothing = refused(store, "0" * SHOWN)
    old = given(store)
    with store.write() as tx:
        roster.add_phone(tx, MOTHER, "+16175550177")
    late = refused(store, old.file[:SHOWN])
    made = given(store)
    wrong = refused(store, "0" * SHOWN)
    with store.of(DISTRICT).write() as tx:
        district_ends.ask(tx, store.keys, DISTRICT, made.file[:SHOWN].upper(), by=OFFICER, at=LATER)

    with pytest.raises(Refused, match="another person has to do it"), store.of(DISTRICT).write() as tx:
        district_ends.confirm(tx, store.keys, DISTRICT, made.file[:SHOWN], by=OFFICER, at=LATER)
    with store.of(DISTRICT).write() as tx:
        district_ends.withdraw(tx, DISTRICT, by=LEAD, at=LATER)
    with pytest.raises(Refused, match="Nobody has asked"), store.of(DISTRICT).write() as tx:
        district_ends.confirm(tx, store.keys, DISTRICT, made.file[:SHOWN], by=LEAD, at=LATER)

    assert [" ".join(each)[:27] for each in (nothing, late, wrong)] == [
        "Nothing was given back yet:",
        "Something was written since",
        "Type the first 12 digits of",
    ]
    assert found(store, {"mother": SHARED["name of the mother"]})


def test_which_rows_are_a_districts_is_what_the_second_wall_says(store: Store) -> None:
    """A new table is walled and given back, or both tests say so."""
    with store.read() as tx:
        walled = {each for each in inspect(tx).get_table_names() if walls.condition(tx, each) is not None}
        mine = {each.name for each in whole_district.rows_of(tx, DISTRICT)}
        known = {each.name for each in remains.schema_of(tx).sorted_tables}

    assert mine == walled
    assert set(whole_district.STAYS) | set(whole_district.NOT_GIVEN) | whole_district.MOVING <= known


@pytest.mark.page
def test_a_backup_from_before_brings_nothing_back_pr_65(store: Store, key_file: Path, tmp_path: Path) -> None:
    """What has left stands beside the key file; an older database that is put in place is destroyed once more."""
    own = a_key_of_its_own(key_file, tmp_path)
    with closing(open_store(store.url, own)) if store.dialect == "postgresql" else nullcontext(store) as opened:
        opened.keys.path = own
        a_town(opened)
        made = given(opened)
        lines = gone.list_of(opened.keys)
        assert lines is not None
        end = DistrictEnd.__dataclass_fields__
        row = dict.fromkeys(end) | {"id": made.id, "district": DISTRICT, "file": made.file, "content": "c"}
        row |= {"given_by": OFFICER, "given_at": LATER, "asked_by": OFFICER, "asked_at": LATER, "confirmed_by": LEAD}
        row |= {"done_at": LATER, "students": 2, "incidents": 2, "keys": 5, "records": 9, "whole": True}
        lines.write_bytes(b"\n" + orjson.dumps(row))

        with opened.write() as tx:
            again = gone.again(tx, opened.keys, LATER)
            twice = gone.again(tx, opened.keys, LATER)

        assert (again, twice) == (1, 0)
        assert found(opened, MARKS) == {}
        with opened.read() as tx:
            assert [each.confirmed_by for each in district_ends.certificates(tx)] == [LEAD]
        assert gone.write_down(opened) == 0, "it stands there already"
