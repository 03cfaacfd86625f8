"""What did the database mean? Its errors in our words."""

import sqlite3

import psycopg
from psycopg import errors as pg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from api.store.trouble import Full, Taken, Unavailable

SQLITE_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
SQLITE_TAKEN = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
SQLITE_AWAY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)


def trouble(error: SQLAlchemyError) -> Exception | None:
    """What the database said in our words; `None` where it is a fault of ours."""
    if isinstance(error, PoolTimeout):
        return Unavailable("every connection is in use")
    if isinstance(error, StaleDataError):
        return Unavailable("somebody else changed the row at this moment")
    origin = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(origin, sqlite3.Error):
        # The low byte is the kind; the rest says more.
        whole = getattr(origin, "sqlite_errorcode", 0)
        if whole in SQLITE_TAKEN:
            return Taken("a row like it exists")
        code = whole & 0xFF
        if code in SQLITE_AWAY:
            return Unavailable("the database is locked")
        return Full("the disk is full") if code in SQLITE_FULL else None
    if isinstance(origin, pg.UniqueViolation):
        return Taken("a row like it exists")
    if isinstance(origin, pg.DiskFull | pg.OutOfMemory):
        return Full("the disk of the database is full")
    if isinstance(origin, pg.LockNotAvailable | pg.QueryCanceled | pg.DeadlockDetected | pg.SerializationFailure):
        return Unavailable("the database is locked")
    if isinstance(origin, psycopg.InterfaceError | psycopg.OperationalError):
        return Unavailable("the database is away")
    return None
