"""What to do for one student, and what not, in words that are sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS = (
    "do_not_say",
    "makes_worse",
    "touch",
    "helps",
    "communication",
    "medical",
    "trusted_adult",
    "helper",
    "practice",
    "words_to_use",
)
SOURCES = ("student", "family", "staff")


def upgrade() -> None:
    op.create_table(
        "instruction",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("student", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="instructionkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum(*SOURCES, name="instructionsource", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name=op.f("ck_instruction_ended")),
        *(
            sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_instruction_{name}"))
            for name, other in (
                ("district", "district"),
                ("student", "student"),
                ("words", "words"),
                ("recorded_by", "person"),
                ("confirmed_by", "person"),
                ("ended_by", "person"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruction")),
    )
    op.create_index("ix_instruction_student", "instruction", ["student", "ended_at"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
