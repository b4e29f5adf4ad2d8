"""A review of a drill rates what that was planned to show, and a plan says which improvement item it practises."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("review_entry", "review_rating"):
        with op.batch_alter_table(name) as table:
            table.drop_constraint(op.f(f"ck_{name}_phase"), type_="check")
    op.add_column("drill_objective", sa.Column("item", sa.String(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
