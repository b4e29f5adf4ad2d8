"""Signing in: who somebody is at the district's own provider, digits for a locked screen, accounts on paper."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _identities()
    _unlock()
    _emergency_accounts()


def _identities() -> None:
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


def _unlock() -> None:
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


def _emergency_accounts() -> None:
    op.create_table(
        "emergency_account",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_by", sa.String(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number BETWEEN 1 AND 2", name=op.f("ck_emergency_account_number")),
        sa.CheckConstraint(
            "opened_at IS NULL OR sealed_at IS NOT NULL", name=op.f("ck_emergency_account_opened")
        ),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_emergency_account_person")),
        sa.ForeignKeyConstraint(["district"], ["district.id"], name=op.f("fk_emergency_account_district")),
        sa.ForeignKeyConstraint(["sealed_by"], ["person.id"], name=op.f("fk_emergency_account_sealed_by")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_emergency_account")),
        sa.UniqueConstraint("district", "number", name=op.f("uq_emergency_account_district")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
