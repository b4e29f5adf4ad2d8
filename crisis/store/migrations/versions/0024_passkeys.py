"""Passkeys: the public half of keys that stay in people's devices, and what devices are asked to sign."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BROWSERS = ("chrome", "edge", "firefox", "safari", "other")
SYSTEMS = ("android", "chromeos", "ios", "linux", "macos", "windows", "other")


def _closed(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("browser", _closed("browser", BROWSERS), nullable=False),
        sa.Column("system", _closed("system", SYSTEMS), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("uses >= 0", name=op.f("ck_passkey_uses")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_passkey_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
    )
    op.create_index(op.f("ix_passkey_person"), "passkey", ["person"])
    op.create_table(
        "passkey_challenge",
        sa.Column("challenge", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=True),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_passkey_challenge_person")),
        sa.PrimaryKeyConstraint("challenge", name=op.f("pk_passkey_challenge")),
    )
    op.create_index(op.f("ix_passkey_challenge_person"), "passkey_challenge", ["person"])
    op.create_index(op.f("ix_passkey_challenge_ends_at"), "passkey_challenge", ["ends_at"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
