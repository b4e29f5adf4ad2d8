"""What the law of a place says, as values that a decision asks for; no rule knows a state by name.

The floor is what holds where no pack of the district's own was approved: the federal rules, and where they leave a
question open, what protects the student and never holds up help (`privacy-and-culture.md` 1.0).
"""

from dataclasses import dataclass
from enum import StrEnum


class NoticeRule(StrEnum):
    """What the parents are told of care that a minor agreed to themselves; states disagree (1.3)."""

    REQUIRED = "required"
    PERMITTED = "permitted"
    FORBIDDEN_WITHOUT_MINOR_CONSENT = "forbidden_without_minor_consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """`eligible_student_age` in years: from then on the rights are the student's (34 CFR 99.3, 99.5)."""

    id: str
    version: str
    eligible_student_age: int
    parent_notice: NoticeRule


FLOOR = Pack(id="us-federal-floor", version="2026.1", eligible_student_age=18, parent_notice=NoticeRule.PERMITTED)
