"""What a parent or the student says about a record that they think is wrong."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_statement",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("id", "district", "student")),
        sa.Column("person", sa.String(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("words", "recorded_by")),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_record_statement_{name}"))
            for name, other in (
                ("district", "district"),
                ("student", "student"),
                ("person", "person"),
                ("words", "words"),
                ("recorded_by", "person"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_statement")),
    )
    op.create_index("ix_record_statement_student", "record_statement", ["student"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
