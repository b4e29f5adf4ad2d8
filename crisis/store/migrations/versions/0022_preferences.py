"""What a student and a family asked for, in closed words."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SOURCES = ("student", "family", "staff")
PREFERENCES = (
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
)


def closed(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "preference",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("student", sa.String(), nullable=False),
        sa.Column("preference", closed(PREFERENCES, "preference"), nullable=False),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("source", closed(SOURCES, "instructionsource"), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name=op.f("ck_preference_ended")),
        sa.CheckConstraint(
            "(preference IN ('named_clinician', 'not_this_clinician')) = (person IS NOT NULL)",
            name=op.f("ck_preference_about_whom"),
        ),
        *(
            sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_preference_{name}"))
            for name, other in (
                ("district", "district"),
                ("student", "student"),
                ("person", "person"),
                ("recorded_by", "person"),
                ("confirmed_by", "person"),
                ("ended_by", "person"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preference")),
    )
    op.create_index("ix_preference_student", "preference", ["student", "ended_at"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
