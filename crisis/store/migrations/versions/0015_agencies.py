"""The directory: organisations that take handoffs become agencies, with what they take, when, and in which languages."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KINDS = (
    "mobile_crisis",
    "emergency_department",
    "health_center",
    "community_provider",
    "support_line",
    "family_support",
    "housing",
    "child_welfare",
    "advocacy",
)
CAPACITIES = ("has_capacity", "waitlist", "no_capacity", "first_assessed")


def one_of(*codes: str, name: str) -> sa.Enum:
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "agency",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", one_of(*KINDS, name="agencykind"), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("how", sa.String(), nullable=True),
        sa.Column("hours", sa.String(), nullable=True),
        sa.Column("languages", sa.String(), nullable=False),
        sa.Column("interpreters", sa.Boolean(), nullable=True),
        sa.Column("youngest", sa.Integer(), nullable=True),
        sa.Column("oldest", sa.Integer(), nullable=True),
        sa.Column("care", sa.String(), nullable=False),
        sa.Column("insurance", sa.String(), nullable=False),
        sa.Column("capacity", one_of(*CAPACITIES, name="capacity"), nullable=True),
        sa.Column("capacity_days", sa.Integer(), nullable=True),
        sa.Column("capacity_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("capacity_by", sa.String(), nullable=True),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("youngest <= oldest", name=op.f("ck_agency_ages")),
        sa.CheckConstraint("(capacity IS NULL) = (capacity_at IS NULL)", name=op.f("ck_agency_capacity_when")),
        sa.CheckConstraint("(capacity IS NULL) = (capacity_by IS NULL)", name=op.f("ck_agency_capacity_who")),
        sa.CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name=op.f("ck_agency_ended")),
        *(
            sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_agency_{name}"))
            for name, other in (
                ("district", "district"),
                ("capacity_by", "person"),
                ("changed_by", "person"),
                ("ended_by", "person"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
    )
    op.create_index(op.f("ix_agency_district"), "agency", ["district"])
    op.execute(
        "INSERT INTO agency (id, district, name, kind, phone, number, languages, care, insurance) "
        "SELECT id, district, name, kind, phone, number, '', '', '' FROM partner WHERE active"
    )
    op.drop_table("partner")


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
