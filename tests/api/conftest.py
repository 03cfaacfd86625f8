"""What do the tests of the service share? Applications with a state folder of their own, and one finished plan."""

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings

ROOT = Path(__file__).parents[2]
TINY = ROOT / "scenarios" / "tiny"
BASE = "http://127.0.0.1:8000"


def settings_in(folder: Path, **changes: object) -> Settings:
    """The usual settings with a state folder of their own."""
    return Settings(state=folder, samples=ROOT / "scenarios").model_copy(update=changes)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """A service without jobs."""
    with TestClient(create_app(settings_in(tmp_path)), base_url=BASE) as client:
        yield client


@pytest.fixture(scope="session")
def tiny_zip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The tiny school as a person would upload it."""
    archive = shutil.make_archive(str(tmp_path_factory.mktemp("zip") / "tiny"), "zip", TINY)
    return Path(archive).read_bytes()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service for tests that leave nothing behind but their jobs."""
    with TestClient(create_app(settings_in(tmp_path_factory.mktemp("state"))), base_url=BASE) as client:
        yield client


@pytest.fixture(scope="session")
def plan(served: TestClient) -> str:
    """Id of a finished plan for the tiny school."""
    asked = served.post("/api/v1/solve", json={"sample": "tiny", "time_limit": 3, "seed": 7})
    assert asked.status_code == 202, asked.text
    job_id: str = asked.json()["id"]
    with served.stream("GET", f"/api/v1/jobs/{job_id}/events") as stream:
        lines = list(stream.iter_lines())
    assert "event: end" in lines
    assert served.get(f"/api/v1/jobs/{job_id}").json()["state"] == "done"
    return job_id


@contextmanager
def running(settings: Settings) -> Iterator[str]:
    """Where a real server listens."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(settings), log_level="warning", timeout_graceful_shutdown=2))
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
