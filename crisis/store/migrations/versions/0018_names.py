"""By which names a student wants to be called, and where each may stand."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

SOURCES = ("student", "family", "staff")
CONTEXTS = ("face_to_face", "staff_console", "external_clinician", "emergency_services", "records", "guardian")
CAUTIONS = ("none", "ask_student_first", "do_not_volunteer")


def closed(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def references(table: str, *columns: tuple[str, str]) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}")) for name, other in columns
    ]


def upgrade() -> None:
    op.create_table(
        "student_name",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("student", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("source", closed(SOURCES, "instructionsource"), nullable=False),
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name=op.f("ck_student_name_ended")),
        *references(
            "student_name",
            ("district", "district"),
            ("student", "student"),
            ("words", "words"),
            *((f"{did}_by", "person") for did in ("recorded", "confirmed", "ended")),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_student_name")),
    )
    op.create_index("ix_student_name_student", "student_name", ["student", "ended_at"])
    op.create_table(
        "name_place",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("context", closed(CONTEXTS, "namecontext"), nullable=False),
        sa.Column("guardian", sa.String(), nullable=True),
        sa.CheckConstraint("(context = 'guardian') = (guardian IS NOT NULL)", name=op.f("ck_name_place_whose")),
        *references("name_place", ("name", "student_name"), ("guardian", "person")),
        sa.PrimaryKeyConstraint("name", "turn", name=op.f("pk_name_place")),
    )
    op.create_table(
        "name_caution",
        sa.Column("student", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("caution", closed(CAUTIONS, "namecaution"), nullable=False),
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        *references("name_caution", ("student", "student"), ("district", "district"), ("recorded_by", "person")),
        sa.PrimaryKeyConstraint("student", name=op.f("pk_name_caution")),
    )
    op.create_index(op.f("ix_name_caution_district"), "name_caution", ["district"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
