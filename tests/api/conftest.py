"""What do these tests share? A service with one school and somebody of each role, and one finished plan."""

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.identity.passwords import password_hash
from api.identity.secret import csrf_token, hashed, token
from api.service.app import create_service
from api.settings import Settings
from api.store import migrate
from api.store.base import AccountId, SchoolId, now
from api.store.log import Actor
from api.store.people import Account, Guardianship, Role, RoleHeld, School, SignIn
from api.store.store import Store
from tests.service.people import PASSWORD

ROOT = Path(__file__).parents[2]
TINY = ROOT / "scenarios" / "tiny"
BASE = "http://127.0.0.1:8000"
SCHOOL = SchoolId("school")
SUBJECTS = {Role.HEAD_TEACHER: "2-1", Role.TEACHER: "wang", Role.PUPIL: "202401"}
CHILD = "202403"


def settings_in(folder: Path, **changes: object) -> Settings:
    """The usual settings with a state folder of their own."""
    return Settings(state=folder, samples=ROOT / "scenarios").model_copy(update=changes)


def school(settings: Settings) -> Store:
    """A store with one school: a person of each role signs in by its name and `PASSWORD`."""
    store = Store(settings.database_address)
    migrate.upgrade(store.database)
    password = password_hash(PASSWORD)
    with store.writing(SCHOOL, Actor("test", "terminal")) as db:
        db.add(School(name="河湾小学", county="yueyang"))
        db.flush()
        for role in Role:
            row = Account(name=f"{role} 某", login=role.value, password=password)
            db.add(row)
            db.flush()
            db.add(RoleHeld(account=AccountId(row.id), role=role, subject=SUBJECTS.get(role, "")))
            if role is Role.GUARDIAN:
                db.add(Guardianship(account=AccountId(row.id), pupil=CHILD))
        db.record("school.open", SCHOOL)
    return store


def browser_of(app: FastAPI, role: Role) -> TestClient:
    """Somebody signed in, whose every request carries the token of our pages."""
    store: Store = app.state.store
    cookie = token()
    with store.reading(SCHOOL) as db:
        account = db.query(Account).filter(Account.login == role.value).one().id
    with store.bookkeeping(SCHOOL) as db:
        db.add(SignIn(account=AccountId(account), token_hash=hashed(cookie), expires=now().replace(year=2099)))
    return TestClient(app, base_url=BASE, headers={"X-CSRF-Token": csrf_token(cookie)}, cookies={"oneplusx": cookie})


@contextmanager
def office_of(settings: Settings) -> Iterator[TestClient]:
    """The office of a service of its own, with its runner at work."""
    app = create_service(settings, school(settings))
    with TestClient(app, base_url=BASE):
        yield browser_of(app, Role.OFFICE)


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    """The office of a service in which nothing has happened and nobody works on jobs."""
    settings = settings_in(tmp_path, run_jobs=False)
    return browser_of(create_service(settings, school(settings)), Role.OFFICE)


@pytest.fixture(scope="session")
def tiny_zip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The tiny school as a person would upload it."""
    archive = shutil.make_archive(str(tmp_path_factory.mktemp("zip") / "tiny"), "zip", TINY)
    return Path(archive).read_bytes()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The office of a service for tests that leave nothing behind but terms and jobs."""
    with office_of(settings_in(tmp_path_factory.mktemp("state"))) as office:
        yield office


def opened_term(http: TestClient) -> str:
    """A term that knows the tiny school."""
    named = {"name": "2025秋", "first": "2025-09-01", "last": "2026-01-23"}
    term = str(http.post("/api/v1/terms", json=named).json()["id"])
    facts = http.get("/api/v1/samples/tiny").json()
    kept = http.put(f"/api/v1/terms/{term}/facts", json=facts, headers={"If-Match": "none"})
    assert kept.status_code == 200, kept.text
    return term


@pytest.fixture(scope="session")
def plan(served: TestClient) -> str:
    """Id of a finished plan for the tiny school."""
    job = served.post(f"/api/v1/terms/{opened_term(served)}/solve", json={"time_limit": 3, "seed": 7}).json()["id"]
    with served.stream("GET", f"/api/v1/jobs/{job}/events") as stream:
        assert "event: end" in list(stream.iter_lines())
    return str(served.get(f"/api/v1/jobs/{job}").json()["plan"])


@contextmanager
def running(settings: Settings) -> Iterator[str]:
    """Where a real server listens."""
    listening = socket.create_server(("127.0.0.1", 0))
    app = create_service(settings, school(settings))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service with the usual settings, on a port of its own."""
    with running(settings_in(tmp_path_factory.mktemp("state"))) as address:
        yield address
