"""Has what is acknowledged reached the disk by then? Each answer to a write is preceded by a sync, as the kernel sees it."""

import re
import signal
import subprocess
from pathlib import Path

import httpx2
import pytest

from api.store.people import Role
from api.store.store import Store
from tests.service.operation.served import CARELESS, Served, line, measured, served
from tests.service.postgres import Cluster

pytestmark = pytest.mark.long
WRITES = 200


def synced(service: Served, servers: list[int], trace: Path) -> list[int]:
    """How often the disk was waited for before each answer to a write. `servers`: processes of the database beside ours."""
    traced = [*service.pids(), *servers]
    named = [word for pid in traced for word in ("-p", str(pid))]
    kernel = subprocess.Popen(
        ["strace", "-f", "-o", str(trace), "-e", "trace=fsync,fdatasync,sendto", "-s", "20", *named],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert kernel.stderr is not None
    for _ in traced:
        assert "attached" in kernel.stderr.readline()
    headers, http = service.headers(Role.OFFICE), line(httpx2.Limits())
    for number in range(WRITES):
        body = {"name": f"Term {number}", "first": "2026-09-01", "last": "2027-01-22"}
        assert http.post(f"{service.url}/api/v1/terms", headers=headers, json=body).status_code == 201
    kernel.send_signal(signal.SIGINT)
    kernel.wait()
    counts, count = [], 0
    for told in trace.read_text("utf-8", "replace").splitlines():
        if re.search(r"(fsync|fdatasync).*= 0", told):
            count += 1
        elif "sendto(" in told and "HTTP/1.1 201" in told:
            counts.append(count)
            count = 0
    assert len(counts) == WRITES
    return counts


def servers(kind: str, request: pytest.FixtureRequest) -> list[int]:
    """The processes of PostgreSQL; none for SQLite, which works inside ours."""
    if kind == "sqlite":
        return []
    cluster: Cluster = request.getfixturevalue("cluster")
    first = int((cluster.data / "postmaster.pid").read_text().splitlines()[0])
    children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
    return [first, *map(int, children)]


def test_each_write_is_on_the_disk_before_it_is_acknowledged(
    store: Store, database: str, kind: str, request: pytest.FixtureRequest, tmp_path: Path
):
    with served(database, tmp_path, oneplusx_run_jobs="false") as service:
        counts = synced(service, servers(kind, request), tmp_path / "trace")
    assert min(counts) >= 1
    measured("A4", kind=kind, writes=WRITES, without_sync=0, syncs=sum(counts))


def test_a_service_that_does_not_wait_for_the_disk_is_found_out(
    store: Store, database: str, kind: str, request: pytest.FixtureRequest, tmp_path: Path
):
    """The control of the test above."""
    with served(database, tmp_path, CARELESS, careless="unsynced", oneplusx_run_jobs="false") as service:
        counts = synced(service, servers(kind, request), tmp_path / "trace")
    assert counts.count(0) > WRITES / 10, "PostgreSQL syncs now and then by itself"
    measured("A4 control", kind=kind, writes=WRITES, without_sync=counts.count(0))
