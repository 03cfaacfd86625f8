"""Does the service refuse to start where it would be unsafe, and say so in a sentence?"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from api import selfcheck
from api.settings import Settings
from api.store.base import now
from api.store.engine import Database
from api.store.store import Store
from tests.service.postgres import Cluster
from tests.service.rows import account

SAFE = Settings()
PROXIED = Settings(https=True, hosts=("plan.school.example",))


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    yield database
    database.close()


def told(settings: Settings, database: Database, host: str = "127.0.0.1") -> str:
    return "\n".join(en for _, en in selfcheck.faults(settings, database, host))


def test_the_usual_settings_are_safe(sqlite: Database):
    assert told(SAFE, sqlite) == ""
    assert told(PROXIED, sqlite, "0.0.0.0") == ""


@pytest.mark.parametrize(
    ("settings", "host", "named"),
    [
        (SAFE, "0.0.0.0", "nothing is encrypted"),
        (SAFE, "school.example", "nothing is encrypted"),
        (Settings(https=True, hosts=("*",)), "127.0.0.1", "any host name"),
        (Settings(proxies=("*",)), "127.0.0.1", "pose as a proxy"),
        (Settings(proxies=("0.0.0.0",)), "127.0.0.1", "pose as a proxy"),
        (Settings(proxies=("10.0.0.0/8",)), "127.0.0.1", "pose as a proxy"),
        (Settings(metrics_key="short"), "127.0.0.1", "short enough to be guessed"),
        (Settings(mail="smtp://mail.school.example"), "127.0.0.1", "ONEPLUSX_MAIL_FROM"),
        (Settings(robots={"one": "http://robot.example/?key=x"}), "127.0.0.1", "ONEPLUSX_ROBOTS"),
    ],
)
def test_an_unsafe_way_in_is_named(sqlite: Database, settings: Settings, host: str, named: str):
    assert named in told(settings, sqlite, host)


SPOILT: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str]] = {
    "debugging": (lambda patch: patch.setenv("ONEPLUSX_DEBUG", "1"), "ONEPLUSX_DEBUG"),
    "python": (lambda patch: patch.setattr(selfcheck, "TESTED_PYTHON", ((3, 9),)), "Python"),
    "solver": (lambda patch: patch.setattr(selfcheck, "TESTED_SOLVER", "0"), "solver"),
}


@pytest.mark.parametrize("what", SPOILT)
def test_untested_programs_and_debugging_are_named(sqlite: Database, monkeypatch: pytest.MonkeyPatch, what: str):
    spoil, named = SPOILT[what]
    spoil(monkeypatch)
    assert named in told(SAFE, sqlite)


def test_a_database_file_that_others_can_open_is_named(sqlite: Database):
    Path(str(sqlite.url.database)).chmod(0o644)
    assert "chmod 600" in told(SAFE, sqlite)


def test_a_network_disk_is_named(sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr(selfcheck, "MOUNTS", mounts)
    assert "network disk (nfs4)" in told(SAFE, sqlite)
    assert selfcheck.file_system(Path("/elsewhere"), mounts) == "ext4"


def test_a_clock_behind_the_log_is_named(store: Store, monkeypatch: pytest.MonkeyPatch):
    account(store)
    monkeypatch.setattr(selfcheck, "now", lambda: now() - timedelta(hours=2))
    assert "behind the log" in told(SAFE, store.database)


def test_sqlite_that_does_not_wait_for_the_disk_is_named(sqlite: Database, monkeypatch: pytest.MonkeyPatch):
    from sqlalchemy import event

    @event.listens_for(sqlite.readers, "connect")
    def careless(connection, _) -> None:
        connection.execute("PRAGMA synchronous = NORMAL")

    sqlite.readers.dispose()
    assert "synchronous" in told(SAFE, sqlite)


def test_a_postgresql_that_may_lose_what_was_acknowledged_is_named(cluster: Cluster):
    """The cluster of the tests is such a one: it is quick because it promises nothing."""
    database = Database(cluster.address("postgres"))
    sentences = told(SAFE, database)
    assert all(name in sentences for name in ("fsync", "synchronous_commit", "full_page_writes"))
    database.close()


def test_an_unencrypted_connection_to_a_database_elsewhere_is_named():
    there = Database("postgresql://u@db.example/x")
    assert [*selfcheck._of_the_server(there)]
    for address in ("postgresql://u@db.example/x?sslmode=verify-full", "postgresql://u@127.0.0.1/x", "postgresql:///x?host=/run"):
        assert not [*selfcheck._of_the_server(Database(address))]
    assert not [*selfcheck._of_the_server(there, private=True)]
