"""Does `oneplusx solve` go from a folder to a published plan, and can it be stopped?"""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.intake import read, write_folder
from scheduler.publish.exchange import timetable_from_json
from tests.cli.test_commands import ROOT, TINY, oneplusx

pytestmark = pytest.mark.slow

SUMMARY = {
    "status", "seed", "wall_seconds", "cpu_seconds", "peak_memory_mb", "stages", "pupils", "wishes",
    "courtesies", "deviations", "audit", "mode", "mode_followed", "fairness", "sharing",
}  # fmt: skip
PUPILS = {"applied", "placed", "unplaced", "base_care_slots"}
WISHES = {"wanted", "granted", "first_choice_share", "mean_rank", "worst_rank", "none_granted"}


def test_a_lawful_school_gets_a_plan_that_the_audit_finds_clean(tmp_path: Path) -> None:
    ended = oneplusx("solve", TINY, "--out", tmp_path, "--time-limit", 10, "--seed", 7)
    assert ended.exit_code == 0, ended.output
    assert "合规" in ended.stdout
    summary = json.loads((tmp_path / "summary.json").read_text("utf-8"))
    assert summary.keys() >= SUMMARY
    assert summary["pupils"].keys() >= PUPILS
    assert summary["wishes"].keys() >= WISHES
    assert summary["seed"] == 7
    assert summary["mode_followed"]
    assert "按选定的方式" not in ended.stdout
    assert all(stage.keys() >= {"name", "objective", "bound", "gap", "seconds"} for stage in summary["stages"])
    for name in ("timetable.json", "workbook.xlsx", "index.html", "ics"):
        assert (tmp_path / name).exists()
    assert oneplusx("audit", tmp_path / "timetable.json", TINY).exit_code == 0
    assert oneplusx("audit", tmp_path / "workbook.xlsx", TINY).exit_code == 0


def test_a_school_without_any_staff_gets_a_marked_draft_and_the_reasons(tmp_path: Path) -> None:
    """Nobody is left to stand before the pupils: no lawful plan can exist."""
    school, out = tmp_path / "school", tmp_path / "out"
    scenario = read(TINY).scenario
    assert scenario is not None
    write_folder(scenario, school)
    lines = (school / "staff.csv").read_text("utf-8-sig").splitlines()
    willing = lines[0].split(",").index("愿意参加")
    rows = [line.split(",") for line in lines[1:]]
    kept = [",".join([*row[:willing], "否", *row[willing + 1 :]]) for row in rows]
    (school / "staff.csv").write_text("\n".join([lines[0], *kept]) + "\n", "utf-8")
    ended = oneplusx("solve", school, "--out", out, "--time-limit", 5)
    assert ended.exit_code == 3, ended.output
    assert "草稿" in ended.stdout
    assert "豁免" in ended.stdout
    assert "oneplusx audit" in ended.stdout
    assert "草稿" in (out / "index.html").read_text("utf-8")


def stopped(school: str, out: Path, after: str) -> tuple[int, str]:
    """Exit code and words of a long solve that is asked to stop once it says `after`."""
    command = [sys.executable, "-m", "scheduler", "solve", school, "--out", str(out), "--time-limit", "600"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        told = ""
        for line in process.stderr:
            told += line
            if after in line:
                break
        process.send_signal(signal.SIGINT)
        told += process.stdout.read() + process.stderr.read()
        return process.wait(timeout=60), told


def test_ctrl_c_keeps_the_best_plan_so_far(tmp_path: Path) -> None:
    code, told = stopped("scenarios/tiny", tmp_path, "得到一份完整课表")
    assert code in {0, 3}, told
    assert timetable_from_json((tmp_path / "timetable.json").read_text("utf-8")).meetings


def test_wishes_that_there_was_no_time_to_share_out_as_chosen_are_told(tmp_path: Path) -> None:
    code, told = stopped("scenarios/yueyang", tmp_path, "得到一份完整课表")
    assert code in {0, 3}, told
    assert not json.loads((tmp_path / "summary.json").read_text("utf-8"))["mode_followed"]
    assert "没有完全按选定的方式分完" in told


def test_ctrl_c_before_there_is_any_plan_ends_with_4_or_with_a_plan(tmp_path: Path) -> None:
    """Whichever comes first: what is written is a plan, and without a plan nothing is written."""
    code, told = stopped("scenarios/yueyang", tmp_path, " s ")
    assert code in {0, 3, 4}, told
    assert (code == 4) != (tmp_path / "timetable.json").exists()
