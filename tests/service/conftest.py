"""What do the tests of the service share? A store on each of both databases, fresh and migrated, and people to act in it.

Ask for `store` (or `database`, its address) and the test runs twice. `empty` is a database without tables.
"""

import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.service.app import create_service
from api.settings import Settings
from api.store import migrate
from api.store.base import SchoolId
from api.store.engine import Database
from api.store.log import Actor
from api.store.people import School
from api.store.store import Store
from tests.service.postgres import Cluster

BASE = "http://127.0.0.1:8000"
BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.slow))
"""Quick tests keep to the database that a single school has; all tests take both."""
HERE, THERE = SchoolId("here"), SchoolId("there")
"""Two schools that share a database."""
CLERK = Actor("clerk", "web")

MakeEmpty = Callable[[], str]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL for the whole run."""
    cluster = Cluster()
    yield cluster
    cluster.remove()


@pytest.fixture(params=BOTH)
def kind(request: pytest.FixtureRequest) -> str:
    """Which of both databases."""
    return str(request.param)


@pytest.fixture
def new_empty(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeEmpty]:
    """Makes databases without tables, for tests that need several."""
    made = []

    def make() -> str:
        name = f"t{uuid.uuid4().hex}"
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / name}.sqlite3"
        made.append(name)
        cluster: Cluster = request.getfixturevalue("cluster")
        return cluster.create(name)

    yield make
    for name in made:
        request.getfixturevalue("cluster").drop(name)


@pytest.fixture
def empty(new_empty: MakeEmpty) -> str:
    """The address of a database without tables."""
    return new_empty()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    prepared(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(cluster: Cluster) -> str:
    """A migrated database of PostgreSQL to copy."""
    prepared(cluster.create("prepared"))
    return "prepared"


def prepared(address: str) -> None:
    """Tables and two schools."""
    database = Database(address)
    migrate.upgrade(database)
    database.close()
    store = Store(address)
    for school in (HERE, THERE):
        with store.writing(school, CLERK) as db:
            db.add(School(name=f"School {school}", county="yueyang"))
            db.record("school.open", school)
    store.close()


@pytest.fixture
def database(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database that holds two schools and nothing else."""
    if kind == "sqlite":
        path = tmp_path / "store.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    name = f"t{uuid.uuid4().hex}"
    yield cluster.create(name, request.getfixturevalue("postgres_template"))
    cluster.drop(name)


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """A store with two schools."""
    store = Store(database)
    yield store
    store.close()


@pytest.fixture
def app(store: Store) -> FastAPI:
    """The service on the store."""
    return create_service(Settings(run_jobs=False), store)


@pytest.fixture
def http(app: FastAPI) -> Iterator[TestClient]:
    """One line to the service, for callers who bring their own cookies."""
    with TestClient(app, base_url=BASE, raise_server_exceptions=False) as http:
        yield http


@pytest.fixture
def nobody(app: FastAPI) -> TestClient:
    """A browser that nobody has signed in with."""
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes seconds on SQLite is left to the long tests on PostgreSQL; everything else takes both databases."""
    for item in items:
        on = getattr(item, "callspec", None)
        if on is None or on.params.get("kind") != "postgresql":
            continue
        # The mark of the database itself is not among these.
        of_test, of_file = getattr(item.function, "pytestmark", []), getattr(item.module, "pytestmark", [])
        if any(mark.name == "slow" for mark in (*of_test, *(of_file if isinstance(of_file, list) else [of_file]))):
            item.add_marker(pytest.mark.long)
