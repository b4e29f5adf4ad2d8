"""The ledger of what leaves the school, whose rows are never changed or taken out, and signed consents."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

WAYS = ("call", "message", "handoff", "report", "export", "print", "api")
EFFECTS = ("allow", "human", "refuse")
BASES = (
    "consent_roi",
    "ferpa_99_36_emergency",
    "treatment_hipaa",
    "cps_report",
    "court_order",
    "school_official",
    "partner_official",
    "parent_or_eligible_student",
    "child_welfare",
    "transfer",
    "dependent_student",
    "part2_consent",
    "part2_medical_emergency",
    "no_pii",
)
PURPOSES = (
    "keep_safe",
    "inform_family",
    "care",
    "child_protection",
    "inspection",
    "court",
    "enrollment",
    "school_work",
)
POSTS = (
    "counselor",
    "psychologist",
    "social_worker",
    "nurse",
    "principal",
    "assistant_principal",
    "teacher",
    "clinician",
    "district_lead",
    "privacy_officer",
    "operator",
)
EMERGENCY = "NOT went_out OR basis <> 'ferpa_99_36_emergency' OR (decided_by IS NOT NULL AND words IS NOT NULL)"
SAYS = "'the ledger is append-only'"


def upgrade() -> None:
    _consents()
    op.create_table(
        "disclosure",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("student", sa.String(), nullable=True),
        sa.Column("incident", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _one_of("way", "disclosureway", WAYS),
        _one_of("effect", "disclosureeffect", EFFECTS),
        sa.Column("went_out", sa.Boolean(), nullable=False),
        _one_of("basis", "legalbasis", BASES, nullable=True),
        _one_of("purpose", "disclosurepurpose", PURPOSES, nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("kinds", "persons", "fields", "rules", "pack")),
        sa.Column("words", sa.String(), nullable=True),
        sa.Column("consent", sa.String(), nullable=True),
        sa.Column("released_by", sa.String(), nullable=True),
        _one_of("released_as", "staffrole", POSTS, nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("officer", sa.String(), nullable=True),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("notice", "ferpa_log", "state_log")),
        sa.CheckConstraint("student IS NOT NULL OR incident IS NOT NULL", name=op.f("ck_disclosure_of_somebody")),
        sa.CheckConstraint(
            "NOT went_out OR (basis IS NOT NULL AND purpose IS NOT NULL AND fields <> '')",
            name=op.f("ck_disclosure_whole"),
        ),
        sa.CheckConstraint(EMERGENCY, name=op.f("ck_disclosure_emergency")),
        *(
            sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_disclosure_{name}"))
            for name, other in (
                ("district", "district"),
                ("student", "student"),
                ("incident", "incident"),
                ("words", "words"),
                ("consent", "consent"),
                ("released_by", "person"),
                ("decided_by", "person"),
                ("officer", "person"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
    )
    op.create_index("ix_disclosure_student", "disclosure", ["student", "at"])
    op.create_index("ix_disclosure_incident", "disclosure", ["incident"])
    _guard()


def _consents() -> None:
    op.create_table(
        "consent",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("id", "district", "student", "records")),
        _one_of("purpose", "disclosurepurpose", PURPOSES),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("signer", sa.String(), nullable=True),
        _one_of("method", "signmethod", ("paper", "electronic")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("document", "language")),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("read", "part2")),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("records <> '' AND document <> '' AND language <> ''", name=op.f("ck_consent_whole")),
        sa.CheckConstraint("(ended_by IS NULL) = (ended_on IS NULL)", name=op.f("ck_consent_ended")),
        sa.CheckConstraint("expires_on IS NULL OR expires_on >= signed_on", name=op.f("ck_consent_order")),
        *(
            sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_consent_{name}"))
            for name, other in (
                ("district", "district"),
                ("student", "student"),
                ("words", "words"),
                ("signer", "person"),
                ("recorded_by", "person"),
                ("ended_by", "person"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_student", "consent", ["student"])


def _one_of(name: str, kind: str, values: tuple[str, ...], *, nullable: bool = False) -> sa.Column[str]:
    closed = sa.Enum(*values, name=kind, native_enum=False, create_constraint=True, length=40)
    return sa.Column(name, closed, nullable=nullable)


def _guard() -> None:
    """PR-32: on both databases, and for whoever owns the table too."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER disclosure_no_{verb.lower()} BEFORE {verb} ON disclosure "
                f"BEGIN SELECT RAISE(ABORT, {SAYS}); END"
            )
        return
    op.execute(
        "CREATE TRIGGER disclosure_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON disclosure "
        "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
