"""Rows of drills: what is planned and with whom, its runs, its script, what came of it. No column names a student."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from crisis.drill_words import AlertMethod, Capability, DrillDuty, DrillEnd, DrillState, DrillType, Situation
from crisis.policy.drilling import Speaker
from crisis.store.columns import UtcTime, enum_text
from crisis.vocabulary import AttemptOutcome, Mode

_NOT_YET = "state IN ('planned', 'called_off')"


class DrillRow(SQLModel, table=True):
    """`scenario` and `accommodations` are sealed words. `support` is who of behavioral health is there.

    `ahead`: by how many minutes the clock of a tabletop was put on. `protective_at`: when the students were safe, as
    far as the drill plays that; `accounted_at`: when it was known of everybody where they are.
    Of a reach test: how many were `asked` and `reached`, and after how many seconds half of them had answered.
    """

    __tablename__ = "drill"
    __table_args__ = (
        CheckConstraint(f"({_NOT_YET}) = (started_at IS NULL)", name="started"),
        CheckConstraint("(started_at IS NULL) = (started_by IS NULL)", name="by_somebody"),
        CheckConstraint("(state IN ('planned', 'running')) = (ended_at IS NULL)", name="ended"),
        CheckConstraint(
            f"{_NOT_YET} OR type IN ('reach_test', 'tabletop') OR (support IS NOT NULL AND announced)",
            name="looked_after",
        ),
        CheckConstraint("(type = 'reach_test') = (crisis_type IS NULL)", name="played"),
        CheckConstraint(
            "(asked IS NULL) = (reached IS NULL) AND (asked IS NULL OR type = 'reach_test')"
            " AND (reached IS NULL OR (reached >= 0 AND reached <= asked)) AND (half_after IS NULL OR reached > 0)",
            name="reached",
        ),
        CheckConstraint(f"NOT ({_NOT_YET}) OR (protective_at IS NULL AND accounted_at IS NULL)", name="nothing_yet"),
        CheckConstraint("ahead >= 0 AND (ahead = 0 OR type = 'tabletop')", name="ahead"),
        Index("ix_drill_school", "district", "school", "starts_at"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    school: str = Field(foreign_key="school.id")
    type: DrillType = Field(sa_type=enum_text(DrillType))
    state: DrillState = Field(sa_type=enum_text(DrillState))
    starts_at: datetime = Field(sa_type=UtcTime)
    crisis_type: str | None
    scenario: str | None = Field(foreign_key="words.id")
    accommodations: str | None = Field(foreign_key="words.id")
    announced: bool
    parents_told_on: date | None
    support: str | None = Field(foreign_key="person.id")
    ahead: int
    planned_by: str = Field(foreign_key="person.id")
    planned_at: datetime = Field(sa_type=UtcTime)
    started_by: str | None = Field(foreign_key="person.id")
    started_at: datetime | None = Field(sa_type=UtcTime)
    protective_at: datetime | None = Field(sa_type=UtcTime)
    accounted_at: datetime | None = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(sa_type=UtcTime)
    asked: int | None
    reached: int | None
    half_after: int | None


class DrillObjectiveRow(SQLModel, table=True):
    """`item`: the improvement item of an earlier review that it was taken from, which may be gone by now."""

    __tablename__ = "drill_objective"
    __table_args__ = (UniqueConstraint("drill", "position"), CheckConstraint("position > 0", name="counted"))

    id: str = Field(primary_key=True)
    drill: str = Field(foreign_key="drill.id")
    district: str
    position: int
    text: str
    capability: Capability = Field(sa_type=enum_text(Capability))
    item: str | None


class DrillMemberRow(SQLModel, table=True):
    """Of the staff. Whoever opted out is reached by nothing of it; why is asked by nobody."""

    __tablename__ = "drill_member"

    drill: str = Field(primary_key=True, foreign_key="drill.id")
    person: str = Field(primary_key=True, foreign_key="person.id")
    district: str
    duty: DrillDuty = Field(sa_type=enum_text(DrillDuty))
    opted_out_at: datetime | None = Field(sa_type=UtcTime)


class DrillRunRow(SQLModel, table=True):
    """An incident in which a drill is held; it goes with that incident. `mode` keeps it to drills (I-22).

    `first` False: it grew out of another one of the same run.
    """

    __tablename__ = "drill_run"
    __table_args__ = (
        CheckConstraint("mode = 'drill'", name="never_live"),
        ForeignKeyConstraint(["incident", "mode"], ["incident.id", "incident.mode"]),
    )

    incident: str = Field(primary_key=True)
    drill: str = Field(foreign_key="drill.id", index=True)
    district: str
    mode: Mode = Field(sa_type=enum_text(Mode))
    first: bool
    began_at: datetime = Field(sa_type=UtcTime)
    ended_as: DrillEnd | None = Field(sa_type=enum_text(DrillEnd))


class DrillInjectRow(SQLModel, table=True):
    """A line of the script, sealed. `minute` counts from the start; None: by hand. `speaker`: it goes out as a text."""

    __tablename__ = "drill_inject"
    __table_args__ = (
        CheckConstraint("minute IS NULL OR minute >= 0", name="minute"),
        CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name="done"),
    )

    id: str = Field(primary_key=True)
    drill: str = Field(foreign_key="drill.id", index=True)
    district: str
    minute: int | None
    words: str = Field(foreign_key="words.id")
    speaker: Speaker | None = Field(sa_type=enum_text(Speaker))
    done_at: datetime | None = Field(sa_type=UtcTime)
    done_by: str | None = Field(foreign_key="person.id")


class DrillTextRow(SQLModel, table=True):
    """A text to or from the telephone of somebody who takes part; it goes with the incident of its run.

    `inject`: the line that it speaks; None: they wrote it, and `came_as` names what came in. Only a number on the list
    of that drill has one (N19, F75). `sent_at` is set before it goes out.
    """

    __tablename__ = "drill_text"
    __table_args__ = (
        CheckConstraint("mode = 'drill'", name="never_live"),
        CheckConstraint("inject IS NOT NULL OR (sent_at IS NULL AND outcome IS NULL)", name="only_ours_are_sent"),
        ForeignKeyConstraint(["incident", "mode"], ["incident.id", "incident.mode"]),
        ForeignKeyConstraint(["incident", "phone"], ["drill_phone.incident", "drill_phone.phone"]),
        UniqueConstraint("inject", "phone"),
        Index("ix_drill_text_phone", "phone", "sent_at"),
    )

    id: str = Field(primary_key=True)
    drill: str = Field(foreign_key="drill.id", index=True)
    district: str
    incident: str
    mode: Mode = Field(sa_type=enum_text(Mode))
    inject: str | None = Field(foreign_key="drill_inject.id")
    person: str = Field(foreign_key="person.id")
    phone: str
    words: str = Field(foreign_key="words.id")
    at: datetime = Field(sa_type=UtcTime)
    came_as: str | None = Field(unique=True)
    sent_at: datetime | None = Field(sa_type=UtcTime)
    outcome: AttemptOutcome | None = Field(sa_type=enum_text(AttemptOutcome))


class DrillRecordRow(SQLModel, table=True):
    """What came of it. `conditions` and `notes` are sealed words; `problems` are codes with blanks between.

    `distressed` is a number and no list: who it was too much for stands nowhere.
    """

    __tablename__ = "drill_record"
    __table_args__ = (
        CheckConstraint("students >= 0 AND staff >= 0 AND distressed >= 0 AND looked_after >= 0", name="counted"),
        CheckConstraint("looked_after <= distressed", name="each_once"),
    )

    drill: str = Field(primary_key=True, foreign_key="drill.id")
    district: str
    situation: Situation = Field(sa_type=enum_text(Situation))
    alert: AlertMethod = Field(sa_type=enum_text(AlertMethod))
    hot_wash_at: datetime | None = Field(sa_type=UtcTime)
    posted_on: date | None
    students: int
    staff: int
    distressed: int
    looked_after: int
    problems: str
    conditions: str | None = Field(foreign_key="words.id")
    notes: str | None = Field(foreign_key="words.id")
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)


class DrillFeedbackRow(SQLModel, table=True):
    """What one who took part says afterwards, once; it is shown to nobody with their name. `words` are sealed."""

    __tablename__ = "drill_feedback"
    __table_args__ = (CheckConstraint("knew_what_to_do BETWEEN 1 AND 5 AND felt_safe BETWEEN 1 AND 5", name="scale"),)

    drill: str = Field(primary_key=True, foreign_key="drill.id")
    person: str = Field(primary_key=True, foreign_key="person.id")
    district: str
    knew_what_to_do: int
    felt_safe: int
    words: str | None = Field(foreign_key="words.id")


_TABLES = SQLModel.metadata.tables
DRILL, OBJECTIVE, MEMBER, RUN, INJECT, RECORD, FEEDBACK, TEXT = (
    _TABLES[f"drill{suffix}"]
    for suffix in ("", "_objective", "_member", "_run", "_inject", "_record", "_feedback", "_text")
)
