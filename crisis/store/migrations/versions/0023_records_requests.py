"""Requests of parents and students to see the record, and what was decided about each part."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ENDS = ("released", "withdrawn")
BASES = ("other_student", "court_paper", "reporter", "privileged", "own_care", "not_a_record")


def upgrade() -> None:
    op.create_table(
        "records_request",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("id", "district", "student")),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prepared_by", sa.String(), nullable=True),
        sa.Column("checked_by", sa.String(), nullable=True),
        sa.Column("ended_as", _one_of("requestend", ENDS), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("checked_by <> prepared_by", name=op.f("ck_records_request_checked_by_another")),
        sa.CheckConstraint(
            "checked_by IS NULL OR prepared_by IS NOT NULL", name=op.f("ck_records_request_checked_what_was_prepared")
        ),
        sa.CheckConstraint("(ended_as IS NULL) = (ended_at IS NULL)", name=op.f("ck_records_request_ended")),
        sa.CheckConstraint("due_on >= asked_on", name=op.f("ck_records_request_order")),
        *(
            sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_records_request_{name}"))
            for name, other in (
                ("district", "district"),
                ("student", "student"),
                ("person", "person"),
                ("recorded_by", "person"),
                ("prepared_by", "person"),
                ("checked_by", "person"),
                ("ended_by", "person"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records_request")),
    )
    op.create_index("ix_records_request_open", "records_request", ["district", "ended_at"])
    op.create_index("ix_records_request_student", "records_request", ["student"])
    op.create_table(
        "records_choice",
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("basis", _one_of("withholdbasis", BASES), nullable=True),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.CheckConstraint("basis IS NOT NULL OR NOT quiet", name=op.f("ck_records_choice_quiet_about_something")),
        sa.ForeignKeyConstraint(["request"], ["records_request.id"], name=op.f("fk_records_choice_request")),
        sa.PrimaryKeyConstraint("request", "part", name=op.f("pk_records_choice")),
    )


def _one_of(kind: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=kind, native_enum=False, create_constraint=True, length=40)


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
