"""Texts to guardians go out beside pages and notices; what they may name of a school."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

PURPOSE = "ck_outgoing_purpose"


def upgrade() -> None:
    op.create_table(
        "school_line",
        sa.Column("school", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("callback", sa.String(), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["district"], ["district.id"], name=op.f("fk_school_line_district")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_school_line_recorded_by")),
        sa.ForeignKeyConstraint(["school"], ["school.id"], name=op.f("fk_school_line_school")),
        sa.PrimaryKeyConstraint("school", name=op.f("pk_school_line")),
    )
    with op.batch_alter_table("school_line") as table:
        table.create_index(table.f("ix_school_line_district"), ["district"], unique=False)
    with op.batch_alter_table("outgoing") as table:
        table.drop_constraint(op.f(PURPOSE), type_="check")
        table.create_check_constraint(op.f(PURPOSE), "purpose IN ('page', 'alarm', 'answer', 'family', 'notice')")


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
