"""Who somebody is at the district's own sign-in provider, and the way there and back."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("session", sa.Column("provider", sa.String(), nullable=True))
    op.create_table(
        "identity",
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_identity_person")),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_identity")),
        sa.UniqueConstraint("person", "provider", name=op.f("uq_identity_person")),
    )
    op.create_table(
        "identity_code",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_identity_code_person")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_identity_code_made_by")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_identity_code")),
    )
    op.create_index(op.f("ix_identity_code_person"), "identity_code", ["person"])
    op.create_table(
        "provider_sign_in",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("strong", sa.Boolean(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(issuer IS NULL) = (subject IS NULL)", name=op.f("ck_provider_sign_in_known")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_provider_sign_in_person")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_provider_sign_in")),
    )
    op.create_index(op.f("ix_provider_sign_in_person"), "provider_sign_in", ["person"])
    op.create_index(op.f("ix_provider_sign_in_ends_at"), "provider_sign_in", ["ends_at"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
