"""A student may name an adult of the school whom they trust, as a closed wish."""

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

KNOWN, ABOUT_WHOM = "ck_preference_preference", "ck_preference_about_whom"
OF_A_PERSON = ("named_clinician", "not_this_clinician", "trusted_adult", "trusted_adult_at_once")
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
)


def upgrade() -> None:
    with op.batch_alter_table("preference") as table:
        table.drop_constraint(op.f(KNOWN), type_="check")
        table.drop_constraint(op.f(ABOUT_WHOM), type_="check")
        table.create_check_constraint(op.f(KNOWN), f"preference IN ({_words(WORDS)})")
        table.create_check_constraint(op.f(ABOUT_WHOM), f"(preference IN ({_words(OF_A_PERSON)})) = (person IS NOT NULL)")


def _words(these: tuple[str, ...]) -> str:
    return ", ".join(f"'{each}'" for each in these)


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
