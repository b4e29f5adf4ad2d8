"""Policy packs: what the law of a district's place says, proposed by one person and approved by another."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policy_pack",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counsel", sa.String(), nullable=True),
        sa.Column("counsel_reviewed_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_policy_pack_{name}"))
            for name, rule in (
                ("approved_by_another", "approved_by <> proposed_by"),
                ("approved", "(approved_by IS NULL) = (approved_at IS NULL)"),
                ("approved_with_counsel", "(approved_by IS NULL) = (counsel IS NULL)"),
                ("counsel_with_a_day", "(counsel IS NULL) = (counsel_reviewed_on IS NULL)"),
                ("ended", "(ended_by IS NULL) = (ended_at IS NULL)"),
            )
        ),
        sa.ForeignKeyConstraint(["district"], ["district.id"], name=op.f("fk_policy_pack_district")),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_policy_pack_{name}"))
            for name in ("proposed_by", "approved_by", "ended_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_pack")),
    )
    op.create_index("ix_policy_pack_district", "policy_pack", ["district", "effective_from"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
