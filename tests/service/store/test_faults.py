"""What is kept when the disk is full or the database dies, and does all work again afterwards?"""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, select, text

from api.store import diagnosis, engine, migrate
from api.store.engine import Database
from api.store.people import Account, School
from api.store.store import Store
from api.store.trouble import Full, Unavailable
from tests.service.conftest import CLERK, HERE
from tests.service.postgres import Cluster
from tests.service.rows import account


def fill(database: Database, table: str = "accounts") -> None:
    """Leaves no room for another row: SQLite has a limit of pages; PostgreSQL is made to say what it says then."""
    with database.writers.connect() as connection:
        if database.sqlite:
            driver = connection.connection.driver_connection
            assert driver is not None
            pages = driver.execute("PRAGMA page_count").fetchone()[0]
            driver.execute(f"PRAGMA max_page_count = {pages}")
            return
        connection.execute(
            text(
                "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END $$"
            )
        )
        connection.execute(text(f"CREATE TRIGGER no_room BEFORE INSERT ON {table} EXECUTE FUNCTION no_room()"))
        connection.commit()


def make_room(database: Database, table: str = "accounts") -> None:
    with database.writers.connect() as connection:
        if database.sqlite:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA max_page_count = 1000000")
            return
        connection.execute(text(f"DROP TRIGGER no_room ON {table}"))
        connection.commit()


def test_a_full_disk_refuses_writes_in_words_loses_nothing_and_heals_by_itself(store: Store):
    kept = [account(store)]
    fill(store.database)
    refused = 0
    for _ in range(60):
        try:
            kept.append(account(store, "x" * 2000))
        except Full:
            refused += 1
    assert refused
    with store.reading(HERE) as db:
        assert set(db.scalars(select(Account.id))) == set(kept)
    make_room(store.database)
    kept.append(account(store))
    with store.reading(HERE) as db:
        assert set(db.scalars(select(Account.id))) == set(kept)


@pytest.fixture
def lasting() -> Iterator[Cluster]:
    """A PostgreSQL as it comes: what it acknowledged is on the disk."""
    cluster = Cluster(settings=())
    yield cluster
    cluster.remove()


def _open(cluster: Cluster) -> Store:
    store = Store(cluster.create("lasting"))
    migrate.upgrade(store.database)
    with store.writing(HERE, CLERK) as db:
        db.add(School(name="一小", county="yueyang"))
        db.record("school.open", HERE)
    return store


@pytest.mark.slow
def test_a_database_that_is_killed_loses_nothing_acknowledged_and_is_found_again(lasting: Cluster):
    store = _open(lasting)
    acknowledged: list[str] = []
    for _ in range(3):
        done = threading.Event()

        def write(done: threading.Event = done) -> None:
            while not done.is_set():
                try:
                    acknowledged.append(account(store))
                except Unavailable:
                    done.wait(0.02)

        writers = [threading.Thread(target=write) for _ in range(4)]
        before = len(acknowledged)
        for writer in writers:
            writer.start()
        while len(acknowledged) < before + 20:
            done.wait(0.005)
        lasting.stop("immediate")
        lasting.start()
        done.set()
        for writer in writers:
            writer.join()
        for _ in range(20):
            # Not one of these may fail: dead connections are found out before they are used.
            with store.reading(HERE) as db:
                present = set(db.scalars(select(Account.id)))
            acknowledged.append(account(store))
        assert set(acknowledged) - present <= {acknowledged[-1]}
    store.close()


@pytest.mark.slow
def test_without_asking_first_a_dead_connection_is_used(lasting: Cluster, monkeypatch: pytest.MonkeyPatch):
    """The control of the test above."""

    def trusting(*arguments: object, **options: object) -> Engine:
        return create_engine(*arguments, **{**options, "pool_pre_ping": False})  # type: ignore[arg-type, call-overload, no-any-return]

    monkeypatch.setattr(engine, "create_engine", trusting)
    store = _open(lasting)
    lasting.stop("immediate")
    lasting.start()
    with pytest.raises(Unavailable):
        account(store)
    store.close()


def test_errors_of_the_database_do_not_repeat_what_was_asked_for(store: Store):
    with (
        pytest.raises(Exception, match=r"(?i)no such table|does not exist") as told,
        store.database.readers.connect() as connection,
    ):
        connection.execute(text("SELECT * FROM nowhere WHERE phone = :phone"), {"phone": "13812345678"})
    assert "13812345678" not in str(told.value)
    assert diagnosis.trouble(told.value) is None  # type: ignore[arg-type]
