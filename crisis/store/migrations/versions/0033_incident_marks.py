"""What is said of a whole incident afterwards: sealed, unfounded, entered in error."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

KINDS = ("sealed", "unfounded", "in_error")


def upgrade() -> None:
    op.create_table(
        "incident_mark",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("id", "district", "incident")),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="incidentmark", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("words", "made_by")),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name=op.f("ck_incident_mark_ended")),
        *(
            sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_incident_mark_{name}"))
            for name, other in (
                ("district", "district"),
                ("incident", "incident"),
                ("words", "words"),
                ("made_by", "person"),
                ("ended_by", "person"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_mark")),
    )
    op.create_index("ix_incident_mark_incident", "incident_mark", ["incident", "ended_at"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
