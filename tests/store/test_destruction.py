"""Destruction: by two, only when nothing keeps it, and then nothing of it is left; log, chain and ledger verify."""

from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from crisis.access_words import Sight
from crisis.commands import AddNote
from crisis.errors import NotFound, Refused
from crisis.retention_words import DestructionMethod, RetentionClass
from crisis.store import (
    audit,
    destruction,
    disclosures,
    gone,
    holds,
    incidents,
    involved,
    kept_records,
    people,
    queries,
    records_requests,
    remains,
    sealed,
)
from crisis.store.backup import backup, restore
from crisis.store.destruction import Certificate
from crisis.store.engine import Store, open_store
from crisis.store.records_requests import Asked
from crisis.store.sqlite import path_of
from crisis.store.tables import INCIDENT, WORDS
from crisis.submit import submit
from crisis.vocabulary import Mode, WordsId
from tests.factories import DISTRICT, STUDENT
from tests.store.leavers import (
    AT,
    DUE,
    HERS,
    LEAD,
    LEFT,
    MOTHER,
    OVER,
    SHARED,
    a_key_of_its_own,
    a_law,
    a_leaver,
    an_ended_incident,
    asked,
    done,
    kept,
    left,
)
from tests.web.district import COUNSELOR, ELSEWHERE, OFFICER

DAY = timedelta(days=1)
ONE = pytest.mark.page  # asked of one database: what it asks of the store, the others ask of both


def found(store: Store, marks: dict[str, str]) -> dict[str, list[str]]:
    """In which tables each mark stands, in the clear or under a key that opens."""
    with store.read() as tx:
        tables = inspect(tx).get_table_names()
        read = {name: tx.execute(text(f'SELECT * FROM "{name}"')).all() for name in tables}
        rows = {name: " ".join(str(value) for row in all_of for value in row) for name, all_of in read.items()}
        ids = [WordsId(each) for each in tx.execute(select(WORDS.c.id)).scalars()]
        rows["words"] = " ".join(sealed.read(tx, store.keys, ids).values())
    return {
        name: there
        for name, mark in marks.items()
        if (there := [table for table, said in rows.items() if mark.casefold() in said.casefold()])
    }


def whole(store: Store) -> bool:
    with store.read() as tx:
        return audit.verify(tx).ok and disclosures.verify(tx) is None


def test_nothing_of_the_student_is_left_and_the_chain_verifies_pr_65(store: Store) -> None:
    incident = a_leaver(store)
    left(store)
    before, nobodys = found(store, HERS), an_ended_incident(store, student=None)
    waits = asked(store)

    done(store, waits)

    assert set(before) == set(HERS), "each mark was there"
    gone = {name: there for name, there in found(store, HERS).items() if name not in ("place", "note")}
    assert gone == {}
    assert found(store, SHARED), "the mother has another child here"
    assert whole(store)
    with store.read() as tx:
        assert tx.execute(select(WORDS.c.id).where(WORDS.c.subject == incident, WORDS.c.sealed != b"")).all() == []
        assert tx.execute(select(WORDS.c.id).where(WORDS.c.subject == nobodys, WORDS.c.sealed != b"")).all() != []
        assert incidents.refold(tx, incident).id == incident


def test_no_byte_of_the_file_holds_a_mark_pr_65(sqlite_url: str, key_file: Path) -> None:
    with closing(open_store(sqlite_url, key_file)) as store:
        a_leaver(store)
        left(store)
        done(store, asked(store))

    file = path_of(sqlite_url)
    content = b"".join(each.read_bytes() for each in file.parent.iterdir() if each.name.startswith(file.name))
    assert b"Underhill" in content, "this is the database, with whoever is still there"
    assert [name for name, mark in HERS.items() if mark.encode() in content] == []


@ONE
def test_the_certificate_says_what_when_by_which_class_by_whom_and_how_and_no_name_pr_65(store: Store) -> None:
    incident = a_leaver(store)
    left(store)
    waits = asked(store)
    done(store, waits)

    with store.read() as tx:
        made = destruction.certificate(tx, DISTRICT, waits)
        every = destruction.certificates(tx, DISTRICT)
        [entry] = [each for each in audit.of(tx, waits) if each.action == "record destroyed"]
        with pytest.raises(NotFound):
            destruction.certificate(tx, ELSEWHERE, waits)

    assert replace(made, records=0) == Certificate(
        id=waits,
        subject=STUDENT,
        of_student=True,
        incidents=1,
        keys=2,
        records=0,
        classes=(RetentionClass.DISCLOSURE, RetentionClass.INCIDENT, RetentionClass.PREFERENCES),
        due_on=DUE,
        pack="us-ma 2026.1",
        method=DestructionMethod.KEYS_AND_ROWS,
        told_on=LEFT,
        asked_by=OFFICER,
        asked_at=OVER,
        confirmed_by=LEAD,
        done_at=OVER,
    )
    assert made.records > 15
    assert every == [made]
    assert (entry.actor, entry.at) == (LEAD, OVER)
    assert incident not in str(made)


def test_student_and_incident_are_there_for_nobody_any_more_pr_65(store: Store) -> None:
    incident = a_leaver(store)
    left(store)
    with store.read() as tx:
        actors = [people.actor(tx, person) for person in (OFFICER, LEAD, COUNSELOR)]
        before = [queries.sight_of(tx, each, incidents.load(tx, incident), OVER) for each in actors]

    done(store, asked(store))

    with store.read() as tx:
        for actor in actors:
            assert queries.sight_of(tx, actor, incidents.load(tx, incident), OVER) is Sight.NOTHING
            seen = involved.seen_by(actor, OVER, Sight.STATUS)
            assert tx.execute(select(INCIDENT.c.id).where(seen, INCIDENT.c.id == incident)).all() == []
        for gone in (lambda: people.student(tx, STUDENT), lambda: kept_records.of_subject(tx, DISTRICT, STUDENT, OVER)):
            with pytest.raises(NotFound):
                gone()
        assert kept_records.of_district(tx, DISTRICT, OVER) == []
    assert before == [Sight.WHOLE] * 3
    with pytest.raises(NotFound):
        submit(store, incident, AddNote(by=actors[2], words=WordsId("w-late")), at=OVER)


@ONE
def test_the_same_person_cannot_do_what_they_asked_for_pr_65(store: Store) -> None:
    a_leaver(store)
    left(store)
    waits = asked(store)

    with pytest.raises(Refused) as refusal:
        done(store, waits, by=OFFICER)

    assert [each.rule for each in refusal.value.reasons] == ["PR-65"]
    with pytest.raises(IntegrityError), store.write() as tx:
        tx.execute(text("UPDATE destruction SET confirmed_by = asked_by"))
    assert set(found(store, HERS)) == set(HERS)


def test_what_keeps_it_is_asked_again_when_it_is_done_pr_66_pr_39(store: Store) -> None:
    """A hold, and a request to see the record, that came in between."""
    a_leaver(store)
    left(store)
    waits = asked(store)
    with store.write() as tx:
        hold = holds.place(tx, store.keys, kept(store), "Order of the court, 7 of 2034", by=OFFICER, at=OVER)
        mother = Asked(student=STUDENT, person=MOTHER, asked_on=LEFT)
        records_requests.record(tx, DISTRICT, mother, by=people.actor(tx, OFFICER), at=OVER)

    with pytest.raises(Refused) as refusal:
        done(store, waits)

    assert [each.rule for each in refusal.value.reasons] == ["PR-66", "PR-39"]
    assert set(found(store, HERS)) == set(HERS)
    with store.read() as tx:
        assert [each.id for each in holds.of_record(tx, store.keys, kept(store))] == [hold]


@ONE
def test_a_day_too_early_without_a_law_or_a_day_of_leaving_nothing_is_destroyed_pr_66(store: Store) -> None:
    a_leaver(store, law=None)
    unknown = kept(store).reasons
    left(store)
    no_law = kept(store).reasons
    a_law(store, "us-ma")

    assert [each.rule for each in unknown] == ["PR-66", "PR-66"]
    assert [each.text for each in no_law] == [unknown[1].text]
    assert [each.text for each in kept(store, at=OVER - DAY).reasons] == ["Its time has not come"]
    assert (kept(store).reasons, kept(store).due_on) == ((), DUE)
    with pytest.raises(Refused):
        asked(store, at=OVER - DAY)
    for told_on in (None, date(2034, 7, 2)):
        with pytest.raises(Refused):
            asked(store, told_on=told_on)


@ONE
def test_an_incident_of_nobody_ends_after_as_long_as_anybody_can_be_at_school(store: Store) -> None:
    a_leaver(store)
    nobodys = an_ended_incident(store, student=None)
    over = AT.replace(year=2053)
    early = kept(store, nobodys).reasons

    done(store, asked(store, nobodys, over, None), over)

    assert [each.text for each in early] == ["Its time has not come"]
    with store.read() as tx:
        made = destruction.certificates(tx, DISTRICT)
    assert [(each.of_student, each.incidents, each.keys) for each in made] == [(False, 1, 1)]
    assert whole(store)


@ONE
def test_a_request_can_be_taken_back_and_made_again(store: Store) -> None:
    a_leaver(store)
    left(store)
    waits = asked(store)
    with pytest.raises(Refused):
        asked(store)
    with store.write() as tx:
        destruction.withdraw(tx, DISTRICT, waits, by=LEAD, at=OVER)
        assert destruction.waiting(tx, DISTRICT) == []
    with pytest.raises(NotFound):
        done(store, waits)

    assert asked(store) != waits


@ONE
def test_whoever_is_at_school_is_in_no_list_and_has_no_day_of_leaving(store: Store) -> None:
    a_leaver(store)
    with store.write() as tx:
        tx.execute(text("UPDATE student SET active = :yes"), {"yes": True})

    with store.read() as tx:
        assert kept_records.of_district(tx, DISTRICT, OVER) == []
    assert kept(store).reasons[0].text == "The student is still at school here"
    with pytest.raises(Refused):
        left(store)


@ONE
def test_drills_are_no_record_of_a_student_and_end_after_ninety_days(store: Store) -> None:
    a_leaver(store)
    drill = an_ended_incident(store, student=None, mode=Mode.DRILL)

    with store.read() as tx:
        listed = [each.subject for each in kept_records.of_district(tx, DISTRICT, OVER)]
        [ended] = kept_records.drills(tx, DISTRICT, OVER)

    assert drill not in listed
    assert (ended.subject, ended.due_on) == (drill, date(2027, 1, 5))


def test_each_table_that_stays_is_there_and_has_a_reason(store: Store) -> None:
    with store.read() as tx:
        assert set(remains.STAYS) <= set(inspect(tx).get_table_names())
    assert all(remains.STAYS.values())


def test_a_backup_from_before_brings_nothing_back_pr_65(sqlite_url: str, key_file: Path, tmp_path: Path) -> None:
    """Beside the key stands what was destroyed; the list is read by whoever restores."""
    own = a_key_of_its_own(key_file, tmp_path)
    with closing(open_store(sqlite_url, own)) as store:
        a_leaver(store)
        left(store)
        backup(store, tmp_path / "backup", OVER)
        waits = asked(store)
        done(store, waits)
        first, second = gone.write_down(store), gone.write_down(store)

    listed = own.with_name("own.json.destroyed")
    restored = restore(tmp_path / "backup", sqlite_url, own, OVER + DAY)

    assert (first, second, restored.gone_again) == (1, 0, 1)
    assert listed.stat().st_mode & 0o077 == 0
    assert [name for name, mark in (HERS | SHARED).items() if mark in listed.read_text()] == []
    with closing(open_store(sqlite_url, own)) as store:
        assert found(store, HERS) == {}
        assert whole(store)
        with store.read() as tx:
            assert destruction.certificate(tx, DISTRICT, waits).confirmed_by == LEAD
        assert gone.write_down(store) == 0


def test_a_list_that_was_cut_off_loses_its_last_line_alone_and_gets_it_again(
    sqlite_url: str, key_file: Path, tmp_path: Path
) -> None:
    own = a_key_of_its_own(key_file, tmp_path)
    with closing(open_store(sqlite_url, own)) as store:
        a_leaver(store)
        left(store)
        done(store, asked(store))
        gone.write_down(store)
        listed = own.with_name("own.json.destroyed")
        line = listed.read_bytes()
        listed.write_bytes(line[: len(line) // 2])

        assert gone.write_down(store) == 1
        assert listed.read_bytes() == line[: len(line) // 2] + line
        assert gone.write_down(store) == 0
