"""Incidents: state, log, outbox, inbox, sealed words, audit chain, keys, protocols."""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


APPEND_ONLY = ("event", "audit")


def upgrade() -> None:
    op.create_table('audit',
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(), nullable=True),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_audit'))
    )
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_subject'), ['subject'], unique=False)

    op.create_table('head',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('log_digest', sa.String(), nullable=False),
    sa.Column('audit_number', sa.BigInteger(), nullable=False),
    sa.Column('audit_digest', sa.String(), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_head_one_row')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_head'))
    )
    op.create_table('idempotency',
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('incident', sa.String(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('actor', 'key', name=op.f('pk_idempotency'))
    )
    op.create_table('inbox',
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('external_id', sa.String(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('source', 'external_id', name=op.f('pk_inbox'))
    )
    op.create_table('incident',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('school', sa.String(), nullable=False),
    sa.Column('mode', sa.Enum('live', 'drill', name='mode', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('crisis_type', sa.String(), nullable=False),
    sa.Column('protocol', sa.String(), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('protocol_hash', sa.String(), nullable=False),
    sa.Column('student', sa.String(), nullable=True),
    sa.Column('phase', sa.Enum('identification', 'safety_assessment', 'family_contact', 'handoff', 'follow_up', 'closed', name='phase', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('custody', sa.Enum('unheld', 'held', 'offered', 'lost', 'released', name='custody', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('emergency', sa.Enum('inactive', 'active', 'resolved', name='emergency', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('tier', sa.Enum('none', 'low', 'moderate', 'high', 'imminent', name='tier', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('adult', sa.String(), nullable=True),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.CheckConstraint("(custody IN ('held', 'offered')) = (adult IS NOT NULL)", name=op.f('ck_incident_one_adult')),
    sa.CheckConstraint("(phase = 'closed') = (closed_at IS NOT NULL)", name=op.f('ck_incident_closed_at')),
    sa.CheckConstraint("mode = 'live' OR student IS NULL", name=op.f('ck_incident_drill_without_student')),
    sa.CheckConstraint('seq > 0', name=op.f('ck_incident_seq')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident'))
    )
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.create_index('ix_incident_closed', ['district', 'closed_at'], unique=False)
        batch_op.create_index('ix_incident_open', ['district', 'school'], unique=False, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_incident_student'), ['student'], unique=False)

    op.create_table('protocol',
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('jurisdiction', sa.String(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_protocol'))
    )
    op.create_table('seal',
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('wrapped', sa.LargeBinary(), nullable=True),
    sa.Column('destroyed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(wrapped IS NULL) = (destroyed_at IS NOT NULL)', name=op.f('ck_seal_destroyed')),
    sa.PrimaryKeyConstraint('subject', name=op.f('pk_seal'))
    )
    op.create_table('event',
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('incident', sa.String(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('school', sa.String(), nullable=False),
    sa.Column('mode', sa.Enum('live', 'drill', name='mode', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['incident'], ['incident.id'], name=op.f('fk_event_incident')),
    sa.PrimaryKeyConstraint('position', name=op.f('pk_event')),
    sa.UniqueConstraint('incident', 'seq', name=op.f('uq_event_incident_seq'))
    )
    op.create_table('outbox',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('incident', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('mode', sa.Enum('live', 'drill', name='mode', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('urgency', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.Column('claimed_by', sa.String(), nullable=True),
    sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['incident'], ['incident.id'], name=op.f('fk_outbox_incident')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('incident', 'seq', 'turn', name=op.f('uq_outbox_incident_seq_turn'))
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_next', ['due_at'], unique=False, sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))

    op.create_table('protocol_in_force',
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('crisis_type', sa.String(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['hash'], ['protocol.hash'], name=op.f('fk_protocol_in_force_hash')),
    sa.PrimaryKeyConstraint('district', 'crisis_type', name=op.f('pk_protocol_in_force'))
    )
    op.create_table('words',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['subject'], ['seal.subject'], name=op.f('fk_words_subject')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_words'))
    )
    with op.batch_alter_table('words', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_words_subject'), ['subject'], unique=False)

    nothing = "0" * 64
    op.execute(
        "INSERT INTO head (id, position, log_digest, audit_number, audit_digest) "
        f"VALUES (1, 0, '{nothing}', 0, '{nothing}')"
    )
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgres()
    else:
        _guard_sqlite()


def _guard_sqlite() -> None:
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
            )
    op.execute(
        "CREATE TRIGGER incident_mode_fixed BEFORE UPDATE OF mode ON incident WHEN OLD.mode <> NEW.mode "
        "BEGIN SELECT RAISE(ABORT, 'the mode of an incident is fixed'); END"
    )


def _guard_postgres() -> None:
    op.execute(
        "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the log is append-only'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
        )
    op.execute(
        "CREATE FUNCTION mode_fixed() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the mode of an incident is fixed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER incident_mode_fixed BEFORE UPDATE ON incident FOR EACH ROW "
        "WHEN (OLD.mode IS DISTINCT FROM NEW.mode) EXECUTE FUNCTION mode_fixed()"
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
