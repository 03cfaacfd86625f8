"""What do the tests of jobs share? A term with the tiny school's facts, questions about it, and runners."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from api.service.asking import Question, submit
from api.service.keeping import Made, keep
from api.service.runner import COMMAND, Runner
from api.settings import MEGABYTE, Settings
from api.store import facts
from api.store.base import Json, TermId
from api.store.planning import OPEN, Job, JobKind
from api.store.store import Store
from scheduler import line
from scheduler.intake import read_scenario, scenario_from_json, scenario_to_json
from scheduler.policy import load_policy
from scheduler.publish.exchange import timetable_from_json
from scheduler.telling import report_record
from tests.service.conftest import CLERK, HERE
from tests.service.rows import term

TINY = Path(__file__).parents[3] / "scenarios" / "tiny"
PATIENCE = 120.0
"""Seconds a test waits for something that takes one; the machine may be busy."""


@cache
def tiny() -> str:
    """The tiny school as canonical JSON."""
    return scenario_to_json(read_scenario(TINY))


def planned_term(store: Store) -> TermId:
    """A term with the tiny school's facts."""
    id = term(store)
    with store.writing(HERE, CLERK) as db:
        facts.replace(db, id, tiny(), None, None)
        db.record("facts.import", id)
    return id


def asked(store: Store, term: TermId, kind: JobKind = JobKind.SOLVE, queue: int = 1000, **options: Json) -> Job:
    """A job for a question; the time limit is one second unless another is given."""
    with store.reading(HERE) as db:
        scenario = facts.head(db, term).id
    question = Question(kind=kind, term=term, scenario=scenario, asked={"time_limit": 1, "seed": 0, **options})
    return submit(store, HERE, CLERK, None, question, queue)[0]


def settings(state: Path, **more: object) -> Settings:
    """Of a runner whose lease is short."""
    return Settings(**{"state": state, "lease_seconds": 2.0, "grace_seconds": 20.0, "solve_bytes": 4096 * MEGABYTE, **more})


@contextmanager
def runner(store: Store, state: Path, command: Sequence[str] = COMMAND, **more: object) -> Iterator[Runner]:
    """A runner at work."""
    one = Runner(store, settings(state, **more), command)
    one.start()
    try:
        yield one
    finally:
        one.close()


def job_of(store: Store, id: str) -> Job:
    with store.reading(HERE) as db:
        return db.find(Job, id)


def until(holds: Callable[[], object], what: str) -> None:
    """Waits for it."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def over(store: Store, id: str) -> Job:
    """The job, once it has ended."""
    until(lambda: job_of(store, id).state not in OPEN, "the job never ends")
    return job_of(store, id)


def alive(pid: int) -> bool:
    """Whether the process is there and no mere remnant."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def processes_in(folder: Path) -> list[int]:
    """Processes that work in a folder below this one."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if str(folder).encode() in line and alive(int(entry.name)):
                found.append(int(entry.name))
    return found


def a_plan(store: Store, term: TermId, plan_file: Path) -> str:
    """The plan of the file as a version of the term; its id."""
    text = plan_file.read_text("utf-8")
    scenario = scenario_from_json(tiny())
    report = line.judged(timetable_from_json(text), scenario, load_policy("yueyang"))
    with store.writing(HERE, CLERK) as db:
        made = Made(
            timetable=text,
            report=json.dumps(report_record(report)),
            lawful=report.lawful,
            summary={},
            seed=0,
            options={},
            repeatable=False,
        )
        plan = keep(db, term, facts.head(db, term).id, "yueyang", None, made)
        db.record("plan.keep", plan.id)
    return plan.id
