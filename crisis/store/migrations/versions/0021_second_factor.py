"""A second factor: codes of an app, and what a district asks for. Everybody signs in anew."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BROWSERS = ("chrome", "edge", "firefox", "safari", "other")
SYSTEMS = ("android", "chromeos", "ios", "linux", "macos", "windows", "other")


def _closed(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.drop_table("session")  # nothing in it is older than a day
    op.create_table(
        "session",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idle_seconds", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("browser", _closed("browser", BROWSERS), nullable=False),
        sa.Column("system", _closed("system", SYSTEMS), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("factors", sa.Integer(), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("factors IN (1, 2)", name=op.f("ck_session_factors")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_session_person")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_session")),
        sa.UniqueConstraint("id", name=op.f("uq_session_id")),
    )
    op.create_index(op.f("ix_session_person"), "session", ["person"])
    op.create_table(
        "code_app",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_step >= 0", name=op.f("ck_code_app_last_step")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_code_app_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_code_app")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_recovery_code_person")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_person"), "recovery_code", ["person"])
    op.create_table(
        "half_sign_in",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_half_sign_in_person")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_half_sign_in")),
    )
    op.create_index(op.f("ix_half_sign_in_person"), "half_sign_in", ["person"])
    op.create_table(
        "sign_in_rule",
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("second_factor", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["district"], ["district.id"], name=op.f("fk_sign_in_rule_district")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_sign_in_rule_decided_by")),
        sa.PrimaryKeyConstraint("district", name=op.f("pk_sign_in_rule")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
