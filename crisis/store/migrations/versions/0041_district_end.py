"""A district that leaves: what was given back, who asked, who destroyed it, and the certificate."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

COUNTS = ("students", "incidents", "keys", "records")
CHECKS = {
    "confirmed_by_another": "confirmed_by <> asked_by",
    "asked": "(asked_by IS NULL) = (asked_at IS NULL)",
    "confirmed": "(confirmed_by IS NULL) = (done_at IS NULL)",
    "done_by_two": "done_at IS NULL OR asked_by IS NOT NULL",
    "certificate": "(done_at IS NULL) = (students IS NULL) AND (done_at IS NULL) = (incidents IS NULL)"
    " AND (done_at IS NULL) = (keys IS NULL) AND (done_at IS NULL) = (records IS NULL)",
}


def upgrade() -> None:
    op.create_table(
        "district_end",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("id", "district", "content", "file", "given_by")),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.String(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in COUNTS),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_district_end_{name}")) for name, rule in CHECKS.items()),
        sa.ForeignKeyConstraint(["district"], ["district.id"], name=op.f("fk_district_end_district")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district_end")),
    )
    op.create_index("ix_district_end_district", "district_end", ["district", "given_at"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
