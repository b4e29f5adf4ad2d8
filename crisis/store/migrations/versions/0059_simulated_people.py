"""Lines of a drill's script that simulated people speak, and the texts to and from those who take part."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

SPEAKERS = ("parent", "teacher", "officer", "dispatcher")
OUTCOMES = ("accepted", "refused", "unknown", "silent")


def upgrade() -> None:
    with op.batch_alter_table("drill_inject") as table:
        table.add_column(sa.Column("speaker", sa.String(length=40), nullable=True))
        words = ", ".join(f"'{each}'" for each in SPEAKERS)
        table.create_check_constraint(op.f("ck_drill_inject_speaker"), f"speaker IN ({words})")
    _texts()


def _texts() -> None:
    plain = ("id", "drill", "district", "incident", "person", "phone", "words")
    refers = {"drill": "drill.id", "inject": "drill_inject.id", "person": "person.id", "words": "words.id"}
    op.create_table(
        "drill_text",
        *(sa.Column(name, sa.String(), nullable=False) for name in plain),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("inject", "came_as")),
        sa.Column("mode", _closed("mode", "live", "drill"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", _closed("attemptoutcome", *OUTCOMES), nullable=True),
        sa.CheckConstraint("mode = 'drill'", name=op.f("ck_drill_text_never_live")),
        sa.CheckConstraint(
            "inject IS NOT NULL OR (sent_at IS NULL AND outcome IS NULL)",
            name=op.f("ck_drill_text_only_ours_are_sent"),
        ),
        *(sa.ForeignKeyConstraint([mine], [to], name=op.f(f"fk_drill_text_{mine}")) for mine, to in refers.items()),
        sa.ForeignKeyConstraint(
            ["incident", "mode"], ["incident.id", "incident.mode"], name=op.f("fk_drill_text_incident_mode")
        ),
        sa.ForeignKeyConstraint(
            ["incident", "phone"],
            ["drill_phone.incident", "drill_phone.phone"],
            name=op.f("fk_drill_text_incident_phone"),
        ),
        sa.UniqueConstraint("inject", "phone", name=op.f("uq_drill_text_inject_phone")),
        sa.UniqueConstraint("came_as", name=op.f("uq_drill_text_came_as")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_text")),
    )
    op.create_index("ix_drill_text_drill", "drill_text", ["drill"])
    op.create_index("ix_drill_text_phone", "drill_text", ["phone", "sent_at"])


def _closed(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
