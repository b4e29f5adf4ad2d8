"""A OneRoster archive as sheets of cells, and everything that is wrong with it, with file and line. Pure."""

import csv
import difflib
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MEBIBYTE = 1024 * 1024
LARGEST_ARCHIVE = 64 * MEBIBYTE
LARGEST_FILE = 64 * MEBIBYTE  # unpacked; 300,000 people fit
LARGEST_TOTAL = 128 * MEBIBYTE
MOST_FILES = 200
LONGEST_CELL = 4_000
MOST_FAULTS = 10_000
JOINERS = "\u200c\u200d"  # unseen, but part of how names are written in Persian and in Indic scripts

WANTED = ("manifest.csv", "orgs.csv", "academicSessions.csv", "users.csv", "roles.csv", "demographics.csv")
READ = (
    "sourcedId", "status", "dateLastModified", "name", "type", "parentSourcedId", "title", "startDate", "endDate",
    "enabledUser", "givenName", "familyName", "sms", "phone", "agentSourcedIds", "grades", "preferredGivenName",
    "preferredFamilyName", "primaryOrgSourcedId", "orgSourcedIds", "userSourcedId", "roleType", "role", "beginDate",
    "orgSourcedId", "birthDate",
)  # fmt: skip
# What may not be kept at all (PR-35, PR-45). Whoever exports it by mistake is told; a standard column is only not read.
NEVER_KEPT = re.compile(
    r"(counsel|therap|psycho|progress|treatment|substance|sud)\w*notes?|immigra|visa|citizen|ssn|socialsecurity|religio"
    r"|sexualorientation|genderidentity|transgender|diagnos"
)
NEVER_READ = frozenset({"password"})  # the cell is dropped as the row is read; nothing of ours ever holds it

Progress = Callable[[int, int], None]  # (done, total), for a progress bar


class Severity(StrEnum):
    STOPS = "stops"  # nothing can be imported before this is put right
    SKIPPED = "skipped"  # this row is left out; what is stored about it stays
    KEPT = "kept"  # imported as far as it goes; somebody should look


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`text` says what is wrong and what to do, in a sentence for the person who made the export.

    `values` fill its `%(name)s` places; they hold ids, column names and codes, never names or numbers of people.
    """

    file: str
    line: int | None
    severity: Severity
    text: str
    values: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{where}: {self.text % dict(self.values)}" if self.values else f"{where}: {self.text}"


@dataclass(slots=True)
class Faults:
    """Collects faults up to a limit, so that a broken file of a million rows stays readable."""

    found: list[Fault] = field(default_factory=list)
    left_out: int = 0

    def add(self, file: str, line: int | None, severity: Severity, text: str, **values: str) -> None:
        if len(self.found) < MOST_FAULTS or severity is Severity.STOPS:
            short = tuple((name, value[:80]) for name, value in values.items())
            self.found.append(Fault(file=file, line=line, severity=severity, text=text, values=short))
        else:
            self.left_out += 1


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The readable rows of one file. `unread` are the ids of rows that were there but could not be read."""

    file: str
    columns: frozenset[str]
    rows: tuple[Row, ...]
    unread: frozenset[str] = frozenset()


def unpack(content: bytes, faults: Faults) -> dict[str, bytes]:
    """The files that are needed, by their proper name; bounded whatever the archive claims (zip bombs)."""
    if len(content) > LARGEST_ARCHIVE:
        text = "The archive is larger than %(most)s MiB; export the district's schools in parts"
        faults.add("archive", None, Severity.STOPS, text, most=str(LARGEST_ARCHIVE // MEBIBYTE))
        return {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _members(archive, faults)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, zlib.error, ValueError):
        faults.add("archive", None, Severity.STOPS, "This is not a readable zip archive; export it once more")
        return {}


def _members(archive: zipfile.ZipFile, faults: Faults) -> dict[str, bytes]:
    infos = [info for info in archive.infolist() if not info.is_dir() and "__MACOSX" not in info.filename]
    if len(infos) > MOST_FILES:
        faults.add(
            "archive", None, Severity.STOPS, "There are too many files in the archive; a OneRoster export has 20"
        )
        return {}
    proper = {name.casefold(): name for name in WANTED}
    unpacked: dict[str, bytes] = {}
    for info in infos:
        name = info.filename.replace("\\", "/").rsplit("/", 1)[-1]
        wanted = proper.get(name.casefold())
        if wanted is None:
            continue
        if wanted in unpacked:
            faults.add(wanted, None, Severity.STOPS, "The archive holds this file twice; leave one of them out")
            continue
        _named_well(info.filename, wanted, faults)
        unpacked[wanted] = _bytes_of(archive, info, wanted, LARGEST_TOTAL - sum(map(len, unpacked.values())), faults)
    return unpacked


def _named_well(found: str, wanted: str, faults: Faults) -> None:
    if "/" in found or "\\" in found:
        faults.add(wanted, None, Severity.KEPT, "The file is in a folder; OneRoster wants it at the top of the archive")
    if not found.endswith(wanted):
        faults.add(
            wanted, None, Severity.KEPT, "The file's name is written in other letters; write it %(name)s", name=wanted
        )


def _bytes_of(archive: zipfile.ZipFile, info: zipfile.ZipInfo, wanted: str, room: int, faults: Faults) -> bytes:
    """Reads no more than fits: the size that the archive declares is not believed."""
    if info.flag_bits & 1:
        faults.add(wanted, None, Severity.STOPS, "The file is protected by a password; export it without one")
        return b""
    most = min(LARGEST_FILE, room)
    with archive.open(info) as member:
        content = member.read(most + 1)
    if len(content) > most:
        text = "The file is larger than %(most)s MiB unpacked; export the district's schools in parts"
        faults.add(wanted, None, Severity.STOPS, text, most=str(most // MEBIBYTE))
        return b""
    return content


def sheet(
    file: str, content: bytes, required: tuple[str, ...], faults: Faults, id_column: str = "sourcedId"
) -> Sheet | None:
    """None where the file as a whole cannot be used; that has then been said."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or content.count(0) > len(content) // 4:
        faults.add(file, 1, Severity.STOPS, "The file is not UTF-8; save it as CSV UTF-8")
        return None
    # surrogateescape keeps a row's other cells readable, so that its id is known although its name is not
    lines = _lines(content.decode("utf-8-sig", "surrogateescape"), file, faults)
    _, first = next(lines, (1, []))
    header = [cell.strip() for cell in first]
    if not _header_is_good(file, header, required, faults):
        return None
    kept = {column: place for place, column in enumerate(header) if column and column not in NEVER_READ}
    rows, unread = [], set()
    for line, cells in lines:
        if not any(cells):
            continue
        row = Row(line, {column: cells[place] for column, place in kept.items() if place < len(cells)})
        if _row_is_good(file, row, len(cells), len(header), faults):
            rows.append(Row(line, {column: _clean(cell) for column, cell in row.cells.items()}))
        else:
            unread.add(row[id_column].strip())
    return Sheet(file=file, columns=frozenset(kept), rows=tuple(rows), unread=frozenset(unread - {""}))


def _lines(text: str, file: str, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """Every row with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "end of data" in str(error) or "limit" in str(error):
                # What follows an open quote is lost: to go on would make everybody below it look gone.
                faults.add(file, line, Severity.STOPS, "A quotation mark is opened here and never closed; close it")
                return
            faults.add(
                file, line, Severity.SKIPPED, 'The quotation marks in this row do not match; write "" inside quotes'
            )


def _header_is_good(file: str, header: list[str], required: tuple[str, ...], faults: Faults) -> bool:
    missing = [column for column in required if column not in header]
    if missing:
        text = "Columns are missing: %(columns)s; names count capital letters, and the first line must name the columns"
        faults.add(file, 1, Severity.STOPS, text, columns=", ".join(missing))
        return False
    named = [column for column in header if column]
    unlawful = sorted(column for column in named if NEVER_KEPT.search(re.sub(r"[\W_]", "", column.casefold())))
    if unlawful:
        text = "These columns may not be kept here: %(columns)s; take them out of the export"
        faults.add(file, 1, Severity.STOPS, text, columns=", ".join(unlawful))
        return False
    twice = sorted({column for column in named if named.count(column) > 1})
    if twice:
        faults.add(
            file, 1, Severity.STOPS, "Columns are named twice: %(columns)s; remove one", columns=", ".join(twice)
        )
        return False
    if len(named) < len(header):
        faults.add(file, 1, Severity.KEPT, "There are columns without a name; they are not read")
    for column in named:
        meant = [] if column in READ else difflib.get_close_matches(column, READ, n=1, cutoff=0.9)
        if meant and meant[0] not in named:
            text = "Column %(column)s is not read; write it %(meant)s"
            faults.add(file, 1, Severity.KEPT, text, column=column, meant=meant[0])
    return True


def _row_is_good(file: str, row: Row, width: int, expected: int, faults: Faults) -> bool:
    if width != expected:
        text = "The row has %(found)s cells, the first line names %(expected)s; put text that holds a comma in quotes"
        faults.add(file, row.line, Severity.SKIPPED, text, found=str(width), expected=str(expected))
        return False
    for column, cell in row.cells.items():
        if any("\udc80" <= letter <= "\udcff" for letter in cell):
            faults.add(file, row.line, Severity.SKIPPED, "%(column)s is not UTF-8; save as CSV UTF-8", column=column)
            return False
        if len(cell) > LONGEST_CELL:
            faults.add(file, row.line, Severity.SKIPPED, "%(column)s is far too long; look at this row", column=column)
            return False
    return True


def _clean(cell: str) -> str:
    """Composed, trimmed, and without letters that nobody sees: they can turn a name around on the screen."""
    if cell.isascii() and cell.isprintable():
        return cell.strip()
    visible = (
        letter if letter in JOINERS or unicodedata.category(letter) not in ("Cc", "Cf") else " " for letter in cell
    )
    return " ".join(unicodedata.normalize("NFC", "".join(visible)).split())
