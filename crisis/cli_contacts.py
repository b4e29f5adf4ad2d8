"""`crisis roster staff`, `person`, `contacts`, `wishes`: who is there, for whom nobody could be called, met wishes."""

import csv
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from crisis import clock
from crisis.errors import NotFound, Reason, Refused
from crisis.policy.unmet import FEWEST
from crisis.privacy_words import StudentLack
from crisis.settings import Settings
from crisis.store import audit, contact_report, people, roster, unmet_report
from crisis.store.contact_report import ContactReport
from crisis.store.engine import open_store
from crisis.vocabulary import DistrictId, PersonId, SchoolId, StaffRole

out = Console()
WORDS = {
    StudentLack.NO_ADULT: "no adult on record",
    StudentLack.NO_NUMBER: "no number that can be dialled",
    StudentLack.NOBODY_TO_CALL: "nobody whom one may just call",
    StudentLack.NO_GUARDIAN: "no guardian whom somebody has checked",
    StudentLack.NO_LANGUAGE: "no language on file",
}


def add_to(roster_app: typer.Typer) -> None:
    roster_app.command("staff")(list_staff)
    roster_app.command("person")(add_person)
    roster_app.command("contacts")(show)
    roster_app.command("wishes")(show_wishes)


def list_staff(district: str) -> None:
    """All staff and schools, with the ids that other commands ask for; also who has no post yet."""
    settings, table, places = Settings(), Table(), Table("School")
    for heading in ("id", "name", "posts", "schools"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "id")  # which is copied whole
    places.add_column("id", no_wrap=True)
    with closing(open_store(settings.database_url, settings.key_file, readonly=True)) as store, store.read() as tx:
        schools = {each.id: each.name for each in people.schools(tx, DistrictId(district))}
        for member in people.staff(tx, DistrictId(district)):
            where = sorted(schools.get(each, each) for each in member.schools)
            table.add_row(member.id, member.name, ", ".join(member.posts), ", ".join(where))
        for person, name in people.without_post(tx, DistrictId(district)):
            table.add_row(person, name, "none yet: crisis roster post", "")
    for school, title in schools.items():
        places.add_row(title, school)
    out.print(table, places)


def add_person(
    district: str,
    given: str,
    family: str,
    post: StaffRole,
    *,
    phone: Annotated[str, typer.Option(help="With area code; pages go there.")],
    school: Annotated[str | None, typer.Option(help="None: all of the district.")] = None,
) -> None:
    """Somebody who is in no export of yours, such as an agency's clinician; imports leave them alone. Prints the id."""
    settings, at = Settings(), clock.now()
    with closing(open_store(settings.database_url, settings.key_file)) as store, store.write() as tx:
        person = PersonId(clock.new_id())
        people.district_name(tx, DistrictId(district))  # which is there, or `NotFound`
        known = {each.id for each in people.schools(tx, DistrictId(district))}
        if school is not None and SchoolId(school) not in known:
            raise NotFound
        roster.add_person(tx, DistrictId(district), person, (given, family), staff=True)
        if not roster.add_phone(tx, person, phone):
            raise Refused(Reason("ON-CALL", "This is no number that can be called; write it with its area code"))
        roster.give_post(tx, DistrictId(district), person, post, SchoolId(school) if school else None)
        detail = {"post": post.value, "school": school or "all"}
        audit.record(tx, at=at, actor=None, action="person added", subject=person, detail=detail)
    out.print(person, highlight=False)


def show_wishes(
    district: str, days: Annotated[int, typer.Option(help="How far back, in days.", min=1, max=3650)] = 365
) -> None:
    """How often whoever took a page was whom the family had asked for; in blocks of ten met and ten not, at least."""
    settings = Settings()
    with closing(open_store(settings.database_url, settings.key_file, readonly=True)) as store, store.read() as tx:
        found = unmet_report.report(tx, DistrictId(district), clock.now() - timedelta(days=days))
    table = Table("Wish", "Met", "Not met")
    for each in found:
        shown = (f"fewer than {FEWEST}" if number is None else str(number) for number in (each.met, each.unmet))
        table.add_row(each.wish.replace("_", " "), *shown)
    out.print(table if found else "Nobody has taken a page about which a wish was on record.")


def show(
    district: str,
    file: Annotated[
        Path | None, typer.Option("--csv", help="Write which students, by id, and what is missing of each.")
    ] = None,
) -> None:
    """Whom nobody could be called about, by school. Fails where a student has no adult or no number."""
    settings = Settings()
    with closing(open_store(settings.database_url, settings.key_file, readonly=True)) as store, store.read() as tx:
        with Progress(console=out, transient=True) as bar:
            task = bar.add_task("Looking at each student", total=None)
            found = contact_report.report(
                tx,
                DistrictId(district),
                clock.now(),
                lambda done, of: bar.update(task, completed=done, total=of),
            )
        names = contact_report.school_names(tx, DistrictId(district))
    if file is not None:
        write_csv(file, found)
    _print(found, names)
    if found.count(StudentLack.NO_ADULT) or found.count(StudentLack.NO_NUMBER):
        raise typer.Exit(1)


def write_csv(file: Path, found: ContactReport) -> None:
    with file.open("w", newline="", encoding="utf-8") as written:
        rows = csv.writer(written)
        rows.writerow(["student", "school", *StudentLack])
        for each in found.unready:
            lacks = ("yes" if lack in each.lacks else "" for lack in StudentLack)
            rows.writerow([_no_formula(each.student), _no_formula(each.school), *lacks])


def _no_formula(cell: str) -> str:
    """A spreadsheet calculates what begins so; ids come from another system's export (ASVS 1.2.10)."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\0")) else cell


def _print(found: ContactReport, names: dict[SchoolId, str]) -> None:
    table = Table("What is missing", "Students")
    for school in sorted(names, key=lambda each: names[each]):
        table.add_column(names[school])
    for lack, words in WORDS.items():
        by_school = (str(found.count(lack, school)) for school in sorted(names, key=lambda each: names[each]))
        table.add_row(words, str(found.count(lack)), *by_school)
    out.print(table)
    out.print(f"{found.students - len(found.unready)} of {found.students} students lack nothing.")
