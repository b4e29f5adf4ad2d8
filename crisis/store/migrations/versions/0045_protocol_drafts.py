"""The protocols that a district changes: drafts, all that was ever saved of them, and what the checker says."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _table(
        "protocol_draft",
        _text("came_from"),
        _text("begun_by"),
        _time("begun_at"),
        _text("ended_by", nullable=True),
        _time("ended_at", nullable=True),
        refers={"came_from": "protocol.hash", "begun_by": "person.id", "ended_by": "person.id"},
        checks={"ended": "(ended_by IS NULL) = (ended_at IS NULL)"},
    )
    op.create_index("ix_protocol_draft_district", "protocol_draft", ["district", "ended_at"])
    _table(
        "protocol_edition",
        _text("draft"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _text("hash", nullable=True),
        _text("saved_by"),
        _time("saved_at"),
        refers={"draft": "protocol_draft.id", "saved_by": "person.id"},
        checks={"counted": "number > 0"},
        unique=("draft", "number"),
    )
    _table(
        "protocol_check",
        _text("hash"),
        sa.Column("body", sa.Text(), nullable=False),
        _text("rules"),
        _text("asked_by"),
        _time("asked_at"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _text("claimed_by", nullable=True),
        _time("claimed_until", nullable=True),
        sa.Column("states", sa.Integer(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=True),
        _time("done_at", nullable=True),
        refers={"asked_by": "person.id"},
        checks={"done": "(done_at IS NULL) = (findings IS NULL)"},
        unique=("district", "hash"),
    )


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _table(
    name: str,
    *columns: sa.Column[Any],
    refers: dict[str, str],
    checks: dict[str, str],
    unique: tuple[str, ...] = (),
) -> None:
    op.create_table(
        name,
        _text("id"),
        _text("district"),
        *columns,
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{name}_{each}")) for each, rule in checks.items()),
        *(
            sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_{name}_{column}"))
            for column, to in ({"district": "district.id"} | refers).items()
        ),
        *([sa.UniqueConstraint(*unique, name=op.f(f"uq_{name}_{'_'.join(unique)}"))] if unique else ()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
