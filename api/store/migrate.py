"""Does the database have the tables that this program needs? Brings it there, from nothing or from any earlier version."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from api.store import people, planning, record
from api.store.base import Base
from api.store.engine import Database

FOLDER = Path(__file__).parent / "migrations"
TABLES = (people, planning, record)
"""The modules whose tables make the metadata whole."""
MIGRATING = 0x1F5C001
"""Number of the lock that keeps two processes from migrating PostgreSQL at once."""


class Newer(Exception):
    """The database was written by a later version of the program."""


def upgrade(database: Database, to: str = "head") -> None:
    """Brings the tables to a version, in one transaction: all of it happens or nothing.

    Errors: `Newer` where the database is ahead of this program.
    """
    with _alone(database) as connection:
        found = revision_of(connection)
        if found is not None and found not in revisions():
            raise Newer(found)
        command.upgrade(_config(connection), to)


def revision(database: Database) -> str | None:
    """The version the tables have; `None` for an empty database."""
    with database.readers.connect() as connection:
        return revision_of(connection)


def revision_of(connection: Connection) -> str | None:
    """The version the tables have, as this connection sees them."""
    return MigrationContext.configure(connection).get_current_revision()


def revisions() -> list[str]:
    """All versions, the oldest first."""
    return [script.revision for script in reversed(list(ScriptDirectory(str(FOLDER)).walk_revisions()))]


def differences(database: Database) -> list[object]:
    """What the tables have otherwise than the program says; empty where they agree."""
    with database.readers.connect() as connection:
        found: list[object] = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata)
        return found


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    with database.writing() as engine, engine.begin() as connection:
        if not database.sqlite:
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATING})"))
        yield connection


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
