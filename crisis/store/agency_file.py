"""A directory as a table: one agency a line, read whole or refused with every line that is wrong."""

import csv
from collections.abc import Iterator, Mapping
from enum import StrEnum
from io import StringIO
from typing import TypeVar

from crisis.errors import Reason, Refused
from crisis.policy.directory import Entry
from crisis.policy.opening_hours import read_hours
from crisis.readable import is_readable
from crisis.referral_words import AgencyKind, Care, Insurance

COLUMNS = (
    "name",
    "kind",
    "phone",
    "address",
    "how",
    "hours",
    "languages",
    "interpreters",
    "youngest",
    "oldest",
    "care",
    "insurance",
)
_YES_NO = {"": None, "yes": True, "no": False}
Word = TypeVar("Word", bound=StrEnum)


class Unreadable(ValueError):
    """What is wrong with one line, and what to write instead."""


def read_agencies(text: str) -> list[Entry]:
    """Raises `Refused` with each fault and its line; then nothing of the file is to be used. Lists have blanks between.

    Only `name` and `kind` have to be there; an empty place is one that nobody has asked about.
    """
    rows = csv.DictReader(StringIO(text.removeprefix("\ufeff")))
    unknown = [name for name in rows.fieldnames or () if name not in COLUMNS]
    lacking = [name for name in ("name", "kind") if name not in (rows.fieldnames or ())]
    faults = [f"there is no column “{name}”; the columns are {', '.join(COLUMNS)}" for name in unknown]
    faults += [f"the column “{name}” is missing" for name in lacking]
    if faults:
        raise Refused(*(_reason(1, each) for each in faults))
    read = list(_each(rows))
    wrong = [each for each in read if isinstance(each, Reason)]
    if wrong:
        raise Refused(*wrong)
    return [each for each in read if isinstance(each, Entry)]


def _each(rows: "csv.DictReader[str]") -> Iterator[Entry | Reason]:
    while True:
        try:
            row = next(rows, None)
            if row is None:
                return
            yield _entry({name: (row.get(name) or "").strip() for name in COLUMNS})
        except csv.Error:
            yield _reason(rows.line_num, "the quotation marks do not match, or a place is far too long")
            return
        except Unreadable as error:
            yield _reason(rows.line_num, str(error))
        except Refused as error:
            yield _reason(rows.line_num, error.reasons[0].text)


def _reason(line: int, text: str) -> Reason:
    return Reason("DIRECTORY", f"Line {line}: {text}".replace("%", "%%"))


def _entry(row: Mapping[str, str]) -> Entry:
    unreadable = next((name for name in COLUMNS if not is_readable(row[name])), None)
    if unreadable is not None:
        raise Unreadable(f"in {unreadable} is a sign that no keyboard writes")
    if not row["name"]:
        raise Unreadable("an agency needs a name")
    if row["interpreters"] not in _YES_NO:
        raise Unreadable("interpreters is yes, no or empty")
    return Entry(
        name=row["name"],
        kind=_one(AgencyKind, row["kind"]),
        phone=row["phone"] or None,
        address=row["address"] or None,
        how=row["how"] or None,
        hours=read_hours(row["hours"]) if row["hours"] else None,
        languages=frozenset(row["languages"].split()),
        interpreters=_YES_NO[row["interpreters"]],
        youngest=_age(row["youngest"]),
        oldest=_age(row["oldest"]),
        care=frozenset(_one(Care, each) for each in row["care"].split()),
        insurance=frozenset(_one(Insurance, each) for each in row["insurance"].split()),
    )


def _one(kind: type[Word], code: str) -> Word:
    if code not in set(kind):
        raise Unreadable(f"“{code}” is none of {', '.join(kind)}")
    return kind(code)


def _age(text: str) -> int | None:
    if text and not text.isdecimal():
        raise Unreadable("an age is a whole number of years")
    return int(text) if text else None
