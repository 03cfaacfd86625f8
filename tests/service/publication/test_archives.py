"""Can the office take a whole plan along, told in the log, for a day, and without any single child's calendar?"""

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from api.service.hands import ARCHIVE, JobOrders, export
from api.store.base import now
from api.store.people import Role
from api.store.planning import Archive, Job, JobKind
from api.store.record import LogEntry
from scheduler.intake import scenario_to_json
from scheduler.publish.exchange import timetable_to_json
from tests.repair.schools import tiny
from tests.service.conftest import CLERK, HERE
from tests.service.jobs.work import over, runner, until
from tests.service.publication.world import World, plans

WHY = {"reason": "报教育局备案"}


def ask(world: World, plan: str) -> tuple[int, dict[str, Any]]:
    answer = world.office.ask("POST", f"/api/v1/plans/{world.plans[plan]}/archive", json=WHY)
    return answer.status_code, answer.json()


def lines(world: World, action: str) -> list[tuple[str, str, str]]:
    with world.store.reading(HERE) as db:
        rows = db.scalars(select(LogEntry).where(LogEntry.action == action))
        return [(row.actor, row.object, row.reason) for row in rows]


@pytest.mark.slow
def test_a_plan_is_taken_along_as_one_archive(world: World, tmp_path: Path):
    status, lawful = ask(world, "first")
    assert (status, ask(world, "first")) == (202, (200, lawful)), "the same archive is one job"
    assert world.office.ask("GET", lawful["file"]).status_code == 409
    with runner(world.store, tmp_path):
        assert over(world.store, lawful["job"]).state == "done"
    fetched = world.office.ask("GET", lawful["file"])
    assert fetched.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(fetched.content)) as archive:
        names = set(archive.namelist())
        assert {
            "timetable.json",
            "workbook.xlsx",
            "index.html",
            "public.html",
            "csv/meetings.csv",
            "ics/teacher/wang.ics",
        } <= names
        assert not [name for name in names if name.startswith("ics/pupil")]
        assert "草稿" not in archive.read("public.html").decode()
    plan = world.plans["first"]
    assert lines(world, "plan.export") == [(world.office.account, plan, WHY["reason"])]
    for role in (Role.LEADER, Role.TEACHER):
        caller = world.person(role, "wang" if role is Role.TEACHER else "")
        assert caller.ask("GET", lawful["file"]).status_code == 403
        assert caller.ask("POST", f"/api/v1/plans/{plan}/archive", json=WHY).status_code == 403
    with world.store.writing(HERE, CLERK) as db:
        for kept in db.scalars(select(Archive)):
            kept.expires = now() - timedelta(seconds=1)
        db.record("test.age", HERE)
    assert world.office.ask("GET", lawful["file"]).status_code == 409
    with runner(world.store, tmp_path):
        until(lambda: world.count(Archive) == 0, "nobody tidies up")
    again, fresh = ask(world, "first")
    assert (again, fresh["job"] == lawful["job"], world.count(Archive)) == (202, False, 0)


def test_what_may_not_be_published_says_so_in_the_archive(tmp_path: Path):
    scenario, _ = tiny()
    (tmp_path / "scenario.json").write_text(scenario_to_json(scenario), "utf-8")
    (tmp_path / "before.json").write_text(timetable_to_json(plans()["breach"]), "utf-8")
    export(tmp_path, JobOrders(parent=0, policies=None, seed=0, time_limit=1, deterministic=True, memory_bytes=0))
    with zipfile.ZipFile(tmp_path / ARCHIVE) as archive:
        assert "草稿" in archive.read("public.html").decode()


def test_without_a_reason_nothing_is_taken_along(world: World):
    path = f"/api/v1/plans/{world.plans['first']}/archive"
    assert [world.office.ask("POST", path, json=body).status_code for body in ({}, {"reason": " "})] == [422, 422]
    with world.store.reading(HERE) as db:
        assert db.scalars(select(Job).where(Job.kind == JobKind.EXPORT)).all() == []
