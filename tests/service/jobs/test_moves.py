"""Does a clerk see what a move would do before it is kept, and does what is decided stay decided?"""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from api.store import facts
from api.store.base import TermId
from api.store.planning import PlanVersion
from api.store.record import LogEntry
from api.store.store import Store
from scheduler.intake import scenario_from_json
from tests.service.conftest import HERE
from tests.service.jobs.work import a_plan, planned_term
from tests.service.people import Caller, everybody

EN = {"Accept-Language": "en"}


@pytest.fixture
def office(http: TestClient, store: Store) -> Caller:
    """Somebody of the office."""
    return everybody(http, store)["office@here"]


@pytest.fixture
def term(store: Store) -> TermId:
    return planned_term(store)


@pytest.fixture
def plan(store: Store, term: TermId, plan_file: Path) -> str:
    return a_plan(store, term, plan_file)


@pytest.fixture(scope="session")
def meetings(plan_file: Path) -> list[dict[str, Any]]:
    """The meetings of the plan."""
    found: list[dict[str, Any]] = json.loads(plan_file.read_text("utf-8"))["meetings"]
    return found


def of(store: Store) -> int:
    with store.reading(HERE) as db:
        return db.scalar(select(func.count()).select_from(PlanVersion)) or 0


def test_a_clash_is_seen_before_it_is_made_and_nothing_is_kept(
    office: Caller, store: Store, plan: str, meetings: list[dict[str, Any]]
):
    one, other = next(
        (one, other) for one in meetings for other in meetings if one["slot"] == other["slot"] and one["staff"] != other["staff"]
    )
    asked = {"section": one["section"], "slot": one["slot"], "to_room": other["room"], "to_staff": other["staff"]}
    seen = office.ask("POST", f"/api/v1/plans/{plan}/moves/look", json=asked).json()
    assert seen["lawful"] is False
    named = {subject["id"] for finding in seen["new"] for subject in finding["subjects"]}
    assert {other["room"], *other["staff"]} & named
    assert of(store) == 1


def test_a_kept_move_is_the_next_plan_and_the_old_one_stays(
    office: Caller, store: Store, plan: str, meetings: list[dict[str, Any]]
):
    one = meetings[0]
    path = f"/api/v1/plans/{plan}/timetable"
    before = office.ask("GET", path).text
    asked = {"section": one["section"], "slot": one["slot"], "to_room": "ground", "reason": "教室维修"}
    kept = office.ask("POST", f"/api/v1/plans/{plan}/moves", json=asked)
    assert kept.status_code == 201
    told = kept.json()
    assert (told["parent"], told["number"], told["reason"], told["repeatable"]) == (plan, 2, "教室维修", False)
    assert office.ask("GET", path).text == before
    after = office.ask("GET", f"/api/v1/plans/{told['id']}/timetable").json()["meetings"]
    (moved,) = [each for each in after if (each["section"], each["slot"]) == (one["section"], one["slot"])]
    assert moved["room"] == "ground"
    with store.reading(HERE) as db:
        assert db.scalar(select(LogEntry.reason).where(LogEntry.action == "plan.move")) == "教室维修"


def test_every_fault_of_a_move_is_told_at_once(office: Caller, plan: str, meetings: list[dict[str, Any]]):
    one = meetings[0]
    asked = {"section": one["section"], "slot": one["slot"], "to_slot": "never", "to_room": "nowhere", "to_staff": ["nobody"]}
    answer = office.ask("POST", f"/api/v1/plans/{plan}/moves/look", json=asked)
    assert (answer.status_code, len(answer.json()["faults"])) == (422, 3)
    none = {"section": one["section"], "slot": "never"}
    assert office.ask("POST", f"/api/v1/plans/{plan}/swaps", json=none).status_code == 422


def test_each_suggested_exchange_brings_no_new_finding(office: Caller, plan: str, meetings: list[dict[str, Any]]):
    one = next(each for each in meetings if each["section"].startswith("class_pe") or "reading" in each["section"])
    told = office.ask(
        "POST", f"/api/v1/plans/{plan}/swaps", json={"section": one["section"], "slot": one["slot"]}, headers=EN
    ).json()
    assert told["tried"] > 0
    for each in told["suggestions"]:
        assert "→" in each["en"]
        if len(each["moves"]) == 1:
            assert office.ask("POST", f"/api/v1/plans/{plan}/moves/look", json=each["moves"][0]).json()["new"] == []


def test_what_is_locked_stands_in_the_facts_until_it_is_let_go(
    office: Caller, store: Store, term: TermId, plan: str, meetings: list[dict[str, Any]]
):
    section = meetings[0]["section"]
    locked = office.ask("POST", f"/api/v1/plans/{plan}/locks", json={"section": section, "reason": "家长会已通知"})
    assert locked.status_code == 201, locked.text
    (held,) = locked.json()
    assert (held["course"], held["why"]) == (section.partition(".")[0], "家长会已通知")
    with store.reading(HERE) as db:
        (lock,) = scenario_from_json(facts.text_of(db, facts.head(db, term).id)).locks
    assert lock.slots == {each["slot"] for each in meetings if each["section"] == section}
    assert office.ask("GET", f"/api/v1/plans/{plan}").json()["stale"] is True
    path = f"/api/v1/terms/{term}/locks"
    assert office.ask("POST", f"{path}/nothing/unlock", json={"reason": "x"}).status_code == 404
    assert office.ask("POST", f"{path}/{held['id']}/unlock", json={"reason": "改期"}).json() == []
    assert office.ask("GET", path).json() == []
    with store.reading(HERE) as db:
        lines = db.scalars(select(LogEntry.reason).where(LogEntry.action.in_(["plan.lock", "plan.unlock"]))).all()
    assert sorted(lines) == sorted(["家长会已通知", "改期"])
