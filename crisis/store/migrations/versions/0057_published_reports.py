"""What each referral came to, and reports that are made once for a period."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

CARE = (
    "crisis_visit",
    "emergency_evaluation",
    "counseling",
    "psychiatry",
    "substance_use",
    "grief",
    "sexual_harm",
    "family_support",
    "basic_needs",
)
REASONS = (
    "at_capacity",
    "waitlist",
    "not_their_field",
    "age",
    "insurance",
    "language",
    "too_far",
    "more_assessment",
    "no_consent",
    "family_declined",
    "student_declined",
    "not_reached",
    "not_kept",
    "elsewhere",
    "other",
)


def upgrade() -> None:
    op.create_table(
        "referral_figure",
        *(_text(name) for name in ("incident", "referral", "district", "school")),
        _enum("mode", "mode", "live", "drill"),
        _text("month"),
        _enum("care", "care", *CARE),
        sa.Column("days", sa.Integer(), nullable=True),
        _enum("reason", "referralreason", *REASONS, nullable=True),
        *(
            sa.ForeignKeyConstraint([mine], [f"{mine}.id"], name=op.f(f"fk_referral_figure_{mine}"))
            for mine in ("incident", "district", "school")
        ),
        sa.PrimaryKeyConstraint("incident", "referral", name=op.f("pk_referral_figure")),
    )
    op.create_index("ix_referral_figure_month", "referral_figure", ["district", "mode", "month"])
    op.create_table(
        "published_report",
        _text("district"),
        _enum("kind", "reportkind", "equity", "community"),
        _text("since"),
        _text("until"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint("since <= until", name=op.f("ck_published_report_order")),
        sa.ForeignKeyConstraint(["district"], ["district.id"], name=op.f("fk_published_report_district")),
        sa.PrimaryKeyConstraint("district", "kind", "since", name=op.f("pk_published_report")),
    )


def _enum(column: str, name: str, *values: str, nullable: bool = False) -> sa.Column[Any]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
    return sa.Column(column, kind, nullable=nullable)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False)


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
