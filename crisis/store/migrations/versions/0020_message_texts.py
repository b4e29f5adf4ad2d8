"""Who has signed for which text to families, and the line that interprets for a district."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

STATES = ("empty", "draft", "translated", "reviewed", "community_read", "approved", "published", "stale")
ONCE = ("district", "message", "language", "stage", "source", "text")


def upgrade() -> None:
    op.create_table(
        "message_signature",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(*STATES, name="textstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "stage NOT IN ('empty', 'draft', 'stale')", name=op.f("ck_message_signature_stage_is_signed_for")
        ),
        sa.ForeignKeyConstraint(["district"], ["district.id"], name=op.f("fk_message_signature_district")),
        sa.ForeignKeyConstraint(["signed_by"], ["person.id"], name=op.f("fk_message_signature_signed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_signature")),
        sa.UniqueConstraint(*ONCE, name=op.f("uq_message_signature_once")),
    )
    op.create_table(
        "interpreter_line",
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["district"], ["district.id"], name=op.f("fk_interpreter_line_district")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_interpreter_line_recorded_by")),
        sa.PrimaryKeyConstraint("district", name=op.f("pk_interpreter_line")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
