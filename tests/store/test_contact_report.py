"""For which students nobody could be called, by the decision of every call; and a count by hand of a whole roster."""

import csv
import io
from pathlib import Path
from zipfile import ZipFile

import pytest

from crisis.cli_contacts import write_csv
from crisis.privacy_words import RestrictionKind, StudentLack
from crisis.store import contact_report, restrictions, roster
from crisis.store.contact_report import ContactReport, Unready
from crisis.store.engine import Store
from crisis.store.restrictions import Entry
from crisis.store.roster_import import Confirmation, confirm
from crisis.vocabulary import Guardian, PersonId, Relation, SchoolId, StudentId
from tests.factories import DISTRICT, SCHOOL
from tests.store.test_roster_import import AT, ROSTER, TARGET, district, looked_at
from tests.web.district import COUNSELOR, a_district

__all__ = ["district"]  # the fixture


@pytest.fixture
def town(store: Store) -> Store:
    """Students by what is missing of them."""
    a_district(store)
    with store.write() as tx:
        tx.exec_driver_sql("DELETE FROM student")
        for name, number, guardian, language in (
            ("whole", "+16175550301", Guardian.YES, "es"),
            ("mute", None, Guardian.YES, "es"),
            ("unsure", "+16175550302", Guardian.UNKNOWN, None),
            ("barred", "+16175550303", Guardian.YES, "en"),
        ):
            student, adult = StudentId(f"st-{name}"), PersonId(f"p-{name}")
            roster.add_student(tx, (DISTRICT, SCHOOL), student, ("Given", name.title()))
            roster.add_person(tx, DISTRICT, adult, ("Given", name.title()), staff=False, language=language)
            roster.tie(tx, student, adult, Relation.PARENT, guardian=guardian, priority=1)
            if number is not None:
                roster.add_phone(tx, adult, number)
        roster.add_student(tx, (DISTRICT, SCHOOL), StudentId("st-alone"), ("Given", "Alone"))
        entry = Entry(student=StudentId("st-barred"), person=PersonId("p-barred"), kind=RestrictionKind.COURT_ORDER)
        restrictions.enter(tx, entry, by=COUNSELOR, at=AT)
    return store


def test_each_student_of_whom_something_is_missing_is_named_with_what(town: Store) -> None:
    looked: list[tuple[int, int]] = []
    with town.read() as tx:
        found = contact_report.report(tx, DISTRICT, AT, lambda done, of: looked.append((done, of)))

    assert {each.student: each.lacks for each in found.unready} == {
        "st-mute": (StudentLack.NO_NUMBER,),
        "st-unsure": (StudentLack.NO_GUARDIAN, StudentLack.NO_LANGUAGE),
        "st-barred": (StudentLack.NOBODY_TO_CALL,),
        "st-alone": (StudentLack.NO_ADULT,),
    }
    assert (found.students, found.count(StudentLack.NO_NUMBER, SCHOOL)) == (5, 1)
    assert looked[-1] == (5, 5)


@pytest.mark.roster
@pytest.mark.skipif(not ROSTER.exists(), reason="the sample district roster is not here; see CRISIS_TEST_ROSTER")
def test_the_figures_of_a_whole_roster_are_those_of_a_count_by_hand(district: Store) -> None:
    content = ROSTER.read_bytes()
    seen = looked_at(district, content)
    with district.write() as tx:
        confirm(tx, TARGET, content, Confirmation(token=seen.token), at=AT, by=None, progress=lambda _done, _of: None)

    with district.read() as tx:
        found = contact_report.report(tx, TARGET.district, AT)

    with ZipFile(ROSTER) as export, export.open("roles.csv") as file:
        roles = list(csv.DictReader(io.TextIOWrapper(file, "utf-8-sig")))
    with ZipFile(ROSTER) as export, export.open("users.csv") as file:
        agents = {
            row["sourcedId"]: row["agentSourcedIds"] for row in csv.DictReader(io.TextIOWrapper(file, "utf-8-sig"))
        }
    enrolled = {row["userSourcedId"] for row in roles if row["role"] == "student"}
    assert found.students == len(enrolled) == 960
    assert found.count(StudentLack.NO_ADULT) == sum(not agents[student] for student in enrolled)
    for lack in (StudentLack.NO_NUMBER, StudentLack.NO_GUARDIAN, StudentLack.NO_LANGUAGE):
        assert found.count(lack) == 960  # its area codes do not exist, and it says of nobody what they are or speak


def rows_of(name: str) -> list[dict[str, str]]:
    with ZipFile(ROSTER) as export, export.open(name) as file:
        return list(csv.DictReader(io.TextIOWrapper(file, "utf-8-sig")))


def test_an_id_that_a_spreadsheet_would_calculate_is_written_as_text(tmp_path: Path) -> None:
    """ASVS 1.2.10: ids come from another system's export."""
    ids = ["=cmd|' /C calc'!A0", "+1", "-1", "@a", "\t=1", "s-17", 'a "quoted", id']
    unready = tuple(Unready(student=StudentId(each), school=SchoolId("s"), lacks=()) for each in ids)

    write_csv(tmp_path / "out.csv", ContactReport(students=len(ids), unready=unready))

    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        read = [row["student"] for row in csv.DictReader(file)]
    assert read == [*(f"'{each}" for each in ids[:5]), *ids[5:]]
