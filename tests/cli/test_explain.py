"""Does `oneplusx explain` tell a school why, and what would help, and end as it says?"""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from api.cli import app

ROOT = Path(__file__).parents[2]
TINY = ROOT / "scenarios" / "tiny"


def explain(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["explain", *(str(argument) for argument in arguments)])


def without_rooms(folder: Path) -> Path:
    """The tiny school with rooms for two children each."""
    school = shutil.copytree(TINY, folder / "school")
    header, *rooms = (school / "rooms.csv").read_text("utf-8-sig").splitlines()
    at = header.split(",").index("每组容量")
    rows = [line.split(",") for line in rooms]
    lines = [",".join([*row[:at], "2", *row[at + 1 :]]) for row in rows]
    (school / "rooms.csv").write_text("\n".join([header, *lines]) + "\n", "utf-8")
    return school


@pytest.mark.slow
def test_a_school_that_can_be_planned_ends_with_0_and_says_what_is_tightest() -> None:
    ended = explain(TINY, "--time-limit", "2")
    assert ended.exit_code == 0, ended.output
    assert "有合规的方案" in ended.stdout
    assert "最紧的地方" in ended.stdout


def test_a_school_in_conflict_ends_with_3_and_hears_why_and_what_would_help(tmp_path: Path) -> None:
    record = tmp_path / "why.json"
    ended = explain(without_rooms(tmp_path), "--time-limit", "60", "--json", record)
    assert ended.exit_code == 3, ended.output
    assert "不能同时成立" in ended.stdout
    assert "一数便知的短缺" in ended.stdout
    told = json.loads(record.read_text("utf-8"))
    assert told["verdict"] == "impossible"
    assert 1 <= len(told["conflict"]) <= 7
    assert any(count["short"] and count["need"] > count["have"] for count in told["counts"])
    assert any(repair["verdict"] == "possible" for repair in told["repairs"])


def test_the_reasons_are_told_in_english_too(tmp_path: Path) -> None:
    ended = explain(without_rooms(tmp_path), "--time-limit", "5", "--language", "en")
    assert ended.exit_code == 3
    assert "cannot hold together" in ended.stdout


def test_bad_data_ends_with_2_and_its_faults(tmp_path: Path) -> None:
    ended = explain(tmp_path / "nowhere", "--language", "en")
    assert ended.exit_code == 2
    assert "Traceback" not in ended.output


@pytest.mark.slow
def test_a_nearest_plan_says_which_conflict_stands_in_its_way(tmp_path: Path) -> None:
    school, out = without_rooms(tmp_path), tmp_path / "out"
    arguments = ["solve", str(school), "--out", str(out), "--time-limit", "5"]
    ended = CliRunner().invoke(app, arguments)
    assert ended.exit_code == 3, ended.output
    assert "不能同时成立" in ended.stdout
    assert "已证明不存在完全合规的方案" in ended.stdout
