"""Who must not be contacted about a student, and how each adult wants to be reached."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KINDS = ("court_order", "child_protection_hold", "suspected_abuse", "student_fear", "safety_plan")
WHO_AND_WHEN = ("checked", "lift_asked", "lifted")


def upgrade() -> None:
    op.create_table(
        "restriction",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("student", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="restrictionkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("household", sa.Boolean(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        *(
            column
            for name in WHO_AND_WHEN
            for column in (
                sa.Column(f"{name}_by", sa.String(), nullable=True),
                sa.Column(f"{name}_at", sa.DateTime(timezone=True), nullable=True),
            )
        ),
        sa.CheckConstraint("checked_by <> entered_by", name=op.f("ck_restriction_checked_by_another")),
        sa.CheckConstraint("lifted_by <> lift_asked_by", name=op.f("ck_restriction_lifted_by_another")),
        *(
            sa.CheckConstraint(f"({name}_by IS NULL) = ({name}_at IS NULL)", name=op.f(f"ck_restriction_{name}"))
            for name in WHO_AND_WHEN
        ),
        sa.CheckConstraint(
            "lifted_by IS NULL OR lift_asked_by IS NOT NULL", name=op.f("ck_restriction_lifting_was_asked")
        ),
        sa.ForeignKeyConstraint(["district"], ["district.id"], name=op.f("fk_restriction_district")),
        sa.ForeignKeyConstraint(["student"], ["student.id"], name=op.f("fk_restriction_student")),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_restriction_{name}"))
            for name in ("person", "entered_by", *(f"{each}_by" for each in WHO_AND_WHEN))
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restriction")),
    )
    op.create_index(op.f("ix_restriction_district"), "restriction", ["district"])
    op.create_index(op.f("ix_restriction_person"), "restriction", ["person"])
    op.create_index("ix_restriction_student", "restriction", ["student", "lifted_at"])
    op.create_table(
        "restriction_number",
        sa.Column("restriction", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["restriction"], ["restriction.id"], name=op.f("fk_restriction_number_restriction")),
        sa.PrimaryKeyConstraint("restriction", "number", name=op.f("pk_restriction_number")),
    )
    op.create_table(
        "contact_wish",
        sa.Column("student", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("household", sa.String(), nullable=True),
        sa.Column("reads", sa.String(), nullable=False),
        sa.Column("interpreter", sa.Boolean(), nullable=False),
        sa.Column("voice_only", sa.Boolean(), nullable=False),
        sa.Column("safe_to_leave_message", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["student"], ["student.id"], name=op.f("fk_contact_wish_student")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_contact_wish_person")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_contact_wish_recorded_by")),
        sa.PrimaryKeyConstraint("student", "person", name=op.f("pk_contact_wish")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
