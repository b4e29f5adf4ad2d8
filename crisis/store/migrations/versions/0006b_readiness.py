"""Readiness: methods that were proved, errands, turns that were asked about, what those who plan were told."""

import sqlalchemy as sa
from alembic import op

revision = "0006b"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('plan_watch',
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('told', sa.Text(), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('news_since', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['district'], ['district.id'], name=op.f('fk_plan_watch_district')),
    sa.PrimaryKeyConstraint('district', name=op.f('pk_plan_watch'))
    )
    op.create_table('asked_turn',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('declined_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['district'], ['district.id'], name=op.f('fk_asked_turn_district')),
    sa.ForeignKeyConstraint(['person'], ['person.id'], name=op.f('fk_asked_turn_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_asked_turn')),
    sa.UniqueConstraint('person', 'starts_at', name=op.f('uq_asked_turn_person_starts_at'))
    )
    with op.batch_alter_table('asked_turn', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_asked_turn_district'), ['district'], unique=False)

    op.create_table('errand',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('kind', sa.Enum('test', 'confirm', 'notice', name='errandkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=True),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('turn', sa.String(), nullable=True),
    sa.Column('amount', sa.Integer(), nullable=True),
    sa.Column('asked_by', sa.String(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.Enum('accepted', 'refused', 'unknown', name='attemptoutcome', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('wrong', sa.Integer(), nullable=False),
    sa.CheckConstraint("channel IN ('text', 'voice')", name=op.f('ck_errand_channel')),
    sa.ForeignKeyConstraint(['district'], ['district.id'], name=op.f('fk_errand_district')),
    sa.ForeignKeyConstraint(['person'], ['person.id'], name=op.f('fk_errand_person')),
    sa.ForeignKeyConstraint(['turn'], ['asked_turn.id'], name=op.f('fk_errand_turn')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_errand')),
    sa.UniqueConstraint('number', 'code', name=op.f('uq_errand_number_code'))
    )
    with op.batch_alter_table('errand', schema=None) as batch_op:
        batch_op.create_index('ix_errand_next', ['due_at'], unique=False, sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_errand_person'), ['person'], unique=False)

    op.create_table('method',
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('proved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('proved_by', sa.Enum('answered', 'code', name='proof', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('bad_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('bad_code', sa.String(), nullable=True),
    sa.Column('opted_out_since', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("channel IN ('text', 'voice')", name=op.f('ck_method_channel')),
    sa.CheckConstraint('(bad_since IS NULL) = (bad_code IS NULL)', name=op.f('ck_method_bad')),
    sa.CheckConstraint('(proved_at IS NULL) = (proved_by IS NULL)', name=op.f('ck_method_proved')),
    sa.ForeignKeyConstraint(['person'], ['person.id'], name=op.f('fk_method_person')),
    sa.PrimaryKeyConstraint('person', 'number', 'channel', name=op.f('pk_method'))
    )
    with op.batch_alter_table('method', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_method_number'), ['number'], unique=False)


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
