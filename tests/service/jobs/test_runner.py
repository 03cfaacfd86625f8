"""Does every job end, once, with words, whoever dies: the process that works, or the runner that started it?"""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from api.service import asking
from api.service.asking import program
from api.service.claims import news_of
from api.service.runner import COMMAND, Runner
from api.store import facts
from api.store.planning import MAX_TRIES, OPEN, Job, JobKind, JobState, PlanVersion, ScenarioVersion, Term
from api.store.record import LogEntry
from api.store.store import Store
from scheduler.policy import load_policy
from scheduler.publish.exchange import timetable_from_json
from tests.service.conftest import CLERK, HERE
from tests.service.jobs.work import a_plan, alive, asked, job_of, over, planned_term, processes_in, runner, tiny, until
from tests.service.operation.served import measured

DYING = (sys.executable, "-m", "tests.service.jobs.dying")
LONG = 600
"""Seconds of search that no test waits for."""
WAYS = ("memory", "abort", "fault", "kill", "kept")
"""How processes die, in the order of `dying`."""
WAITING = 5
"""The seed of a process that waits to be killed."""


def plans(store: Store) -> Sequence[PlanVersion]:
    with store.reading(HERE) as db:
        return db.scalars(select(PlanVersion).order_by(PlanVersion.number)).all()


def cpu_seconds(pid: int) -> float:
    """What a process has used so far; 0 once it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def ends(store: Store, id: str) -> int:
    """How often the log says that a job has ended."""
    endings = [f"job.{state}" for state in (JobState.DONE, JobState.FAILED, JobState.STOPPED)]
    with store.reading(HERE) as db:
        return (
            db.scalar(select(func.count()).select_from(LogEntry).where(LogEntry.object == id, LogEntry.action.in_(endings))) or 0
        )


def at_work(store: Store, one: Runner, id: str) -> int:
    """The process of a job, once the job has a plan to lose."""
    until(lambda: _with_best(store, id) and id in one.working, "no plan comes")
    return one.working[id].pid


def _with_best(store: Store, id: str) -> bool:
    with store.reading(HERE) as db:
        return db.scalar(select(Job.best).where(Job.id == id)) is not None


@pytest.mark.slow
def test_a_solve_leaves_a_plan_that_says_what_it_stands_on(store: Store, tmp_path: Path):
    job = asked(store, planned_term(store), seed=7)
    with runner(store, tmp_path):
        job = over(store, job.id)
    (plan,) = plans(store)
    assert (job.state, job.plan, job.attempt, ends(store, job.id)) == (JobState.DONE, plan.id, 1, 1)
    assert (plan.scenario, plan.scenario_digest) == (job.scenario, hashlib.sha256(tiny().encode()).hexdigest())
    assert (plan.pack, plan.pack_checked) == ("yueyang", date.fromisoformat(load_policy("yueyang").checked))
    assert (plan.solver, plan.seed, plan.options, plan.repeatable) == (program(), 7, {"seed": 7, "time_limit": 1}, False)
    with store.reading(HERE) as db:
        row = db.find(PlanVersion, plan.id)
        timetable, report = row.timetable, json.loads(row.report)
    assert plan.digest == hashlib.sha256(timetable.encode()).hexdigest()
    assert timetable_from_json(timetable).placements
    assert plan.lawful is report["lawful"]
    assert news_of(job)
    assert list(tmp_path.rglob("scenario.json")) == [], "nothing of the school stays behind on the disk"


@pytest.mark.slow
def test_a_process_that_dies_ends_its_job_with_words_and_the_next_one_runs(store: Store, plan_file: Path, tmp_path: Path):
    of = planned_term(store)
    ids = {way: asked(store, of, seed=number).id for number, way in enumerate(WAYS)}
    # Whatever comes after the dead.
    after = asked(store, of, JobKind.EXPLAIN)
    with runner(store, tmp_path, [*DYING, str(plan_file)], solve_bytes=2 << 30):
        dead = {way: over(store, id) for way, id in ids.items()}
        after = over(store, after.id)
    assert after.state is JobState.DONE
    best = dead.pop("kept")
    for way, job in dead.items():
        assert job.state is JobState.FAILED, way
        assert job.failure_zh, way
        assert ("Memory" in job.failure_en) == (way == "memory")
        assert job.attempt == (1 if way == "memory" else MAX_TRIES), way
    (plan,) = plans(store)
    assert (best.state, best.plan, best.key) == (JobState.DONE, plan.id, None)
    assert isinstance(best.result, dict)
    assert best.result["explanation_en"] == ["The solving process died; this is the best plan it had."]
    assert {ends(store, id) for id in ids.values()} == {1}


@pytest.mark.slow
def test_stopping_keeps_the_best_and_ends_the_process(store: Store, tmp_path: Path):
    job = asked(store, planned_term(store), time_limit=LONG, deterministic=True)
    with runner(store, tmp_path) as one:
        pid = at_work(store, one, job.id)
        asking.stop(store, HERE, CLERK, job.id)
        since = used = cpu_seconds(pid)

        def stopped() -> bool:
            nonlocal used
            used = max(used, cpu_seconds(pid))
            return job_of(store, job.id).state not in OPEN

        until(stopped, "it goes on")
        job = job_of(store, job.id)
        assert not alive(pid)
    assert used - since <= 2.0, "it puts its papers in order, and no more"
    measured("B7 stop", cpu_seconds=round(used - since, 2))
    (plan,) = plans(store)
    assert (job.state, job.plan, plan.repeatable) == (JobState.STOPPED, plan.id, False)
    assert ends(store, job.id) == 1


@pytest.mark.slow
def test_killed_processes_end_their_jobs_exactly_once(store: Store, plan_file: Path, tmp_path: Path):
    of = planned_term(store)
    ids = [asked(store, of, seed=WAITING + 6 * number).id for number in range(5)]
    kill_processes(store, tmp_path, ids, [*DYING, str(plan_file)])


@pytest.mark.long
def test_twenty_killed_solves_end_their_jobs_exactly_once(store: Store, tmp_path: Path, kind: str):
    of = planned_term(store)
    ids = [asked(store, of, seed=seed, time_limit=LONG, deterministic=True).id for seed in range(20)]
    kill_processes(store, tmp_path, ids, COMMAND)
    measured("B7 killed solves", kind=kind, kills=len(ids), ended_once=len(ids), best_kept=len(ids))


def kill_processes(store: Store, state: Path, ids: Sequence[str], command: Sequence[str]) -> None:
    """Kills the process of each job at its first plan."""
    with runner(store, state, command) as one:
        for id in ids:
            pid = at_work(store, one, id)
            os.kill(pid, signal.SIGKILL)
            job = over(store, id)
            assert (job.state, ends(store, id), job.plan is not None) == (JobState.DONE, 1, True)
    assert processes_in(state) == []
    assert len(plans(store)) == len(ids)


def runner_apart(database: str, state: Path) -> "subprocess.Popen[bytes]":
    """A runner in a process of its own, as `oneplusx runner` starts it."""
    given = {"ONEPLUSX_DATABASE": database, "ONEPLUSX_STATE": str(state), "ONEPLUSX_LEASE_SECONDS": "2"}
    return subprocess.Popen([sys.executable, "-m", "api.cli", "runner"], env={**os.environ, **given}, start_new_session=True)


@pytest.mark.slow
def test_a_killed_runner_leaves_no_process_and_its_job_is_taken_up(store: Store, database: str, tmp_path: Path):
    kill_runners(store, database, tmp_path, 1)


@pytest.mark.long
def test_ten_killed_runners_leave_no_process_and_their_jobs_are_taken_up(store: Store, database: str, tmp_path: Path, kind: str):
    kill_runners(store, database, tmp_path, 10)
    measured("B7 killed runners", kind=kind, kills=10, orphans=0, ended_once=True)


@pytest.mark.long
def test_the_job_of_a_killed_runner_is_taken_up_by_another_within_two_leases(
    store: Store, database: str, tmp_path: Path, kind: str
):
    job = asked(store, planned_term(store), time_limit=LONG, deterministic=True)
    apart = runner_apart(database, tmp_path / "a")
    until(lambda: _with_best(store, job.id), "no plan comes")
    with runner(store, tmp_path / "b") as other:
        assert other.working == {}, "it is held"
        os.killpg(apart.pid, signal.SIGKILL)
        killed = time.monotonic()
        apart.wait()
        until(lambda: job_of(store, job.id).holder == other.holder, "nobody takes it up")
        waited = time.monotonic() - killed
        assert waited <= 2 * other.settings.lease_seconds
        asking.stop(store, HERE, CLERK, job.id)
        assert over(store, job.id).attempt == 2
    measured("B7 taken up", kind=kind, lease=other.settings.lease_seconds, seconds=round(waited, 1))


def kill_runners(store: Store, database: str, state: Path, times: int) -> None:
    """Kills one runner after the other in the middle of a job; then one may work in peace."""
    of = planned_term(store)
    ids = []
    for kill in range(times):
        if kill % MAX_TRIES == 0:
            ids.append(asked(store, of, seed=kill, time_limit=LONG, deterministic=True).id)
        apart = runner_apart(database, state)
        try:
            until(lambda kill=kill: job_of(store, ids[-1]).attempt == kill % MAX_TRIES + 1, "nobody takes it")
            until(lambda: _with_best(store, ids[-1]), "no plan comes")
            until(lambda: processes_in(state / "work"), "no process starts")
        finally:
            os.killpg(apart.pid, signal.SIGKILL)
            apart.wait()
        until(lambda: processes_in(state / "work") == [], "orphans stay")
    left = state / "work"
    assert list(left.iterdir()), "what a killed runner leaves behind"
    for id in ids:
        asking.stop(store, HERE, CLERK, id)
    with runner(store, state) as one:
        assert [folder.name for folder in left.iterdir()] == [one.holder], "is cleared away by the next"
        for id in ids:
            job = over(store, id)
            assert (ends(store, id), job.plan is not None) == (1, True)
            assert job.attempt <= MAX_TRIES


@pytest.mark.slow
def test_a_runner_that_goes_in_peace_gives_its_job_back(store: Store, plan_file: Path, tmp_path: Path):
    command = [*DYING, str(plan_file)]
    job = asked(store, planned_term(store), seed=WAITING)
    with runner(store, tmp_path, command) as one:
        pid = at_work(store, one, job.id)
    assert not alive(pid)
    left = job_of(store, job.id)
    assert (left.state, left.attempt, left.holder, _with_best(store, job.id)) == (JobState.QUEUED, 0, None, True)
    with store.bookkeeping(HERE) as db:
        row = db.lock(Job, job.id)
        row.state, row.holder, row.attempt, row.lease_until = JobState.RUNNING, "dead", MAX_TRIES, row.created
    with runner(store, tmp_path, command):
        job = over(store, job.id)
    assert (job.state, job.attempt, len(plans(store))) == (JobState.DONE, MAX_TRIES, 1), "three lost attempts: its best is saved"


CHANGE = 'from = 2025-11-03\n[[teacher_ill]]\nteacher = "li"\n'


@pytest.mark.slow
def test_a_repair_changes_facts_and_plan_together_and_a_whatif_neither(store: Store, plan_file: Path, tmp_path: Path):
    of = planned_term(store)
    first = a_plan(store, of, plan_file)
    with runner(store, tmp_path):
        tried = over(store, asked(store, of, JobKind.WHATIF, plan=first, changes=CHANGE).id)
        assert isinstance(tried.result, dict)
        assert (tried.state, tried.plan) == (JobState.DONE, None)
        differences = tried.result["differences"]
        assert isinstance(differences, dict)
        assert differences["differences"]
        assert (len(plans(store)), versions(store)) == (1, 1)
        mended = over(store, asked(store, of, JobKind.REPAIR, plan=first, changes=CHANGE, reason="李老师病假").id)
        other = over(store, asked(store, of, JobKind.WHATIF, changes=CHANGE).id)
    assert (mended.state, other.state) == (JobState.DONE, JobState.DONE)
    one, two = plans(store)
    assert (two.parent, two.id, two.reason) == (one.id, mended.plan, "李老师病假")
    assert two.scenario != one.scenario
    with store.reading(HERE) as db:
        assert db.find(Term, of).scenario == two.scenario
        assert facts.text_of(db, two.scenario) != tiny()


@pytest.mark.slow
def test_a_repair_of_facts_that_moved_on_is_refused_whole(store: Store, plan_file: Path, tmp_path: Path):
    of = planned_term(store)
    first = a_plan(store, of, plan_file)
    late = asked(store, of, JobKind.REPAIR, plan=first, changes=CHANGE)
    with store.writing(HERE, CLERK) as db:
        head = facts.head(db, of)
        other = json.loads(tiny())
        other["rooms"][0]["name"] = "二（1）班"
        facts.replace(db, of, json.dumps(other), head.id, None)
        db.record("facts.edit", of)
    with runner(store, tmp_path):
        late = over(store, late.id)
    assert late.state is JobState.FAILED
    assert "changed meanwhile" in late.failure_en
    assert (len(plans(store)), versions(store)) == (1, 2)


def versions(store: Store) -> int:
    with store.reading(HERE) as db:
        return db.scalar(select(func.count()).select_from(ScenarioVersion)) or 0
