"""How is work asked for, followed and looked at over HTTP?"""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from api.store import facts
from api.store.planning import Job
from api.store.store import Store
from tests.service.conftest import CLERK, HERE
from tests.service.jobs.work import a_plan, over, planned_term, runner, tiny
from tests.service.people import Caller, everybody

EN = {"Accept-Language": "en"}


@pytest.fixture
def office(http: TestClient, store: Store) -> Caller:
    """Somebody of the office."""
    return everybody(http, store)["office@here"]


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Name and data of each event of a stream."""
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        found.append((fields.get("event", ""), json.loads(fields["data"])))
    return found


@pytest.mark.slow
def test_a_plan_is_asked_for_followed_and_fetched(office: Caller, store: Store, tmp_path: Path):
    term = planned_term(store)
    asked = office.ask("POST", f"/api/v1/terms/{term}/solve", json={"time_limit": 1, "seed": 7, "reason": "开学"})
    assert (asked.status_code, asked.json()["state"]) == (202, "queued")
    again = office.ask("POST", f"/api/v1/terms/{term}/solve", json={"time_limit": 1, "seed": 7})
    job = asked.json()["id"]
    assert (again.status_code, again.json()["id"]) == (200, job), "the same question is one job"
    assert office.ask("GET", f"/api/v1/jobs/{job}/result").status_code == 409
    with runner(store, tmp_path):
        followed = events(office.ask("GET", asked.headers["Location"] + "/events", headers=EN).text)
    assert followed[-1][0] == "end"
    assert followed[-1][1]["state"] == "done"
    assert all(each["message"] for name, each in followed if not name)
    rest = events(office.ask("GET", f"/api/v1/jobs/{job}/events", headers={"Last-Event-ID": str(len(followed) - 2)}).text)
    assert len(rest) == 2
    result = office.ask("GET", f"/api/v1/jobs/{job}/result").json()
    (plan,) = office.ask("GET", f"/api/v1/terms/{term}/plans").json()["items"]
    assert (result["plan"], plan["reason"], plan["stale"], plan["seed"]) == (plan["id"], "开学", False, 7)
    whole = office.ask("GET", f"/api/v1/plans/{plan['id']}")
    assert whole.json()["report"]["lawful"] is plan["lawful"]
    assert whole.headers["ETag"] == f'"{plan["digest"]}"'
    assert office.ask("GET", f"/api/v1/plans/{plan['id']}/timetable").json()["county"] == "yueyang"
    third = office.ask("POST", f"/api/v1/terms/{term}/solve", json={"time_limit": 1, "seed": 7}).json()
    assert third["plan"] == plan["id"], "and is not worked on again"


def test_a_waiting_job_is_stopped_at_once(office: Caller, store: Store):
    term = planned_term(store)
    job = office.ask("POST", f"/api/v1/terms/{term}/explain", json={}).json()["id"]
    stopped = office.ask("POST", f"/api/v1/jobs/{job}/stop", headers=EN).json()
    assert (stopped["state"], stopped["failure"]) == ("stopped", "It was stopped before it began.")
    assert office.ask("POST", f"/api/v1/jobs/{job}/stop").json()["state"] == "stopped"
    assert [each["id"] for each in office.ask("GET", f"/api/v1/terms/{term}/jobs").json()["items"]] == [job]


def test_changes_that_cannot_be_are_told_before_anybody_waits(office: Caller, store: Store, plan_file: Path):
    term = planned_term(store)
    plan = a_plan(store, term, plan_file)
    wrong = 'from = 2025-11-03\n[[teacher_ill]]\nteacher = "nobody"\n[[room_lost]]\nroom = "nowhere"\n'
    for path in (f"/api/v1/terms/{term}/whatif", f"/api/v1/plans/{plan}/whatif", f"/api/v1/plans/{plan}/repair"):
        answer = office.ask("POST", path, json={"changes": wrong})
        assert answer.status_code == 422
        assert len(answer.json()["faults"]) == 2
    with store.reading(HERE) as db:
        assert db.scalar(select(func.count()).select_from(Job)) == 0


def test_two_plans_are_compared_in_words(office: Caller, store: Store, plan_file: Path, tmp_path: Path):
    term = planned_term(store)
    first = a_plan(store, term, plan_file)
    moved = json.loads(plan_file.read_text("utf-8"))
    section = moved["placements"][0]["section"]
    moved["placements"] = [each for each in moved["placements"] if each["section"] != section]
    other = tmp_path / "moved.json"
    other.write_text(json.dumps(moved), "utf-8")
    second = a_plan(store, term, other)
    told = office.ask("GET", f"/api/v1/plans/{first}/differences/{second}").json()
    assert told["disturbance"] > 0
    assert told["lines"]
    same = office.ask("GET", f"/api/v1/plans/{first}/differences/{first}").json()
    assert (same["disturbance"], same["lines"]) == (0, ["课表没有变化。"])


def test_a_plan_is_stale_once_the_facts_move_on(office: Caller, store: Store, plan_file: Path):
    term = planned_term(store)
    plan = a_plan(store, term, plan_file)
    other = json.loads(tiny())
    other["rooms"][0]["name"] = "别的名字"
    with store.writing(HERE, CLERK) as db:
        facts.replace(db, term, json.dumps(other), facts.head(db, term).id, None)
        db.record("facts.edit", term)
    assert office.ask("GET", f"/api/v1/plans/{plan}").json()["stale"] is True


def test_another_school_finds_neither_jobs_nor_plans(http: TestClient, store: Store, plan_file: Path):
    callers = everybody(http, store)
    term = planned_term(store)
    plan = a_plan(store, term, plan_file)
    job = callers["office@here"].ask("POST", f"/api/v1/terms/{term}/solve", json={}).json()["id"]
    theirs = callers["office@there"]
    for path in (f"jobs/{job}", f"jobs/{job}/events", f"plans/{plan}", f"plans/{plan}/timetable", f"terms/{term}/plans"):
        assert theirs.ask("GET", f"/api/v1/{path}").status_code == 404, path
    for path in (f"jobs/{job}/stop", f"terms/{term}/solve"):
        assert theirs.ask("POST", f"/api/v1/{path}", json={}).status_code == 404, path


@pytest.mark.slow
def test_the_web_goes_on_while_processes_die(office: Caller, store: Store, plan_file: Path, tmp_path: Path):
    from tests.service.jobs.test_runner import DYING

    term = planned_term(store)
    with runner(store, tmp_path, [*DYING, str(plan_file)]):
        ids = [office.ask("POST", f"/api/v1/terms/{term}/solve", json={"seed": seed}).json()["id"] for seed in (1, 2, 3)]
        answers = [office.ask("GET", f"/api/v1/jobs/{id}/events").status_code for id in ids]
    assert answers == [200, 200, 200]
    for id in ids:
        told = office.ask("GET", f"/api/v1/jobs/{id}").json()
        assert (told["state"], over(store, id).attempt) == ("failed", 3)
        assert told["failure"]
