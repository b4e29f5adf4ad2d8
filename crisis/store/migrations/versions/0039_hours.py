"""When somebody asked not to be contacted, and the ways to reach an adult in their order."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

SOURCES = ("student", "family", "staff")


def upgrade() -> None:
    source = sa.Enum(*SOURCES, name="instructionsource", native_enum=False, create_constraint=True, length=40)
    refers = {"district": "district", "student": "student", "person": "person"}
    refers |= dict.fromkeys(("recorded_by", "confirmed_by", "ended_by"), "person")
    op.create_table(
        "avoided_time",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("id", "district", "student")),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("days", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("source", source, nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name=op.f("ck_avoided_time_ended")),
        sa.CheckConstraint("starts <> ends", name=op.f("ck_avoided_time_some_time")),
        *(
            sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_avoided_time_{name}"))
            for name, other in refers.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avoided_time")),
    )
    op.create_index("ix_avoided_time_student", "avoided_time", ["student", "ended_at"])
    op.create_table(
        "contact_ways",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("student", "person", "district", "ways")),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_contact_ways_{name}"))
            for name, other in (("student", "student"), ("person", "person"), ("recorded_by", "person"))
        ),
        sa.PrimaryKeyConstraint("student", "person", name=op.f("pk_contact_ways")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
