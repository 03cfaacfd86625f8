"""Is every planted fault told with its place, whatever the layout, and is no row ever lost in silence?"""

from pathlib import Path

import pytest

from scheduler.errors import Fault
from scheduler.intake import read
from tests.intake.defects import DEFECTS, Planted, cell
from tests.intake.layouts import LAYOUTS, Laid, plain_workbook, sound_tables

CASES = [
    pytest.param(layout, defect, marks=() if layout == "utf8_folder" else pytest.mark.slow)
    for layout in LAYOUTS
    for defect in DEFECTS
]


def told(faults: tuple[Fault, ...], planted: Planted, laid: Laid) -> bool:
    """One of the faults sends a person to where the mistake was planted."""
    place = laid.places[planted.sheet]
    for fault in faults:
        if planted.sheet == "classes" and planted.row is None and planted.column is None:
            if "班级" in fault.zh and not fault.warning:
                return True
            continue
        if fault.place != place or fault.warning != planted.warning:
            continue
        if planted.row is not None and fault.row != laid.row(planted.sheet, planted.row):
            continue
        if planted.column is None or (fault.column or "").strip() == planted.column:
            return True
    return False


def test_there_are_three_hundred_cases() -> None:
    assert len(CASES) == 300


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_of_a_sound_school_is_read_whole(tmp_path: Path, layout: str) -> None:
    laid = LAYOUTS[layout](sound_tables(), tmp_path / "school")
    reading = read(laid.path)
    assert reading.errors == ()
    assert {sheet: sum(counts) for sheet, counts in reading.rows.items()} == laid.counts


@pytest.mark.parametrize(("layout", "defect"), CASES)
def test_a_planted_fault_is_told_with_its_place_and_no_row_is_lost(tmp_path: Path, layout: str, defect: str) -> None:
    tables = sound_tables()
    planted = DEFECTS[defect](tables)
    laid = LAYOUTS[layout](tables, tmp_path / "school")
    reading = read(laid.path)
    assert told(reading.faults, planted, laid), [fault.text("en") for fault in reading.faults]
    assert {sheet: sum(counts) for sheet, counts in reading.rows.items()} == laid.counts
    assert (reading.scenario is None) != planted.warning
    assert all(fault.zh and fault.en and fault.todo_zh and fault.todo_en for fault in reading.faults)


def test_all_faults_of_a_file_are_told_in_one_pass(tmp_path: Path) -> None:
    """One row may be wrong in several cells, and another row may speak of it."""
    tables = sound_tables()
    planted = [
        cell("pupils", 2, "协议签订日期", "2025-02-30")(tables),
        cell("pupils", 2, "乘车线路", "西线")(tables),
        cell("pupils", 2, "住校", "也许")(tables),
        cell("pupils", 2, "留校时段", "mon-3")(tables),
        cell("choices", 0, "志愿1", "lanqiu/T1")(tables),
        cell("choices", 1, "志愿2", "zuoye")(tables),
        cell("rooms", 1, "每组容量", "四十五")(tables),
        cell("staff", 2, "姓名", "")(tables),
    ]
    laid = plain_workbook(tables, tmp_path / "school")
    faults = read(laid.path).faults
    assert [each for each in planted if not told(faults, each, laid)] == []
    assert len([fault for fault in faults if not fault.warning]) == len(planted)
