"""People: schools, staff, students, families, accounts, shifts, ladders, partners."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('district',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_district'))
    )
    op.create_table('sign_in_budget',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('remaining', sa.Float(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_sign_in_budget'))
    )
    with op.batch_alter_table('sign_in_budget', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_budget_at'), ['at'], unique=False)

    op.create_table('ladder',
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('role', sa.Enum('reporter', 'supervising_adult', 'incident_lead', 'assessor', 'admin', 'nurse', 'sro', 'oncall_clinician', 'care_coordinator', 'district_oncall', 'liaison', 'scribe', 'logistics', name='role', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('urgency', sa.Enum('u1', 'u2', 'u3', name='urgency', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('answer_within', sa.Integer(), nullable=False),
    sa.Column('repeat_alarm', sa.Integer(), nullable=False),
    sa.CheckConstraint('answer_within > 0 AND repeat_alarm > 0', name=op.f('ck_ladder_positive')),
    sa.ForeignKeyConstraint(['district'], ['district.id'], name=op.f('fk_ladder_district')),
    sa.PrimaryKeyConstraint('district', 'role', 'urgency', 'level', name=op.f('pk_ladder'))
    )
    op.create_table('partner',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('kind', sa.Enum('mobile_crisis', 'emergency_department', 'health_center', 'community_provider', name='receiverkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('phone', sa.String(), nullable=True),
    sa.Column('number', sa.String(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['district'], ['district.id'], name=op.f('fk_partner_district')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_partner'))
    )
    with op.batch_alter_table('partner', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_partner_district'), ['district'], unique=False)

    op.create_table('person',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('source_id', sa.String(), nullable=True),
    sa.Column('given', sa.String(), nullable=False),
    sa.Column('family', sa.String(), nullable=False),
    sa.Column('staff', sa.Boolean(), nullable=False),
    sa.Column('language', sa.String(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('switched_off_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('missing_since', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['district'], ['district.id'], name=op.f('fk_person_district')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('district', 'source_id', name=op.f('uq_person_district_source_id'))
    )
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_district'), ['district'], unique=False)

    op.create_table('school',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('source_id', sa.String(), nullable=True),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('zone', sa.String(), nullable=False),
    sa.Column('opens', sa.Time(), nullable=False),
    sa.Column('closes', sa.Time(), nullable=False),
    sa.Column('weekdays', sa.String(), nullable=False),
    sa.Column('hours_checked', sa.Boolean(), nullable=False),
    sa.Column('missing_since', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['district'], ['district.id'], name=op.f('fk_school_district')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_school')),
    sa.UniqueConstraint('district', 'source_id', name=op.f('uq_school_district_source_id'))
    )
    with op.batch_alter_table('school', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_school_district'), ['district'], unique=False)

    op.create_table('account',
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('username', sa.String(), nullable=False),
    sa.Column('password_hash', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person'], ['person.id'], name=op.f('fk_account_person')),
    sa.PrimaryKeyConstraint('person', name=op.f('pk_account')),
    sa.UniqueConstraint('username', name=op.f('uq_account_username'))
    )
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_account_district'), ['district'], unique=False)

    op.create_table('phone',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('kind', sa.Enum('mobile', 'home', 'work', 'unknown', name='phonekind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('raw', sa.String(), nullable=False),
    sa.Column('number', sa.String(), nullable=True),
    sa.Column('valid', sa.Boolean(), nullable=False),
    sa.Column('imported', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.CheckConstraint('valid = (number IS NOT NULL)', name=op.f('ck_phone_valid')),
    sa.ForeignKeyConstraint(['person'], ['person.id'], name=op.f('fk_phone_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_phone'))
    )
    with op.batch_alter_table('phone', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_phone_district'), ['district'], unique=False)
        batch_op.create_index(batch_op.f('ix_phone_number'), ['number'], unique=False)
        batch_op.create_index(batch_op.f('ix_phone_person'), ['person'], unique=False)

    op.create_table('post',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('post', sa.Enum('counselor', 'psychologist', 'social_worker', 'nurse', 'principal', 'assistant_principal', 'teacher', 'clinician', 'district_lead', 'privacy_officer', 'operator', name='staffrole', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('school', sa.String(), nullable=True),
    sa.Column('imported', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['district'], ['district.id'], name=op.f('fk_post_district')),
    sa.ForeignKeyConstraint(['person'], ['person.id'], name=op.f('fk_post_person')),
    sa.ForeignKeyConstraint(['school'], ['school.id'], name=op.f('fk_post_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post'))
    )
    with op.batch_alter_table('post', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_post_district'), ['district'], unique=False)
        batch_op.create_index(batch_op.f('ix_post_person'), ['person'], unique=False)
        batch_op.create_index(batch_op.f('ix_post_school'), ['school'], unique=False)

    op.create_table('school_day_off',
    sa.Column('school', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['school'], ['school.id'], name=op.f('fk_school_day_off_school')),
    sa.PrimaryKeyConstraint('school', 'day', name=op.f('pk_school_day_off'))
    )
    op.create_table('school_early_close',
    sa.Column('school', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('closes', sa.Time(), nullable=False),
    sa.ForeignKeyConstraint(['school'], ['school.id'], name=op.f('fk_school_early_close_school')),
    sa.PrimaryKeyConstraint('school', 'day', name=op.f('pk_school_early_close'))
    )
    op.create_table('school_term',
    sa.Column('school', sa.String(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('imported', sa.Boolean(), nullable=False),
    sa.CheckConstraint('starts_on <= ends_on', name=op.f('ck_school_term_order')),
    sa.ForeignKeyConstraint(['school'], ['school.id'], name=op.f('fk_school_term_school')),
    sa.PrimaryKeyConstraint('school', 'starts_on', 'ends_on', name=op.f('pk_school_term'))
    )
    op.create_table('session',
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('idle_seconds', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person'], ['person.id'], name=op.f('fk_session_person')),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_session'))
    )
    with op.batch_alter_table('session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_session_person'), ['person'], unique=False)

    op.create_table('shift',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('school', sa.String(), nullable=True),
    sa.Column('role', sa.Enum('reporter', 'supervising_adult', 'incident_lead', 'assessor', 'admin', 'nurse', 'sro', 'oncall_clinician', 'care_coordinator', 'district_oncall', 'liaison', 'scribe', 'logistics', name='role', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('level >= 0', name=op.f('ck_shift_level')),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_shift_order')),
    sa.ForeignKeyConstraint(['district'], ['district.id'], name=op.f('fk_shift_district')),
    sa.ForeignKeyConstraint(['person'], ['person.id'], name=op.f('fk_shift_person')),
    sa.ForeignKeyConstraint(['school'], ['school.id'], name=op.f('fk_shift_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shift'))
    )
    with op.batch_alter_table('shift', schema=None) as batch_op:
        batch_op.create_index('ix_shift_asked', ['district', 'role', 'level', 'ends_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_shift_person'), ['person'], unique=False)

    op.create_table('student',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('school', sa.String(), nullable=False),
    sa.Column('source_id', sa.String(), nullable=True),
    sa.Column('given', sa.String(), nullable=False),
    sa.Column('family', sa.String(), nullable=False),
    sa.Column('preferred_given', sa.String(), nullable=True),
    sa.Column('preferred_family', sa.String(), nullable=True),
    sa.Column('grade', sa.String(), nullable=True),
    sa.Column('search', sa.String(), nullable=False),
    sa.Column('birth_date', sa.Date(), nullable=True),
    sa.Column('language', sa.String(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('missing_since', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['district'], ['district.id'], name=op.f('fk_student_district')),
    sa.ForeignKeyConstraint(['school'], ['school.id'], name=op.f('fk_student_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_student')),
    sa.UniqueConstraint('district', 'source_id', name=op.f('uq_student_district_source_id'))
    )
    with op.batch_alter_table('student', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_student_district'), ['district'], unique=False)
        batch_op.create_index(batch_op.f('ix_student_school'), ['school'], unique=False)

    op.create_table('token',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person'], ['person.id'], name=op.f('fk_token_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_token')),
    sa.UniqueConstraint('digest', name=op.f('uq_token_digest'))
    )
    with op.batch_alter_table('token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_token_person'), ['person'], unique=False)

    op.create_table('relationship',
    sa.Column('student', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('relation', sa.Enum('parent', 'step_parent', 'grandparent', 'guardian', 'foster_parent', 'relative', 'caseworker', 'other', name='relation', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('guardian', sa.Enum('yes', 'no', 'unknown', name='guardian', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=True),
    sa.Column('checked', sa.Boolean(), nullable=False),
    sa.Column('imported', sa.Boolean(), nullable=False),
    sa.Column('missing_since', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person'], ['person.id'], name=op.f('fk_relationship_person')),
    sa.ForeignKeyConstraint(['student'], ['student.id'], name=op.f('fk_relationship_student')),
    sa.PrimaryKeyConstraint('student', 'person', name=op.f('pk_relationship'))
    )
    with op.batch_alter_table('relationship', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_relationship_district'), ['district'], unique=False)
        batch_op.create_index(batch_op.f('ix_relationship_person'), ['person'], unique=False)



def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
