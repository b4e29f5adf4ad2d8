"""What somebody changes because of what a review says."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

TABLE = "improvement_item"
CAPABILITIES = (
    "recognize",
    "supervise",
    "assess",
    "reach",
    "family",
    "language",
    "handoff",
    "follow_up",
    "records",
    "lead",
)
ELEMENTS = ("planning", "organization", "equipment", "training", "exercise")
STATES = ("open", "started", "done", "verified", "dropped")
OVER = "(state IN ('done', 'verified', 'dropped'))"
CHECKS = {
    "order": "due_on >= starts_on",
    "evidence": f"{OVER} = (evidence IS NOT NULL)",
    "ended": f"{OVER} = (ended_at IS NOT NULL)",
    "ended_by": "(ended_by IS NULL) = (ended_at IS NULL)",
    "verified": "(state = 'verified') = (verified_at IS NOT NULL)",
    "verified_by": "(verified_by IS NULL) = (verified_at IS NULL)",
    "verified_by_another": "verified_by <> ended_by",
}
REFERS = {
    "district": "district.id",
    "school": "school.id",
    "incident": "incident.id",
    "review": "after_action_review.id",
    "entry": "review_entry.id",
    "words": "words.id",
    "owner": "person.id",
    "evidence": "words.id",
    "made_by": "person.id",
    "ended_by": "person.id",
    "verified_by": "person.id",
}


def upgrade() -> None:
    op.create_table(
        TABLE,
        _text("id"),
        *(_text(name) for name in ("district", "school", "incident", "review", "entry")),
        sa.Column("capability", _enum("capability", *CAPABILITIES), nullable=False),
        sa.Column("element", _enum("element", *ELEMENTS), nullable=False),
        _text("words"),
        _text("owner"),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", _enum("itemstate", *STATES), nullable=False),
        _text("evidence", nullable=True),
        _text("made_by"),
        _time("made_at"),
        _text("ended_by", nullable=True),
        _time("ended_at", nullable=True),
        _text("verified_by", nullable=True),
        _time("verified_at", nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in CHECKS.items()),
        *(
            sa.ForeignKeyConstraint([mine], [theirs], name=op.f(f"fk_{TABLE}_{mine}"))
            for mine, theirs in REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(f"ix_{TABLE}_school", TABLE, ["district", "school", "state"])
    op.create_index(f"ix_{TABLE}_owner", TABLE, ["owner", "state"])
    op.create_index(f"ix_{TABLE}_review", TABLE, ["review"])


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
