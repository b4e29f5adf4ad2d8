"""What the reader makes of a OneRoster export, right or wrong."""

import struct
from datetime import date

import pytest

from crisis.store import oneroster_files
from crisis.store.oneroster import AdultRecord, Incoming, Known, StudentRecord, TermRecord, TieRecord, read
from crisis.store.oneroster_files import Fault, Severity
from crisis.vocabulary import Guardian, PhoneKind, Relation, StaffRole
from tests.store.archives import (
    A_DISTRICT,
    A_FAMILY,
    DEMOGRAPHICS,
    ORGS,
    ROLES,
    SESSIONS,
    THEIR_ROLES,
    USERS,
    USERS_1_1,
    a_csv,
    a_zip,
    an_export,
    org,
    role,
    user,
)

TODAY = date(2026, 9, 21)
ANA = StudentRecord(
    given="Ana", family="Silva", preferred_given=None, preferred_family=None, school="s1", grade="09", birth_date=None
)
ROSA = AdultRecord(given="Rosa", family="Silva", staff=False, phones=frozenset({(PhoneKind.MOBILE, "(617) 555-0101")}))
LENA = AdultRecord(
    given="Lena",
    family="Ito",
    staff=True,
    posts=frozenset({(StaffRole.COUNSELOR, "s1")}),
    phones=frozenset({(PhoneKind.UNKNOWN, "617-555-0110")}),
)
TIE = TieRecord(relation=Relation.PARENT, guardian=Guardian.UNKNOWN)


def faults_of(incoming: Incoming) -> list[tuple[str, int | None, Severity]]:
    return [(fault.file, fault.line, fault.severity) for fault in incoming.faults]


def texts_of(incoming: Incoming) -> list[str]:
    return [str(fault) for fault in incoming.faults]


def a_good_file(name: str) -> bytes:
    return {
        "orgs.csv": a_csv(ORGS, A_DISTRICT),
        "users.csv": a_csv(USERS, A_FAMILY),
        "roles.csv": a_csv(ROLES, THEIR_ROLES),
    }[name]


def test_a_right_export_is_read_whole_and_without_a_fault() -> None:
    incoming = read(an_export(), TODAY)

    assert incoming == Incoming(
        version="1.2",
        partial=False,
        schools={"s1": "Harbor High", "s2": "Harbor Middle"},
        students={"k1": ANA},
        adults={"p1": ROSA, "t1": LENA},
        ties={("k1", "p1"): TIE},
    )


def test_a_parent_is_not_a_verified_guardian_but_the_role_guardian_says_so() -> None:
    users = [
        user("p1", "Rosa", "Silva"),
        user("g1", "Joana", "Reis"),
        user("k1", "Ana", "Silva", agentSourcedIds="p1,g1"),
    ]
    roles = [role("p1", "parent"), role("g1", "guardian"), role("k1", "student")]

    incoming = read(an_export(users, roles), TODAY)

    assert incoming.ties == {
        ("k1", "p1"): TieRecord(relation=Relation.PARENT, guardian=Guardian.UNKNOWN),
        ("k1", "g1"): TieRecord(relation=Relation.GUARDIAN, guardian=Guardian.YES),
    }


def test_version_1_1_has_roles_and_organisations_in_the_users_file() -> None:
    users = [
        {
            **user("p1", "Rosa", "Silva", sms="(617) 555-0101", agentSourcedIds="k1"),
            "role": "parent",
            "orgSourcedIds": "s1",
        },
        {**user("k1", "Ana", "Silva", grades="09"), "role": "student", "orgSourcedIds": "s1"},
        {**user("t1", "Lena", "Ito", phone="617-555-0110"), "role": "teacher", "orgSourcedIds": "s1,s2"},
    ]
    files = {"users.csv": a_csv(USERS_1_1, users), "manifest.csv": b"propertyName,value\r\noneroster.version,1.1\r\n"}

    incoming = read(an_export(extra=files, without=["roles.csv"]), TODAY)

    assert incoming.version == "1.1"
    assert incoming.students == {"k1": ANA}
    assert incoming.ties == {("k1", "p1"): TIE}
    assert incoming.adults["t1"].posts == {(StaffRole.TEACHER, "s1"), (StaffRole.TEACHER, "s2")}
    assert incoming.faults == ()


def test_the_password_column_is_never_held() -> None:
    users = [user("t1", "Lena", "Ito", password="hunter2-secret")]

    incoming = read(an_export(users, [role("t1", "teacher")]), TODAY)

    assert "hunter2-secret" not in repr(incoming)
    assert incoming.adults.keys() == {"t1"}


def test_of_demographics_only_the_birth_date_is_taken_pr_45() -> None:
    people = a_csv(DEMOGRAPHICS, [{"sourcedId": "k1", "birthDate": "2011-04-30", "sex": "female", "asian": "true"}])

    incoming = read(an_export(extra={"demographics.csv": people}), TODAY)

    assert incoming.students["k1"].birth_date == date(2011, 4, 30)
    assert "female" not in repr(incoming)


def test_a_byte_order_mark_and_extra_metadata_columns_are_fine() -> None:
    content = a_csv(f"{ORGS},metadata.region", [{**row, "metadata.region": "north"} for row in A_DISTRICT])

    incoming = read(an_export(extra={"orgs.csv": b"\xef\xbb\xbf" + content}), TODAY)

    assert incoming.schools == {"s1": "Harbor High", "s2": "Harbor Middle"}
    assert incoming.faults == ()


def test_terms_are_the_smallest_whole_ones() -> None:
    sessions = [
        {"sourcedId": "y", "title": "Year", "type": "schoolYear", "startDate": "2026-09-01", "endDate": "2027-06-20"},
        {"sourcedId": "f", "title": "Fall", "type": "semester", "startDate": "2026-09-01", "endDate": "2027-01-20"},
        {"sourcedId": "w", "title": "Wrong", "type": "semester", "startDate": "2027-06-20", "endDate": "2027-01-21"},
    ]

    incoming = read(an_export(extra={"academicSessions.csv": a_csv(SESSIONS, sessions)}), TODAY)

    assert incoming.terms == (TermRecord(title="Fall", starts_on=date(2026, 9, 1), ends_on=date(2027, 1, 20)),)
    assert faults_of(incoming) == [("academicSessions.csv", 4, Severity.SKIPPED)]


def test_a_role_that_is_over_or_not_yet_begun_gives_no_post() -> None:
    roles = [
        *THEIR_ROLES,
        role("t1", "principal", "s1", endDate="2026-06-30"),
        role("t1", "teacher", "s2", beginDate="2027-01-01"),
    ]

    incoming = read(an_export(roles=roles), TODAY)

    assert incoming.adults["t1"].posts == {(StaffRole.COUNSELOR, "s1")}


def test_a_file_makes_nobody_a_district_lead() -> None:
    users = [*A_FAMILY, user("a1", "Kim", "Park")]

    incoming = read(an_export(users, [*THEIR_ROLES, role("a1", "districtAdministrator", "d")]), TODAY)

    assert incoming.adults["a1"] == AdultRecord(given="Kim", family="Park", staff=True)
    assert faults_of(incoming) == [("users.csv", 5, Severity.KEPT)]


@pytest.mark.parametrize(
    ("name", "missing"),
    [("users.csv", "givenName"), ("orgs.csv", "type"), ("roles.csv", "userSourcedId")],
)
def test_a_wrong_header_stops_the_import_and_names_the_columns(name: str, missing: str) -> None:
    wrong = a_good_file(name).replace(missing.encode(), missing.upper().encode(), 1)

    incoming = read(an_export(extra={name: wrong}), TODAY)

    assert incoming.stopped
    assert texts_of(incoming) == [
        f"{name}, line 1: Columns are missing: {missing}; names count capital letters, "
        "and the first line must name the columns"
    ]


@pytest.mark.parametrize("name", ["users.csv", "orgs.csv", "roles.csv"])
def test_a_missing_file_stops_the_import(name: str) -> None:
    incoming = read(an_export(without=[name]), TODAY)

    assert incoming.stopped
    assert (name, None, Severity.STOPS) in faults_of(incoming)


def test_without_a_manifest_the_version_is_guessed_and_said() -> None:
    incoming = read(an_export(without=["manifest.csv"]), TODAY)

    assert (incoming.version, incoming.students) == ("1.2", {"k1": ANA})
    assert faults_of(incoming) == [("manifest.csv", None, Severity.KEPT)]


def test_a_version_that_is_not_known_stops_the_import() -> None:
    incoming = read(an_export(extra={"manifest.csv": b"propertyName,value\noneroster.version,2.0\n"}), TODAY)

    assert incoming.stopped


def test_a_row_of_the_wrong_width_is_skipped_with_its_line_and_does_not_count_as_gone() -> None:
    broken = a_good_file("users.csv") + b"k9,,,true,x\r\n"

    incoming = read(an_export(extra={"users.csv": broken}), TODAY)

    assert incoming.students == {"k1": ANA}
    assert incoming.unread == {"k9"}
    assert texts_of(incoming) == [
        "users.csv, line 5: The row has 5 cells, the first line names 22; put text that holds a comma in quotes"
    ]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    users = [user("t1", "Lena", "Ito", identifier="two\nlines"), user("", "No", "Id")]

    incoming = read(an_export(users, [role("t1", "teacher")]), TODAY)

    assert faults_of(incoming) == [("users.csv", 4, Severity.SKIPPED)]


def test_a_quotation_mark_that_is_never_closed_stops_the_import() -> None:
    incoming = read(an_export(extra={"users.csv": a_good_file("users.csv") + b'k2,,,true,"open\r\nk3,,\r\n'}), TODAY)

    assert incoming.stopped
    assert faults_of(incoming)[0] == ("users.csv", 5, Severity.STOPS)


def test_a_row_that_is_not_utf_8_is_skipped_and_its_id_is_remembered() -> None:
    latin = a_csv(USERS, [user("k2", "Zoe", "Munoz")]).splitlines()[1].replace(b"Munoz", "Muñoz".encode("latin-1"))

    incoming = read(an_export(extra={"users.csv": a_good_file("users.csv") + latin + b"\r\n"}), TODAY)

    assert incoming.unread == {"k2"}
    assert faults_of(incoming) == [("users.csv", 5, Severity.SKIPPED)]


def test_another_encoding_stops_the_import() -> None:
    incoming = read(an_export(extra={"orgs.csv": a_good_file("orgs.csv").decode().encode("utf-16")}), TODAY)

    assert incoming.stopped


def test_the_second_row_with_the_same_id_is_skipped() -> None:
    incoming = read(an_export([*A_FAMILY, user("k1", "Other", "Person")]), TODAY)

    assert incoming.students == {"k1": ANA}
    assert texts_of(incoming) == ["users.csv, line 5: sourcedId k1 stands on line 3 already; only that one is read"]


def test_an_unknown_role_is_skipped_and_its_user_does_not_count_as_gone() -> None:
    incoming = read(an_export(roles=[*THEIR_ROLES[:2], role("t1", "wizard")]), TODAY)

    assert incoming.adults.keys() == {"p1"}
    assert incoming.unread == {"t1"}
    assert ("roles.csv", 4, Severity.SKIPPED) in faults_of(incoming)


def test_a_school_whose_parent_is_missing_is_taken_and_reported() -> None:
    incoming = read(an_export(orgs=[*A_DISTRICT, org("s3", "Harbor Elementary", parent="nowhere")]), TODAY)

    assert "s3" in incoming.schools
    assert faults_of(incoming) == [("orgs.csv", 5, Severity.KEPT)]


def test_an_export_without_a_school_is_stopped() -> None:
    incoming = read(an_export(orgs=[org("x", "Office", "department", "gone")]), TODAY)

    assert incoming.stopped


def test_two_districts_in_one_export_are_stopped() -> None:
    incoming = read(an_export(orgs=[*A_DISTRICT, org("d2", "Next", "district", "")]), TODAY)

    assert incoming.stopped


def test_a_date_that_could_be_read_two_ways_is_not_guessed() -> None:
    people = a_csv(DEMOGRAPHICS, [{"sourcedId": "k1", "birthDate": "1/05/2011"}])

    incoming = read(an_export(extra={"demographics.csv": people}), TODAY)

    assert incoming.students == {"k1": ANA}
    assert texts_of(incoming) == [
        "demographics.csv, line 2: birthDate is not a date such as 2026-09-01; taken as unknown"
    ]


def test_a_contact_who_belongs_to_nobody_is_kept_and_reported() -> None:
    users = [*A_FAMILY, user("p9", "Lost", "Aunt")]

    incoming = read(an_export(users, [*THEIR_ROLES, role("p9", "relative")]), TODAY)

    assert "p9" in incoming.adults
    assert texts_of(incoming) == [
        "users.csv, line 5: This contact belongs to no student; name the student in agentSourcedIds"
    ]


def test_an_agent_who_is_not_in_the_export_is_reported() -> None:
    users = [*A_FAMILY[1:], user("p1", "Rosa", "Silva", sms="(617) 555-0101", agentSourcedIds="k1,k77")]

    incoming = read(an_export(users), TODAY)

    assert incoming.ties == {("k1", "p1"): TIE}
    assert faults_of(incoming) == [("users.csv", 4, Severity.KEPT)]


def test_a_delta_row_without_status_is_skipped() -> None:
    when = "2026-09-20T10:00:00Z"
    users = [user("k1", "Ana", "Silva"), user("p1", "Rosa", "Silva", status="tobedeleted", dateLastModified=when)]
    known = Known(schools=frozenset({"s1"}), students={"k1": "s1"}, adults={"p1": ROSA})

    incoming = read(
        an_export(users, [], kind="delta", without=["orgs.csv"], extra={"manifest.csv": DELTA}), TODAY, known
    )

    assert (incoming.partial, incoming.gone, incoming.students) == (True, {"p1"}, {})
    assert faults_of(incoming) == [("users.csv", 2, Severity.SKIPPED)]


DELTA = b"propertyName,value\noneroster.version,1.2\nfile.users,delta\nfile.roles,delta\n"


def test_a_delta_may_point_to_what_is_stored() -> None:
    when = {"status": "active", "dateLastModified": "2026-09-20T10:00:00Z"}
    users = [user("p2", "Joao", "Silva", agentSourcedIds="k1", **when), user("k1", "Ana", "Reis", **when)]
    known = Known(schools=frozenset({"s1"}), students={"k1": "s1"})
    content = an_export(users, [role("p2", "parent", **when)], without=["orgs.csv"], extra={"manifest.csv": DELTA})

    incoming = read(content, TODAY, known)

    assert incoming.students["k1"].school == "s1"
    assert incoming.ties == {("k1", "p2"): TIE}
    assert incoming.faults == ()


def test_files_in_a_folder_and_in_other_letters_are_read_and_reported() -> None:
    files = {f"export/{name.title()}": a_good_file(name) for name in ("users.csv", "orgs.csv", "roles.csv")}

    incoming = read(a_zip(files), TODAY)

    assert incoming.students == {"k1": ANA}
    assert not incoming.stopped
    assert len([fault for fault in incoming.faults if "in a folder" in fault.text]) == 3


def test_the_same_file_in_two_folders_stops_the_import() -> None:
    incoming = read(an_export(extra={"old/users.csv": a_good_file("users.csv")}), TODAY)

    assert incoming.stopped


def test_what_is_no_archive_is_stopped() -> None:
    incoming = read(b"sourcedId,name\n1,2\n", TODAY)

    assert incoming.faults[0] == Fault(
        file="archive",
        line=None,
        severity=Severity.STOPS,
        text="This is not a readable zip archive; export it once more",
    )


def test_a_zip_bomb_is_stopped_whatever_size_it_declares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oneroster_files, "LARGEST_FILE", 100_000)
    bomb = an_export(extra={"users.csv": b"a" * 5_000_000})
    lying = bomb.replace(struct.pack("<L", 5_000_000), struct.pack("<L", 90_000))

    stopped = [read(content, TODAY).stopped for content in (bomb, lying)]

    assert stopped == [True, True]


def test_an_archive_that_is_too_large_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oneroster_files, "LARGEST_ARCHIVE", 100)

    incoming = read(an_export(), TODAY)

    assert faults_of(incoming)[0] == ("archive", None, Severity.STOPS)


def test_a_damaged_file_inside_the_archive_is_stopped() -> None:
    content = bytearray(an_export())
    place = content.index(b"users.csv") + 40
    content[place : place + 20] = bytes(20)

    assert read(bytes(content), TODAY).stopped


def test_unseen_letters_that_turn_a_name_around_are_removed() -> None:
    incoming = read(an_export([user("t1", "Le\u202ena", "Ito\u0007")], [role("t1", "teacher")]), TODAY)

    assert (incoming.adults["t1"].given, incoming.adults["t1"].family) == ("Le na", "Ito")


def test_a_known_malformed_export_is_reported_line_by_line_and_never_raises() -> None:
    files = {
        "manifest.csv": b"propertyName,value\noneroster.version,\nfile.users,\n",
        "orgs.csv": b"sourcedId,status,dataLastModified,name,type,parentSourcedId,,\n1,,,Dept,department,9,,\n",
        "users.csv": b"sourcedId,givenName,familyName,prefferedGivenName,enabledUser\nu1,A,B,,TRUE\n",
        "userprofiles.csv": a_good_file("roles.csv"),
        "roles.csv": a_csv(ROLES, [role("u1", "student", "1", beginDate="1/05/2023")]),
    }

    incoming = read(a_zip(files), TODAY)

    assert texts_of(incoming) == [
        "users.csv, line 1: Column prefferedGivenName is not read; write it preferredGivenName",
        "roles.csv, line 2: beginDate is not a date such as 2026-09-01; taken as unknown",
        "orgs.csv, line 1: There are columns without a name; they are not read",
        "orgs.csv, line 1: Column dataLastModified is not read; write it dateLastModified",
        "orgs.csv, line 2: parentSourcedId 9 is not in the file; add its row. Taken as part of your district",
        "orgs.csv: There is no school in the file; include organisations of type school",
        "users.csv, line 2: The student is at no school of this export; give the student's role a school",
    ]


@pytest.mark.parametrize(
    "column",
    ["counselingNotes", "SUD_notes", "psychotherapyNote", "progress note", "immigrationStatus", "SSN", "religion"],
)
def test_what_may_not_be_kept_stops_the_import_with_its_name_pr_35_pr_45(column: str) -> None:
    """Not read would be too little: whoever exports it by mistake has to know."""
    users = a_csv(f"{USERS},{column}", [{**each, column: "x"} for each in A_FAMILY])

    incoming = read(an_export(extra={"users.csv": users}), TODAY)

    assert incoming.stopped
    assert column in str([(each.text, each.values) for each in incoming.faults])


def test_columns_of_the_standard_are_not_read_and_stop_nothing_pr_45() -> None:
    extra = "sex,hispanicOrLatinoEthnicity,countryOfBirthCode,notes"
    users = a_csv(f"{USERS},{extra}", [dict(each) for each in A_FAMILY])

    assert not read(an_export(extra={"users.csv": users}), TODAY).stopped
