"""Schedules: rotations, overrides, swaps, absences, calendar feeds, holidays, make-up days and closures."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('district_holiday',
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['district'], ['district.id'], name=op.f('fk_district_holiday_district')),
    sa.PrimaryKeyConstraint('district', 'day', name=op.f('pk_district_holiday'))
    )
    op.create_table('absence',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('source_id', sa.String(), nullable=True),
    sa.Column('told_by', sa.String(), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_absence_order')),
    sa.ForeignKeyConstraint(['district'], ['district.id'], name=op.f('fk_absence_district')),
    sa.ForeignKeyConstraint(['person'], ['person.id'], name=op.f('fk_absence_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_absence'))
    )
    with op.batch_alter_table('absence', schema=None) as batch_op:
        batch_op.create_index('ix_absence_asked', ['district', 'person', 'ends_at'], unique=False)

    op.create_table('feed',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person'], ['person.id'], name=op.f('fk_feed_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feed')),
    sa.UniqueConstraint('digest', name=op.f('uq_feed_digest'))
    )
    with op.batch_alter_table('feed', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_feed_person'), ['person'], unique=False)

    op.create_table('rotation',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('school', sa.String(), nullable=True),
    sa.Column('role', sa.Enum('reporter', 'supervising_adult', 'incident_lead', 'assessor', 'admin', 'nurse', 'sro', 'oncall_clinician', 'care_coordinator', 'district_oncall', 'liaison', 'scribe', 'logistics', name='role', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('zone', sa.String(), nullable=False),
    sa.Column('covers', sa.Enum('always', 'school_hours', 'out_of_hours', name='covers', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('cycle_days', sa.Integer(), nullable=False),
    sa.CheckConstraint('cycle_days BETWEEN 1 AND 366', name=op.f('ck_rotation_cycle')),
    sa.CheckConstraint('ends_on IS NULL OR starts_on < ends_on', name=op.f('ck_rotation_order')),
    sa.CheckConstraint('level >= 0', name=op.f('ck_rotation_level')),
    sa.ForeignKeyConstraint(['district'], ['district.id'], name=op.f('fk_rotation_district')),
    sa.ForeignKeyConstraint(['school'], ['school.id'], name=op.f('fk_rotation_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rotation'))
    )
    with op.batch_alter_table('rotation', schema=None) as batch_op:
        batch_op.create_index('ix_rotation_asked', ['district', 'role', 'level'], unique=False)

    op.create_table('school_closure',
    sa.Column('school', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('closes', sa.Time(), nullable=True),
    sa.ForeignKeyConstraint(['school'], ['school.id'], name=op.f('fk_school_closure_school')),
    sa.PrimaryKeyConstraint('school', 'day', name=op.f('pk_school_closure'))
    )
    op.create_table('school_make_up_day',
    sa.Column('school', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['school'], ['school.id'], name=op.f('fk_school_make_up_day_school')),
    sa.PrimaryKeyConstraint('school', 'day', name=op.f('pk_school_make_up_day'))
    )
    op.create_table('swap',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('school', sa.String(), nullable=True),
    sa.Column('role', sa.Enum('reporter', 'supervising_adult', 'incident_lead', 'assessor', 'admin', 'nurse', 'sro', 'oncall_clinician', 'care_coordinator', 'district_oncall', 'liaison', 'scribe', 'logistics', name='role', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('giver', sa.String(), nullable=False),
    sa.Column('taker', sa.String(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('back_starts_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('back_ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('state', sa.Enum('offered', 'accepted', 'refused', 'withdrawn', name='swapstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('offered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'offered') = (answered_at IS NULL)", name=op.f('ck_swap_answered')),
    sa.CheckConstraint('(back_starts_at IS NULL) = (back_ends_at IS NULL)', name=op.f('ck_swap_back')),
    sa.CheckConstraint('back_starts_at < back_ends_at', name=op.f('ck_swap_back_order')),
    sa.CheckConstraint('giver <> taker', name=op.f('ck_swap_two_people')),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_swap_order')),
    sa.ForeignKeyConstraint(['district'], ['district.id'], name=op.f('fk_swap_district')),
    sa.ForeignKeyConstraint(['giver'], ['person.id'], name=op.f('fk_swap_giver')),
    sa.ForeignKeyConstraint(['school'], ['school.id'], name=op.f('fk_swap_school')),
    sa.ForeignKeyConstraint(['taker'], ['person.id'], name=op.f('fk_swap_taker')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_swap'))
    )
    with op.batch_alter_table('swap', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_swap_district'), ['district'], unique=False)

    op.create_table('on_call_override',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('school', sa.String(), nullable=True),
    sa.Column('role', sa.Enum('reporter', 'supervising_adult', 'incident_lead', 'assessor', 'admin', 'nurse', 'sro', 'oncall_clinician', 'care_coordinator', 'district_oncall', 'liaison', 'scribe', 'logistics', name='role', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('add', 'remove', 'replace', name='overridekind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('incoming', sa.String(), nullable=True),
    sa.Column('outgoing', sa.String(), nullable=True),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('swap', sa.String(), nullable=True),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(kind = 'remove') = (incoming IS NULL)", name=op.f('ck_on_call_override_incoming')),
    sa.CheckConstraint("kind = 'replace' OR (kind = 'remove') = (outgoing IS NOT NULL)", name=op.f('ck_on_call_override_outgoing')),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_on_call_override_order')),
    sa.ForeignKeyConstraint(['district'], ['district.id'], name=op.f('fk_on_call_override_district')),
    sa.ForeignKeyConstraint(['incoming'], ['person.id'], name=op.f('fk_on_call_override_incoming')),
    sa.ForeignKeyConstraint(['outgoing'], ['person.id'], name=op.f('fk_on_call_override_outgoing')),
    sa.ForeignKeyConstraint(['school'], ['school.id'], name=op.f('fk_on_call_override_school')),
    sa.ForeignKeyConstraint(['swap'], ['swap.id'], name=op.f('fk_on_call_override_swap')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_on_call_override'))
    )
    with op.batch_alter_table('on_call_override', schema=None) as batch_op:
        batch_op.create_index('ix_on_call_override_asked', ['district', 'role', 'level', 'ends_at'], unique=False)

    op.create_table('rotation_handover',
    sa.Column('rotation', sa.String(), nullable=False),
    sa.Column('day', sa.Integer(), nullable=False),
    sa.Column('at', sa.Time(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.CheckConstraint('day >= 0', name=op.f('ck_rotation_handover_day')),
    sa.ForeignKeyConstraint(['rotation'], ['rotation.id'], name=op.f('fk_rotation_handover_rotation')),
    sa.PrimaryKeyConstraint('rotation', 'day', 'at', name=op.f('pk_rotation_handover'))
    )
    op.create_table('rotation_member',
    sa.Column('rotation', sa.String(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['person'], ['person.id'], name=op.f('fk_rotation_member_person')),
    sa.ForeignKeyConstraint(['rotation'], ['rotation.id'], name=op.f('fk_rotation_member_rotation')),
    sa.PrimaryKeyConstraint('rotation', 'position', name=op.f('pk_rotation_member'))
    )
    with op.batch_alter_table('rotation_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rotation_member_person'), ['person'], unique=False)


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
