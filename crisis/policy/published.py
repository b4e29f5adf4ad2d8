"""Reports about students that are made once for whole school years, when those are over: then never again.

A year that has too little to show anything is told together with the next one. So no two reports have a month in
common, none changes by one student from one day to the next, and nothing follows from their difference (PR-67).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from crisis.policy.small_cells import FEWEST, Case, Row, Table, counted, put_together, tables, tells

SETTLES = timedelta(days=30)  # after the year: what was open then has mostly ended; grades are still those of the year
FIRST_MONTH = 7  # of a school year
SOON = 14  # days within which a referral was accepted without a wait; a design default
UNKNOWN = "unknown"  # a group of its own: nobody has said


class Attribute(StrEnum):
    """By what students are told apart: what the record holds of them, and no more."""

    LANGUAGE = "language"
    GRADE = "grade"
    SCHOOL = "school"
    CARE = "care"  # what they were referred for
    REASON = "reason"  # why it did not come to that


class Measure(StrEnum):
    HOME = "home"
    UNMET = "unmet"
    POLICE = "police"
    ANSWER = "answer"
    BARRIER = "barrier"


OUTCOMES: Mapping[Measure, tuple[str, ...]] = {
    Measure.HOME: ("yes", "no"),
    Measure.UNMET: ("yes", "no"),
    Measure.POLICE: ("yes", "no"),
    Measure.ANSWER: ("soon", "later", "not"),
    Measure.BARRIER: ("not",),
}
EQUITY = (Measure.HOME, Measure.UNMET, Measure.POLICE)  # in the order in which they may only become coarser


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """One student in one period, whatever number of incidents they had. `unmet` None: nothing was wished."""

    language: str | None
    grade: str | None
    school: str
    home: bool
    police: bool
    unmet: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One student who was referred for one kind of care. `days` until somebody accepted, None: nobody did."""

    care: str
    days: int | None
    reason: str | None


def equity(students: Sequence[Student], *, fewest: int = FEWEST) -> list[Table]:
    cases = [
        Case(
            groups={
                Attribute.LANGUAGE.value: each.language or UNKNOWN,
                Attribute.GRADE.value: each.grade or UNKNOWN,
                Attribute.SCHOOL.value: each.school,
            },
            outcomes={measure.value: int(not so) for measure, so in _equity_of(each).items() if so is not None},
        )
        for each in students
    ]
    asked = (Attribute.LANGUAGE, Attribute.GRADE, Attribute.SCHOOL)
    return tables(cases, asked, {each: len(OUTCOMES[each]) for each in EQUITY}, fewest=fewest)


def _equity_of(student: Student) -> dict[Measure, bool | None]:
    return {Measure.HOME: student.home, Measure.UNMET: student.unmet, Measure.POLICE: student.police}


def community(needs: Sequence[Need], *, fewest: int = FEWEST) -> list[Table]:
    """What was needed and how that was answered; and of what was not accepted why, unless the one tells the other."""
    cases = [_case(each) for each in needs]
    answers = tables(cases, [Attribute.CARE], {Measure.ANSWER: len(OUTCOMES[Measure.ANSWER])}, fewest=fewest)
    counts = counted(cases, Attribute.REASON, Measure.BARRIER, 1)
    partition = put_together(counts, tuple(frozenset({each}) for each in sorted(counts)), fewest=fewest)
    support = [each.groups for each in cases if Measure.BARRIER in each.outcomes]
    known = {Attribute.CARE.value: answers[0].partition} if answers else {}
    if not partition or tells(known | {Attribute.REASON.value: partition}, support):
        return answers
    return [*answers, *tables(cases, [Attribute.REASON], {Measure.BARRIER: 1}, fewest=fewest)]


def _case(need: Need) -> Case:
    groups, outcomes = {Attribute.CARE.value: need.care}, {Measure.ANSWER.value: _answer(need.days)}
    if need.days is None:
        groups[Attribute.REASON.value] = need.reason or UNKNOWN
        outcomes[Measure.BARRIER.value] = 0
    return Case(groups=groups, outcomes=outcomes)


def _answer(days: int | None) -> int:
    return 2 if days is None else int(days > SOON)


def years(first: str, today: date) -> Iterator[tuple[str, str]]:
    """The school years that are over and have settled, from that of the month `first`; months as in 2026-07."""
    begins = int(first[:4]) - (int(first[5:]) < FIRST_MONTH)
    while today >= date(begins + 1, FIRST_MONTH, 1) + SETTLES:
        yield f"{begins}-{FIRST_MONTH:02}", f"{begins + 1}-{FIRST_MONTH - 1:02}"
        begins += 1


def next_on(today: date) -> date:
    """When the next report can be made."""
    settled = date(today.year, FIRST_MONTH, 1) + SETTLES
    return settled if today < settled else date(today.year + 1, FIRST_MONTH, 1) + SETTLES


def lines(found: Sequence[Table]) -> list[dict[str, object]]:
    """What is kept and shown of tables: sums alone, and not which groups a row of several has."""
    return [{"attribute": each.attribute, "measure": each.measure, "rows": _rows(each.rows)} for each in found]


def _rows(rows: Sequence[Row]) -> list[list[object]]:
    return [[row.group, *row.counts] for row in rows]
