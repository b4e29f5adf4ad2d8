"""A first passphrase runs out; short recovery codes are known as such; a second factor may be asked from a day on."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is there stays good: passphrases are their owners', and codes of before count until they are used."""
    with op.batch_alter_table("account") as account:
        account.add_column(sa.Column("given_until", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("recovery_code") as code:
        code.add_column(sa.Column("short", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("recovery_code") as code:
        code.alter_column("short", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
    with op.batch_alter_table("sign_in_rule") as rule:
        rule.add_column(sa.Column("counts_from", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE sign_in_rule SET counts_from = decided_at")
    with op.batch_alter_table("sign_in_rule") as rule:
        rule.alter_column("counts_from", existing_type=sa.DateTime(timezone=True), nullable=False)


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
