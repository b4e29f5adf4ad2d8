"""Links of pages, calls that may have to be ended, and how often something was done."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "page_link",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name=op.f("fk_page_link_incident")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_page_link")),
        sa.UniqueConstraint("page", "person", name=op.f("uq_page_link_page_person")),
    )
    op.create_table(
        "call_out",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("sid", sa.String(), nullable=False),
        sa.Column("attempt", sa.String(), nullable=False),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("live", "drill", name="mode", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "placed", "answered", "over", name="callstate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name=op.f("fk_call_out_incident")),
        sa.PrimaryKeyConstraint("account", "sid", name=op.f("pk_call_out")),
    )
    op.create_index(op.f("ix_call_out_page"), "call_out", ["page"])
    op.create_table(
        "allowance",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", "since", name=op.f("pk_allowance")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
