"""Which session of a sign-in provider a session here began in, and what the provider has said of its end."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("session", sa.Column("provider_session", sa.String(), nullable=True))
    op.add_column("provider_sign_in", sa.Column("provider_session", sa.String(), nullable=True))
    op.add_column("half_sign_in", sa.Column("provider", sa.String(), nullable=True))
    op.add_column("half_sign_in", sa.Column("provider_session", sa.String(), nullable=True))
    op.create_table(
        "provider_logout",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["district"], ["district.id"], name=op.f("fk_provider_logout_district")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_provider_logout")),
    )
    op.create_index(op.f("ix_provider_logout_ends_at"), "provider_logout", ["ends_at"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
