"""A drill reaches the numbers on its list alone: page codes refer to it, and to the mode of their incident."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

COLUMNS = "phone, code, incident, page, person, site, mode, given_at"


def upgrade() -> None:
    op.create_index("ix_incident_id_mode", "incident", ["id", "mode"], unique=True)
    op.create_table(
        "drill_phone",
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name=op.f("fk_drill_phone_incident")),
        sa.PrimaryKeyConstraint("incident", "phone", name=op.f("pk_drill_phone")),
    )
    op.execute(
        "INSERT INTO drill_phone (incident, phone) "
        "SELECT incident.id, phone.number FROM incident JOIN person ON person.district = incident.district "
        "JOIN phone ON phone.person = person.id "
        "WHERE incident.mode = 'drill' AND incident.closed_at IS NULL AND person.staff AND phone.number IS NOT NULL "
        "UNION SELECT incident, phone FROM page_code WHERE mode = 'drill'"
    )
    op.execute(f"CREATE TABLE page_code_before AS SELECT {COLUMNS} FROM page_code")
    op.drop_table("page_code")
    op.create_table(
        "page_code",
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("live", "drill", name="mode", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("drill", sa.String(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(mode = 'drill') = (drill IS NOT NULL)", name=op.f("ck_page_code_drill_has_a_list")),
        sa.CheckConstraint("drill IS NULL OR drill = incident", name=op.f("ck_page_code_drill_is_its_own")),
        sa.ForeignKeyConstraint(
            ["drill", "phone"], ["drill_phone.incident", "drill_phone.phone"], name=op.f("fk_page_code_drill_phone")
        ),
        sa.ForeignKeyConstraint(
            ["incident", "mode"], ["incident.id", "incident.mode"], name=op.f("fk_page_code_incident_mode")
        ),
        sa.PrimaryKeyConstraint("phone", "code", name=op.f("pk_page_code")),
        sa.UniqueConstraint("phone", "page", name=op.f("uq_page_code_phone_page")),
    )
    op.execute(
        f"INSERT INTO page_code ({COLUMNS}, drill) "
        f"SELECT {COLUMNS}, CASE WHEN mode = 'drill' THEN incident END FROM page_code_before"
    )
    op.execute("DROP TABLE page_code_before")


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
