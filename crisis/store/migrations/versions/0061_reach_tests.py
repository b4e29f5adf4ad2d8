"""A drill that only asks who is reached: a test page to each who takes part, and how many answered."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

TYPES = ("reach_test", "tabletop", "drill", "functional", "full_scale")
NOT_YET = "state IN ('planned', 'called_off')"
CHECKS = {
    "drilltype": f"type IN ({', '.join(repr(each) for each in TYPES)})",
    "looked_after": f"{NOT_YET} OR type IN ('reach_test', 'tabletop') OR (support IS NOT NULL AND announced)",
    "played": "(type = 'reach_test') = (crisis_type IS NULL)",
    "reached": "(asked IS NULL) = (reached IS NULL) AND (asked IS NULL OR type = 'reach_test')"
    " AND (reached IS NULL OR (reached >= 0 AND reached <= asked)) AND (half_after IS NULL OR reached > 0)",
}


def upgrade() -> None:
    with op.batch_alter_table("drill") as table:
        for name in ("drilltype", "looked_after"):
            table.drop_constraint(op.f(f"ck_drill_{name}"), type_="check")
        table.alter_column("crisis_type", existing_type=sa.String(), nullable=True)
        for column in ("asked", "reached", "half_after"):
            table.add_column(sa.Column(column, sa.Integer(), nullable=True))
        for name, rule in CHECKS.items():
            table.create_check_constraint(op.f(f"ck_drill_{name}"), rule)


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
