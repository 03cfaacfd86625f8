"""Does the service stay up when its processes die, and leave nothing half done and nobody behind when it is told to go?"""

import os
import signal
import socket
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from api.service.serving import Supervisor
from api.settings import Settings
from api.store.people import Role
from api.store.planning import JobState
from api.store.store import Store
from tests.service.jobs.work import alive, asked, job_of, planned_term, processes_in, until
from tests.service.operation.served import METRICS_KEY, Served, served

pytestmark = pytest.mark.slow


def half_sent(service: Served) -> tuple[socket.socket, bytes]:
    """A request that is under way, and its second half, still to come."""
    at = urlsplit(service.url)
    line = socket.create_connection((at.hostname or "", at.port or 0), timeout=30)
    body = b'{"login": "nobody", "password": "wrong", "school": "here"}'
    head = f"POST /api/v1/sign-in HTTP/1.1\r\nHost: {at.netloc}\r\nContent-Type: application/json\r\n"
    line.sendall(f"{head}Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n".encode() + body[:10])
    assert line.recv(100).startswith(b"HTTP/1.1 100")
    return line, body[10:]


def test_processes_that_die_are_started_again_and_none_outlives_the_service(store: Store, database: str, tmp_path: Path):
    """The whole life of a service: two web processes and one for jobs; each is killed; then it is told to go under load."""
    with served(database, tmp_path, oneplusx_lease_seconds="2") as service:
        until(lambda: len(service.pids()) == 2 and len(service.pids("jobs")) == 1, "its processes")
        job = asked(store, planned_term(store), time_limit=600, deterministic=True)
        until(lambda: processes_in(service.state / "work"), "nobody works on the job")
        before = {task: service.pids(task) for task in ("web", "jobs")}
        for pid in (*before["web"], *before["jobs"]):
            os.kill(pid, signal.SIGKILL)
        until(lambda: len(set(service.pids()) - set(before["web"])) == 2, "web processes come back")
        until(lambda: set(service.pids("jobs")) - set(before["jobs"]), "the process for jobs comes back")
        service.up()
        until(lambda: job_of(store, job.id).attempt == 2, "the job is taken up again")
        assert [line["ended"] for line in service.lines("process died")] == [-9] * 3

        _metrics(service)

        line, rest = half_sent(service)
        until(lambda: processes_in(service.state / "work"), "the job is worked on again")
        pids = [*service.pids(), *service.pids("jobs"), *processes_in(service.state / "work")]
        ending = threading.Thread(target=service.end)
        ending.start()
        # Only when the other web process is gone does it surely know.
        until(lambda: len(service.pids()) == 1, "the idle one goes")
        line.sendall(rest)
        assert line.recv(100).startswith(b"HTTP/1.1 401"), "what was under way is answered"
        ending.join()
    until(lambda: not any(alive(pid) for pid in pids), "something outlives the service")
    assert (job_of(store, job.id).state, job_of(store, job.id).holder) == (JobState.QUEUED, None)
    assert [path for path in (tmp_path / "state").rglob("*") if path.is_file() and "sqlite3" not in path.name] == []


def _metrics(service: Served) -> None:
    """Both web processes count together, by route, for who has the key."""
    for _ in range(40):
        service.ask(Role.OFFICE, "GET", "/api/v1/terms/secret-name")
    assert service.ask(Role.ADMINISTRATOR, "GET", "/metrics").status_code == 404
    told = service.ask(Role.OFFICE, "GET", "/metrics", headers={"Cookie": "", "Authorization": f"Bearer {METRICS_KEY}"}).text
    assert 'oneplusx_requests_total{method="GET",route="/api/v1/terms/{term}",status="404"} 40.0' in told
    assert "secret-name" not in told
    assert "oneplusx_jobs_running 1.0" in told


def test_nothing_outlives_a_service_that_is_killed(tmp_path: Path):
    with served(f"sqlite:///{tmp_path / 'a.sqlite3'}", tmp_path) as service:
        until(lambda: len(service.pids()) == 2 and service.pids("jobs"), "its processes")
        left = service.state / "run" / str(service.process.pid)
        service.process.kill()
        until(lambda: not service.pids() and not service.pids("jobs"), "orphans stay")
        service.process.wait()
        assert left.exists()
    Supervisor(Settings(state=service.state, web_processes=1), socket.socket()).sweep()
    assert not left.exists(), "what a killed service leaves behind is cleared away by the next"
