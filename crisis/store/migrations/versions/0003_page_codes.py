"""By which number a phone answers a page."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "page_code",
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("live", "drill", name="mode", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name=op.f("fk_page_code_incident")),
        sa.PrimaryKeyConstraint("phone", "code", name=op.f("pk_page_code")),
        sa.UniqueConstraint("phone", "page", name=op.f("uq_page_code_phone_page")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
