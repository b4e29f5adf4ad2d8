"""Which incidents are kept apart as the sides of a Title IX matter, and who is admitted to which."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

STANDING = sa.text("ended_at IS NULL")


def upgrade() -> None:
    _table("compartment", "incident", "coordinator")
    _one("compartment", "incident")
    op.create_index("ix_compartment_matter", "compartment", ["matter"])
    op.create_index(op.f("ix_compartment_district"), "compartment", ["district"])
    _table("compartment_admission", "person")
    _one("compartment_admission", "matter", "person")
    op.create_index(op.f("ix_compartment_admission_person"), "compartment_admission", ["person"])


def _one(table: str, *columns: str) -> None:
    op.create_index(
        f"ix_{table}_one",
        table,
        list(columns),
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )


def _table(table: str, *who: str) -> None:
    side = sa.Enum("complainant", "respondent", name="titleixside", native_enum=False, create_constraint=True, length=40)
    refers = {"district": "district", "incident": "incident", "entered_by": "person", "ended_by": "person"}
    refers |= {each: "person" for each in who if each != "incident"}
    present = {name: other for name, other in refers.items() if name != "incident" or "incident" in who}
    op.create_table(
        table,
        *(sa.Column(name, sa.String(), nullable=False) for name in ("id", "district", "matter", *who)),
        sa.Column("side", side, nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name=op.f(f"ck_{table}_ended")),
        *(
            sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}"))
            for name, other in present.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
