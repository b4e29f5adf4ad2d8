"""Legal holds, when students left, and what was destroyed."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

HOLD = (
    ("of_one", "(student IS NULL) <> (incident IS NULL)"),
    ("release_asked", "(release_asked_by IS NULL) = (release_asked_at IS NULL)"),
    ("released", "(released_by IS NULL) = (released_at IS NULL)"),
    ("release_was_asked", "released_by IS NULL OR release_asked_by IS NOT NULL"),
    ("released_by_another", "released_by <> release_asked_by"),
)
DESTRUCTION = (
    ("of_one", "(student IS NULL) <> (incident IS NULL)"),
    ("confirmed_by_another", "confirmed_by <> asked_by"),
    ("asked", "(asked_by IS NULL) = (asked_at IS NULL)"),
    ("withdrawn", "(withdrawn_by IS NULL) = (withdrawn_at IS NULL)"),
    ("one_end", "withdrawn_at IS NULL OR done_at IS NULL"),
    ("done_by_two", "done_at IS NULL OR (asked_by IS NULL) = (confirmed_by IS NULL)"),
    (
        "certificate",
        "(done_at IS NULL) = (method IS NULL) AND (done_at IS NULL) = (due_on IS NULL)"
        " AND (done_at IS NULL) = (pack IS NULL) AND (done_at IS NULL) = (classes IS NULL)"
        " AND (done_at IS NULL) = (incidents IS NULL) AND (done_at IS NULL) = (keys IS NULL)"
        " AND (done_at IS NULL) = (records IS NULL)",
    ),
)


def upgrade() -> None:
    op.create_table(
        "legal_hold",
        *_texts("id", "district"),
        *_texts("student", "incident", nullable=True),
        *_texts("words", "placed_by"),
        _time("placed_at", nullable=False),
        *_texts("release_asked_by", nullable=True),
        _time("release_asked_at"),
        *_texts("released_by", nullable=True),
        _time("released_at"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_legal_hold_{name}")) for name, rule in HOLD),
        *_refers(
            "legal_hold",
            district="district",
            student="student",
            incident="incident",
            words="words",
            placed_by="person",
            release_asked_by="person",
            released_by="person",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    op.create_index("ix_legal_hold_district", "legal_hold", ["district"])
    op.create_index("ix_legal_hold_student", "legal_hold", ["student", "released_at"])
    op.create_index("ix_legal_hold_incident", "legal_hold", ["incident", "released_at"])
    op.create_table(
        "student_left",
        *_texts("student", "district"),
        sa.Column("left_on", sa.Date(), nullable=False),
        *_texts("recorded_by"),
        _time("recorded_at", nullable=False),
        *_refers("student_left", student="student", district="district", recorded_by="person"),
        sa.PrimaryKeyConstraint("student", name=op.f("pk_student_left")),
    )
    op.create_index("ix_student_left_district", "student_left", ["district"])
    _destruction()


def _destruction() -> None:
    op.create_table(
        "destruction",
        *_texts("id", "district"),
        *_texts("student", "incident", nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        *_texts("asked_by", nullable=True),
        _time("asked_at"),
        *_texts("withdrawn_by", nullable=True),
        _time("withdrawn_at"),
        *_texts("confirmed_by", nullable=True),
        _time("done_at"),
        sa.Column(
            "method",
            sa.Enum("keys_and_rows", name="destructionmethod", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        *_texts("classes", nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        *_texts("pack", nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("incidents", "keys", "records")),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_destruction_{name}")) for name, rule in DESTRUCTION),
        *_refers(
            "destruction",
            district="district",
            student="student",
            incident="incident",
            asked_by="person",
            withdrawn_by="person",
            confirmed_by="person",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destruction")),
    )
    op.create_index("ix_destruction_student", "destruction", ["student"])
    op.create_index("ix_destruction_incident", "destruction", ["incident"])
    op.create_index("ix_destruction_district", "destruction", ["district", "done_at"])


def _texts(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=nullable) for name in names]


def _time(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _refers(table: str, **others: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}"))
        for name, other in others.items()
    ]


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
