"""Alembic's entry: the caller hands over a connection, and all steps run in one transaction on both databases."""

from alembic import context
from sqlmodel import SQLModel

from crisis.store import channel_tables, people_tables, rotation_tables, tables

METADATA = SQLModel.metadata
ROWS = (channel_tables, people_tables, rotation_tables, tables)  # importing them fills the metadata

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
