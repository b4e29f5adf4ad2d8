"""How an adult wants to be interpreted for, and by whom not."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

NEEDS = ("spoken", "sign", "deaf_interpreter", "tactile", "captions")


def upgrade() -> None:
    need = sa.Enum(*NEEDS, name="interpreterneed", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "interpreter_wish",
        sa.Column("student", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("need", need, nullable=False),
        sa.Column("woman", sa.Boolean(), nullable=False),
        sa.Column("man", sa.Boolean(), nullable=False),
        sa.Column("not_own_community", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_interpreter_wish_{name}"))
            for name, other in (
                ("student", "student"),
                ("person", "person"),
                ("words", "words"),
                ("recorded_by", "person"),
            )
        ),
        sa.PrimaryKeyConstraint("student", "person", name=op.f("pk_interpreter_wish")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
