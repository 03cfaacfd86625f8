"""Which columns do the tables have that a school may edit and hand back? One list for writing and for reading.

The Chinese heading comes first and is what we write; the others are read as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scheduler.timetable import ChangeKind


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its key in the code."""

    key: str
    headings: tuple[str, ...]
    """Chinese, English, then other words people use."""
    width: int = 12


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet, or a CSV file, of one row a thing."""

    key: str
    sheet: str
    english: str
    columns: tuple[Column, ...]
    needs: tuple[tuple[str, ...], ...]
    """Of each group of keys one column must be there."""


MEETINGS = Table(
    "meetings",
    "教学班与上课",
    "meetings",
    (
        Column("section", ("教学班编号", "section", "section id", "教学班", "班号"), 18),
        Column("course_id", ("项目编号", "course id"), 14),
        Column("course", ("项目", "course", "项目名称", "课程"), 18),
        Column("number", ("班次", "number", "序号"), 6),
        Column("slot", ("时段", "slot", "上课时间", "时间"), 16),
        Column("clock", ("钟点", "clock"), 26),
        Column("room", ("场地", "room", "地点", "教室"), 16),
        Column("staff", ("教师", "staff", "teacher", "teachers", "负责教师", "任课教师"), 20),
        Column("pupils", ("学生", "pupils", "名单"), 20),
    ),
    (("course", "course_id"), ("slot",)),
)
PLACEMENTS = Table(
    "placements",
    "学生名单",
    "placements",
    (
        Column("pupil", ("学生编号", "pupil id", "pupil", "学号"), 16),
        Column("name", ("姓名", "name", "学生姓名"), 12),
        Column("home_class", ("行政班", "home class", "class", "班级"), 12),
        Column("section", ("教学班编号", "section", "section id", "教学班", "班号"), 18),
        Column("course", ("项目", "course", "项目名称", "课程"), 18),
        Column("number", ("班次", "number", "序号"), 6),
        Column("chosen", ("方式", "志愿/安排", "how", "chosen"), 8),
        Column("start", ("起", "from", "开始日期"), 12),
        Column("end", ("止", "until", "结束日期"), 12),
    ),
    (("pupil", "name"), ("section", "course")),
)
RIDES = Table(
    "rides",
    "乘车",
    "rides",
    (
        Column("pupil", ("学生编号", "pupil id", "pupil", "学号"), 16),
        Column("name", ("姓名", "name", "学生姓名"), 12),
        Column("home_class", ("行政班", "home class", "class", "班级"), 12),
        Column("weekday", ("星期", "weekday"), 8),
        Column("trip", ("车次", "trip"), 16),
    ),
    (("pupil", "name"), ("weekday",), ("trip",)),
)
DUTIES = Table(
    "duties",
    "值班",
    "duties",
    (
        Column("day", ("日期", "date"), 12),
        Column("role", ("职责", "duty", "role"), 10),
        Column("staff", ("人员", "staff", "name", "姓名"), 16),
    ),
    (("day",), ("role",), ("staff",)),
)
CHANGES = Table(
    "changes",
    "调整",
    "changes",
    (
        Column("section", ("教学班编号", "section", "section id"), 18),
        Column("slot", ("时段", "slot"), 16),
        Column("day", ("原日期", "date"), 12),
        Column("kind", ("调整", "change", "kind"), 8),
        Column("why", ("原因", "why", "reason"), 24),
        Column("new_day", ("新日期", "new date"), 12),
        Column("new_slot", ("新时段", "new slot"), 16),
        Column("new_room", ("新场地", "new room"), 16),
        Column("new_staff", ("新教师", "new staff", "new teacher"), 20),
    ),
    (("section",), ("slot",), ("day",), ("kind",)),
)
FACTS = Table(
    "facts",
    "说明",
    "facts",
    (Column("fact", ("事项", "fact"), 16), Column("value", ("内容", "value"), 70)),
    (("fact",), ("value",)),
)
TABLES: Sequence[Table] = (MEETINGS, PLACEMENTS, RIDES, DUTIES, CHANGES, FACTS)

FACT_KEYS: Mapping[str, tuple[str, ...]] = {
    "county": ("县（市、区）", "county"),
    "start": ("开始日期", "start"),
    "end": ("结束日期", "end"),
    "seed": ("随机种子", "seed"),
    "program": ("制作程序", "program"),
    "scenario_digest": ("方案摘要", "scenario digest"),
}
CHOSEN: Mapping[bool, tuple[str, ...]] = {
    True: ("志愿", "chosen", "wish", "自选", "是", "true", "1"),
    False: ("安排", "arranged", "统一安排", "调剂", "否", "false", "0"),
}
CHANGE_KINDS: Mapping[ChangeKind, tuple[str, ...]] = {
    ChangeKind.CANCEL: ("停课", "cancel", "取消"),
    ChangeKind.MOVE: ("调课", "move"),
    ChangeKind.SUBSTITUTE: ("代课", "substitute"),
}
DRAFT_PREFIX = "草稿-"
"""Before each sheet name of a draft; taken off when it is read back."""
