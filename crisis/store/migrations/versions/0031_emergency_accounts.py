"""Accounts on paper, for the day when nobody can sign in as usual."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "emergency_account",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_by", sa.String(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number BETWEEN 1 AND 2", name=op.f("ck_emergency_account_number")),
        sa.CheckConstraint(
            "opened_at IS NULL OR sealed_at IS NOT NULL", name=op.f("ck_emergency_account_opened")
        ),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_emergency_account_person")),
        sa.ForeignKeyConstraint(["district"], ["district.id"], name=op.f("fk_emergency_account_district")),
        sa.ForeignKeyConstraint(["sealed_by"], ["person.id"], name=op.f("fk_emergency_account_sealed_by")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_emergency_account")),
        sa.UniqueConstraint("district", "number", name=op.f("uq_emergency_account_district")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
