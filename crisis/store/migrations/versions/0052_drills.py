"""Drills: what is planned and with whom, the incidents in which they are held, their script and what came of them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

TYPES = ("tabletop", "drill", "functional", "full_scale")
STATES = ("planned", "running", "over", "stood_down", "called_off")
CAPABILITIES = (
    "planning",
    "operational_coordination",
    "operational_communications",
    "public_information_and_warning",
    "situational_assessment",
    "public_health_and_medical",
    "physical_protective_measures",
    "health_and_social_services",
)
SITUATIONS = ("arrival", "class", "passing_period", "lunch", "recess", "dismissal", "after_school", "no_students")
ALERTS = ("page", "telephone", "radio", "intercom", "in_person")
NOT_YET = "state IN ('planned', 'called_off')"


def upgrade() -> None:
    _drill()
    _plan()
    _run()
    _afterwards()


def _drill() -> None:
    _table(
        "drill",
        _text("id"),
        _text("district"),
        _text("school"),
        _closed("type", TYPES, "drilltype"),
        _closed("state", STATES, "drillstate"),
        _time("starts_at"),
        _text("crisis_type"),
        _text("scenario", nullable=True),
        _text("accommodations", nullable=True),
        sa.Column("announced", sa.Boolean(), nullable=False),
        sa.Column("parents_told_on", sa.Date(), nullable=True),
        _text("support", nullable=True),
        sa.Column("ahead", sa.Integer(), nullable=False),
        _text("planned_by"),
        _time("planned_at"),
        _text("started_by", nullable=True),
        _time("started_at", nullable=True),
        _time("protective_at", nullable=True),
        _time("accounted_at", nullable=True),
        _time("ended_at", nullable=True),
        key=("id",),
        refers={
            "district": "district.id",
            "school": "school.id",
            **dict.fromkeys(("support", "planned_by", "started_by"), "person.id"),
            **dict.fromkeys(("scenario", "accommodations"), "words.id"),
        },
        checks={
            "started": f"({NOT_YET}) = (started_at IS NULL)",
            "by_somebody": "(started_at IS NULL) = (started_by IS NULL)",
            "ended": "(state IN ('planned', 'running')) = (ended_at IS NULL)",
            "looked_after": f"{NOT_YET} OR type = 'tabletop' OR (support IS NOT NULL AND announced)",
            "nothing_yet": f"NOT ({NOT_YET}) OR (protective_at IS NULL AND accounted_at IS NULL)",
            "ahead": "ahead >= 0 AND (ahead = 0 OR type = 'tabletop')",
        },
    )
    op.create_index("ix_drill_school", "drill", ["district", "school", "starts_at"])


def _plan() -> None:
    _table(
        "drill_objective",
        _text("id"),
        _text("drill"),
        _text("district"),
        sa.Column("position", sa.Integer(), nullable=False),
        _text("text"),
        _closed("capability", CAPABILITIES, "capability"),
        key=("id",),
        refers={"drill": "drill.id"},
        checks={"counted": "position > 0"},
        unique=("drill", "position"),
    )
    _table(
        "drill_member",
        _text("drill"),
        _text("person"),
        _text("district"),
        _closed("duty", ("takes_part", "observes"), "drillduty"),
        _time("opted_out_at", nullable=True),
        key=("drill", "person"),
        refers={"drill": "drill.id", "person": "person.id"},
    )
    _table(
        "drill_inject",
        _text("id"),
        _text("drill"),
        _text("district"),
        sa.Column("minute", sa.Integer(), nullable=True),
        _text("words"),
        _time("done_at", nullable=True),
        _text("done_by", nullable=True),
        key=("id",),
        refers={"drill": "drill.id", "done_by": "person.id", "words": "words.id"},
        checks={"minute": "minute IS NULL OR minute >= 0", "done": "(done_at IS NULL) = (done_by IS NULL)"},
    )
    op.create_index("ix_drill_inject_drill", "drill_inject", ["drill"])


def _run() -> None:
    op.create_table(
        "drill_run",
        _text("incident"),
        _text("drill"),
        _text("district"),
        _closed("mode", ("live", "drill"), "mode"),
        sa.Column("first", sa.Boolean(), nullable=False),
        _time("began_at"),
        _closed("ended_as", ("over", "undone", "real_page", "real"), "drillend", nullable=True),
        sa.CheckConstraint("mode = 'drill'", name=op.f("ck_drill_run_never_live")),
        sa.ForeignKeyConstraint(
            ["incident", "mode"], ["incident.id", "incident.mode"], name=op.f("fk_drill_run_incident_mode")
        ),
        sa.ForeignKeyConstraint(["drill"], ["drill.id"], name=op.f("fk_drill_run_drill")),
        sa.PrimaryKeyConstraint("incident", name=op.f("pk_drill_run")),
    )
    op.create_index("ix_drill_run_drill", "drill_run", ["drill"])


def _afterwards() -> None:
    _table(
        "drill_record",
        _text("drill"),
        _text("district"),
        _closed("situation", SITUATIONS, "situation"),
        _closed("alert", ALERTS, "alertmethod"),
        _time("hot_wash_at", nullable=True),
        sa.Column("posted_on", sa.Date(), nullable=True),
        *(sa.Column(each, sa.Integer(), nullable=False) for each in ("students", "staff", "distressed")),
        sa.Column("looked_after", sa.Integer(), nullable=False),
        _text("problems"),
        _text("conditions", nullable=True),
        _text("notes", nullable=True),
        _text("recorded_by"),
        _time("recorded_at"),
        key=("drill",),
        refers={
            "drill": "drill.id",
            "recorded_by": "person.id",
            **dict.fromkeys(("conditions", "notes"), "words.id"),
        },
        checks={
            "counted": "students >= 0 AND staff >= 0 AND distressed >= 0 AND looked_after >= 0",
            "each_once": "looked_after <= distressed",
        },
    )
    _table(
        "drill_feedback",
        _text("drill"),
        _text("person"),
        _text("district"),
        sa.Column("knew_what_to_do", sa.Integer(), nullable=False),
        sa.Column("felt_safe", sa.Integer(), nullable=False),
        _text("words", nullable=True),
        key=("drill", "person"),
        refers={"drill": "drill.id", "person": "person.id", "words": "words.id"},
        checks={"scale": "knew_what_to_do BETWEEN 1 AND 5 AND felt_safe BETWEEN 1 AND 5"},
    )


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _closed(name: str, words: tuple[str, ...], kind: str, *, nullable: bool = False) -> sa.Column[Any]:
    values = sa.Enum(*words, name=kind, native_enum=False, create_constraint=True, length=40)
    return sa.Column(name, values, nullable=nullable)


def _table(
    name: str,
    *columns: sa.Column[Any],
    key: tuple[str, ...],
    refers: dict[str, str],
    checks: dict[str, str] | None = None,
    unique: tuple[str, ...] = (),
) -> None:
    op.create_table(
        name,
        *columns,
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{name}_{each}")) for each, rule in (checks or {}).items()),
        *(
            sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_{name}_{column}"))
            for column, to in refers.items()
        ),
        *([sa.UniqueConstraint(*unique, name=op.f(f"uq_{name}_{'_'.join(unique)}"))] if unique else ()),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
