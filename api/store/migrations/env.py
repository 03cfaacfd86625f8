"""How does Alembic reach the database? Through the connection it is handed, inside that connection's transaction."""

from alembic import context

from api.store.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite cannot alter most things in place.
    render_as_batch=True,
    # Both databases roll back what was created; Alembic believes it of PostgreSQL only.
    transactional_ddl=True,
)
context.run_migrations()
