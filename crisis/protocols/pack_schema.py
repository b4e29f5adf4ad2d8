"""The strict shape of a policy pack: what the law of one place says, as values that a decision asks for.

Each value names its source. `checked_on` and `checked_by` stay empty until a person has compared it with the text of
the law; `D` as the source is a default of ours, where the law leaves it open.
"""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from crisis.disclosure_words import LogField
from crisis.privacy_words import NoticeRule
from crisis.protocols.schema import Citation, Strict

DEFAULT = "D"


class Sourced(Strict):
    source: Annotated[str, Field(min_length=1)]  # the key of a citation, or D
    quoted: str | None = None  # the words of the law
    note: str | None = None
    checked_on: Annotated[date | None, Field(strict=False)] = None
    checked_by: str | None = None

    @model_validator(mode="after")
    def checked_whole(self) -> Self:
        if (self.checked_on is None) != (self.checked_by is None):
            raise ValueError("`checked_on` and `checked_by` go together: who compared it with the law, and when")
        return self


class Number(Sourced):
    value: Annotated[int, Field(ge=0, le=400)]


class YesNo(Sourced):
    value: bool


class Notice(Sourced):
    value: Annotated[NoticeRule, Field(strict=False)]


class Names(Sourced):
    value: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]


class LogFields(Sourced):
    value: Annotated[tuple[Annotated[LogField, Field(strict=False)], ...], Field(min_length=1, strict=False)]


class MinorConsent(Sourced):
    """Care that a minor may agree to alone. `min_age` None: at any age, or where the conditions hold."""

    min_age: Annotated[int, Field(ge=0, le=18)] | None
    services: Annotated[tuple[str, ...], Field(strict=False)]
    conditions: Annotated[tuple[str, ...], Field(strict=False)] = ()


class Parameters(Strict):
    """What a place says nothing about is left out, and the floor counts. Ages in years, full."""

    eligible_student_age: Number | None = None  # from then on the rights are the student's
    student_access_age: Number | None = None  # from then on the student has the right to see the record as well
    student_access_grade: Number | None = None  # or from this grade on, whichever comes first
    parent_notice: Notice | None = None  # of care that a minor agreed to
    minor_consent: MinorConsent | None = None
    care_needs_parents: YesNo | None = None  # the school's own mental-health services, outside of an emergency
    record_access_days: Number | None = None  # calendar days from the request to the inspection
    temporary_record_years: Number | None = None  # after leaving
    disclosure_log_fields: Names | None = None  # as the law says it
    disclosure_log_requires: LogFields | None = None  # of these, what a release to somebody else is refused without
    no_access_when: Names | None = None  # court papers that end a parent's access
    breach_notice_hours: Number | None = None
    do_not_volunteer: YesNo | None = None  # whether staff may be told to keep a name to themselves
    privileged_counselor_notes: YesNo | None = None


class PackFile(Strict):
    """`draft`: nobody has answered for it; it counts nowhere until two people of a district have approved it."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,47}$")]
    jurisdiction: Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z]{2})?$")]
    version: Annotated[str, Field(pattern=r"^[0-9]{4}\.[0-9]{1,3}$")]
    title: str
    draft: bool
    effective_from: Annotated[date, Field(strict=False)]
    expires_on: Annotated[date | None, Field(strict=False)]  # the last day on which it counts
    citations: Annotated[tuple[Citation, ...], Field(strict=False)]
    parameters: Parameters
    for_counsel: Annotated[tuple[str, ...], Field(strict=False)] = ()  # what our sources do not settle

    @property
    def values(self) -> dict[str, Sourced]:
        """What it says, by name."""
        said = ((name, getattr(self.parameters, name)) for name in type(self.parameters).model_fields)
        return {name: value for name, value in said if value is not None}

    @property
    def unchecked(self) -> tuple[str, ...]:
        """The values that nobody has compared with the text of the law."""
        return tuple(name for name, value in self.values.items() if value.checked_on is None)

    @model_validator(mode="after")
    def sources_exist(self) -> Self:
        known = {DEFAULT, *(each.key for each in self.citations)}
        lost = [name for name, value in self.values.items() if value.source not in known]
        if lost:
            raise ValueError(f"there is no citation for the source of {', '.join(lost)}; add it to `citations`")
        if self.expires_on is not None and self.expires_on < self.effective_from:
            raise ValueError("`expires_on` is before `effective_from`")
        return self
