"""An e-mail address of an adult of the family, that they want short texts, and two more wishes."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

KNOWN, ABOUT_WHOM = "ck_preference_preference", "ck_preference_about_whom"
OF_A_PERSON = ("named_clinician", "not_this_clinician", "trusted_adult", "trusted_adult_at_once", "own_community")
WORDS = (
    "woman",
    "man",
    "lived_experience",
    "by_video",
    "in_person",
    "named_clinician",
    "not_this_clinician",
    "mobile_crisis_first",
    "no_school_officer",
    "no_uniform",
    "ask_lead_before_agencies",
    "speech_device",
    "yes_no_signs",
    "sign_language",
    "pictures",
    "more_time",
    "trusted_adult",
    "trusted_adult_at_once",
    "own_community",
    "say_wellbeing",
)


def upgrade() -> None:
    with op.batch_alter_table("preference") as table:
        table.drop_constraint(op.f(KNOWN), type_="check")
        table.drop_constraint(op.f(ABOUT_WHOM), type_="check")
        table.create_check_constraint(op.f(KNOWN), f"preference IN ({_words(WORDS)})")
        table.create_check_constraint(op.f(ABOUT_WHOM), f"(preference IN ({_words(OF_A_PERSON)})) = (person IS NOT NULL)")
    over = sa.Enum("stopped", "not_theirs", name="emailover", native_enum=False, create_constraint=True, length=40)
    with op.batch_alter_table("contact_wish") as table:
        table.add_column(sa.Column("short_text", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("email", sa.String(), nullable=True))
        table.add_column(sa.Column("email_id", sa.String(), nullable=True))
        table.add_column(sa.Column("email_over", over, nullable=True))
        table.create_check_constraint(op.f("ck_contact_wish_email_id"), "(email IS NULL) = (email_id IS NULL)")
        table.create_check_constraint(
            op.f("ck_contact_wish_email_over_of_one"), "email IS NOT NULL OR email_over IS NULL"
        )
    with op.batch_alter_table("contact_wish") as table:
        table.alter_column("short_text", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
    op.create_index("ix_contact_wish_email", "contact_wish", ["email"])
    op.create_index("ix_contact_wish_email_id", "contact_wish", ["email_id"])


def _words(these: tuple[str, ...]) -> str:
    return ", ".join(f"'{each}'" for each in these)


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
