"""That a form was sent, for all processes of the console: a second press of it gets the answer of the first."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "press",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("location", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_press")),
    )
    op.create_index("ix_press_at", "press", ["at"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
