"""Sessions say on what device they are, and when they end at the latest. Everybody signs in anew."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BROWSERS = ("chrome", "edge", "firefox", "safari", "other")
SYSTEMS = ("android", "chromeos", "ios", "linux", "macos", "windows", "other")


def _closed(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.drop_table("session")  # nothing in it is older than twelve hours
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
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_session_person")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_session")),
        sa.UniqueConstraint("id", name=op.f("uq_session_id")),
    )
    op.create_index(op.f("ix_session_person"), "session", ["person"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
