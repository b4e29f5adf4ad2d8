"""Who has broken the glass of which incident, why, and what came of the look at it afterwards."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

REASONS = ("danger_now", "student_is_here", "nobody_reached", "medical")


def upgrade() -> None:
    op.create_table(
        "break_glass",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(*REASONS, name="breakglassreason", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_by", sa.String(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("justified", sa.Boolean(), nullable=True),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_break_glass_{name}"))
            for name, rule in (
                ("order", "began_at < ends_at"),
                ("reviewed", "(reviewed_by IS NULL) = (reviewed_at IS NULL)"),
                ("judged", "(reviewed_by IS NULL) = (justified IS NULL)"),
                ("reviewed_by_another", "reviewed_by <> person"),
            )
        ),
        *(
            sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_break_glass_{name}"))
            for name, other in (
                ("district", "district"),
                ("incident", "incident"),
                ("person", "person"),
                ("words", "words"),
                ("reviewed_by", "person"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_break_glass")),
    )
    op.create_index("ix_break_glass_district", "break_glass", ["district"])
    op.create_index("ix_break_glass_incident", "break_glass", ["incident", "over_at"])
    op.create_index("ix_break_glass_person", "break_glass", ["person", "reviewed_at"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
