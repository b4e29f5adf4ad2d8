"""The PIN by which a person says on a telephone that it is them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pin",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("wrong >= 0", name=op.f("ck_pin_wrong")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_pin_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_pin")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
