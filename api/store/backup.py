"""How does one take everything along? One archive for both databases: a consistent copy taken while others write.

The archive is a zip of one text file a table, one row a line, and `manifest.json` with the version of the tables, the rows of
each and their SHA-256. It can be restored into either database, so it is also the way from SQLite to PostgreSQL.
It holds everything the school entrusted to the service, and is not encrypted: keep it where only few can read it.
"""

import base64
import hashlib
import json
import os
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Date, DateTime, LargeBinary, MetaData, String, Table, func, insert, inspect, select

from api.store import log, migrate
from api.store.base import Json, now
from api.store.engine import Database
from api.store.people import School
from api.store.sessions import Everywhere, Reading

MANIFEST = "manifest.json"
FORMAT = 1
BATCH = 1000


class NotRestorable(Exception):
    """The archive or the database does not fit, in Chinese and English. Nothing was written."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


def backup(database: Database, path: Path) -> dict[str, int]:
    """Writes the archive, readable by its owner only, and returns the rows of each table. Others may write meanwhile.

    The file appears under its name only when it is whole.
    Errors: `OSError` where the place cannot be written.
    """
    partial = path.with_name(path.name + ".partial")
    described: dict[str, Json] = {}
    counted: dict[str, int] = {}
    try:
        with (
            os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
            database.readers.begin() as connection,
        ):
            for table in _tables(connection):
                digest, count = hashlib.sha256(), 0
                with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as member:
                    for line in _lines(connection, table):
                        member.write(line)
                        digest.update(line)
                        count += 1
                counted[table.name] = count
                described[table.name] = {"rows": count, "sha256": digest.hexdigest()}
            manifest: Json = {
                "format": FORMAT,
                "revision": migrate.revision_of(connection),
                "taken": now().isoformat(),
                "tables": described,
            }
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1, sort_keys=True))
            archive.close()
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return counted


def restore(database: Database, path: Path) -> dict[str, int]:
    """Fills an empty database from an archive, in one transaction, and checks digests and logs before it commits.

    Errors: `NotRestorable`; the database is then as it was.
    """
    with _opened(path) as archive:
        manifest = _manifest(archive)
        migrate.upgrade(database, manifest.revision)
        counted = {}
        with database.writing() as engine, engine.begin() as connection:
            tables = _tables(connection)
            for table in tables:
                if connection.execute(select(func.count()).select_from(table)).scalar_one():
                    raise NotRestorable(
                        "数据库里已有数据。请换一个空的数据库再恢复。",
                        "The database holds data already. Please restore into an empty one.",
                    )
            for table in tables:
                counted[table.name] = _filled(connection, table, archive, manifest.digests.get(table.name, ""))
            _logs_hold(connection)
    # An older archive goes the way of an older database.
    migrate.upgrade(database)
    return counted


class _Manifest:
    def __init__(self, revision: str, digests: dict[str, str]) -> None:
        self.revision, self.digests = revision, digests


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise NotRestorable(f"读不了备份文件 {path}。", f"The backup {path} cannot be read.") from error


def _manifest(archive: zipfile.ZipFile) -> _Manifest:
    try:
        manifest = json.loads(archive.read(MANIFEST))
        revision = manifest["revision"]
        digests = {name: table["sha256"] for name, table in manifest["tables"].items()}
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise _damaged(MANIFEST) from error
    if manifest.get("format") != FORMAT or revision not in migrate.revisions():
        raise NotRestorable(
            "备份来自更新的版本。请先升级程序再恢复。", "The backup is of a later version. Please update the program first."
        )
    return _Manifest(revision, digests)


def _damaged(name: str) -> NotRestorable:
    return NotRestorable(f"备份文件已损坏（{name}）。", f"The backup is damaged ({name}).")


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """The rows, ordered by key, so that equal tables give equal bytes on both databases."""
    # The languages of PostgreSQL sort in other ways; byte by byte is the same everywhere.
    keys = [column.collate("C") if _is_foreign_text(connection, column) else column for column in table.primary_key.columns]
    rows = connection.execution_options(yield_per=BATCH).execute(select(table).order_by(*keys))
    for row in rows:
        told = {column.name: _told(value) for column, value in zip(table.columns, row, strict=True)}
        yield json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _is_foreign_text(connection: Connection, column: Column[Any]) -> bool:
    return connection.dialect.name == "postgresql" and isinstance(column.type, String)


def _told(value: object) -> object:
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _tables(connection: Connection) -> Sequence[Table]:
    """The tables as they are in the database, which may be of an earlier version, in the order of their references."""
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: name != "alembic_version")
    return metadata.sorted_tables


def _filled(connection: Connection, table: Table, archive: zipfile.ZipFile, expected: str) -> int:
    digest, count, batch = hashlib.sha256(), 0, []
    try:
        with archive.open(f"{table.name}.jsonl") as member:
            for line in member:
                digest.update(line)
                batch.append({name: _read(table, name, value) for name, value in json.loads(line).items()})
                count += 1
                if len(batch) == BATCH:
                    connection.execute(insert(table), batch)
                    batch = []
    except (KeyError, ValueError, zipfile.BadZipFile, zipfile.LargeZipFile) as error:
        raise _damaged(table.name) from error
    if batch:
        connection.execute(insert(table), batch)
    if digest.hexdigest() != expected:
        raise _damaged(table.name)
    return count


def _read(table: Table, name: str, value: object) -> object:
    kind = table.columns[name].type
    if not isinstance(value, str):
        return value
    if isinstance(kind, DateTime):
        # SQLite keeps no zone; all moments are UTC.
        moment = datetime.fromisoformat(value)
        return moment if kind.timezone else moment.replace(tzinfo=None)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return base64.b64decode(value) if isinstance(kind, LargeBinary) else value


def _logs_hold(connection: Connection) -> None:
    if "log_entries" not in inspect(connection).get_table_names():
        return
    with Reading(connection, Everywhere("restore")) as db:
        for school in db.scalars(select(School.school)).all():
            broken = log.broken(db, school)
            if broken is not None:
                raise NotRestorable(
                    f"备份里的日志第 {broken.sequence} 条不对：{broken.zh}", f"Line {broken.sequence} of the log: {broken.en}"
                )
