"""The sheet that a family fills in, and what became of each answer."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

QUESTIONS = (
    "name",
    "language",
    "order",
    "not_to_call",
    "at_work",
    "way",
    "calms",
    "tells",
    "customs",
    "helper",
    "sharing",
    "agencies",
)


def closed(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def references(table: str, *columns: tuple[str, str]) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}")) for name, other in columns
    ]


def upgrade() -> None:
    op.create_table(
        "intake_sheet",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("student", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        *references("intake_sheet", ("district", "district"), ("student", "student"), ("made_by", "person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_sheet")),
        sa.UniqueConstraint("digest", name=op.f("uq_intake_sheet_digest")),
    )
    op.create_index("ix_intake_sheet_student", "intake_sheet", ["student", "made_at"])
    op.create_table(
        "intake_answer",
        sa.Column("sheet", sa.String(), nullable=False),
        sa.Column("question", closed(QUESTIONS, "intakequestion"), nullable=False),
        sa.Column("words", sa.String(), nullable=True),
        sa.Column("settled", closed(("taken", "left_out"), "settled"), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(settled IS NULL) = (settled_by IS NULL)", name=op.f("ck_intake_answer_settled_by")),
        sa.CheckConstraint("(settled IS NULL) = (settled_at IS NULL)", name=op.f("ck_intake_answer_settled_at")),
        sa.CheckConstraint("(settled IS NULL) = (words IS NOT NULL)", name=op.f("ck_intake_answer_words")),
        *references("intake_answer", ("sheet", "intake_sheet"), ("words", "words"), ("settled_by", "person")),
        sa.PrimaryKeyConstraint("sheet", "question", name=op.f("pk_intake_answer")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
