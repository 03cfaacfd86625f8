"""Does anybody on the pages notice when the process of a job dies: out of memory, aborted, on a bad address, killed?"""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from api.store.people import Role
from api.store.planning import OPEN, JobKind, JobState
from api.store.store import Store
from scheduler.intake import read_scenario
from scheduler.make import make_plan
from scheduler.publish.exchange import timetable_to_json
from scheduler.solver.outcome import Options
from tests.service.jobs.work import TINY, asked, job_of, over, planned_term, processes_in, until
from tests.service.operation.served import CARELESS, Served, measured, served

WAYS = ("memory", "abort", "fault", "kill")
"""How processes die, in the order of `dying`, which has six ways."""
DEATHS = 20
AT_MOST = 10.0
"""Seconds after its last process died that a job has ended with words."""


@contextmanager
def visited(service: Served) -> Iterator[Counter[str]]:
    """Somebody looks at pages all the while; what they got, by status."""
    seen: Counter[str] = Counter()
    over = threading.Event()
    headers = service.headers(Role.OFFICE)

    def visit() -> None:
        while not over.wait(0.05):
            for path in ("/", "/api/v1/terms"):
                try:
                    seen[str(service.http.get(service.url + path, headers=headers).status_code)] += 1
                except httpx2.TransportError as error:
                    seen[type(error).__name__] += 1

    visitor = threading.Thread(target=visit)
    visitor.start()
    try:
        yield seen
    finally:
        over.set()
        visitor.join()


def seconds_to_end(store: Store, state: Path, id: str) -> float:
    """How long after its last process was gone the job had ended."""
    alive = time.monotonic()

    def ended() -> bool:
        nonlocal alive
        if processes_in(state / "work"):
            alive = time.monotonic()
        return job_of(store, id).state not in OPEN

    until(ended, "the job never ends")
    return time.monotonic() - alive


@pytest.mark.long
def test_twenty_deaths_of_jobs_are_told_within_seconds_and_the_pages_go_on(
    store: Store, database: str, tmp_path: Path, kind: str
):
    plan = tmp_path / "plan.json"
    made = make_plan(read_scenario(TINY), Options(time_limit=1.0), lambda _: None, lambda: False)
    plan.write_text(timetable_to_json(made.timetable), "utf-8")
    limits = {"dying": str(plan), "oneplusx_solve_bytes": str(2 << 30)}
    of, waited = planned_term(store), []
    with served(database, tmp_path, command=CARELESS, careless="dying", **limits) as service:
        before = service.pids()
        with visited(service) as seen:
            for death in range(DEATHS):
                job = asked(store, of, seed=6 * death + death % len(WAYS))
                waited.append(seconds_to_end(store, service.state, job.id))
                ended = job_of(store, job.id)
                assert ended.state is JobState.FAILED, WAYS[death % len(WAYS)]
                assert ended.failure_zh
                if death % len(WAYS) == len(WAYS) - 1:
                    assert over(store, asked(store, of, JobKind.EXPLAIN, seed=death).id).state is JobState.DONE, (
                        "the next one runs"
                    )
        assert service.pids() == before, "no web process had to be started again"
    assert set(seen) == {"200"}
    assert max(waited) <= AT_MOST
    measured("B6", kind=kind, deaths=DEATHS, pages=seen["200"], errors=0, longest_seconds=round(max(waited), 1))


@pytest.mark.long
def test_solving_where_pages_are_answered_would_be_noticed(store: Store, database: str, tmp_path: Path):
    """The control."""
    of = planned_term(store)
    with served(database, tmp_path, command=CARELESS, careless="inside") as service:
        before = service.pids()
        with pytest.raises(httpx2.TransportError):
            service.ask(Role.OFFICE, "POST", f"/api/v1/terms/{of}/solve", json={"seed": 1})
        until(lambda: set(service.pids()) - set(before), "nobody died")
