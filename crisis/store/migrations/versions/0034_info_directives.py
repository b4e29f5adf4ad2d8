"""What a student or a family said may be told to whom."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

SOURCES = ("student", "family", "staff")
AUDIENCES = ("clinician", "guardian")
ACTIONS = ("share", "ask_first", "do_not_volunteer")
POINTS = (
    "identity",
    "guardians",
    "language",
    "risk",
    "statement",
    "means",
    "medical",
    "safety_plan",
    "what_helps",
    "school_contact",
)


def closed(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "info_directive",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("student", sa.String(), nullable=False),
        sa.Column("audience", closed(AUDIENCES, "infoaudience"), nullable=False),
        sa.Column("category", closed(POINTS, "datapoint"), nullable=False),
        sa.Column("action", closed(ACTIONS, "infoaction"), nullable=False),
        sa.Column("source", closed(SOURCES, "instructionsource"), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name=op.f("ck_info_directive_ended")),
        sa.CheckConstraint(
            "audience <> 'guardian' OR action <> 'do_not_volunteer'", name=op.f("ck_info_directive_lawful")
        ),
        *(
            sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_info_directive_{name}"))
            for name, other in (
                ("district", "district"),
                ("student", "student"),
                ("recorded_by", "person"),
                ("confirmed_by", "person"),
                ("ended_by", "person"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_info_directive")),
    )
    op.create_index("ix_info_directive_student", "info_directive", ["student", "ended_at"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
