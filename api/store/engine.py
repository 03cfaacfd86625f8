"""How is the database opened? One address decides: a SQLite file, or PostgreSQL; the settings that keep promises are ours.

SQLite writes ahead (WAL) and waits for the disk at each commit (synchronous=FULL): what was acknowledged survives a power
cut. PostgreSQL does so by itself; the self-check refuses one where that was turned off.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.pool import ConnectionPoolEntry

from api.store.gate import Gate

PATIENCE = 10.0
"""Seconds a write waits for others before it is refused."""


class Database:
    """Two ways in: `readers`, which cannot write, and `writing`, one at a time where SQLite asks for it."""

    def __init__(self, address: str, patience: float = PATIENCE) -> None:
        url = make_url(address)
        self.sqlite = url.get_backend_name() == "sqlite"
        if not self.sqlite:
            url = url.set(drivername="postgresql+psycopg")
        self.url = url
        self.gate: Gate | None = None
        if self.sqlite:
            if not url.database or url.database == ":memory:":
                raise ValueError("SQLite needs a file")
            path = Path(url.database).absolute()
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not path.exists():
                path.touch(mode=0o600)
            self.gate = Gate(path, patience)
        self.readers = _engine(self, patience, reads=True)
        self.writers = _engine(self, patience, reads=False)

    @contextmanager
    def writing(self) -> Iterator[Engine]:
        """The engine for one write, with the gate held."""
        with self.gate.passed() if self.gate else nullcontext():
            yield self.writers

    def close(self) -> None:
        self.readers.dispose()
        self.writers.dispose()


def _engine(database: Database, patience: float, reads: bool) -> Engine:
    if not database.sqlite:
        milliseconds = int(patience * 1000)
        limits = f"-c lock_timeout={milliseconds} -c statement_timeout={3 * milliseconds} -c timezone=UTC"
        engine = create_engine(
            database.url,
            # A connection may have died with a restart of the database: it is asked before it is used.
            pool_pre_ping=True,
            # What is asked for may be a name or a hash of a secret: errors do not repeat it.
            hide_parameters=True,
            pool_size=8,
            max_overflow=8,
            pool_timeout=patience,
            connect_args={"options": limits, "connect_timeout": max(2, int(patience))},
        )
        if reads:
            # One snapshot for the whole reading, so that nobody sees half of a publication.
            return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return engine
    engine = create_engine(database.url, hide_parameters=True, pool_timeout=patience, pool_size=8, max_overflow=8)

    @event.listens_for(engine, "connect")
    def opened(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        # The driver would begin transactions when it likes; we say when.
        connection.isolation_level = None
        for pragma in (
            # Before all others: switching to WAL may have to wait.
            f"busy_timeout = {int(patience * 1000)}",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
            "temp_store = MEMORY",
            "trusted_schema = OFF",
            f"query_only = {'ON' if reads else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def began(connection: Connection) -> None:
        # Who begins to read and then writes may be refused at once; who will write says so first.
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def unsafe(database: Database) -> list[tuple[str, str]]:
    """What in the database breaks our promises, in Chinese and English; empty where all is well."""
    with database.readers.connect() as connection:
        if database.sqlite:
            synchronous = connection.execute(text("PRAGMA synchronous")).scalar_one()
            journal = connection.execute(text("PRAGMA journal_mode")).scalar_one()
            held = {"synchronous": synchronous >= 2, "journal_mode": journal == "wal"}
        else:
            # Asked of the server, not of this connection alone.
            held = {
                name: connection.execute(text(f"SHOW {name}")).scalar_one() != "off"
                for name in ("fsync", "synchronous_commit", "full_page_writes")
            }
    return [
        (
            f"数据库设置 {name} 不安全：断电时可能丢失已确认的数据。请改回默认值。",
            f"The database setting {name} is not safe: a power cut could lose what was acknowledged. Please set it back.",
        )
        for name, safe in held.items()
        if not safe
    ]
