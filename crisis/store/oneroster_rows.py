"""The small files of a OneRoster export: the manifest, organisations, roles, birth dates and terms. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from crisis.store.oneroster_files import Faults, Row, Severity, Sheet, sheet

STUDENT = "student"
FAMILY = frozenset({"parent", "guardian", "relative"})
STAFF = frozenset({"teacher", "aide", "proctor", "counselor", "principal", "siteAdministrator"})
OFFICE = frozenset({"administrator", "districtAdministrator", "systemAdministrator"})
ROLES = FAMILY | STAFF | OFFICE | {STUDENT}
ORG_KINDS = frozenset({"department", "school", "district", "local", "state", "national"})
DELETED = "tobedeleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Orgs:
    """Schools by id with their names, the ids of the districts, and every id that was there."""

    schools: Mapping[str, str]
    districts: frozenset[str]
    all: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A role that a user holds now."""

    role: str
    org: str
    primary: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRecord:
    title: str
    starts_on: date
    ends_on: date


def once(found: Sheet, partial: bool, faults: Faults) -> Iterator[Row]:
    """The rows that have an id of their own and, in a delta, say what became of them."""
    first: dict[str, int] = {}
    for row in found.rows:
        source_id, status = row["sourcedId"], row["status"]
        if not source_id:
            faults.add(found.file, row.line, Severity.SKIPPED, "The row has no sourcedId; give it one")
        elif source_id in first:
            text = "sourcedId %(id)s stands on line %(first)s already; only that one is read"
            faults.add(found.file, row.line, Severity.SKIPPED, text, id=source_id, first=str(first[source_id]))
        elif status not in ("", "active", "inactive", DELETED):
            text = "Status %(status)s is not known; write active or tobedeleted"
            faults.add(found.file, row.line, Severity.SKIPPED, text, status=status)
        elif partial and not (status and row["dateLastModified"]):
            text = "A delta export needs status and dateLastModified in every row; fill them, or export in bulk"
            faults.add(found.file, row.line, Severity.SKIPPED, text)
        else:
            first[source_id] = row.line
            yield row
            continue
        first.setdefault(source_id, row.line)


def manifest(files: Mapping[str, bytes], faults: Faults) -> dict[str, str]:
    if "manifest.csv" not in files:
        text = "The file is missing; the version is guessed from the columns, and the export is taken as bulk"
        faults.add("manifest.csv", None, Severity.KEPT, text)
        return {}
    found = sheet("manifest.csv", files["manifest.csv"], ("propertyName", "value"), faults, id_column="propertyName")
    said = {row["propertyName"]: row["value"] for row in found.rows} if found is not None else {}
    version = said.get("oneroster.version", "")
    if version and version not in ("1.1", "1.2"):
        text = "OneRoster %(version)s is not known here; export version 1.1 or 1.2"
        faults.add("manifest.csv", None, Severity.STOPS, text, version=version)
    for file in ("orgs", "users", "roles"):
        if said.get(f"file.{file}") in ("bulk", "delta") and f"{file}.csv" not in files:
            text = "The manifest announces the file, but it is not in the archive; export it too"
            faults.add(f"{file}.csv", None, Severity.STOPS, text)
    return said


def orgs(found: Sheet, partial: bool, faults: Faults) -> Orgs:
    rows = [row for row in once(found, partial, faults) if row["status"] != DELETED]
    everything = frozenset(row["sourcedId"] for row in rows)
    districts = frozenset(row["sourcedId"] for row in rows if row["type"] == "district")
    schools: dict[str, str] = {}
    for row in rows:
        if row["type"] not in ORG_KINDS:
            text = "Type %(type)s is not known; write school or district"
            faults.add(found.file, row.line, Severity.SKIPPED, text, type=row["type"])
            continue
        if row["type"] == "school" and row["name"]:
            schools[row["sourcedId"]] = row["name"]
        elif row["type"] == "school":
            faults.add(found.file, row.line, Severity.SKIPPED, "The school has no name; fill in its name")
        parent = row["parentSourcedId"]
        if parent and parent not in everything:
            text = "parentSourcedId %(id)s is not in the file; add its row. Taken as part of your district"
            faults.add(found.file, row.line, Severity.KEPT, text, id=parent)
    if len(districts) > 1:
        text = "The file holds %(count)s districts; export one district at a time"
        faults.add(found.file, None, Severity.STOPS, text, count=str(len(districts)))
    if not schools and not partial:
        faults.add(
            found.file, None, Severity.STOPS, "There is no school in the file; include organisations of type school"
        )
    return Orgs(schools=schools, districts=districts, all=everything)


def roles(found: Sheet, on: date, partial: bool, faults: Faults) -> dict[str, list[Holding]]:
    """Version 1.2: a file of its own. Roles that are over or not yet begun are left out."""
    held: dict[str, list[Holding]] = defaultdict(list)
    unknown: set[str] = set()
    for row in once(found, partial, faults):
        now = held[row["userSourcedId"]]  # also where it stays empty: whose roles are over is not a row misread
        begin = day(found.file, row, "beginDate", faults)
        end = day(found.file, row, "endDate", faults)
        if row["status"] == DELETED or (begin is not None and begin > on) or (end is not None and end < on):
            continue
        if not known_role(found.file, row, faults):
            unknown.add(row["userSourcedId"])
        else:
            primary = row["roleType"] != "secondary"
            now.append(Holding(role=row["role"], org=row["orgSourcedId"], primary=primary))
    return {user: holdings for user, holdings in held.items() if holdings or user not in unknown}


def roles_in_users(found: Sheet, faults: Faults) -> dict[str, list[Holding]]:
    """Version 1.1: a user has one role at each of their organisations."""
    return {
        row["sourcedId"]: [
            Holding(role=row["role"], org=org, primary=place == 0)
            for place, org in enumerate(ids(row["orgSourcedIds"]) or [""])
        ]
        for row in found.rows
        if known_role(found.file, row, faults)
    }


def known_role(file: str, row: Row, faults: Faults) -> bool:
    if row["role"] in ROLES:
        return True
    text = "Role %(role)s is not known; write one of student, parent, guardian, relative, teacher, counselor, principal"
    faults.add(file, row.line, Severity.SKIPPED, text, role=row["role"])
    return False


def births(files: Mapping[str, bytes], faults: Faults) -> dict[str, date]:
    """Only the date of birth is taken: it decides who may consent. The rest of the file is never looked at."""
    if "demographics.csv" not in files:
        return {}
    aside = Faults()
    found = sheet("demographics.csv", files["demographics.csv"], ("sourcedId", "birthDate"), aside)
    for fault in aside.found:
        # Without birth dates the roster still works, so that nothing here stops the import.
        severity = Severity.SKIPPED if fault.severity is Severity.STOPS else fault.severity
        faults.add(fault.file, fault.line, severity, fault.text, **dict(fault.values))
    read = ((row, day("demographics.csv", row, "birthDate", faults)) for row in (found.rows if found else ()))
    return {row["sourcedId"]: born for row, born in read if born is not None}


def terms(files: Mapping[str, bytes], faults: Faults) -> tuple[TermRecord, ...]:
    """The smallest whole terms; where there are none, the school year."""
    if "academicSessions.csv" not in files:
        return ()
    name, required = "academicSessions.csv", ("sourcedId", "title", "type", "startDate", "endDate")
    found = sheet(name, files[name], required, faults)
    by_type: dict[str, list[TermRecord]] = defaultdict(list)
    for row in found.rows if found is not None else ():
        starts, ends = day(name, row, "startDate", faults), day(name, row, "endDate", faults)
        if row["status"] == DELETED or starts is None or ends is None:
            continue
        if starts > ends:
            faults.add(name, row.line, Severity.SKIPPED, "startDate is after endDate; correct one of them")
            continue
        by_type[row["type"]].append(TermRecord(title=row["title"], starts_on=starts, ends_on=ends))
    chosen = by_type["term"] or by_type["semester"] or by_type["schoolYear"]
    return tuple(sorted(chosen, key=lambda term: (term.starts_on, term.ends_on)))


def ids(cell: str) -> list[str]:
    """A list in one cell, in order, each id once."""
    return list(dict.fromkeys(part.strip() for part in cell.split(",") if part.strip()))


def day(file: str, row: Row, column: str, faults: Faults) -> date | None:
    """An ISO date; any other way of writing is not guessed at: 1/05 is January or May."""
    written = row[column]
    if not written:
        return None
    try:
        return date.fromisoformat(written[:10]) if len(written) != 8 else _refused_day(written)
    except ValueError:
        text = "%(column)s is not a date such as 2026-09-01; taken as unknown"
        faults.add(file, row.line, Severity.KEPT, text, column=column)
        return None


def _refused_day(written: str) -> date:
    raise ValueError(written)  # 20260901, which OneRoster does not allow
