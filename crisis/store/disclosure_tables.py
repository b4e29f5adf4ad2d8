"""Rows of what has left the school, of what was asked for and refused, and of the consents that allow it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from crisis.disclosure_words import DisclosureEffect, DisclosurePurpose, DisclosureWay, SignMethod
from crisis.store.columns import UtcTime, enum_text
from crisis.vocabulary import LegalBasis, StaffRole


class DisclosureRow(SQLModel, table=True):
    """Append-only. Names, threat and counsel are in `words`, sealed under the student, or the incident without one.

    `kinds`, `persons`, `fields` and `rules` are codes and ids with blanks between. `went_out`: false for what was asked
    for and refused. What a person should not have said and did is `went_out` with another effect than `allow`.
    """

    __tablename__ = "disclosure"
    __table_args__ = (
        CheckConstraint("student IS NOT NULL OR incident IS NOT NULL", name="of_somebody"),
        CheckConstraint("NOT went_out OR (basis IS NOT NULL AND purpose IS NOT NULL AND fields <> '')", name="whole"),
        CheckConstraint(
            "NOT went_out OR basis <> 'ferpa_99_36_emergency' OR (decided_by IS NOT NULL AND words IS NOT NULL)",
            name="emergency",
        ),
        Index("ix_disclosure_student", "student", "at"),
        Index("ix_disclosure_incident", "incident"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    student: str | None = Field(foreign_key="student.id")
    incident: str | None = Field(foreign_key="incident.id")
    at: datetime = Field(sa_type=UtcTime)
    way: DisclosureWay = Field(sa_type=enum_text(DisclosureWay))
    effect: DisclosureEffect = Field(sa_type=enum_text(DisclosureEffect))
    went_out: bool
    basis: LegalBasis | None = Field(sa_type=enum_text(LegalBasis))
    purpose: DisclosurePurpose | None = Field(sa_type=enum_text(DisclosurePurpose))
    kinds: str
    persons: str
    fields: str
    rules: str
    pack: str
    words: str | None = Field(foreign_key="words.id")
    consent: str | None = Field(foreign_key="consent.id")
    released_by: str | None = Field(foreign_key="person.id")
    released_as: StaffRole | None = Field(sa_type=enum_text(StaffRole))
    decided_by: str | None = Field(foreign_key="person.id")
    officer: str | None = Field(foreign_key="person.id")
    notice: bool
    ferpa_log: bool
    state_log: bool


class ConsentRow(SQLModel, table=True):
    """A signed consent, whole or not there. Never changed, only taken back: what went out before stays lawful.

    `words` seal the party and who interpreted. `signer` None: the student. `records` are codes with blanks between.
    """

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint("records <> '' AND document <> '' AND language <> ''", name="whole"),
        CheckConstraint("(ended_by IS NULL) = (ended_on IS NULL)", name="ended"),
        CheckConstraint("expires_on IS NULL OR expires_on >= signed_on", name="order"),
        Index("ix_consent_student", "student"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    student: str = Field(foreign_key="student.id")
    records: str
    purpose: DisclosurePurpose = Field(sa_type=enum_text(DisclosurePurpose))
    words: str = Field(foreign_key="words.id")
    signer: str | None = Field(foreign_key="person.id")
    method: SignMethod = Field(sa_type=enum_text(SignMethod))
    document: str
    language: str
    read: bool
    part2: bool
    signed_on: date
    expires_on: date | None
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)
    ended_by: str | None = Field(foreign_key="person.id")
    ended_on: date | None
    ended_at: datetime | None = Field(sa_type=UtcTime)


DISCLOSURE, CONSENT = SQLModel.metadata.tables["disclosure"], SQLModel.metadata.tables["consent"]
