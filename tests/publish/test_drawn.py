"""Does a plan come back from a spreadsheet as it left, and is everything wrong with an edited one told at its row?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from scheduler.domain import Role, RoomId, SlotId, StaffId
from scheduler.errors import Fault, InputFaults
from scheduler.publish.csv_tables import write_csv
from scheduler.publish.drawn import drawn, read_drawn
from scheduler.publish.exchange import canonical, timetable_to_json
from scheduler.publish.workbook import write_workbook
from scheduler.timetable import Change, ChangeKind, SectionId, Timetable
from tests.publish.worlds import plan, school, section, slots


def edited(path: Path, sheet: str, edit: Callable[[Worksheet], None]) -> Path:
    """The exported workbook after somebody opened it, changed one sheet and saved it."""
    write_workbook(school(), plan(), path)
    book = openpyxl.load_workbook(path)
    edit(book[sheet])
    book.save(path)
    return path


def cell(sheet: Worksheet, row: int, heading: str) -> openpyxl.cell.Cell:
    column = next(one.column for one in sheet[1] if one.value == heading)
    return sheet.cell(row, column)


def faults_of(source: Path | bytes, place: str = "") -> tuple[Fault, ...]:
    with pytest.raises(InputFaults) as caught:
        read_drawn(source, school(), place)
    return caught.value.faults


@pytest.mark.parametrize("draft", [False, True])
def test_the_workbook_comes_back_as_the_plan_it_was(tmp_path: Path, draft: bool) -> None:
    write_workbook(school(), plan(), tmp_path / "w.xlsx", draft=draft)
    assert read_drawn(tmp_path / "w.xlsx", school()) == canonical(plan())


def test_the_csv_files_come_back_as_the_plan_they_were(tmp_path: Path) -> None:
    write_csv(school(), plan(), tmp_path, draft=True)
    assert read_drawn(tmp_path, school()) == canonical(plan())


def test_the_json_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "timetable.json").write_text(timetable_to_json(plan()), "utf-8")
    assert read_drawn(tmp_path / "timetable.json", school()) == canonical(plan())


def test_changes_sections_without_meetings_dates_and_rooms_to_come_are_kept(tmp_path: Path) -> None:
    move = Change(
        section=SectionId("papercut-1"),
        slot=SlotId("d1-2"),
        day=date(2025, 9, 15),
        kind=ChangeKind.MOVE,
        why="美术室检修",
        new_day=date(2025, 9, 16),
        new_slot=SlotId("d2-1"),
        new_room=RoomId("field"),
        new_staff=(StaffId("t2"), StaffId("t3")),
    )
    first, *others = plan().placements
    odd = replace(
        plan(),
        sections=(*plan().sections, section("papercut-2", "papercut", 2)),
        meetings=tuple(replace(one, room=None, staff=()) if one.section == "football-1" else one for one in plan().meetings),
        placements=(replace(first, end=date(2025, 9, 30)), replace(first, start=date(2025, 10, 9)), *others),
        changes=(*plan().changes, move),
        seed=None,
        program=None,
    )
    write_workbook(school(), odd, tmp_path / "w.xlsx")
    assert read_drawn(tmp_path / "w.xlsx", school()) == canonical(odd)


def test_a_teacher_changed_in_the_spreadsheet_is_changed_in_the_plan(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        row = next(row for row in range(2, 9) if cell(sheet, row, "项目").value == "剪纸")
        cell(sheet, row, "教师").value = "赵雷"

    table = read_drawn(edited(tmp_path / "w.xlsx", "教学班与上课", edit), school())
    (meeting,) = table.meetings_by_section[SectionId("papercut-1")]
    assert meeting.staff == ("t3",)


def test_two_teachers_of_one_name_are_told_apart_by_id(tmp_path: Path) -> None:
    twins = school(staff_name="李国强")
    write_workbook(twins, plan(), tmp_path / "w.xlsx")
    assert read_drawn(tmp_path / "w.xlsx", twins) == canonical(plan())
    with pytest.raises(InputFaults, match="李国强〔t1〕、李国强〔t2〕"):
        read_drawn("项目,时段,教师\n剪纸,周一第2时段,李国强\n".encode(), twins)


def test_two_slots_of_one_name_are_told_apart_by_their_grades(tmp_path: Path) -> None:
    scenario = school()
    junior = replace(slots()[0], id=SlotId("j1-1"), grades=frozenset({7, 8}))
    scenario = replace(scenario, slots=(*scenario.slots, junior))
    write_workbook(scenario, plan(), tmp_path / "w.xlsx")
    assert read_drawn(tmp_path / "w.xlsx", scenario) == canonical(plan())
    drawn = read_drawn("项目,时段\n剪纸,周一第1节\n".encode(), scenario)
    assert drawn.meetings[0].slot == "d1-1"


@pytest.mark.parametrize("slot", ["周一第2时段", "周一第2节", "周一2", "星期一第2节", "mon-2", "Mon slot 2", "d1-2", "D1-2"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_table_drawn_by_hand_needs_little(slot: str, encoding: str) -> None:
    text = f"课后服务课表\n项目,时段,地点,负责教师,学生\n剪纸,{slot},三1班教室,王秀英,陈一诺、刘子涵\n"
    drawn = read_drawn(text.encode(encoding), school(), "课表.csv")
    (meeting,) = drawn.meetings
    assert (meeting.section, meeting.slot, meeting.room, meeting.staff) == ("papercut-1", "d1-2", "r31", ("t1",))
    assert [(row.pupil, row.chosen) for row in drawn.placements] == [("p1", True), ("p2", True)]
    assert (drawn.county, drawn.start, drawn.end) == ("yueyang", date(2025, 9, 1), date(2025, 10, 24))


def test_english_headings_and_ids_do_as_well() -> None:
    drawn = read_drawn(b"course,number,slot,room,teacher\nhomework,2,d1-1,r41,t2\nhomework,2,d3-1,r41,t2\n", school())
    assert drawn.sections == (section("homework-2", "homework", 2),)
    assert [meeting.slot for meeting in drawn.meetings] == ["d1-1", "d3-1"]


def test_one_row_may_name_two_slots() -> None:
    drawn = read_drawn("项目,时段\n作业辅导,周一第1节、周三第1节\n".encode(), school())
    assert {meeting.slot for meeting in drawn.meetings} == {"d1-1", "d3-1"}


def test_everything_wrong_is_told_at_once_with_its_row_and_column() -> None:
    text = "\n".join(
        [
            "项目,班次,时段,场地,教师,学生",
            "剪纸,1,周一第9时段,三1班教室,王秀英,",
            "溜冰,1,周一第1时段,,,",
            "足球,一,周一第2时段,月球,无名氏,陈一诺、路人甲",
            "作业辅导,1,周三第1时段,,,",
            "作业辅导,1,周三第1时段,,,",
        ]
    )
    told = {(fault.row, fault.column) for fault in faults_of(text.encode(), "课表.csv")}
    assert told == {(2, "时段"), (3, "项目"), (4, "班次"), (4, "场地"), (4, "教师"), (4, "学生"), (6, "时段")}


def test_a_pupil_whose_name_is_not_that_of_the_id_is_a_fault(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        cell(sheet, 2, "姓名").value = "刘子涵"

    (fault,) = faults_of(edited(tmp_path / "w.xlsx", "学生名单", edit))
    assert (fault.place, fault.row, fault.column) == ("学生名单", 2, "姓名")


def test_a_pupil_may_be_named_by_name_and_class(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        for row in range(2, sheet.max_row + 1):
            cell(sheet, row, "学生编号").value = None

    assert read_drawn(edited(tmp_path / "w.xlsx", "学生名单", edit), school()) == canonical(plan())


def test_a_row_added_for_a_section_that_does_not_meet_is_a_fault(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        cell(sheet, 3, "教学班编号").value = "chess-1"

    (fault,) = faults_of(edited(tmp_path / "w.xlsx", "学生名单", edit))
    assert (fault.row, fault.column) == (3, "教学班编号")


def test_an_id_and_a_name_of_two_courses_contradict(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        cell(sheet, 2, "项目").value = "剪纸"

    assert any(fault.column == "项目编号" for fault in faults_of(edited(tmp_path / "w.xlsx", "教学班与上课", edit)))


def test_a_formula_without_a_value_is_a_fault(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        cell(sheet, 2, "场地").value = '="三1班"&"教室"'

    assert {(fault.row, fault.column) for fault in faults_of(edited(tmp_path / "w.xlsx", "教学班与上课", edit))} == {(2, "场地")}


def test_duties_by_name_are_read(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.append(["2025年9月3日", "督查", "王秀英"])

    table = read_drawn(edited(tmp_path / "w.xlsx", "值班", edit), school())
    assert (date(2025, 9, 3), Role.INSPECTOR, "t1") in {(duty.day, duty.role, duty.staff) for duty in table.duties}


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00\x01", b"PK\x03\x04 broken", b"{", b"<html>", "姓名,年龄\n小明,8\n".encode(), b"\xff" * 50, b"a,b\n" * 3],
)
def test_what_is_no_timetable_is_refused_with_faults(data: bytes) -> None:
    assert faults_of(data)


def test_a_plan_without_anything_comes_back(tmp_path: Path) -> None:
    empty = Timetable(
        county="yueyang",
        scenario_digest="",
        start=date(2025, 9, 1),
        end=date(2025, 9, 5),
        sections=(),
        meetings=(),
        placements=(),
    )
    write_workbook(school(), empty, tmp_path / "w.xlsx")
    assert read_drawn(tmp_path / "w.xlsx", school()) == empty


def test_merged_cells_and_hidden_rows_of_a_drawn_table_are_read_and_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("项目", "班次", "时段", "教师"), ("剪纸", "1", "周一第1时段", "王秀英"), (None, "1", "周三第1时段", "王秀英")):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    sheet.row_dimensions[3].hidden = True
    book.save(tmp_path / "drawn.xlsx")
    read = drawn(tmp_path / "drawn.xlsx", school())
    assert len(read.timetable.meetings) == 2
    assert all(fault.warning for fault in read.warnings)
    assert {"合并" in fault.zh or "隐藏" in fault.zh for fault in read.warnings} == {True}
    assert len(read.warnings) == 2
