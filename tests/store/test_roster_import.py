"""An export into the roster: seen first, confirmed whole, and nobody is lost by it. On both databases."""

import os
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import SQLModel

from crisis.errors import Refused
from crisis.events import NoteAdded
from crisis.privacy_words import ContactEffect, RestrictionKind
from crisis.statemachine.incident import Incident
from crisis.store import audit, calendars, contacting, incidents, people, restrictions, roster
from crisis.store.engine import Store
from crisis.store.people_tables import PERSON, PHONE, STUDENT, TIE
from crisis.store.restrictions import Entry
from crisis.store.roster import derived_id
from crisis.store.roster_apply import Target
from crisis.store.roster_difference import ChangeKind, Item, Kind, Stored
from crisis.store.roster_import import Confirmation, Preview, confirm, preview, stored
from crisis.store.tables import AUDIT
from crisis.vocabulary import (
    DistrictId,
    Guardian,
    IncidentId,
    Mode,
    PersonId,
    PhoneKind,
    ProtocolHash,
    Relation,
    SchoolId,
    StaffRole,
    StudentId,
    WordsId,
)
from tests.store.archives import (
    A_DISTRICT,
    A_FAMILY,
    DEMOGRAPHICS,
    SESSIONS,
    THEIR_ROLES,
    USERS,
    a_csv,
    an_export,
    org,
    role,
    user,
)

DISTRICT = DistrictId("harbor")
TARGET = Target(district=DISTRICT)
AT = datetime(2026, 9, 21, 15, 0, tzinfo=UTC)
LATER = AT + timedelta(days=1)
ROSTER = Path(
    os.environ.get("CRISIS_TEST_ROSTER")
    or Path(__file__).resolve().parents[3] / "shared" / "data" / "grand-bend-oneroster-1.2.zip"
)
WITH_DELTA = {"manifest.csv": b"propertyName,value\noneroster.version,1.2\nfile.users,delta\nfile.roles,delta\n"}


def person(source_id: str) -> PersonId:
    return PersonId(derived_id("oneroster", DISTRICT, "adult", source_id))


def student(source_id: str) -> StudentId:
    return StudentId(derived_id("oneroster", DISTRICT, "student", source_id))


def school(source_id: str) -> SchoolId:
    return SchoolId(derived_id("oneroster", DISTRICT, "school", source_id))


@pytest.fixture
def district(store: Store) -> Store:
    with store.write() as tx:
        roster.add_district(tx, DISTRICT, "Harbor District")
    return store


def looked_at(store: Store, content: bytes, at: datetime = AT) -> Preview:
    with store.read() as tx:
        return preview(tx, DISTRICT, content, at=at)


def imported(store: Store, content: bytes, at: datetime = AT, *, force: bool = False, accept: str = "") -> Preview:
    seen = looked_at(store, content, at)
    accepted = frozenset(filter(None, [accept]))
    with store.write() as tx:
        return confirm(
            tx, TARGET, content, Confirmation(token=seen.token, force=force, accepted=accepted), at=at, by=None
        )


def changes(seen: Preview) -> set[tuple[Kind, ChangeKind, str]]:
    return {(item.kind, item.change, item.source_id) for item in seen.difference.items}


def many(count: int) -> bytes:
    """Students k0 and on, each with a parent."""
    users = [
        user(f"k{n}", f"Kid{n}", f"Name{n}", primaryOrgSourcedId="s1", agentSourcedIds=f"p{n}") for n in range(count)
    ]
    users += [user(f"p{n}", f"Adult{n}", f"Name{n}", sms=f"617-555-01{n:02}") for n in range(count)]
    roles = [role(f"k{n}", "student") for n in range(count)] + [role(f"p{n}", "parent") for n in range(count)]
    return an_export(users, roles)


def test_a_preview_writes_nothing(district: Store) -> None:
    seen = looked_at(district, an_export())

    assert changes(seen) == {
        (Kind.SCHOOL, ChangeKind.NEW, "s1"),
        (Kind.SCHOOL, ChangeKind.NEW, "s2"),
        (Kind.STUDENT, ChangeKind.NEW, "k1"),
        (Kind.CONTACT, ChangeKind.NEW, "p1"),
        (Kind.STAFF, ChangeKind.NEW, "t1"),
        (Kind.TIE, ChangeKind.NEW, "k1\tp1"),
    }
    with district.read() as tx:
        assert tx.execute(select(func.count()).select_from(PERSON)).scalar_one() == 0


def test_an_import_shows_in_the_views_of_students_families_and_staff(district: Store) -> None:
    imported(district, an_export())

    with district.read() as tx:
        [found] = people.students(tx, school("s1"), "sil an")
        [contact] = people.contacts_of(tx, student("k1"))
        [staff] = people.staff(tx, DISTRICT)
        schools = people.schools(tx, DISTRICT)
    assert (found.id, found.name, found.grade, found.language, found.missing) == (
        student("k1"),
        "Ana Silva",
        "09",
        None,
        False,
    )
    assert contact == people.ContactView(
        person=person("p1"),
        name="Rosa Silva",
        relation=Relation.PARENT,
        guardian=None,
        priority=None,
        phones=("+16175550101",),
        doubtful_phones=(),
        language=None,
        missing=False,
    )
    assert (staff.id, staff.posts, staff.schools, staff.phones) == (
        person("t1"),
        (StaffRole.COUNSELOR,),
        frozenset({school("s1")}),
        ("+16175550110",),
    )
    assert [(each.name, each.hours_checked) for each in schools] == [("Harbor High", False), ("Harbor Middle", False)]


def test_the_same_export_again_changes_nothing(district: Store) -> None:
    imported(district, an_export())

    assert looked_at(district, an_export(), LATER).difference.items == ()


def test_a_preview_is_stale_once_the_roster_has_changed(district: Store) -> None:
    seen = looked_at(district, many(3))
    imported(district, an_export())

    with pytest.raises(Refused), district.write() as tx:
        confirm(tx, TARGET, many(3), Confirmation(token=seen.token), at=AT, by=None)

    with district.read() as tx:
        assert stored(tx, DISTRICT).students.keys() == {"k1"}


def test_a_preview_is_good_for_its_own_file_only(district: Store) -> None:
    seen = looked_at(district, an_export())

    with pytest.raises(Refused), district.write() as tx:
        confirm(tx, TARGET, many(3), Confirmation(token=seen.token), at=AT, by=None)


def test_an_import_that_fails_midway_leaves_nothing_behind(district: Store) -> None:
    seen = looked_at(district, many(10))

    def fail_when_half_done(done: int, total: int) -> None:
        if done > total // 2:
            raise InterruptedError

    with pytest.raises(InterruptedError), district.write() as tx:
        confirm(tx, TARGET, many(10), Confirmation(token=seen.token), at=AT, by=None, progress=fail_when_half_done)

    with district.read() as tx:
        assert stored(tx, DISTRICT) == Stored()


def test_an_export_with_a_fault_that_stops_cannot_be_confirmed(district: Store) -> None:
    content = an_export(without=["orgs.csv"])
    seen = looked_at(district, content)

    with pytest.raises(Refused), district.write() as tx:
        confirm(tx, TARGET, content, Confirmation(token=seen.token, force=True), at=AT, by=None)


def test_who_is_not_in_the_export_is_marked_and_never_deleted(district: Store) -> None:
    imported(district, many(10))

    seen = imported(district, many(9), LATER, force=True)

    assert changes(seen) == {
        (Kind.STUDENT, ChangeKind.VANISHED, "k9"),
        (Kind.CONTACT, ChangeKind.VANISHED, "p9"),
        (Kind.TIE, ChangeKind.VANISHED, "k9\tp9"),
    }
    with district.read() as tx:
        gone = people.student(tx, student("k9"))
        [contact] = people.contacts_of(tx, student("k9"))
        found = people.students(tx, school("s1"), "kid9")
    assert (gone.missing, contact.missing, [each.id for each in found]) == (True, True, [gone.id])


def test_more_than_one_in_twenty_vanishing_is_blocked_unless_a_person_says_that_it_is_so(district: Store) -> None:
    imported(district, many(20))

    one = imported(district, many(19), LATER)
    with pytest.raises(Refused) as refused:
        imported(district, many(17), LATER)
    imported(district, many(17), LATER, force=True)

    assert one.difference.vanishing[Kind.STUDENT] == (1, 20)  # one in twenty exactly is not more
    assert [dict(reason.values)["gone"] for reason in refused.value.reasons] == ["2", "2", "2"]
    with district.read() as tx:
        assert people.student(tx, student("k18")).missing


def test_who_comes_back_is_missing_no_longer(district: Store) -> None:
    imported(district, many(10))
    imported(district, many(9), LATER, force=True)

    seen = imported(district, many(10), LATER)

    assert {(item.source_id, item.fields) for item in seen.difference.items} == {
        ("k9", ("returned",)),
        ("p9", ("returned",)),
        ("k9\tp9", ("returned",)),
    }
    with district.read() as tx:
        assert not people.student(tx, student("k9")).missing


def test_a_row_that_cannot_be_read_makes_nobody_vanish(district: Store) -> None:
    imported(district, many(10))
    users = [user(f"k{n}", f"Kid{n}", f"Name{n}", primaryOrgSourcedId="s1", agentSourcedIds=f"p{n}") for n in range(10)]
    users += [user(f"p{n}", f"Adult{n}", f"Name{n}", sms=f"617-555-01{n:02}") for n in range(10)]
    users[4] = user("k4", "", "")
    roles = [role(f"k{n}", "student") for n in range(10)] + [role(f"p{n}", "parent") for n in range(9)]
    roles.append(role("p9", "wizard"))

    seen = looked_at(district, an_export(users, roles), LATER)

    assert changes(seen) == set()
    assert seen.incoming.unread == {"k4", "p9"}


def test_language_phones_and_guardianship_known_here_survive_an_import(district: Store) -> None:
    imported(district, an_export())
    with district.write() as tx:
        roster.set_language(tx, student("k1"), "pt", at=AT, by=None)
        roster.set_language(tx, person("p1"), "kea", at=AT, by=None)
        roster.add_phone(tx, person("p1"), "508-555-0199", PhoneKind.HOME)
        roster.tie(tx, student("k1"), person("p1"), Relation.FOSTER_PARENT, guardian=Guardian.NO, priority=2)
    moved = [user("p1", "Rosa", "Silva", sms="(617) 555-0102", agentSourcedIds="k1"), *A_FAMILY[1:]]

    imported(district, an_export(moved), LATER)

    with district.read() as tx:
        [contact] = people.contacts_of(tx, student("k1"))
        language = people.student(tx, student("k1")).language
    assert (language, contact.language) == ("pt", "kea")
    assert contact.phones == ("+16175550102", "+15085550199")
    assert (contact.relation, contact.guardian, contact.priority) == (Relation.FOSTER_PARENT, False, 2)


def test_what_a_person_checked_survives_when_the_contact_goes_and_comes_back(district: Store) -> None:
    imported(district, many(10))
    with district.write() as tx:
        roster.tie(tx, student("k9"), person("p9"), Relation.GRANDPARENT, guardian=Guardian.YES)
    imported(district, many(9), LATER, force=True)

    imported(district, many(10), LATER)

    with district.read() as tx:
        [contact] = people.contacts_of(tx, student("k9"))
    assert (contact.relation, contact.guardian, contact.missing) == (Relation.GRANDPARENT, True, False)


def test_a_birth_date_that_is_left_out_is_not_forgotten(district: Store) -> None:
    born = a_csv(DEMOGRAPHICS, [{"sourcedId": "k1", "birthDate": "2011-04-30"}])
    imported(district, an_export(extra={"demographics.csv": born}))

    imported(district, an_export([A_FAMILY[0], {**A_FAMILY[1], "grades": "10"}, A_FAMILY[2]]), LATER)

    with district.read() as tx:
        found = people.student(tx, student("k1"))
    assert (found.grade, found.birth_date) == ("10", date(2011, 4, 30))


def test_an_id_that_carries_another_name_is_held_back_until_somebody_accepts_it(district: Store) -> None:
    imported(district, an_export())
    other = an_export(
        [A_FAMILY[0], user("k1", "Zed", "Quill", primaryOrgSourcedId="s2", agentSourcedIds="t1"), A_FAMILY[2]]
    )

    seen = imported(district, other, LATER)
    with district.read() as tx:
        held = (people.student(tx, student("k1")).name, len(people.contacts_of(tx, student("k1"))))
    imported(district, other, LATER, accept="k1")

    assert [(item.source_id, item.settled_in_source) for item in seen.suspicious] == [("k1", False)]
    assert held == ("Ana Silva", 1)
    with district.read() as tx:
        assert people.student(tx, student("k1")).name == "Zed Quill"


def test_a_marriage_is_a_change_and_not_suspicious(district: Store) -> None:
    imported(district, an_export())

    seen = looked_at(district, an_export([{**A_FAMILY[0], "familyName": "Reis"}, *A_FAMILY[1:]]), LATER)

    assert seen.difference.items == (
        Item(kind=Kind.CONTACT, change=ChangeKind.CHANGED, source_id="p1", fields=("family",)),
    )


def test_a_new_id_for_a_student_who_is_stored_is_suspicious(district: Store) -> None:
    born = a_csv(DEMOGRAPHICS, [{"sourcedId": key, "birthDate": "2011-04-30"} for key in ("k1", "k2")])
    imported(district, an_export(extra={"demographics.csv": born}))
    twice = [*A_FAMILY, user("k2", "ana", "silva", primaryOrgSourcedId="s1")]

    seen = imported(
        district, an_export(twice, [*THEIR_ROLES, role("k2", "student")], extra={"demographics.csv": born}), LATER
    )

    assert [item.source_id for item in seen.suspicious] == ["k2"]
    with district.read() as tx:
        assert stored(tx, DISTRICT).students.keys() == {"k1"}


def test_an_id_that_becomes_an_adult_can_only_be_settled_in_the_source(district: Store) -> None:
    imported(district, an_export())
    switched = an_export(roles=[THEIR_ROLES[0], role("k1", "teacher"), THEIR_ROLES[2]])

    seen = imported(district, switched, LATER, accept="k1", force=True)

    assert [(item.source_id, item.settled_in_source) for item in seen.suspicious] == [("k1", True)]
    with district.read() as tx:
        assert "k1" not in stored(tx, DISTRICT).adults


def test_a_delta_changes_what_it_names_and_nothing_vanishes(district: Store) -> None:
    imported(district, many(10))
    when = {"status": "active", "dateLastModified": "2026-09-21T10:00:00Z"}
    users = [user("k1", "Kid1", "Newname", agentSourcedIds="p1", primaryOrgSourcedId="s1", **when)]
    content = an_export(users, [], without=["orgs.csv"], extra=WITH_DELTA)

    seen = imported(district, content, LATER)

    assert seen.difference.items == (
        Item(kind=Kind.STUDENT, change=ChangeKind.CHANGED, source_id="k1", fields=("family",)),
    )


def a_deletion(*source_ids: str) -> bytes:
    gone = {"status": "tobedeleted", "dateLastModified": "2026-09-21T10:00:00Z"}
    return an_export([user(key, "x", "y", **gone) for key in source_ids], [], without=["orgs.csv"], extra=WITH_DELTA)


def test_a_student_deleted_at_the_source_is_switched_off_but_not_while_an_incident_is_open(district: Store) -> None:
    imported(district, many(12))
    opened = Incident(
        id=IncidentId("i-1"),
        district=DISTRICT,
        school=school("s1"),
        mode=Mode.LIVE,
        crisis_type="suicide",
        protocol="suicide_risk",
        version="1",
        protocol_hash=ProtocolHash("0" * 64),
        student=student("k1"),
        opened_at=AT,
        opened_by=None,
    )
    with district.write() as tx:
        incidents.append(tx, None, opened, [NoteAdded(at=AT, by=None, words=WordsId("w-1"))], at=AT)

    imported(district, a_deletion("k1", "k2"), LATER, force=True)

    with district.read() as tx:
        found = {each.id: each.missing for each in people.students(tx, school("s1"), "kid")}
    assert found[student("k1")]
    assert student("k2") not in found


def test_staff_deleted_at_the_source_lose_their_posts_and_get_them_back(district: Store) -> None:
    imported(district, an_export())

    imported(district, a_deletion("t1"), LATER, force=True)
    with district.read() as tx:
        without = people.actor(tx, person("t1"))
    imported(district, an_export(), LATER)

    assert (without.posts, without.roles) == (frozenset(), frozenset())
    with district.read() as tx:
        assert people.actor(tx, person("t1")).posts == {StaffRole.COUNSELOR}


def test_who_was_switched_off_by_hand_is_not_switched_on_by_an_import(district: Store) -> None:
    imported(district, an_export())
    with district.write() as tx:
        roster.switch_off(tx, person("t1"), at=AT, by=None)
    imported(district, a_deletion("t1"), LATER, force=True)

    imported(district, an_export(), LATER)

    with district.read() as tx:
        assert people.actor(tx, person("t1")).posts == frozenset()


def test_a_post_given_by_hand_survives_when_the_export_takes_another_away(district: Store) -> None:
    imported(district, an_export())
    with district.write() as tx:
        roster.give_post(tx, DISTRICT, person("t1"), StaffRole.DISTRICT_LEAD)

    imported(district, an_export(roles=[*THEIR_ROLES[:2], role("t1", "teacher", "s2")]), LATER)

    with district.read() as tx:
        assert people.actor(tx, person("t1")).posts == {StaffRole.TEACHER, StaffRole.DISTRICT_LEAD}


def test_a_post_given_by_hand_that_the_export_brings_too_is_there_once(district: Store) -> None:
    imported(district, an_export())
    with district.write() as tx:
        roster.give_post(tx, DISTRICT, person("t1"), StaffRole.TEACHER, school("s2"))

    both = an_export(roles=[*THEIR_ROLES, role("t1", "teacher", "s2")])
    imported(district, both, LATER)

    assert looked_at(district, both, LATER).difference.items == ()


def test_a_number_that_cannot_be_dialled_is_kept_and_reported_by_line(district: Store) -> None:
    users = [user("p1", "Rosa", "Silva", sms="(999) 999 9999", agentSourcedIds="k1"), *A_FAMILY[1:]]

    seen = imported(district, an_export(users))

    assert [(fault.file, fault.line) for fault in seen.faults] == [("users.csv", 2)]
    assert "999" not in str(seen.faults)
    with district.read() as tx:
        [contact] = people.contacts_of(tx, student("k1"))
    assert (contact.phones, contact.doubtful_phones) == (("(999) 999 9999",), ("(999) 999 9999",))


def test_terms_come_from_the_export_until_somebody_sets_them_here(district: Store) -> None:
    session = {
        "sourcedId": "y",
        "title": "Year",
        "type": "schoolYear",
        "startDate": "2026-09-01",
        "endDate": "2027-06-20",
    }
    content = an_export(extra={"academicSessions.csv": a_csv(SESSIONS, [session])})
    imported(district, content)
    with district.write() as tx:
        calendars.set_terms(tx, school("s2"), [("Ours", date(2026, 8, 20), date(2027, 6, 1))])

    imported(
        district,
        an_export(orgs=[*A_DISTRICT, org("s3", "New")], extra={"academicSessions.csv": a_csv(SESSIONS, [session])}),
        LATER,
    )

    with district.read() as tx:
        terms = [people.ground(tx, school(key)).calendar.terms for key in ("s1", "s2", "s3")]
    whole_year = ((date(2026, 9, 1), date(2027, 6, 20)),)
    assert terms == [whole_year, ((date(2026, 8, 20), date(2027, 6, 1)),), whole_year]


def test_an_import_is_on_record_with_counts_and_no_names(district: Store) -> None:
    imported(district, an_export())

    with district.read() as tx:
        report = audit.verify(tx)
        [row] = tx.execute(select(AUDIT).where(AUDIT.c.action == "roster imported")).all()
    assert report.ok
    assert (row.subject, '"student new":1' in row.detail, "Silva" in row.detail) == (DISTRICT, True, False)


@pytest.mark.roster
@pytest.mark.skipif(not ROSTER.exists(), reason="the sample district roster is not here; see CRISIS_TEST_ROSTER")
def test_the_sample_district_roster_is_imported_in_seconds(district: Store) -> None:
    content = ROSTER.read_bytes()
    steps: list[tuple[int, int]] = []
    began = time.perf_counter()

    seen = looked_at(district, content)
    with district.write() as tx:
        confirm(
            tx,
            TARGET,
            content,
            Confirmation(token=seen.token),
            at=AT,
            by=None,
            progress=lambda done, total: steps.append((done, total)),
        )

    took = time.perf_counter() - began
    with district.read() as tx:
        counts = [tx.execute(select(func.count()).select_from(table)).scalar_one() for table in (STUDENT, PERSON, TIE)]
        numbers = tx.execute(select(func.count()).select_from(PHONE).where(PHONE.c.number.is_not(None))).scalar_one()
    assert counts == [960, 1873 + 68, 1872]
    assert numbers == 0  # its area codes do not exist
    assert len(seen.faults) == 1731 + 4
    assert steps[-1][0] == steps[-1][1]
    assert steps == sorted(steps)
    assert took < 20


def a_family_of_two(second: str) -> bytes:
    """One student; the second adult has the same name and telephone under whatever id the export gives them."""
    adults = f"p1,{second}"
    users = [
        user("k1", "Ana", "Reis", primaryOrgSourcedId="s1", agentSourcedIds=adults),
        user("p1", "Marta", "Reis", sms="617-555-0111"),
        user(second, "Hugo", "Reis", sms="617-555-0112"),
    ]
    roles = [role("k1", "student"), role("p1", "parent"), role(second, "parent")]
    return an_export(users, roles)


def test_who_comes_back_under_a_new_id_with_the_same_telephone_stays_barred_pr_1(district: Store) -> None:
    imported(district, a_family_of_two("p2"))
    with district.write() as tx:
        roster.add_person(tx, DISTRICT, PersonId("p-staff"), ("Given", "Staff"), staff=True)
        barred = Entry(student=student("k1"), person=person("p2"), kind=RestrictionKind.COURT_ORDER)
        restrictions.enter(tx, barred, by=PersonId("p-staff"), at=AT)

    imported(district, a_family_of_two("p3"), LATER, force=True)

    with district.read() as tx:
        cards = {each.contact.person: each for each in contacting.cards(tx, student("k1"), None, LATER)}
        still = {each.entry.person: each.numbers for each in restrictions.of_student(tx, student("k1"))}
    assert cards[person("p2")].refused  # still on record, as missing
    assert still == {person("p2"): {"+16175550112"}}
    for number, decision in cards[person("p3")].numbers:
        assert (number, decision.effect) == ("+16175550112", ContactEffect.HUMAN)
    assert cards[person("p3")].numbers
    assert [decision.effect for _, decision in cards[person("p1")].numbers] == [ContactEffect.ALLOW_WITH]


def test_what_must_never_be_stored_is_dropped_from_every_file_pr_45(district: Store) -> None:
    """In columns of its own it is refused whole; what the standard carries along is read by nobody."""
    never = {"metadata.immigrationStatus": "CANARY-ONE", "metadata.religion": "CANARY-TWO", "metadata.ssn": "CANARY-3"}
    pupil = user("k1", "Ana", "Reis", primaryOrgSourcedId="s1", pronouns="CANARY-6")
    users = a_csv(USERS, [pupil])
    told = a_csv(",".join([USERS, *never]), [{**pupil, **never}])
    born = {"sourcedId": "k1", "birthDate": "2011-04-30", "countryOfBirthCode": "CANARY-4", "sex": "CANARY-5"}
    demographics = a_csv(f"{DEMOGRAPHICS},countryOfBirthCode", [born])
    files = {"users.csv": users, "demographics.csv": demographics}

    with pytest.raises(Refused):
        imported(district, an_export([], [role("k1", "student")], extra={**files, "users.csv": told}))
    imported(district, an_export([], [role("k1", "student")], extra=files))

    with district.read() as tx:
        tables = [table for table in SQLModel.metadata.sorted_tables if table.name != "canary"]
        stored = str([tx.execute(select(table)).all() for table in tables])
    assert "Reis" in stored
    assert "CANARY" not in stored
