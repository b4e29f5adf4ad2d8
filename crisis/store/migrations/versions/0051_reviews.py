"""Reviews that people write on top of the figures of one incident or drill."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

STATES = ("not_asked", "owed", "draft", "in_review", "signed", "closed")
KINDS = ("summary", "strength", "area", "student_voice", "family_voice", "remark")
PHASES = ("identification", "safety_assessment", "family_contact", "handoff", "follow_up", "closed")
BEGUN = "(state IN ('draft', 'in_review', 'signed', 'closed'))"


def upgrade() -> None:
    _reviews()
    _entries()
    op.create_table(
        "review_rating",
        _text("review"),
        sa.Column("objective", _enum("phase", *PHASES), nullable=False),
        sa.Column("rating", _enum("rating", "P", "S", "M", "U", "NR"), nullable=False),
        _text("rated_by"),
        _time("rated_at"),
        *_refer("review_rating", {"review": "after_action_review.id", "rated_by": "person.id"}),
        sa.PrimaryKeyConstraint("review", "objective", name=op.f("pk_review_rating")),
    )


def _reviews() -> None:
    people = ("lead", "begun_by", "written_by", "signed_by", "closed_by")
    places = {"district": "district.id", "school": "school.id", "incident": "incident.id"}
    checks = {
        "begun": f"{BEGUN} = (begun_at IS NOT NULL)",
        "begun_by": "(begun_by IS NULL) = (begun_at IS NULL)",
        "signed": "(state IN ('signed', 'closed')) = (signed_at IS NOT NULL)",
        "signed_by": "(signed_by IS NULL) = (signed_at IS NULL)",
        "signed_by_another": "signed_by <> written_by",
        "closed": "(state = 'closed') = (closed_at IS NOT NULL)",
        "closed_by": "(closed_by IS NULL) = (closed_at IS NULL)",
    }
    op.create_table(
        "after_action_review",
        _text("id"),
        *(_text(name) for name in places),
        sa.Column("state", _enum("reviewstate", *STATES), nullable=False),
        _text("causes"),
        _time("due_at", nullable=True),
        *(_text(name, nullable=True) for name in people),
        *(_time(f"{what}_at", nullable=True) for what in ("begun", "written", "signed", "closed")),
        *_check("after_action_review", checks),
        *_refer("after_action_review", places | dict.fromkeys(people, "person.id")),
        sa.UniqueConstraint("incident", name=op.f("uq_after_action_review_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_after_action_review")),
    )
    op.create_index("ix_after_action_review_school", "after_action_review", ["district", "school", "state"])


def _entries() -> None:
    refers = {
        "district": "district.id",
        "review": "after_action_review.id",
        "words": "words.id",
        "cause": "words.id",
        "written_by": "person.id",
    }
    checks = {
        "objective": "(kind IN ('strength', 'area')) = (objective IS NOT NULL)",
        "cause": "(kind = 'area') = (cause IS NOT NULL)",
    }
    op.create_table(
        "review_entry",
        _text("id"),
        _text("district"),
        _text("review"),
        sa.Column("kind", _enum("entrykind", *KINDS), nullable=False),
        sa.Column("objective", _enum("phase", *PHASES), nullable=True),
        _text("words"),
        _text("cause", nullable=True),
        _text("written_by"),
        _time("written_at"),
        *_check("review_entry", checks),
        *_refer("review_entry", refers),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_entry")),
    )
    op.create_index("ix_review_entry_review", "review_entry", ["review"])


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _check(table: str, rules: dict[str, str]) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()]


def _refer(table: str, to: dict[str, str]) -> list[sa.ForeignKeyConstraint]:
    return [sa.ForeignKeyConstraint([mine], [theirs], name=op.f(f"fk_{table}_{mine}")) for mine, theirs in to.items()]


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
