"""What the law of a place says, as values that a decision asks for; no rule knows a state by name.

The floor is what holds where no pack of the district's own is in force: the federal rules, and where they leave a
question open, what protects the student and never holds up help (`privacy-and-culture.md` 1.0).
"""

from dataclasses import dataclass
from datetime import date

from crisis.disclosure_words import LogField
from crisis.privacy_words import NoticeRule
from crisis.protocols.pack_schema import Number, PackFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """`eligible_student_age` in years: from then on the rights are the student's (34 CFR 99.3, 99.5).

    `student_access_age`, or `student_access_grade` if that comes first: from then on the student may see the record as
    well as the parent (PR-29); None where the law gives them no right of their own. `record_access_days` are calendar
    days. `do_not_volunteer`: whether the record may say that a name is not volunteered to somebody (PR-11).
    `log_fields`: what the state wants in its log (PR-33). `temporary_record_years` after leaving; None: the law says
    nothing, and no record of an incident is destroyed.
    """

    id: str
    version: str
    eligible_student_age: int
    student_access_age: int | None
    parent_notice: NoticeRule
    record_access_days: int
    do_not_volunteer: bool
    log_fields: frozenset[LogField] = frozenset()
    temporary_record_years: int | None = None
    student_access_grade: int | None = None

    def gives_access(self, age: int | None, grade: int | None) -> bool:
        """What nobody recorded gives no right: a person asks."""
        old = age is not None and self.student_access_age is not None and age >= self.student_access_age
        far = grade is not None and self.student_access_grade is not None and grade >= self.student_access_grade
        return old or far


FLOOR = Pack(
    id="us-federal-floor",
    version="2026.1",
    eligible_student_age=18,
    student_access_age=None,
    parent_notice=NoticeRule.PERMITTED,
    record_access_days=45,
    do_not_volunteer=False,
)


def pack_of(file: PackFile) -> Pack:
    """What a file leaves out is the floor's."""
    said = file.parameters
    return Pack(
        id=file.id,
        version=file.version,
        eligible_student_age=_or(said.eligible_student_age, FLOOR.eligible_student_age),
        student_access_age=None if said.student_access_age is None else said.student_access_age.value,
        student_access_grade=None if said.student_access_grade is None else said.student_access_grade.value,
        parent_notice=FLOOR.parent_notice if said.parent_notice is None else said.parent_notice.value,
        record_access_days=_or(said.record_access_days, FLOOR.record_access_days),
        do_not_volunteer=FLOOR.do_not_volunteer if said.do_not_volunteer is None else said.do_not_volunteer.value,
        log_fields=frozenset(() if said.disclosure_log_requires is None else said.disclosure_log_requires.value),
        temporary_record_years=None if said.temporary_record_years is None else said.temporary_record_years.value,
    )


def _or(said: Number | None, floor: int) -> int:
    return floor if said is None else said.value


def counts(file: PackFile, day: date) -> bool:
    """Whether a pack that was approved is in force on a day of the district's schools."""
    return file.effective_from <= day and (file.expires_on is None or day <= file.expires_on)
