"""What do people see while the disk is full, the database is locked, or it starts anew? Words, and afterwards no trace of it."""

import resource
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx2
import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.service.app import create_service
from api.settings import Settings
from api.store.people import Role
from api.store.store import Store
from api.store.trouble import Full, Unavailable
from tests.service.conftest import BASE, HERE, prepared
from tests.service.operation.served import measured
from tests.service.operation.test_killed import present
from tests.service.people import Caller, add, signed_in
from tests.service.postgres import Cluster
from tests.service.store.test_faults import fill, make_room


@pytest.fixture
def hurried(database: str) -> Iterator[Store]:
    """A store that waits half a second for others, not ten."""
    store = Store(database, patience=0.5)
    yield store
    store.close()


def office(app: FastAPI, store: Store) -> Caller:
    http = TestClient(app, base_url=BASE, raise_server_exceptions=False)
    return signed_in(http, store, HERE, Role.OFFICE, add(store, HERE, Role.OFFICE))


def opened(caller: Caller, number: int, more: int = 0) -> httpx2.Response:
    body = {"name": f"Term {number}" + "x" * more, "first": "2026-09-01", "last": "2027-01-22"}
    return caller.ask("POST", "/api/v1/terms", json=body)


@contextmanager
def full(store: Store) -> Iterator[None]:
    """No file of SQLite can grow, as on a full disk; PostgreSQL says what it says on one."""
    if not store.database.sqlite:
        fill(store.database, "terms")
        yield
        make_room(store.database, "terms")
        return
    path = Path(str(store.database.url.database))
    sizes = [each.stat().st_size for each in (path, path.with_name(path.name + "-wal")) if each.exists()]
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (max(sizes), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def locked(store: Store) -> Iterator[None]:
    """Somebody has opened the database with another program, and began to write."""
    address = store.database.url
    with ExitStack() as stack:
        if store.database.sqlite:
            other = sqlite3.connect(str(address.database), isolation_level=None)
            stack.callback(other.close)
            other.execute("BEGIN IMMEDIATE")
        else:
            plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
            there = stack.enter_context(psycopg.connect(plain))
            there.execute("LOCK TABLE terms IN EXCLUSIVE MODE")
        yield


def test_a_full_disk_is_told_in_words_loses_nothing_and_is_forgotten_when_there_is_room(hurried: Store):
    caller = office(create_service(Settings(run_jobs=False), hurried), hurried)
    kept = 0
    with full(hurried):
        answers = [opened(caller, number, more=80) for number in range(60)]
        kept = sum(answer.status_code == 201 for answer in answers)
        refused = [answer for answer in answers if answer.status_code != 201]
        assert refused
        assert {answer.status_code for answer in refused} == {507}
        assert "磁盘满了" in refused[0].json()["detail"]
        assert caller.ask("GET", "/api/v1/terms").json()["total"] == kept, "what is there can be read"
    assert opened(caller, 100).status_code == 201
    assert sum(present(hurried).values()) == kept + 1


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A disk of its own, which can be filled to the last byte without hurting anybody. Only root may mount one."""
    folder = Path(tempfile.mkdtemp(prefix="disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0777", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()


def filled_up(disk: Path) -> Path:
    """What fills the disk; without it there is room again."""
    filler = disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    assert shutil.disk_usage(disk).free < 4096
    return filler


@pytest.mark.long
def test_postgresql_on_a_disk_that_is_full_to_the_last_byte_is_told_in_words_and_loses_nothing():
    """Its tables are on that disk, and what it writes ahead is not: without that, PostgreSQL itself goes down."""
    cluster = Cluster(settings=())
    try:
        with small_disk(64) as disk:
            tables = disk / "tables"
            tables.mkdir()
            shutil.chown(tables, cluster.user)
            with psycopg.connect(cluster.address("postgres"), autocommit=True) as there:
                there.execute(f"CREATE TABLESPACE small LOCATION '{tables}'".encode())
                there.execute(b"CREATE DATABASE full_up TABLESPACE small")
            prepared(cluster.address("full_up"))
            store = Store(cluster.address("full_up"), patience=2)
            caller = office(create_service(Settings(run_jobs=False), store), store)
            acknowledged = 0
            for turn in range(3):
                filler = filled_up(disk)
                answers = [opened(caller, 1000 * turn + number, more=80) for number in range(150)]
                kept = sum(answer.status_code == 201 for answer in answers)
                refused = [answer for answer in answers if answer.status_code != 201]
                assert refused
                assert {answer.status_code for answer in refused} == {507}
                assert "磁盘满了" in refused[0].json()["detail"]
                acknowledged += kept
                assert caller.ask("GET", "/api/v1/terms").json()["total"] == acknowledged, "what is there can be read"
                filler.unlink()
                since = time.monotonic()
                assert opened(caller, 1000 * turn + 999).status_code == 201
                again = time.monotonic() - since
                assert again <= 5
                acknowledged += 1
            assert sum(present(store).values()) == acknowledged
            measured("A6 full disk", kind="postgresql", turns=3, refused=507, lost=0, again_after_seconds=round(again, 2))
            store.close()
            cluster.drop("full_up")
            with psycopg.connect(cluster.address("postgres"), autocommit=True) as there:
                there.execute(b"DROP TABLESPACE small")
    finally:
        cluster.remove()


def write_ahead(cluster: Cluster) -> None:
    """Asks for one new file after the other."""
    with psycopg.connect(cluster.address("postgres"), autocommit=True) as there:
        for _ in range(20):
            there.execute(b"SELECT pg_switch_wal(), txid_current()")


@pytest.mark.long
def test_postgresql_without_room_to_write_ahead_goes_down_in_words_and_loses_nothing():
    """It then ends itself, and only who looks after it can start it again."""
    with small_disk(110) as disk:
        cluster = Cluster(settings=("max_wal_size=32MB", "min_wal_size=32MB"), disk=disk)
        prepared(cluster.create("a"))
        store = Store(cluster.address("a"), patience=2)
        caller = office(create_service(Settings(run_jobs=False), store), store)
        acknowledged = [opened(caller, number).status_code for number in range(5)].count(201)
        filler = filled_up(disk)
        with pytest.raises(psycopg.OperationalError):
            write_ahead(cluster)
        away = [opened(caller, 100 + number) for number in range(20)]
        assert {answer.status_code for answer in away} == {503}
        assert all("Retry-After" in answer.headers and "没有保存" in answer.json()["detail"] for answer in away)
        filler.unlink()
        cluster.start()
        acknowledged += opened(caller, 200).status_code == 201
        assert sum(present(store).values()) == acknowledged == 6
        store.close()
        cluster.remove()


def test_a_locked_database_is_told_in_words_with_when_to_come_again(hurried: Store):
    caller = office(create_service(Settings(run_jobs=False), hurried), hurried)
    with locked(hurried):
        refused = opened(caller, 1)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert "请过几秒再试" in refused.json()["detail"]
        assert caller.ask("GET", "/api/v1/terms").status_code == 200, "reading goes on"
    assert opened(caller, 2).status_code == 201
    assert set(present(hurried)) == {"Term 2"}


def test_without_their_words_both_would_be_failures_of_the_program(hurried: Store):
    """The control of the two tests above."""
    app = create_service(Settings(run_jobs=False), hurried)
    for trouble in (Full, Unavailable):
        app.exception_handlers.pop(trouble)
    caller = office(app, hurried)
    with locked(hurried):
        assert opened(caller, 1).status_code == 500


@pytest.mark.slow
def test_a_database_that_starts_anew_is_found_again_by_the_next_request():
    """Three times PostgreSQL is stopped at once: 503 and words while it is away, and not one failure afterwards."""
    cluster = Cluster(settings=())
    try:
        prepared(address := cluster.create("a"))
        store = Store(address, patience=2)
        app = create_service(Settings(run_jobs=False), store)
        caller, acknowledged = office(app, store), 0
        for restart in range(3):
            acknowledged += opened(caller, restart).status_code == 201
            cluster.stop("immediate")
            away = caller.ask("GET", "/api/v1/terms")
            assert (away.status_code, "Retry-After" in away.headers) == (503, True)
            assert caller.ask("GET", "/static/style.css").status_code == 200, "what needs no database is there"
            cluster.start()
            assert {caller.ask("GET", "/api/v1/terms").status_code for _ in range(30)} == {200}
        assert sum(present(store).values()) == acknowledged == 3
        store.close()
    finally:
        cluster.remove()
