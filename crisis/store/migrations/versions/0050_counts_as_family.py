"""Who counts as family for one student, in their own words: an elder, a godparent, a sibling."""

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

KNOWN = "ck_instruction_instructionkind"
KINDS = (
    "do_not_say",
    "makes_worse",
    "touch",
    "helps",
    "communication",
    "medical",
    "trusted_adult",
    "helper",
    "counts_as_family",
    "practice",
    "words_to_use",
)


def upgrade() -> None:
    words = ", ".join(f"'{each}'" for each in KINDS)
    with op.batch_alter_table("instruction") as table:
        table.drop_constraint(op.f(KNOWN), type_="check")
        table.create_check_constraint(op.f(KNOWN), f"kind IN ({words})")


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
