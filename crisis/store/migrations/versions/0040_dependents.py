"""That a student of age is a parent's dependent for tax can be shown by a paper, as other rights are."""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

KNOWN = "ck_authority_authority"
AUTHORITIES = (
    "education_rights",
    "education_decisions",
    "medical_consent",
    "pickup",
    "emergency_contact",
    "caseworker",
    "surrogate",
    "adult_guardian",
    "parent_of_dependent",
    "supporter",
)


def upgrade() -> None:
    words = ", ".join(f"'{each}'" for each in AUTHORITIES)
    with op.batch_alter_table("authority") as table:
        table.drop_constraint(op.f(KNOWN), type_="check")
        table.create_check_constraint(op.f(KNOWN), f"authority IN ({words})")


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
