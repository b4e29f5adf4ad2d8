"""That a student agreed to their own care, where the law lets a minor."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

REFERS = {"student": "student.id", "district": "district.id", "recorded_by": "person.id"}


def upgrade() -> None:
    op.create_table(
        "own_care",
        *(sa.Column(name, sa.String(), nullable=False) for name in REFERS),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint([mine], [theirs], name=op.f(f"fk_own_care_{mine}"))
            for mine, theirs in REFERS.items()
        ),
        sa.PrimaryKeyConstraint("student", name=op.f("pk_own_care")),
    )
    op.create_index("ix_own_care_district", "own_care", ["district"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
