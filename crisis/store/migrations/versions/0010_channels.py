"""E-mail, push, what goes out to providers, canary pages, alarms of providers, leases; one more word for outcomes."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OUTCOMES = "ck_errand_attemptoutcome"


def upgrade() -> None:
    _outcomes()
    op.create_table('canary',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('provider', sa.String(), nullable=False),
    sa.Column('slot_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('period', sa.Integer(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('back_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fault', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_canary')),
    sa.UniqueConstraint('provider', 'slot_at', name=op.f('uq_canary_provider_slot_at'))
    )
    op.create_table('lease',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('holder', sa.String(), nullable=False),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_lease'))
    )
    op.create_table('outgoing',
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('purpose', sa.Enum('page', 'alarm', 'answer', 'notice', name='purpose', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('channel', sa.Enum('text', 'voice', 'console', name='channel', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('mode', sa.Enum('live', 'drill', name='mode', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('urgency', sa.Enum('u1', 'u2', 'u3', name='urgency', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('incident', sa.String(), nullable=True),
    sa.Column('page', sa.String(), nullable=True),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('phone', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('unknown', 'submitted', 'sent', 'answered', 'delivered', 'human_answered', 'machine_answered', 'no_answer', 'busy', 'failed', name='attemptstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('state_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked', sa.Text(), nullable=False),
    sa.Column('look_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('reference', name=op.f('pk_outgoing'))
    )
    with op.batch_alter_table('outgoing', schema=None) as batch_op:
        batch_op.create_index('ix_outgoing_at', ['at'], unique=False)
        batch_op.create_index('ix_outgoing_look', ['look_at'], unique=False, sqlite_where=sa.text('look_at IS NOT NULL'), postgresql_where=sa.text('look_at IS NOT NULL'))
        batch_op.create_index('ix_outgoing_phone', ['phone', 'at'], unique=False)

    op.create_table('provider_alarm',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('provider', sa.String(), nullable=False),
    sa.Column('channel', sa.Enum('text', 'voice', 'console', name='channel', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('fault', sa.Enum('configuration', 'blocked', 'silent', name='providerfault', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_alarm'))
    )
    with op.batch_alter_table('provider_alarm', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_provider_alarm_since'), ['since'], unique=False)

    op.create_table('email_address',
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('code', sa.String(), nullable=True),
    sa.Column('code_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('codes_sent', sa.Integer(), nullable=False),
    sa.Column('hour_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(code IS NULL) = (code_until IS NULL)', name=op.f('ck_email_address_code')),
    sa.ForeignKeyConstraint(['district'], ['district.id'], name=op.f('fk_email_address_district')),
    sa.ForeignKeyConstraint(['person'], ['person.id'], name=op.f('fk_email_address_person')),
    sa.PrimaryKeyConstraint('person', name=op.f('pk_email_address'))
    )
    with op.batch_alter_table('email_address', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_email_address_district'), ['district'], unique=False)

    op.create_table('push_subscription',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('endpoint', sa.Text(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('auth', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['district'], ['district.id'], name=op.f('fk_push_subscription_district')),
    sa.ForeignKeyConstraint(['person'], ['person.id'], name=op.f('fk_push_subscription_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_push_subscription')),
    sa.UniqueConstraint('endpoint', name=op.f('uq_push_subscription_endpoint'))
    )
    with op.batch_alter_table('push_subscription', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_push_subscription_district'), ['district'], unique=False)
        batch_op.create_index(batch_op.f('ix_push_subscription_person'), ['person'], unique=False)


def _outcomes() -> None:
    with op.batch_alter_table("errand") as table:
        table.drop_constraint(op.f(OUTCOMES), type_="check")
        table.create_check_constraint(op.f(OUTCOMES), "outcome IN ('accepted', 'refused', 'unknown', 'silent')")


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
