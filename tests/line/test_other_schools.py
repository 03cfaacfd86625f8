"""Does the line hold off the beaten track: a new county, a law that changes, schools that cannot be, solves cut short?"""

import json
import re
import shutil
import signal
import subprocess
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from scheduler.audit import audit
from scheduler.domain import ClauseId, Clock, Scenario, SeasonId, Slot, Waiver
from scheduler.generate import generate
from scheduler.intake import write_folder
from scheduler.publish.exchange import timetable_from_json
from tests.line.running import COMMAND, ROOT, SCENARIOS, law_of, oneplusx, scenario_in

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

TINY = SCENARIOS / "tiny"
DATED = SCENARIOS / "suifenhe-2022"
SIXTH = ROOT / "tests" / "policies"


def written(scenario: Scenario, folder: Path) -> Path:
    write_folder(scenario, folder)
    return folder


def test_a_sixth_county_is_a_folder_of_data(tmp_path: Path) -> None:
    """The tiny school moves to invented Qingxi: 60 % enrichment, home by 18:00, left-behind children first."""
    tiny = scenario_in(TINY)
    school = written(replace(tiny, school=replace(tiny.school, county="sixth")), tmp_path / "school")
    policies = ("--policies", SIXTH)
    ended = oneplusx("solve", school, "--out", tmp_path / "out", "--time-limit", 5, "--seed", 7, *policies)
    assert ended.code == 0, ended.told
    assert oneplusx("audit", tmp_path / "out" / "timetable.json", school, *policies).code == 0
    assert oneplusx("solve", school, "--out", tmp_path / "none", "--time-limit", 5).code == 2


def test_a_law_that_changes_in_the_term_is_kept_on_both_sides(tmp_path: Path) -> None:
    """绥芬河 三（二）: trial hours until 28 February 2022, standing hours from the day after."""
    ended = oneplusx("solve", DATED, "--out", tmp_path, "--time-limit", 40, "--seed", 7)
    assert ended.code == 0, ended.told
    assert oneplusx("audit", tmp_path / "timetable.json", DATED).code == 0
    plan = timetable_from_json((tmp_path / "timetable.json").read_text("utf-8"))
    scenario = scenario_in(DATED)
    early = replace(scenario, slots=tuple(map(_standing_from_the_first_day, scenario.slots)))
    assert audit(scenario, plan, law_of(scenario)).lawful
    report = audit(early, plan, law_of(early))
    late = {finding.clause.id for finding in report.breaches if finding.rule == "latest_end"}
    assert late == {"suifenhe-3.2-trial-junior-nongrad", "suifenhe-3.2-trial-junior-grad"}


def _standing_from_the_first_day(slot: Slot) -> Slot:
    clocks = {season: slot.clock_by_season[SeasonId("standing")] for season in slot.clock_by_season}
    return replace(slot, clock_by_season=clocks)


def test_no_plan_is_lawful_without_a_playground_and_the_draft_says_so(tmp_path: Path) -> None:
    """Nowhere to move: each day without a PE lesson is told by clause, class and day."""
    tiny = scenario_in(TINY)
    school = written(replace(tiny, rooms=tuple(room for room in tiny.rooms if room.id != "ground")), tmp_path / "school")
    ended = oneplusx("solve", school, "--out", tmp_path / "out", "--time-limit", 5)
    assert ended.code == 3, ended.told
    assert "base-daily-pe" in ended.stdout
    assert re.search(r"base-daily-pe（.*）：共 \d+ 处、偏差合计 \d+，登记豁免后可发布", ended.stdout)
    assert re.search(r"（四（1）班）周[二四]没有体育课，课后服务也没有体育类活动", ended.stdout)
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert summary["status"] in {"nearest", "out_of_time"}
    assert summary["audit"]["waivers_needed"]
    assert "base-daily-pe" in summary["deviations"]
    assert "草稿" in (tmp_path / "out" / "index.html").read_text("utf-8")


def test_with_too_few_teachers_nobody_is_hidden(tmp_path: Path) -> None:
    """李志刚 alone, at most two meetings a day: most children have no place, and every one of them is counted."""
    tiny = scenario_in(TINY)
    school = written(replace(tiny, staff=tuple(replace(one, willing=one.id == "li") for one in tiny.staff)), tmp_path / "school")
    ended = oneplusx("solve", school, "--out", tmp_path / "out", "--time-limit", 5)
    assert ended.code == 3, ended.told
    assert "base-nobody-refused" in ended.stdout
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert summary["pupils"]["unplaced"] > 0
    assert summary["deviations"]["base-nobody-refused"] >= summary["pupils"]["unplaced"]


LATE_CLAUSE = "liangping-2.2-end-1830"


@pytest.fixture(scope="module")
def late_school() -> Scenario:
    """A primary school of Liangping whose second slot ends at 18:40. 二（二）: 结束时间一般不晚于18:30."""
    school = generate("liangping", 60, 3)
    last = {(slot.weekday, slot.grades): slot.number for slot in sorted(school.slots, key=lambda slot: slot.number)}

    def later(slot: Slot) -> Slot:
        if slot.number != last[slot.weekday, slot.grades]:
            return slot
        clocks = {season: Clock(clock.start, time(18, 40)) for season, clock in slot.clock_by_season.items()}
        return replace(slot, clock_by_season=clocks)

    return replace(school, slots=tuple(map(later, school.slots)))


def test_a_slot_past_the_hour_needs_a_waiver_and_the_draft_tells_which(late_school: Scenario, tmp_path: Path) -> None:
    school = written(late_school, tmp_path / "school")
    ended = oneplusx("solve", school, "--out", tmp_path / "out", "--time-limit", 15, "--seed", 7)
    assert ended.code == 3, ended.told
    assert LATE_CLAUSE in ended.stdout
    assert "10分钟" in ended.stdout.replace(" ", "")
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert summary["audit"]["waivers_needed"] == 1, ended.told
    assert LATE_CLAUSE in summary["deviations"]


def test_with_the_waiver_on_record_the_same_school_is_lawful(late_school: Scenario, tmp_path: Path) -> None:
    waiver = Waiver(
        clause=ClauseId(LATE_CLAUSE),
        reason="镇上末班车 18:50 才到校",
        approver="区教委基教科",
        approved_on=date(2025, 8, 28),
        start=late_school.term.start,
        end=late_school.term.end,
    )
    school = written(replace(late_school, waivers=(waiver,)), tmp_path / "school")
    ended = oneplusx("solve", school, "--out", tmp_path / "out", "--time-limit", 15, "--seed", 7)
    assert ended.code == 0, ended.told
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert summary["audit"]["waivers_used"] == 1


def test_a_polite_kill_keeps_the_best_plan_so_far(tmp_path: Path) -> None:
    command = [*COMMAND, "solve", TINY, "--out", tmp_path, "--time-limit", "600"]
    with subprocess.Popen(
        list(map(str, command)), cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stderr is not None
        told = ""
        for line in process.stderr:
            told += line
            if "得到一份完整课表" in line:
                break
        process.send_signal(signal.SIGTERM)
        told += process.stderr.read()
        assert process.wait(timeout=60) in {0, 3}, told
    for name in ("timetable.json", "summary.json", "workbook.xlsx", "index.html"):
        assert (tmp_path / name).stat().st_size > 0
    assert timetable_from_json((tmp_path / "timetable.json").read_text("utf-8")).meetings


def test_one_second_is_enough_for_some_plan(tmp_path: Path) -> None:
    """A plan, lawful or a draft, and a file that can be audited; never an empty page."""
    ended = oneplusx("solve", SCENARIOS / "yueyang", "--out", tmp_path, "--time-limit", 1)
    assert ended.code in {0, 3}, ended.told
    plan = timetable_from_json((tmp_path / "timetable.json").read_text("utf-8"))
    assert plan.meetings
    assert oneplusx("audit", tmp_path / "timetable.json", SCENARIOS / "yueyang").code == ended.code


def test_bad_input_ends_with_2_and_every_fault_in_one_go(tmp_path: Path) -> None:
    """A wrong number, an unknown class, a slot nobody has, a course named twice: four files, four faults, no traceback."""
    school = Path(shutil.copytree(TINY, tmp_path / "school"))
    spoil = {
        "courses.csv": ("paper,剪纸,自选,X,艺术,素质拓展,全部,3,5,", "paper,剪纸,自选,X,艺术,素质拓展,全部,三个,5,"),
        "pupils.csv": ("202401,张雨桐,2-1,", "202401,张雨桐,9-9,"),
        "choices.csv": ("202402,剪纸,", "202402,滑翔,"),
        "rooms.csv": ("ground,操场,操场,20,2,", "ground,操场,操场,20,两块,"),
    }
    for name, (was, now) in spoil.items():
        text = (school / name).read_text("utf-8-sig")
        assert was in text
        (school / name).write_text(text.replace(was, now), "utf-8")
    for command in (
        ("solve", school, "--out", tmp_path / "out"),
        ("check", school),
        ("audit", TINY / "tables" / "lawful.csv", school),
    ):
        ended = oneplusx(*command)
        assert ended.code == 2, ended.told
        assert all(name in ended.stderr for name in spoil), ended.stderr
        assert "Traceback" not in ended.told
    assert not (tmp_path / "out").exists()
