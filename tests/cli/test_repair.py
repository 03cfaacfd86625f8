"""Does `oneplusx repair` go from a plan and a change sheet to a published plan that says what changed?"""

import json
from pathlib import Path

import pytest

from scheduler.intake import read_scenario
from scheduler.publish.exchange import timetable_from_json
from tests.cli.test_commands import TINY, oneplusx

TABLE = TINY / "tables" / "lawful.csv"


def repaired(tmp_path: Path, text: str, *more: object) -> tuple[int, Path, str]:
    (tmp_path / "changes.toml").write_text(text, "utf-8")
    out = tmp_path / "out"
    ended = oneplusx("repair", TABLE, tmp_path / "changes.toml", TINY, "--out", out, "--time-limit", 3, *more)
    return ended.exit_code, out, ended.output


@pytest.mark.slow
def test_a_child_who_joins_gets_places_and_nobody_else_is_moved(tmp_path: Path) -> None:
    text = """
        from = 2025-11-03
        [[pupils_join]]
        pupils = [{ id = "n1", name = "新同学", home_class = "2-1", stays = "全部", wanted = 1, accept_any = true }]
        choices = [{ pupil = "n1", wish1 = "剪纸" }]
    """
    code, out, said = repaired(tmp_path, text)
    assert code == 0, said
    assert "已证明" in said
    diff = json.loads((out / "diff.json").read_text("utf-8"))
    assert (diff["status"], diff["disturbance"], diff["counts"]) == ("least", 0, {"pupil_joins": 1})
    scenario = read_scenario(out / "scenario")
    table = timetable_from_json((out / "timetable.json").read_text("utf-8"))
    assert "n1" in scenario.pupil_by_id
    assert table.start.isoformat() == "2025-11-03"
    assert any(one.pupil == "n1" for one in table.placements)
    assert oneplusx("audit", out / "timetable.json", out / "scenario").exit_code == 0
    assert (out / "index.html").exists()


@pytest.mark.slow
def test_days_nobody_can_take_are_told_and_the_plan_is_a_draft(tmp_path: Path) -> None:
    text = '[[teacher_ill]]\nteacher = "wang"\nfrom = 2025-10-13\nto = 2025-10-17\n'
    code, out, said = repaired(tmp_path, text, "--language", "en")
    assert code == 3, said
    assert "cancelled" in said
    table = timetable_from_json((out / "timetable.json").read_text("utf-8"))
    assert {one.day.isoformat() for one in table.changes} <= {f"2025-10-{day}" for day in range(13, 18)}
    assert all("wang" not in one.new_staff for one in table.changes)
    before = {(one.section, one.slot) for one in table.meetings if "wang" in one.staff}
    assert {(one.section, one.slot) for one in table.changes} >= before


def test_a_bad_change_sheet_is_told_in_the_language_asked_for(tmp_path: Path) -> None:
    code, out, said = repaired(tmp_path, '[[room_lost]]\nroom = "nowhere"\n', "--language", "en")
    assert code == 2
    assert "the school has no room “nowhere”" in said
    assert not out.exists()
