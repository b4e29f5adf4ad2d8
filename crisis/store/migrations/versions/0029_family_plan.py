"""Whom to call first about a student, what must be so first, and who answers where the parents do not."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

SOURCES = ("student", "family", "staff")
CONDITIONS = ("with_adult", "student_knows_first", "student_present", "in_person")
STATUSES = ("unaccompanied", "state_custody", "kinship", "surrogate")
TRIBAL = ("ask_us_first", "invite", "do_not_contact")


def closed(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def text(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=nullable) for name in names]


def time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def keys(table: str, refers: Sequence[tuple[str, str]]) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}")) for name, other in refers
    ]


def upgrade() -> None:
    op.create_table(
        "contact_turn",
        *text("student", "person", "district"),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("source", closed(SOURCES, "instructionsource"), nullable=False),
        *text("recorded_by"),
        time("recorded_at"),
        sa.CheckConstraint("turn >= 0", name=op.f("ck_contact_turn_turn")),
        *keys("contact_turn", (("student", "student"), ("person", "person"), ("recorded_by", "person"))),
        sa.PrimaryKeyConstraint("student", "person", name=op.f("pk_contact_turn")),
    )
    op.create_table(
        "contact_condition",
        *text("id", "district", "student", "person"),
        sa.Column("condition", closed(CONDITIONS, "contactcondition"), nullable=False),
        *text("beside", nullable=True),
        sa.Column("source", closed(SOURCES, "instructionsource"), nullable=False),
        *text("recorded_by"),
        time("recorded_at"),
        *text("confirmed_by"),
        time("confirmed_at"),
        *text("ended_by", nullable=True),
        time("ended_at", nullable=True),
        sa.CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name=op.f("ck_contact_condition_ended")),
        sa.CheckConstraint(
            "(condition = 'with_adult') = (beside IS NOT NULL)", name=op.f("ck_contact_condition_beside_whom")
        ),
        sa.CheckConstraint("beside <> person", name=op.f("ck_contact_condition_beside_another")),
        *keys(
            "contact_condition",
            (
                ("district", "district"),
                ("student", "student"),
                ("person", "person"),
                ("beside", "person"),
                ("recorded_by", "person"),
                ("confirmed_by", "person"),
                ("ended_by", "person"),
            ),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_condition")),
    )
    op.create_index("ix_contact_condition_student", "contact_condition", ["student", "ended_at"])
    of_one = (("district", "district"), ("student", "student"), ("recorded_by", "person"))
    op.create_table(
        "family_status",
        *text("student", "district"),
        sa.Column("status", closed(STATUSES, "familystatus"), nullable=False),
        *text("first", nullable=True),
        *text("recorded_by"),
        time("recorded_at"),
        *keys("family_status", (*of_one, ("first", "person"))),
        sa.PrimaryKeyConstraint("student", name=op.f("pk_family_status")),
    )
    op.create_index("ix_family_status_district", "family_status", ["district"])
    op.create_table(
        "tribal_wish",
        *text("student", "district"),
        sa.Column("wish", closed(TRIBAL, "tribalwish"), nullable=False),
        sa.Column("source", closed(SOURCES, "instructionsource"), nullable=False),
        *text("recorded_by"),
        time("recorded_at"),
        sa.CheckConstraint("source <> 'staff'", name=op.f("ck_tribal_wish_asked")),
        *keys("tribal_wish", of_one),
        sa.PrimaryKeyConstraint("student", name=op.f("pk_tribal_wish")),
    )
    op.create_index("ix_tribal_wish_district", "tribal_wish", ["district"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
