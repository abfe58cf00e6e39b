"""Alembic's entry: runs on the connection that `storage/engine/migrate` hands over."""

from alembic import context

from feedback_service.storage.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
