"""Who signed for a district's own protocol, and from when on it answers."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

KINDS = ("clinical", "legal")


def upgrade() -> None:
    kind = sa.Enum(*KINDS, name="reviewkind", native_enum=False, create_constraint=True, length=40)
    _table(
        "protocol_signature",
        _text("draft"),
        _text("hash"),
        sa.Column("kind", kind, nullable=False),
        _text("name"),
        _text("qualification"),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("holds_until", sa.Date(), nullable=False),
        _text("paper", nullable=True),
        _text("signed_by", nullable=True),
        _text("recorded_by"),
        _time("recorded_at"),
        refers={"draft": "protocol_draft.id", "signed_by": "person.id", "recorded_by": "person.id"},
        checks={
            "by_somebody": "(signed_by IS NULL) = (paper IS NOT NULL)",
            "holds": "holds_until > signed_on",
        },
    )
    op.create_index("ix_protocol_signature_hash", "protocol_signature", ["district", "hash"])
    _table(
        "protocol_publication",
        _text("protocol"),
        _text("hash"),
        _text("draft", nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        _time("counts_from"),
        _text("published_by"),
        _time("published_at"),
        _text("ended_by", nullable=True),
        _time("ended_at", nullable=True),
        refers={
            "hash": "protocol.hash",
            "draft": "protocol_draft.id",
            "published_by": "person.id",
            "ended_by": "person.id",
        },
        checks={"ended": "(ended_by IS NULL) = (ended_at IS NULL)"},
    )
    op.create_index("ix_protocol_publication_district", "protocol_publication", ["district", "counts_from"])


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
