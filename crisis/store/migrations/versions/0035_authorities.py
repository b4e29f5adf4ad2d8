"""What an adult may do for a student, entered by one person and checked by another."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

AUTHORITIES = (
    "education_rights",
    "education_decisions",
    "medical_consent",
    "pickup",
    "emergency_contact",
    "caseworker",
    "surrogate",
    "adult_guardian",
    "supporter",
)
PAPERS = ("court_order", "agency_paper", "appointment", "signed_statement")


def closed(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "authority",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("student", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("authority", closed(AUTHORITIES, "authority"), nullable=False),
        sa.Column("paper", closed(PAPERS, "authoritypaper"), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.String(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("checked_by <> entered_by", name=op.f("ck_authority_checked_by_another")),
        sa.CheckConstraint("(checked_by IS NULL) = (checked_at IS NULL)", name=op.f("ck_authority_checked")),
        sa.CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name=op.f("ck_authority_ended")),
        sa.CheckConstraint(
            "authority <> 'adult_guardian' OR paper = 'court_order'", name=op.f("ck_authority_by_court")
        ),
        *(
            sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_authority_{name}"))
            for name, other in (
                ("district", "district"),
                ("student", "student"),
                ("person", "person"),
                ("entered_by", "person"),
                ("checked_by", "person"),
                ("ended_by", "person"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority")),
    )
    op.create_index("ix_authority_district", "authority", ["district"])
    op.create_index("ix_authority_student", "authority", ["student", "ended_at"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
