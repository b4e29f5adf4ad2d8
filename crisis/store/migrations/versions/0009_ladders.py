"""Whom each level of a ladder asks and how often; what people can do and speak."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None

ASKS = sa.Enum("rota", "pool", "supervisors", name="asks", native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    with op.batch_alter_table("ladder") as table:
        table.add_column(sa.Column("asks", ASKS, nullable=False, server_default="rota"))
        table.add_column(sa.Column("cadence", sa.Text(), nullable=True))
    with op.batch_alter_table("ladder") as table:
        table.alter_column("asks", existing_type=ASKS, existing_nullable=False, server_default=None)
    op.create_table(
        "skill",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("skill", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["district"], ["district.id"], name=op.f("fk_skill_district")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_skill_person")),
        sa.PrimaryKeyConstraint("person", "skill", name=op.f("pk_skill")),
    )
    with op.batch_alter_table("skill") as table:
        table.create_index(op.f("ix_skill_district"), ["district"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
