"""Agreements with agencies, and who of those with a post here works for one."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("data_points", sa.String(), nullable=False),
        sa.Column("uses", sa.String(), nullable=False),
        sa.Column("direct_control", sa.Boolean(), nullable=False),
        sa.Column("redisclosure_ban", sa.Boolean(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("counts_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_for_district", sa.String(), nullable=False),
        sa.Column("signed_for_agency", sa.String(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_agreement_days")),
        sa.CheckConstraint("counts_from < counts_until", name=op.f("ck_agreement_span")),
        sa.CheckConstraint("direct_control AND redisclosure_ban", name=op.f("ck_agreement_official")),
        sa.CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name=op.f("ck_agreement_ended")),
        *keys(
            "agreement",
            ("district", "district"),
            ("agency", "agency"),
            ("recorded_by", "person"),
            ("ended_by", "person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
    )
    op.create_index(op.f("ix_agreement_district"), "agreement", ["district"])
    op.create_index("ix_agreement_agency", "agreement", ["agency", "counts_until"])
    op.create_table(
        "agency_member",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        *keys(
            "agency_member",
            ("person", "person"),
            ("agency", "agency"),
            ("district", "district"),
            ("recorded_by", "person"),
        ),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_agency_member")),
    )
    op.create_index(op.f("ix_agency_member_agency"), "agency_member", ["agency"])


def keys(table: str, *found: tuple[str, str]) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}")) for name, other in found
    ]


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
