"""Whom or what does a cell name? Course, slot, room, people, pupil, date; or a fault that says what to write instead."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from typing import TypeVar

from scheduler.domain import CourseId, PupilId, RoomId, Scenario, SlotId, StaffId, TripId
from scheduler.intake.kinds import Day, Unreadable, Weekday
from scheduler.intake.text import same_look
from scheduler.publish.names import Names, Register, parted, shown
from scheduler.publish.sheet import Row

Id = TypeVar("Id", bound=str)
Choice = TypeVar("Choice", bound=Enum | bool)

Said = tuple[str, str]


class Cells:
    """Reads the cells of rows against one school. Each method tells its fault and answers `None` where it cannot."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.names = Names(scenario)

    def course(self, row: Row) -> CourseId | None:
        """By id or by name; where both are given they must agree."""
        by_name = self._one(row, "course", self.names.courses, ("项目", "course")) if row["course"] else None
        if not row["course_id"]:
            if not row["course"]:
                row.fault("course", ("没有填项目。", "no course is given."), ("请填写项目名称。", "Please name the course."))
            return by_name
        by_id = self._one(row, "course_id", self.names.courses, ("项目", "course"))
        if by_name is not None and by_id is not None and by_name != by_id:
            row.fault(
                "course_id",
                (f"编号“{row['course_id']}”与项目“{row['course']}”不是同一个项目。", "id and name are two different courses."),
                ("改了项目的，请把编号也改掉或清空。", "If you changed the course, change or clear its id too."),
            )
            return None
        return by_id

    def slots(self, row: Row, course: CourseId | None) -> tuple[SlotId, ...] | None:
        """The slots of a cell; of two slots of one name the one that the course's grades use."""
        found = [self._slot(row, "slot", text, course) for text in parted(row["slot"])]
        known = tuple(slot for slot in found if slot is not None)
        return known if len(known) == len(found) else None

    def slot(self, row: Row, key: str, course: CourseId | None) -> SlotId | None:
        """The slot of a cell that names one."""
        return self._slot(row, key, row[key], course) if row[key] else None

    def room(self, row: Row, key: str) -> RoomId | None:
        """The room; `None` without a fault where the cell is empty."""
        return self._one(row, key, self.names.rooms, ("场地", "room")) if row[key] else None

    def staff(self, row: Row, key: str) -> tuple[StaffId, ...]:
        """Everybody named in the cell, in order."""
        whole = self.names.staff.find(row[key]) if row[key] else ()
        if len(whole) == 1:
            return whole
        found = (self._meant(row, key, text, self.names.staff, ("教师", "member of staff")) for text in parted(row[key]))
        return tuple(person for person in found if person is not None)

    def pupils(self, row: Row, key: str) -> tuple[PupilId, ...]:
        """Every pupil named in the cell."""
        found = (self._meant(row, key, text, self.names.pupils, ("学生", "pupil")) for text in parted(row[key]))
        return tuple(pupil for pupil in found if pupil is not None)

    def pupil(self, row: Row) -> PupilId | None:
        """By id where given, else by name and home class; a name that belongs to another id is a fault."""
        if not row["pupil"]:
            return self._pupil_by_name(row)
        pupil = self._one(row, "pupil", self.names.pupils, ("学生", "pupil"))
        if (
            pupil is not None
            and row["name"]
            and same_look(shown(self.scenario.pupil_by_id[pupil].name)) != same_look(row["name"])
        ):
            row.fault(
                "name",
                (f"学生编号“{row['pupil']}”不是“{row['name']}”。", f"the pupil of this id is not {row['name']}."),
                ("请核对编号与姓名。", "Please check id and name."),
            )
            return None
        return pupil

    def trip(self, row: Row) -> TripId | None:
        return self._one(row, "trip", self.names.trips, ("车次", "trip"))

    def day(self, row: Row, key: str) -> date | None:
        """The date; `None` without a fault where the cell is empty."""
        return self._read(row, key, Day()) if row[key] else None

    def weekday(self, row: Row) -> int | None:
        try:
            return Weekday().read(row["weekday"])
        except Unreadable as error:
            row.fault("weekday", (error.zh, error.en), ("请写成“周一”这样的形式。", "Please write it like Mon."))
            return None

    def number(self, row: Row) -> int | None:
        """The section's number; `None` without a fault where the cell is empty."""
        if row["number"] == "":
            return None
        text = row["number"].removesuffix("班")
        if text.isdecimal() and int(text) > 0 and len(text) < 6:
            return int(text)
        row.fault(
            "number",
            (f"“{row['number']}”不是班次。", "this is no number of a section."),
            ("请填 1、2、3……", "Please write 1, 2, 3 …"),
        )
        return None

    def word(self, row: Row, key: str, words: Mapping[Choice, Sequence[str]]) -> Choice | None:
        """One of a closed list."""
        for value, meant in words.items():
            if same_look(row[key]) in {same_look(one) for one in meant}:
                return value
        shown = [meant[0] for meant in words.values()]
        said = f"“{row[key]}”看不懂。" if row[key] else "没有填写。"
        row.fault(
            key,
            (said, f"{row[key]!r} is not understood."),
            (f"请填{'、'.join(shown)}之一。", f"Write one of {', '.join(shown)}."),
        )
        return None

    def _read(self, row: Row, key: str, kind: Day) -> date | None:
        try:
            return kind.read(row[key])
        except Unreadable as error:
            row.fault(key, (error.zh, error.en), ("请写成 2025-09-01 这样的日期。", "Please write a date like 2025-09-01."))
            return None

    def _slot(self, row: Row, key: str, text: str, course: CourseId | None) -> SlotId | None:
        found = self.names.slots.find(text)
        if len(found) > 1 and course is not None:
            grades = self.scenario.course_by_id[course].grades
            fitting = tuple(slot for slot in found if self.scenario.slot_by_id[slot].grades & grades)
            found = fitting if len(fitting) == 1 else found
        return self._single(row, key, text, found, self.names.slots, ("时段", "slot"))

    def _pupil_by_name(self, row: Row) -> PupilId | None:
        found = self.names.pupils.find(row["name"])
        if len(found) > 1 and row["home_class"]:
            classes = self.names.home_classes.find(row["home_class"])
            found = tuple(pupil for pupil in found if self.scenario.pupil_by_id[pupil].home_class in classes)
        return self._single(row, "name", row["name"], found, self.names.pupils, ("学生", "pupil"))

    def _one(self, row: Row, key: str, register: Register[Id], what: Said) -> Id | None:
        return self._meant(row, key, row[key], register, what)

    def _meant(self, row: Row, key: str, text: str, register: Register[Id], what: Said) -> Id | None:
        return self._single(row, key, text, register.find(text), register, what)

    def _single(self, row: Row, key: str, text: str, found: tuple[Id, ...], register: Register[Id], what: Said) -> Id | None:
        if len(found) == 1:
            return found[0]
        if not found:
            row.fault(
                key,
                (
                    f"学校没有叫“{text}”的{what[0]}。" if text else f"没有填{what[0]}。",
                    f"the school has no {what[1]} called {text!r}.",
                ),
                ("请按方案里的名称或编号填写。", "Please use a name or an id of the scenario."),
            )
        else:
            labels = "、".join(register.label(one) for one in found[:5])
            row.fault(
                key,
                (f"叫“{text}”的{what[0]}不止一个：{labels}。", f"{text!r} may be any of {labels}."),
                ("请改填编号。", "Please write the id."),
            )
        return None
