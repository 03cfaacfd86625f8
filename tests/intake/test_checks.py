"""Is it told when facts do not fit each other, and is what people mean by a slot or a name understood?"""

import dataclasses
from datetime import date, time
from pathlib import Path

import pytest

from scheduler.domain import PupilId, Scenario
from scheduler.errors import InputFaults
from scheduler.intake import (
    Reading,
    columns_guide,
    read,
    read_bytes,
    read_scenario,
    scenario_from_json,
    scenario_to_json,
    write_folder,
)
from scheduler.intake.sheets import SHEETS
from tests.intake.layouts import Tables, sound_tables, utf8_folder
from tests.intake.schools import EVERY, REGULAR, small_school


def read_tables(tables: Tables, tmp_path: Path) -> Reading:
    return read(utf8_folder(tables, tmp_path / "school").path)


@pytest.mark.parametrize(
    ("tokens", "slots"),
    [
        ("全部", EVERY),
        ("all", EVERY),
        ("无", frozenset()),
        ("周一1", {"mon-1"}),
        ("周一第1节、周三2", {"mon-1", "wed-2"}),
        ("周一1 周一2", {"mon-1", "mon-2"}),
        ("周一1、2", {"mon-1", "mon-2"}),
        ("mon-1;tue-2", {"mon-1", "tue-2"}),
        ("每天1-2", REGULAR),
        ("daily-1-2", REGULAR),
        ("周一至周五 1-2", REGULAR),
        ("周五", {"fri-1", "fri-2", "fri-3"}),
        ("星期二第２时段", {"tue-2"}),
    ],
)
def test_slots_are_understood_as_people_write_them(tmp_path: Path, tokens: str, slots: set[str]) -> None:
    tables = sound_tables()
    tables.set("staff", 1, "可用时段", tokens)
    scenario = read_tables(tables, tmp_path).scenario
    assert scenario is not None
    assert scenario.staff[1].available == slots


def test_all_means_the_regular_school_days_for_a_pupil(tmp_path: Path) -> None:
    tables = sound_tables()
    tables.set("pupils", 2, "留校时段", "全部")
    scenario = read_tables(tables, tmp_path).scenario
    assert scenario is not None
    assert scenario.pupil_by_id[PupilId(tables.get("pupils", 2, "学号"))].stays == REGULAR


def test_people_places_and_courses_may_be_named(tmp_path: Path) -> None:
    tables = sound_tables()
    tables.set("classes", 0, "班主任", "王芳")
    tables.set("pupils", 0, "班级", "3年级1班")
    tables.set("choices", 0, "志愿1", "篮球（李明）")
    tables.set("choices", 1, "志愿1", "剪纸/王芳@周三")
    assert read_tables(tables, tmp_path).scenario == small_school()


def test_base_care_is_added_where_none_is_listed(tmp_path: Path) -> None:
    tables = sound_tables()
    tables.rows["courses"] = [row for row in tables.rows["courses"] if row[0] != "base-care"]
    assert read_tables(tables, tmp_path).scenario == small_school()


def test_a_slot_row_may_name_several_weekdays_and_no_season(tmp_path: Path) -> None:
    tables = sound_tables()
    tables.headers["slots"] = ["星期", "序号", "年级", "开始", "结束", "服务类型"]
    tables.rows["slots"] = [
        ["周一至周五", "1", "1-3", "16:20", "17:00", ""],
        ["周一至周五", "2", "全部", "17:20", "18:00", ""],
        ["周一至周五", "3", "全部", "18:20", "18:50", "延时托管"],
    ]
    scenario = read_tables(tables, tmp_path).scenario
    assert scenario is not None
    assert {slot.id for slot in scenario.slots} == EVERY


def test_wishes_may_stand_one_a_row(tmp_path: Path) -> None:
    tables = sound_tables()
    tables.headers["choices"] = ["学号", "志愿序号", "项目", "教师", "星期"]
    tables.rows["choices"] = [
        ["20240101", "2", "武术", "", ""],
        ["20230101", "1", "lanqiu", "李明", ""],
        ["20240101", "1", "剪纸", "T1", "周三"],
        ["20240101", "3", "剪纸", "", "周一"],
    ]
    assert read_tables(tables, tmp_path).scenario == small_school()


def changed(**changes: object) -> Scenario:
    return dataclasses.replace(small_school(), **changes)  # type: ignore[arg-type]


def said(scenario: Scenario) -> str:
    """Everything told about a scenario that came as JSON."""
    return " ".join(fault.zh for fault in read_bytes("school.json", scenario_to_json(scenario).encode()).faults)


def test_hours_that_do_not_fit_are_told() -> None:
    school = small_school()
    gap = tuple(dataclasses.replace(each, end=date(2025, 10, 1)) if each.id == "夏季" else each for each in school.seasons)
    assert "不属于任何作息" in said(changed(seasons=gap))
    assert "两个第 1 节" in said(changed(bells=(*school.bells, school.bells[0])))
    assert "第 2 节的时间" in said(changed(bells=tuple(bell for bell in school.bells if bell.number == 1)))
    assert "无法核对放学时间" in said(changed(bells=(), lessons=()))
    late = tuple(dataclasses.replace(each, latest_leave={1: time(16, 30)}) for each in school.pupils)
    assert "最晚离校时间之后" in said(changed(pupils=late))
    assert "那天没有车" in said(changed(trips=tuple(trip for trip in school.trips if trip.weekday != 3)))
    assert "不在学期内" in said(changed(term=dataclasses.replace(school.term, holidays=(date(2026, 10, 1),))))


def test_care_that_was_asked_for_needs_a_course() -> None:
    courses = tuple(course for course in small_school().courses if course.id != "yanshi")
    assert "没有延时托管的项目" in said(changed(courses=courses))


def test_a_whole_scenario_may_mention_only_what_exists() -> None:
    assert "“wushu”不存在" in said(changed(courses=tuple(c for c in small_school().courses if c.id != "wushu")))
    assert "出现了两次" in said(changed(rooms=small_school().rooms * 2))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"seats":45', '"seats":"45"x'),
        ('"seats":45', '"seats":"45"'),
        ('"seats":45', '"seats":"many"'),
        ('"seats":45', '"seats":45,"chairs":50'),
        ('"seats":45', '"seats":45,"seats":46'),
        ('"seats":45', '"seats":NaN'),
        ('"share":0.5', '"share":1e999'),
        ('"kind":"own"', '"kind":"alien"'),
        ('"term":{', '"term":3,"x":{'),
    ],
)
def test_json_of_another_shape_is_refused(old: str, new: str) -> None:
    text = scenario_to_json(small_school())
    assert old in text
    with pytest.raises(InputFaults):
        scenario_from_json(text.replace(old, new, 1))
    assert read_bytes("school.json", text.replace(old, new, 1).encode()).faults


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"seats":45', '"seats":-1'),
        ('"weekday":5', '"weekday":9'),
        ('"follows":2', '"follows":0'),
        ('"end":"17:00:00"', '"end":"09:00:00"'),
        ('"name":"王芳"', '"name":""'),
        ('"risk":2', '"risk":99'),
    ],
)
def test_json_is_held_to_the_same_bounds_as_rows(old: str, new: str) -> None:
    text = scenario_to_json(small_school())
    assert old in text
    reading = read_bytes("school.json", text.replace(old, new, 1).encode())
    assert reading.scenario is None
    assert reading.errors


def test_a_file_that_is_not_there_is_a_fault() -> None:
    assert read(Path("nowhere.xlsx")).faults
    with pytest.raises(InputFaults):
        read_scenario(Path("nowhere"))


def test_an_unknown_fact_is_told_with_its_line(tmp_path: Path) -> None:
    write_folder(small_school(), tmp_path)
    facts = (tmp_path / "scenario.toml").read_text(encoding="utf-8").replace("county =", "country =")
    (tmp_path / "scenario.toml").write_text(facts, encoding="utf-8")
    line = next(number for number, text in enumerate(facts.splitlines(), 1) if text.startswith("country"))
    faults = read(tmp_path).faults
    assert any(fault.row == line and "county" in fault.todo_en for fault in faults)


def test_the_guide_names_every_column() -> None:
    zh, en = columns_guide("zh"), columns_guide("en")
    assert all(column.zh in zh and f"`{column.name}`" in en for sheet in SHEETS for column in sheet.columns)
