"""Does a change sheet say all its faults at once, and change nothing but what it names?"""

from datetime import date
from pathlib import Path

import pytest

from scheduler.changes import Changes, changed
from scheduler.domain import ListStatus, PupilId, RoomId, SlotId, StaffId
from scheduler.errors import InputFaults
from scheduler.generate import generate
from scheduler.intake import read_scenario, write_folder
from scheduler.reading_changes import read_changes
from tests.repair.schools import tiny


def written(folder: Path, text: str) -> Path:
    path = folder / "changes.toml"
    path.write_text(text, "utf-8")
    return path


BAD = """
from = 2025-11-03

[[teacher_il]]
teacher = "wang"

[[teacher_ill]]
teacher = "王方"

[[teacher_ill]]
teacher = "wang"
from = 2025-11-20
to = 2025-11-10

[[room_lost]]
rom = "r2"

[[slot_removed]]
slot = "mon-1"
from = 2025-11-04

[[pupils_leave]]
pupils = ["202401", "nobody"]
from = "soon"

[[pupils_join]]
file = "none.csv"

[[pupils_join]]
pupils = [{id = "202402", name = "谁", home_class = "9-9"}]
"""


def test_all_faults_of_a_change_sheet_are_told_at_once_each_with_its_line_and_what_to_do(tmp_path: Path) -> None:
    scenario, _ = tiny()
    with pytest.raises(InputFaults) as told:
        read_changes(written(tmp_path, BAD), scenario)
    faults = told.value.faults
    assert [(fault.row, fault.column) for fault in faults if fault.place == "changes.toml"] == [
        (4, "teacher_il"),
        (7, "teacher_ill.teacher"),
        (10, "teacher_ill.to"),
        (15, "room_lost.rom"),
        (15, "room_lost.room"),
        (18, "from"),
        (22, "pupils_leave.from"),
        (22, "pupils_leave.pupils"),
        (26, "pupils_join.file"),
    ]
    inside = [fault for fault in faults if fault.place != "changes.toml"]
    assert {fault.column for fault in inside} >= {"id", "home_class"}
    assert all(fault.todo_zh and fault.todo_en and fault.zh and fault.en for fault in faults)
    assert "teacher_ill" in faults[0].todo_zh


@pytest.mark.parametrize("text", ["", "from = 2025-11-03\n", "[[teacher_ill\n", "teacher_ill = 3\n", 'from = "x"\n'])
def test_a_sheet_that_says_nothing_usable_is_refused_with_a_reason(tmp_path: Path, text: str) -> None:
    scenario, _ = tiny()
    with pytest.raises(InputFaults) as told:
        read_changes(written(tmp_path, text), scenario)
    assert all(fault.place == "changes.toml" and fault.todo_zh for fault in told.value.faults)


GOOD = """
from = 2025-11-03
room_lost = [{ room = "r2" }]
slot_removed = [{ slot = "周五第2时段" }]
course_cancelled = [{ course = "剪纸" }]
pupils_leave = [{ pupils = ["202401"] }]

[[teacher_ill]]
teacher = "周师傅"

[[teacher_ill]]
teacher = "王芳"
from = 2025-10-13
to = 2025-10-17

[[pupils_join]]
file = "new.csv"
choices_file = "wishes.csv"
"""


def test_a_change_sheet_changes_the_school_and_nothing_it_does_not_name(tmp_path: Path) -> None:
    scenario, _ = tiny()
    zhou = scenario.staff_by_id[StaffId("zhou")].name
    (tmp_path / "new.csv").write_text("学号,姓名,班级,留校时段,每周想上几项\nn1,新同学,2-1,全部,1\n", "utf-8")
    (tmp_path / "wishes.csv").write_text("学号,志愿1\nn1,篮球\n", "utf-8")
    changes = read_changes(written(tmp_path, GOOD.replace("周师傅", zhou)), scenario)
    after = changed(scenario, changes)
    assert changes.begins == date(2025, 11, 3)
    assert [(one.staff, one.first, one.last) for one in changes.absences] == [("wang", date(2025, 10, 13), date(2025, 10, 17))]
    assert after.room_by_id[RoomId("r2")].closed == {slot.id for slot in scenario.slots} - {"fri-2"}
    assert SlotId("fri-2") not in after.slot_by_id
    assert not [pupil for pupil in after.pupils if SlotId("fri-2") in pupil.stays]
    assert next(one for one in after.courses if one.id == "paper").slots == frozenset()
    assert PupilId("202401") not in after.pupil_by_id
    assert [choice.course for choice in after.pupil_by_id[PupilId("n1")].choices] == ["basketball"]
    assert after.staff_by_id[StaffId("zhou")].available == frozenset()
    wang = StaffId("wang")
    assert after.staff_by_id[wang].available == scenario.staff_by_id[wang].available - {"fri-2"}


def test_the_changed_school_can_be_written_and_read_again(tmp_path: Path) -> None:
    scenario, _ = tiny()
    text = '[[teacher_ill]]\nteacher = "zhou"\n[[course_cancelled]]\ncourse = "paper"\n[[room_lost]]\nroom = "r2"\n'
    after = changed(scenario, read_changes(written(tmp_path, text), scenario))
    write_folder(after, tmp_path / "school")
    assert read_scenario(tmp_path / "school") == after


def test_a_suspended_provider_and_its_people_stay_away() -> None:
    scenario = generate("yueyang", 120, 0)
    provider = next(one for one in scenario.providers if any(person.provider == one.id for person in scenario.staff))
    after = changed(scenario, Changes(begins=scenario.term.start, providers_suspended=frozenset({provider.id})))
    assert after.provider_by_id[provider.id].list_status is ListStatus.SUSPENDED
    assert not any(person.available for person in after.staff if person.provider == provider.id)
