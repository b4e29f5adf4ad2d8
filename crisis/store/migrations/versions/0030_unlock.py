"""Digits that open a screen again which nobody touched for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("session") as session:
        session.add_column(sa.Column("wrong_pins", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("session") as session:
        session.alter_column("wrong_pins", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
    op.create_table(
        "unlock_pin",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_unlock_pin_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_unlock_pin")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
