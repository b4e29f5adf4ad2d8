"""A restriction without a person: the family was blocked in an incident that has closed since."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("restriction") as table:
        table.alter_column("person", existing_type=sa.String(), nullable=True)


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
