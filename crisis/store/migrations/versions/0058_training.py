"""What staff have learned, and until when that counts."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

TRAININGS = ("risk_assessment", "mental_health_first_aid", "naloxone", "deescalation")
REFERS = {"person": "person.id", "district": "district.id", "entered_by": "person.id"}


def upgrade() -> None:
    kind = sa.Enum(*TRAININGS, name="training", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "trained",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("training", kind, nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("until >= since", name=op.f("ck_trained_order")),
        *(
            sa.ForeignKeyConstraint([mine], [theirs], name=op.f(f"fk_trained_{mine}"))
            for mine, theirs in REFERS.items()
        ),
        sa.PrimaryKeyConstraint("person", "training", name=op.f("pk_trained")),
    )
    op.create_index("ix_trained_district", "trained", ["district"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
