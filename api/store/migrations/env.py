"""Run by Alembic: apply revisions on the connection, and in the transaction, that the caller gives."""

from __future__ import annotations

from alembic import context

from api.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=context.config.attributes["connection"].dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
