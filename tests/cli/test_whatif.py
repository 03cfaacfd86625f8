"""Does `oneplusx whatif` solve each variation and say how sure it is?"""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.domain import StaffId
from scheduler.intake import read_scenario, write_folder
from tests.cli.test_commands import TINY, oneplusx

TABLE = TINY / "tables" / "lawful.csv"


@pytest.mark.slow
def test_one_more_teacher_buys_the_wishes_that_nobody_could_lead(tmp_path: Path) -> None:
    """Basketball has lost its only teacher: no plan grants it, and one more who can lead it brings the wishes back."""
    scenario = read_scenario(TINY)
    li = scenario.staff_by_id[StaffId("li")]
    people = tuple(replace(one, skills=frozenset({"剪纸"})) if one.id == li.id else one for one in scenario.staff)
    helper = replace(li, id=StaffId("old"), name="老篮球", skills=frozenset({"篮球"}), available=frozenset())
    write_folder(replace(scenario, staff=(*people, helper)), tmp_path / "school")
    out = tmp_path / "out"
    ended = oneplusx("whatif", tmp_path / "school", "--teacher", "篮球", "--time-limit", 2, "--out", out)
    assert ended.exit_code == 0, ended.output
    told = json.loads((out / "whatif.json").read_text("utf-8"))
    (row,) = told["variations"]
    assert row["gained_wishes"] > 0
    base = told["as_it_is"]
    proven = row["granted"] > base["most_wishes_of_any_plan"] or row["most_wishes_of_any_plan"] <= base["granted"]
    assert row["surety"] == ("proven" if proven else "found")
    assert "篮球" in ended.stdout
    assert "误差" in ended.stdout


@pytest.mark.slow
def test_every_variation_is_solved_from_the_plan_given_and_told_in_english(tmp_path: Path) -> None:
    asked = ("--room", "教室", "--minutes", 10, "--waiver", "base-daily-pe", "--teacher", "*")
    ended = oneplusx("whatif", TINY, TABLE, *asked, "--time-limit", 1, "--out", tmp_path, "--language", "en")
    assert ended.exit_code == 0, ended.output
    told = json.loads((tmp_path / "whatif.json").read_text("utf-8"))
    assert [row["en"].split(" (")[0] for row in told["variations"]] == [
        "one more classroom",
        "one more teacher of the school",
        "10 minutes later",
        "a waiver of base-daily-pe",
    ]
    base = told["as_it_is"]
    assert base["lawful"]
    assert all(row["gained_wishes"] == row["granted"] - base["granted"] for row in told["variations"])
    assert {row["surety"] for row in told["variations"]} <= {"proven", "found", "noise"}


def test_what_the_school_does_not_have_is_told_all_at_once() -> None:
    ended = oneplusx("whatif", TINY, TABLE, "--room", "游泳池", "--teacher", "飞行", "--waiver", "nothing")
    assert ended.exit_code == 2
    assert all(word in ended.stderr for word in ("游泳池", "飞行", "nothing", "共 3 处错误"))
