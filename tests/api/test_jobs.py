"""Are jobs kept, queued, stopped and rescued, whatever dies?"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.jobs import Jobs, SolveOptions, State
from scheduler.intake import read_scenario, scenario_to_json
from tests.api.conftest import BASE, TINY, settings_in

pytestmark = pytest.mark.slow


def ask(client: TestClient, **options: object) -> str:
    answer = client.post("/api/v1/solve", json={"sample": "tiny", "time_limit": 30, **options})
    assert answer.status_code == 202, answer.text
    job_id: str = answer.json()["id"]
    return job_id


def news(client: TestClient, job_id: str) -> Iterator[str]:
    with client.stream("GET", f"/api/v1/jobs/{job_id}/events") as stream:
        yield from stream.iter_lines()


def wait_for_a_plan(client: TestClient, folder: Path, job_id: str) -> None:
    """Follows the news until the process has put a first plan aside; its own news may lie a moment behind."""
    while not (folder / "jobs" / job_id / "best.json").exists():
        assert client.get(f"/api/v1/jobs/{job_id}").json()["state"] in {"queued", "running"}


def processes_of(job_id: str) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if job_id.encode() in command:
                found.append(int(folder.name))
    return found


def test_a_job_can_be_stopped_and_keeps_its_plan(tmp_path: Path) -> None:
    with TestClient(create_app(settings_in(tmp_path)), base_url=BASE) as client:
        job_id = ask(client)
        wait_for_a_plan(client, tmp_path, job_id)
        assert client.post(f"/api/v1/jobs/{job_id}/stop").status_code == 202
        assert "event: end" in list(news(client, job_id))
        assert client.get(f"/api/v1/jobs/{job_id}/result").json()["timetable"]["meetings"]
    assert not processes_of(job_id)


def test_more_jobs_than_the_queue_holds_are_refused(tmp_path: Path) -> None:
    with TestClient(create_app(settings_in(tmp_path, queue=1)), base_url=BASE) as client:
        first = ask(client)
        wait_for_a_plan(client, tmp_path, first)
        second = ask(client)
        answer = client.post("/api/v1/solve", json={"sample": "tiny"})
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0
        stopped = client.post(f"/api/v1/jobs/{second}/stop").json()
        assert (stopped["state"], bool(stopped["failure"])) == ("failed", True)
        assert client.get(f"/api/v1/jobs/{second}/result").status_code == 409


def test_a_job_is_deleted_with_all_its_data_but_not_while_it_runs(tmp_path: Path) -> None:
    with TestClient(create_app(settings_in(tmp_path)), base_url=BASE) as client:
        running, waiting = ask(client), ask(client)
        wait_for_a_plan(client, tmp_path, running)
        refused = client.delete(f"/api/v1/jobs/{running}")
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:oneplusx:problem:still-running")
        assert client.delete(f"/api/v1/jobs/{waiting}").status_code == 204
        client.post(f"/api/v1/jobs/{running}/stop")
        assert "event: end" in list(news(client, running))
        assert client.get(f"/jobs/{running}/week").status_code == 200
        assert client.delete(f"/api/v1/jobs/{running}").status_code == 204
        for job_id in (running, waiting):
            assert client.get(f"/api/v1/jobs/{job_id}").status_code == 404
            assert client.get(f"/jobs/{job_id}/week").status_code == 404
            assert client.delete(f"/api/v1/jobs/{job_id}").status_code == 404
        assert not list((tmp_path / "jobs").iterdir())
        assert "event: end" in list(news(client, ask(client, time_limit=1)))


def test_a_killed_process_leaves_its_best_plan(tmp_path: Path) -> None:
    with TestClient(create_app(settings_in(tmp_path)), base_url=BASE) as client:
        job_id = ask(client)
        wait_for_a_plan(client, tmp_path, job_id)
        (process,) = processes_of(job_id)
        os.kill(process, signal.SIGKILL)
        assert "event: end" in list(news(client, job_id))
        result = client.get(f"/api/v1/jobs/{job_id}/result").json()
        assert result["status"] == "out_of_time"
        assert result["timetable"]["meetings"]
        assert client.get(f"/api/v1/jobs/{job_id}/export/xlsx").status_code == 200
        assert "event: end" in list(news(client, ask(client, time_limit=1)))


def test_too_little_memory_fails_the_job_and_not_the_service(tmp_path: Path) -> None:
    with TestClient(create_app(settings_in(tmp_path, solve_bytes=120 * 1024 * 1024)), base_url=BASE) as client:
        job_id = ask(client)
        assert "event: end" in list(news(client, job_id))
        job = client.get(f"/api/v1/jobs/{job_id}").json()
        assert (job["state"], bool(job["failure"])) == ("failed", True)
        assert client.get("/").status_code == 200


def test_a_restarted_service_finishes_what_was_running_and_shows_what_was_done(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with TestClient(create_app(settings), base_url=BASE) as client:
        done = ask(client, time_limit=1)
        assert "event: end" in list(news(client, done))
        running = ask(client, time_limit=3)
        wait_for_a_plan(client, tmp_path, running)
    assert not processes_of(running)
    with TestClient(create_app(settings), base_url=BASE) as client:
        assert client.get(f"/api/v1/jobs/{done}/result").status_code == 200
        assert "event: end" in list(news(client, running))
        assert client.get(f"/api/v1/jobs/{running}").json()["state"] == "done"
        assert done in client.get("/").text


def test_a_process_whose_service_died_stops_by_itself(tmp_path: Path) -> None:
    """The service is played by a shell that starts the process and is killed."""
    scenario = read_scenario(TINY)
    job = Jobs(tmp_path).create(scenario, scenario_to_json(scenario), SolveOptions(time_limit=600))
    folder = tmp_path / job.id
    (folder / "orders.json").write_text(json.dumps({"time_limit": 600}))

    script = f"import subprocess, sys; subprocess.Popen([sys.executable, '-m', 'api.worker', 'solve', {str(folder)!r}]).wait()"
    with subprocess.Popen([sys.executable, "-c", script]) as service:
        while not (folder / "events.jsonl").exists() or not (folder / "events.jsonl").read_text():
            assert service.poll() is None
        service.kill()
    while not (folder / "result.json").exists() and not (folder / "failure.json").exists():
        assert processes_of(job.id) or (folder / "result.json").exists() or (folder / "failure.json").exists()


def test_only_the_newest_finished_jobs_are_kept(tmp_path: Path) -> None:
    scenario = read_scenario(TINY)
    jobs = Jobs(tmp_path)
    made = [jobs.create(scenario, "{}", SolveOptions()) for _ in range(4)]
    for job in made[:3]:
        jobs.save(job.model_copy(update={"state": State.DONE}))
    jobs.forget_old(1)
    assert [job.id for job in jobs.all()] == [made[3].id, made[2].id]


def test_ids_cannot_be_guessed_and_open_nothing_else(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)
    scenario = read_scenario(TINY)
    first, second = (jobs.create(scenario, "{}", SolveOptions()).id for _ in range(2))
    assert len(first) == 32
    assert first != second
    for wrong in ("", "..", first[:-1], f"../{tmp_path.name}/{first}", first.upper() + "/"):
        assert jobs.find(wrong) is None
