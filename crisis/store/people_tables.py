"""Rows of the roster, the rota and the accounts. Nothing here says anything of status, faith, orientation or health."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, Index, Row, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from crisis.ladders import Asks
from crisis.sign_in_words import Browser, System
from crisis.store.columns import UtcTime, enum_text
from crisis.vocabulary import Guardian, PhoneKind, Relation, Role, StaffRole, Urgency

Found = Row[*tuple[object, ...]]  # one row of an answer; its columns are attributes


class DistrictRow(SQLModel, table=True):
    __tablename__ = "district"

    id: str = Field(primary_key=True)
    name: str


class SchoolRow(SQLModel, table=True):
    """`hours_checked`: a person has confirmed zone and bell times; before that they are assumed."""

    __tablename__ = "school"
    __table_args__ = (UniqueConstraint("district", "source_id"),)

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id", index=True)
    source_id: str | None
    name: str
    zone: str
    opens: time
    closes: time
    weekdays: str  # digits, 0 is Monday
    hours_checked: bool
    missing_since: datetime | None = Field(sa_type=UtcTime)


class DayOffRow(SQLModel, table=True):
    __tablename__ = "school_day_off"

    school: str = Field(foreign_key="school.id", primary_key=True)
    day: date = Field(primary_key=True)
    district: str


class EarlyCloseRow(SQLModel, table=True):
    __tablename__ = "school_early_close"

    school: str = Field(foreign_key="school.id", primary_key=True)
    day: date = Field(primary_key=True)
    district: str
    closes: time


class TermRow(SQLModel, table=True):
    __tablename__ = "school_term"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="order"),)

    school: str = Field(foreign_key="school.id", primary_key=True)
    starts_on: date = Field(primary_key=True)
    ends_on: date = Field(primary_key=True)
    district: str
    title: str
    imported: bool


class PersonRow(SQLModel, table=True):
    """An adult: staff, clinician, family contact, or several of these. `language` is BCP 47; None is not known."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("district", "source_id"),)

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id", index=True)
    source_id: str | None
    given: str
    family: str
    staff: bool
    language: str | None
    active: bool
    switched_off_at: datetime | None = Field(sa_type=UtcTime)  # by hand; no import switches on again
    missing_since: datetime | None = Field(sa_type=UtcTime)


class PostRow(SQLModel, table=True):
    """A post at one school, or in the district where `school` is None."""

    __tablename__ = "post"

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id", index=True)
    person: str = Field(foreign_key="person.id", index=True)
    post: StaffRole = Field(sa_type=enum_text(StaffRole))
    school: str | None = Field(foreign_key="school.id", index=True)
    imported: bool


class SkillRow(SQLModel, table=True):
    """What somebody can do or speak: `sign_language`, `language:es`."""

    __tablename__ = "skill"

    person: str = Field(foreign_key="person.id", primary_key=True)
    skill: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id", index=True)


class StudentRow(SQLModel, table=True):
    """`birth_date` serves the rules of age alone."""

    __tablename__ = "student"
    __table_args__ = (UniqueConstraint("district", "source_id"),)

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id", index=True)
    school: str = Field(foreign_key="school.id", index=True)
    source_id: str | None
    given: str
    family: str
    preferred_given: str | None
    preferred_family: str | None
    grade: str | None
    search: str  # the names, folded
    birth_date: date | None
    language: str | None
    active: bool
    missing_since: datetime | None = Field(sa_type=UtcTime)


class TieRow(SQLModel, table=True):
    """What an adult is to a student. `checked`: a person here set guardian and priority; imports leave them."""

    __tablename__ = "relationship"

    student: str = Field(foreign_key="student.id", primary_key=True)
    person: str = Field(foreign_key="person.id", primary_key=True, index=True)
    district: str = Field(index=True)
    relation: Relation = Field(sa_type=enum_text(Relation))
    guardian: Guardian = Field(sa_type=enum_text(Guardian))
    priority: int | None
    checked: bool
    imported: bool
    missing_since: datetime | None = Field(sa_type=UtcTime)


class PhoneRow(SQLModel, table=True):
    """`raw` as it was written, `number` in E.164 where it can be dialled."""

    __tablename__ = "phone"
    __table_args__ = (CheckConstraint("valid = (number IS NOT NULL)", name="valid"),)

    id: str = Field(primary_key=True)
    district: str = Field(index=True)
    person: str = Field(foreign_key="person.id", index=True)
    kind: PhoneKind = Field(sa_type=enum_text(PhoneKind))
    raw: str
    number: str | None = Field(index=True)
    valid: bool
    imported: bool
    position: int


class AccountRow(SQLModel, table=True):
    """`given_until`: somebody else made this passphrase and has seen it, and it is over then; None: its owner's own."""

    __tablename__ = "account"

    person: str = Field(foreign_key="person.id", primary_key=True)
    district: str = Field(index=True)
    username: str = Field(unique=True)
    password_hash: str
    created_at: datetime = Field(sa_type=UtcTime)
    disabled_at: datetime | None = Field(sa_type=UtcTime)
    given_until: datetime | None = Field(sa_type=UtcTime)


class SessionRow(SQLModel, table=True):
    """`digest` is of the token in the cookie, which is stored nowhere; by `id` people end one."""

    __tablename__ = "session"
    __table_args__ = (CheckConstraint("factors IN (1, 2)", name="factors"),)

    digest: str = Field(primary_key=True)
    id: str = Field(unique=True)
    district: str
    person: str = Field(foreign_key="person.id", index=True)
    created_at: datetime = Field(sa_type=UtcTime)
    seen_at: datetime = Field(sa_type=UtcTime)
    idle_seconds: int
    ends_at: datetime = Field(sa_type=UtcTime)
    browser: Browser = Field(sa_type=enum_text(Browser))
    system: System = Field(sa_type=enum_text(System))
    shared: bool
    factors: int
    proved_at: datetime = Field(sa_type=UtcTime)  # when somebody last showed that it is them
    wrong_pins: int  # since it was last unlocked
    provider: str | None  # the sign-in provider that said who they are; None: a passphrase, or a passkey
    provider_session: str | None  # digest of what the provider calls its own session


class TokenRow(SQLModel, table=True):
    __tablename__ = "token"

    id: str = Field(primary_key=True)
    digest: str = Field(unique=True)
    district: str
    person: str = Field(foreign_key="person.id", index=True)
    label: str
    created_at: datetime = Field(sa_type=UtcTime)
    used_at: datetime | None = Field(sa_type=UtcTime)
    revoked_at: datetime | None = Field(sa_type=UtcTime)


class PinRow(SQLModel, table=True):
    """What a person keys in on a telephone. `wrong` counts tries since the last right one."""

    __tablename__ = "pin"
    __table_args__ = (CheckConstraint("wrong >= 0", name="wrong"),)

    person: str = Field(foreign_key="person.id", primary_key=True)
    district: str
    digest: str
    set_at: datetime = Field(sa_type=UtcTime)
    wrong: int
    locked_until: datetime | None = Field(sa_type=UtcTime)


class SignInBudgetRow(SQLModel, table=True):
    """A token bucket for wrong passwords; `key` is a digest of the user name, whether or not it exists."""

    __tablename__ = "sign_in_budget"

    key: str = Field(primary_key=True)
    remaining: float
    at: datetime = Field(sa_type=UtcTime, index=True)


class ShiftRow(SQLModel, table=True):
    """Who is on call; `school` None is the whole district. `starts_at` is in, `ends_at` is out."""

    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        CheckConstraint("level >= 0", name="level"),
        Index("ix_shift_asked", "district", "role", "level", "ends_at"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    school: str | None = Field(foreign_key="school.id")
    role: Role = Field(sa_type=enum_text(Role))
    level: int
    person: str = Field(foreign_key="person.id", index=True)
    starts_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)


class LadderRow(SQLModel, table=True):
    """One level of an escalation ladder; `repeat_alarm` is the ladder's, the same on each of its levels."""

    __tablename__ = "ladder"
    __table_args__ = (CheckConstraint("answer_within > 0 AND repeat_alarm > 0", name="positive"),)

    district: str = Field(foreign_key="district.id", primary_key=True)
    role: Role = Field(sa_type=enum_text(Role), primary_key=True)
    urgency: Urgency = Field(sa_type=enum_text(Urgency), primary_key=True)
    level: int = Field(primary_key=True)
    answer_within: int  # seconds
    repeat_alarm: int  # seconds
    asks: Asks = Field(default=Asks.ROTA, sa_type=enum_text(Asks))
    cadence: str | None = Field(default=None, sa_type=Text)  # JSON, the whole ladder's; None is the urgency's own


_TABLES = SQLModel.metadata.tables
DISTRICT = _TABLES["district"]
SCHOOL = _TABLES["school"]
DAY_OFF = _TABLES["school_day_off"]
EARLY_CLOSE = _TABLES["school_early_close"]
TERM = _TABLES["school_term"]
PERSON = _TABLES["person"]
POST = _TABLES["post"]
STUDENT = _TABLES["student"]
TIE = _TABLES["relationship"]
PHONE = _TABLES["phone"]
SKILL = _TABLES["skill"]
ACCOUNT = _TABLES["account"]
SESSION = _TABLES["session"]
TOKEN = _TABLES["token"]
PIN = _TABLES["pin"]
SIGN_IN_BUDGET = _TABLES["sign_in_budget"]
SHIFT = _TABLES["shift"]
LADDER = _TABLES["ladder"]
