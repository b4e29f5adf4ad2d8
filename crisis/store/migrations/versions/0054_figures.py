"""What each incident and each of its pages came to, as the figures count it."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

MODES = ("live", "drill")
URGENCIES = ("u1", "u2", "u3")
STATES = ("paging", "accepted", "exhausted", "covered_elsewhere", "cancelled")
LENGTHS = ("supervised", "asked", "arrived", "tier", "guardian", "released", "handed_off", "settled", "closed")
COUNTS = ("wishes_met", "wishes_unmet", "gap", "due", "kept", "follow_due", "follow_kept")
REFERS = {"incident": "incident.id", "district": "district.id", "school": "school.id"}


def upgrade() -> None:
    op.create_table(
        "incident_figure",
        *(_text(name) for name in REFERS),
        _enum("mode", "mode", *MODES),
        _text("month"),
        _number("seq"),
        *(
            sa.Column(name, sa.Boolean(), nullable=False)
            for name in ("over", "offered", "paged", "police", "sent_home")
        ),
        *(_number(name) for name in COUNTS),
        *(_number(f"to_{name}", nullable=True) for name in LENGTHS),
        sa.CheckConstraint(
            "kept <= due AND follow_kept <= follow_due", name=op.f("ck_incident_figure_kept")
        ),
        *_references("incident_figure"),
        sa.PrimaryKeyConstraint("incident", name=op.f("pk_incident_figure")),
    )
    op.create_table(
        "page_figure",
        _text("incident"),
        _text("page"),
        _text("district"),
        _text("school"),
        _enum("mode", "mode", *MODES),
        _text("month"),
        _enum("urgency", "urgency", *URGENCIES),
        _enum("state", "pagestate", *STATES),
        *(_number(name) for name in ("levels", "tries", "failed")),
        *(_number(f"to_{name}", nullable=True) for name in ("sent", "accepted", "arrived")),
        *_references("page_figure"),
        sa.PrimaryKeyConstraint("incident", "page", name=op.f("pk_page_figure")),
    )
    for table in ("incident_figure", "page_figure"):
        op.create_index(f"ix_{table}_month", table, ["district", "mode", "month", "school"])


def _references(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([mine], [theirs], name=op.f(f"fk_{table}_{mine}")) for mine, theirs in REFERS.items()
    ]


def _enum(column: str, name: str, *values: str) -> sa.Column[Any]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
    return sa.Column(column, kind, nullable=False)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
