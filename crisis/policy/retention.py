"""How long a record is kept, and why it may not be destroyed today. The longest class wins, and a hold beats all.

What nobody knows never makes it shorter: then it is kept (`privacy-and-culture.md` 3.6; PR-39, PR-66).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from crisis.errors import Reason
from crisis.policy.packs import Pack
from crisis.retention_words import RetentionClass

DAYS = {RetentionClass.TRANSIENT: timedelta(days=30), RetentionClass.DRILL: timedelta(days=90)}
TITLE_IX_YEARS = 7  # 34 CFR 106.45(b)(10)
PREFERENCE_YEARS = 1
DRILL_REVIEW_YEARS = 3  # Michigan keeps the record of a drill so long (`protocols.md` 3, S50e)
LONGEST_AT_SCHOOL = 19  # years: from 3 to 21 inclusive, the most that IDEA gives anybody (34 CFR 300.101)
NO_END_OF_THEIR_OWN = frozenset({RetentionClass.DISCLOSURE})  # they go with the record


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is known of it. Days are of the school's calendar.

    `named`: it is a student's; else of an incident whose student nobody has named. `last_on`: the newest thing in it.
    `left_on` None: still here, or nobody knows when they left. `asked_for`: somebody waits to see it.
    """

    classes: frozenset[RetentionClass]
    last_on: date
    named: bool = True
    enrolled: bool = False
    left_on: date | None = None
    held: bool = False
    asked_for: bool = False
    open: bool = False  # an incident in it is


def free_on(kind: RetentionClass, record: Record, pack: Pack) -> date | None:
    """The first day on which this class keeps it no more; None: not known, or never."""
    match kind:
        case RetentionClass.TRANSIENT | RetentionClass.DRILL:
            return record.last_on + DAYS[kind] + timedelta(days=1)
        case RetentionClass.TITLE_IX:
            return _years_after(record.last_on, TITLE_IX_YEARS)
        case RetentionClass.DRILL_REVIEW:
            return _years_after(record.last_on, DRILL_REVIEW_YEARS)
        case RetentionClass.INCIDENT:
            left = _left_on(record)
            return None if left is None else _years_after(left, pack.temporary_record_years)
        case RetentionClass.PREFERENCES:
            left = _left_on(record)
            return None if left is None else _years_after(left, PREFERENCE_YEARS)
        case RetentionClass.DISCLOSURE | RetentionClass.AUDIT:
            return None


def due_on(record: Record, pack: Pack) -> date | None:
    """The first day on which nothing keeps it any more; None: not known, or never."""
    ends = [free_on(kind, record, pack) for kind in record.classes - NO_END_OF_THEIR_OWN]
    known = [each for each in ends if each is not None]
    return max(known) if known and len(known) == len(ends) else None


def reasons_against(record: Record, pack: Pack, today: date) -> tuple[Reason, ...]:
    """Why it may not be destroyed today; none: it may."""
    found = (*_held_back(record), *_leaving_unknown(record), *_law_silent(record, pack))
    due = due_on(record, pack)
    if due is None and not found:
        return (Reason("PR-66", "Nobody can say until when it has to be kept"),)
    return (*found, Reason("PR-66", "Its time has not come")) if due is not None and today < due else found


def _held_back(record: Record) -> Iterator[Reason]:
    if record.held:
        yield Reason("PR-66", "A legal hold is on it")
    if record.asked_for:
        yield Reason("PR-39", "Somebody has asked to see it and waits for an answer")
    if record.open:
        yield Reason("PR-65", "An incident in it is not closed")


def _leaving_unknown(record: Record) -> Iterator[Reason]:
    if record.named and record.enrolled:
        yield Reason("PR-66", "The student is still at school here")
    elif record.named and record.left_on is None:
        yield Reason("PR-66", "Nobody has written down when the student left")


def _law_silent(record: Record, pack: Pack) -> Iterator[Reason]:
    if RetentionClass.INCIDENT in record.classes and pack.temporary_record_years is None:
        yield Reason("PR-66", "The law in force here does not say for how many years; add that to its pack first")


def _left_on(record: Record) -> date | None:
    """Whose student nobody knows is counted as if they had stayed for as long as anybody can."""
    if not record.named:
        return _years_after(record.last_on, LONGEST_AT_SCHOOL)
    if record.enrolled or record.left_on is None:
        return None
    return max(record.left_on, record.last_on)


def _years_after(day: date, years: int | None) -> date | None:
    """The day after so many full years; 29 February counts on to the first of March."""
    if years is None:
        return None
    later = day + timedelta(days=1)
    try:
        return later.replace(year=later.year + years)
    except ValueError:
        return date(later.year + years, 3, 1)
