"""Which instruments a district uses, and under which permission it shows their words."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

BASES = ("letter", "licence", "published_terms")


def upgrade() -> None:
    basis = sa.Enum(*BASES, name="permissionbasis", native_enum=False, create_constraint=True, length=40)
    _table(
        "instrument_permission",
        sa.Column("basis", basis, nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("notice", sa.String(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("counts_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(last_day IS NULL) = (counts_until IS NULL)", name=op.f("ck_instrument_permission_span")
        ),
    )
    _table(
        "instrument_use",
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.CheckConstraint("(body IS NULL) = (sha256 IS NULL)", name=op.f("ck_instrument_use_pack")),
    )


def _table(name: str, *more: sa.Column[object] | sa.CheckConstraint) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("instrument", sa.String(), nullable=False),
        *more,
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name=op.f(f"ck_{name}_ended")),
        *(
            sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{name}_{column}"))
            for column, other in (("district", "district"), ("recorded_by", "person"), ("ended_by", "person"))
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_district"), name, ["district", "instrument"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
