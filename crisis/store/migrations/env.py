"""Alembic's entry: the caller hands over a connection, and all steps run in one transaction on both databases."""

from alembic import context
from sqlmodel import SQLModel

from crisis.store import (
    access_tables,
    agency_tables,
    answer_tables,
    authority_tables,
    channel_tables,
    compartment_tables,
    directive_tables,
    disclosure_tables,
    draft_tables,
    drill_tables,
    family_tables,
    figure_tables,
    hours_tables,
    instrument_tables,
    intake_tables,
    interpreter_tables,
    message_tables,
    name_tables,
    pack_tables,
    people_tables,
    preference_tables,
    privacy_tables,
    readiness_tables,
    record_tables,
    retention_tables,
    review_tables,
    rotation_tables,
    sign_in_tables,
    tables,
)

METADATA = SQLModel.metadata
ROWS = (  # importing them fills the metadata
    access_tables,
    agency_tables,
    answer_tables,
    authority_tables,
    channel_tables,
    directive_tables,
    compartment_tables,
    disclosure_tables,
    draft_tables,
    drill_tables,
    family_tables,
    figure_tables,
    hours_tables,
    message_tables,
    instrument_tables,
    intake_tables,
    interpreter_tables,
    name_tables,
    pack_tables,
    preference_tables,
    people_tables,
    privacy_tables,
    readiness_tables,
    record_tables,
    retention_tables,
    review_tables,
    rotation_tables,
    sign_in_tables,
    tables,
)

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=True,
    compare_type=True,
    transactional_ddl=True,  # SQLite can, once the driver does not commit behind our back
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
