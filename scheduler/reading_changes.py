"""What does `changes.toml` say? Every fault of it at once, in the words of the school."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from scheduler.changes import Changes, locks_touched
from scheduler.domain import (
    Absence,
    CourseId,
    ProviderId,
    Pupil,
    PupilId,
    RoomId,
    Scenario,
    SlotId,
    StaffId,
)
from scheduler.errors import Fault, InputFaults
from scheduler.intake.grid import Grid, csv_grid
from scheduler.intake.joining import pupils_joining
from scheduler.intake.tables import nearest
from scheduler.intake.text import same_look

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


KINDS: Mapping[str, tuple[str, frozenset[str]]] = {
    "teacher_ill": ("teacher", frozenset({"teacher", "from", "to"})),
    "room_lost": ("room", frozenset({"room", "from"})),
    "provider_suspended": ("provider", frozenset({"provider", "from"})),
    "slot_removed": ("slot", frozenset({"slot", "from"})),
    "course_cancelled": ("course", frozenset({"course", "from"})),
    "pupils_join": ("", frozenset({"file", "choices_file", "pupils", "choices", "from"})),
    "pupils_leave": ("pupils", frozenset({"pupils", "from"})),
}
"""Each kind of change: the field that must be there, and all fields."""

WORDS: Mapping[str, tuple[str, str]] = {
    "teacher": ("人员", "person"),
    "room": ("场地", "room"),
    "provider": ("机构", "provider"),
    "slot": ("时段", "slot"),
    "course": ("项目", "course"),
    "pupils": ("学生", "pupil"),
}


def read_changes(path: Path, scenario: Scenario) -> Changes:
    """The changes of a file, looked up in the school. CSV files it names lie beside it.

    Raises `InputFaults` with every fault: place, line, field, what is wrong and what to do.
    """
    text = path.read_bytes().decode("utf-8-sig", "replace").replace("\r\n", "\n")
    reader = _Reader(path, text, scenario)
    changes = reader.changes()
    if any(not fault.warning for fault in reader.faults):
        raise InputFaults(sorted(reader.faults, key=lambda fault: (fault.place != path.name, fault.place, fault.row or 0)))
    return replace(changes, warnings=tuple(reader.faults))


class _Reader:
    """One file on its way."""

    def __init__(self, path: Path, text: str, scenario: Scenario) -> None:
        self.path, self.scenario = path, scenario
        self.lines = text.splitlines()
        self.faults: list[Fault] = []
        self.begins: dict[date, int | None] = {}
        try:
            self.document: Mapping[str, object] = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            self.document = {}
            at = re.search(r"line (\d+)", str(error))
            self._fault(
                int(at[1]) if at else None,
                None,
                f"不是有效的 TOML（{error}）。",
                f"this is no valid TOML: {error}.",
                "请检查引号、方括号和日期的写法。",
                "Check quotes, brackets and dates.",
            )

    def _fault(
        self, row: int | None, column: str | None, zh: str, en: str, todo_zh: str, todo_en: str, warning: bool = False
    ) -> None:
        self.faults.append(
            Fault(place=self.path.name, row=row, column=column, zh=zh, en=en, todo_zh=todo_zh, todo_en=todo_en, warning=warning)
        )

    def changes(self) -> Changes:
        """Everything the file says."""
        known = ("from", *KINDS)
        for key in self.document:
            if key not in known:
                meant = nearest(key, known)
                self._fault(
                    self._line_of(key),
                    key,
                    "没有这种变更。",
                    "there is no such change.",
                    (f"是不是“{meant}”？" if meant else "") + f"可以写：{'、'.join(KINDS)}。",
                    (f"Did you mean “{meant}”? " if meant else "") + f"Known: {', '.join(KINDS)}.",
                )
        self._day(self.document, "from", self._line_of("from"), lasting=True)
        entries = {kind: list(self._entries(kind)) for kind in KINDS}
        staff = self._named((one.id, one.name) for one in self.scenario.staff)
        absences, ill = self._illness(entries["teacher_ill"], staff)
        scenario = self.scenario
        rooms = self._each(entries["room_lost"], "room", self._named((one.id, one.name) for one in scenario.rooms))
        providers = self._named((one.id, one.name) for one in scenario.providers)
        suspended = self._each(entries["provider_suspended"], "provider", providers)
        slots = self._each(entries["slot_removed"], "slot", self._slots())
        courses = self._each(entries["course_cancelled"], "course", self._named((c.id, c.title) for c in scenario.courses))
        leaving = self._leaving(entries["pupils_leave"])
        joining = self._joining(entries["pupils_join"])
        if not self.faults and not any(entries.values()):
            self._fault(
                None,
                None,
                "没有写任何变更。",
                "no change is written.",
                f"请至少写一项：{'、'.join(f'[[{kind}]]' for kind in KINDS)}。",
                f"Write at least one of {', '.join(f'[[{kind}]]' for kind in KINDS)}.",
            )
        days = sorted(self.begins)
        if len(days) > 1:
            told = "、".join(map(str, days))
            self._fault(
                self.begins[days[1]],
                "from",
                f"长期变更从不同的日子开始（{told}）。",
                f"lasting changes begin on different days ({told}).",
                "一份变更单里请写同一天，其余的另写一份。",
                "Write one day in one file, and the others in a file of their own.",
            )
        changes = Changes(
            begins=days[0] if days else scenario.term.start,
            absences=tuple(absences),
            ill=frozenset(map(StaffId, ill)),
            rooms_lost=frozenset(map(RoomId, rooms)),
            providers_suspended=frozenset(map(ProviderId, suspended)),
            slots_removed=frozenset(map(SlotId, slots)),
            courses_cancelled=frozenset(map(CourseId, courses)),
            joining=joining,
            leaving=leaving,
        )
        for lock, zh, en in locks_touched(scenario, changes):
            self._fault(
                None,
                "locks",
                f"{lock.by}的预排（{lock.why}）{zh}",
                f"what {lock.by} decided ({lock.why}) {en}",
                "如有不妥，请改预排表。",
                "Change the sheet of locks if that is not meant.",
                warning=True,
            )
        return changes

    # Entries and their fields.

    def _entries(self, kind: str) -> Iterable[tuple[Mapping[str, object], int | None]]:
        """Each table of one kind with the line it begins in; fields that are unknown or missing are told."""
        value = self.document.get(kind, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self._fault(
                self._line_of(kind),
                kind,
                "写法不对。",
                "this is not written as a list of changes.",
                f"请写成 [[{kind}]]，每项变更一段。",
                f"Write [[{kind}]], one for each change.",
            )
            return
        needed, fields = KINDS[kind]
        for number, entry in enumerate(value):
            line = self._line_of(kind, number)
            for key in entry:
                if key not in fields:
                    meant = nearest(key, sorted(fields))
                    self._fault(
                        line,
                        f"{kind}.{key}",
                        "没有这一项。",
                        "there is no such field.",
                        (f"是不是“{meant}”？" if meant else "") + f"可以写：{'、'.join(sorted(fields))}。",
                        (f"Did you mean “{meant}”? " if meant else "") + f"Known: {', '.join(sorted(fields))}.",
                    )
            if needed and needed not in entry:
                zh, en = WORDS[needed]
                self._fault(
                    line,
                    f"{kind}.{needed}",
                    f"没有写是哪个{zh}。",
                    f"it does not say which {en}.",
                    f"请填{zh}的编号或名称。",
                    f"Write the id or name of the {en}.",
                )
            dated = kind == "teacher_ill" and "to" in entry
            if not dated:
                self._day(entry, "from", line, lasting=True, kind=kind)
            yield entry, line

    def _line_of(self, key: str, number: int = 0) -> int | None:
        """The line in which the key, or its table of that number, stands."""
        found = [
            row
            for row, line in enumerate(self.lines, 1)
            if re.match(rf"\s*(\[\[?\s*{re.escape(key)}\s*\]|{re.escape(key)}\s*=)", line)
        ]
        return found[min(number, len(found) - 1)] if found else None

    def _day(self, entry: Mapping[str, object], key: str, line: int | None, *, lasting: bool, kind: str = "") -> date | None:
        """A date of the term."""
        value = entry.get(key)
        if value is None:
            return None
        column = f"{kind}.{key}" if kind else key
        term = self.scenario.term
        if isinstance(value, datetime) or not isinstance(value, date):
            self._fault(
                line,
                column,
                f"“{value}”不是日期。",
                f"“{value}” is no date.",
                "请写成 2025-10-20，不加引号。",
                "Write 2025-10-20, without quotes.",
            )
            return None
        if not term.start <= value <= term.end:
            self._fault(
                line,
                column,
                f"{value} 不在学期里（{term.start} 至 {term.end}）。",
                f"{value} is not in the term ({term.start} to {term.end}).",
                "请改正日期。",
                "Correct the date.",
            )
            return None
        if lasting:
            self.begins.setdefault(value, line)
        return value

    def _find(self, text: object, column: str, line: int | None, known: Mapping[str, frozenset[str]]) -> str | None:
        """The id behind an id or a name that only one has."""
        zh, en = WORDS[column.rpartition(".")[2]]
        if not isinstance(text, str):
            self._fault(
                line,
                column,
                f"“{text}”不是文字。",
                f"“{text}” is no text.",
                f"请填{zh}的编号或名称。",
                f"Write the id or name of the {en}.",
            )
            return None
        ids = known.get(f"#{text.casefold()}") or known.get(same_look(text), frozenset())
        if len(ids) == 1:
            return next(iter(ids))
        if ids:
            listed = sorted(ids)[:6]
            self._fault(
                line,
                column,
                f"“{text}”有 {len(ids)} 个，不知是哪一个。",
                f"there are {len(ids)} called “{text}”.",
                f"请改填编号：{'、'.join(listed)}。",
                f"Write the id instead: {', '.join(listed)}.",
            )
            return None
        meant = nearest(text, sorted({name.removeprefix("#") for name in known}))
        self._fault(
            line,
            column,
            f"学校没有叫“{text}”的{zh}。",
            f"the school has no {en} “{text}”.",
            (f"是不是“{meant}”？" if meant else "") + "请改正。",
            (f"Did you mean “{meant}”? " if meant else "") + "Correct it.",
        )
        return None

    def _named(self, things: Iterable[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
        known: dict[str, frozenset[str]] = {}
        for id, name in things:
            known[f"#{id.casefold()}"] = frozenset({id})
            known[same_look(name)] = known.get(same_look(name), frozenset()) | {id}
        return known

    def _slots(self) -> Mapping[str, frozenset[str]]:
        """Slots by id, 周一第1时段 and Mon 1."""
        short = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
        named = [
            (slot.id, name)
            for slot in self.scenario.slots
            for name in (f"{WEEKDAYS[slot.weekday - 1]}第{slot.number}时段", f"{short[slot.weekday - 1]} {slot.number}")
        ]
        return self._named(named)

    def _each(
        self, entries: Iterable[tuple[Mapping[str, object], int | None]], key: str, known: Mapping[str, frozenset[str]]
    ) -> list[str]:
        found = [self._find(entry[key], key, line, known) for entry, line in entries if key in entry]
        return [id for id in found if id is not None]

    def _illness(
        self, entries: Sequence[tuple[Mapping[str, object], int | None]], staff: Mapping[str, frozenset[str]]
    ) -> tuple[list[Absence], list[str]]:
        """Dated absences, and who is ill for the rest of the term."""
        absences, ill = [], []
        for entry, line in entries:
            id = self._find(entry["teacher"], "teacher_ill.teacher", line, staff) if "teacher" in entry else None
            if "to" not in entry:
                ill += [id] if id is not None else []
                continue
            last = self._day(entry, "to", line, lasting=False, kind="teacher_ill")
            first = self._day(entry, "from", line, lasting=False, kind="teacher_ill")
            first = self.scenario.term.start if "from" not in entry else first
            if first is not None and last is not None and last < first:
                self._fault(
                    line,
                    "teacher_ill.to",
                    f"{last} 早于 {first}。",
                    f"{last} lies before {first}.",
                    "请改正其中一个日期。",
                    "Correct one of the dates.",
                )
            elif id is not None and first is not None and last is not None:
                absences.append(Absence(staff=StaffId(id), first=first, last=last))
        return absences, ill

    def _leaving(self, entries: Sequence[tuple[Mapping[str, object], int | None]]) -> frozenset[PupilId]:
        known = self._named((one.id, one.name) for one in self.scenario.pupils)
        found: list[str] = []
        for entry, line in entries:
            listed = entry.get("pupils", [])
            for text in listed if isinstance(listed, list) else [listed]:
                id = self._find(text, "pupils_leave.pupils", line, known)
                found += [id] if id is not None else []
        return frozenset(map(PupilId, found))

    def _joining(self, entries: Sequence[tuple[Mapping[str, object], int | None]]) -> tuple[Pupil, ...]:
        """New pupils, from CSV files beside this one or from rows in it."""
        pupils: list[Pupil] = []
        for entry, line in entries:
            grids = [
                self._grid(entry, "file", "pupils", line),
                self._grid(entry, "choices_file", "choices", line),
            ]
            if grids[0] is None:
                if not any(key in entry for key in ("file", "pupils")):
                    self._fault(
                        line,
                        "pupils_join",
                        "没有学生名单。",
                        "there is no table of pupils.",
                        '请写 file = "新生.csv"，或 [[pupils_join.pupils]]。',
                        'Write file = "new.csv", or [[pupils_join.pupils]].',
                    )
                continue
            found, faults = pupils_joining(self.scenario, grids[0], grids[1])
            self.faults += faults
            pupils += found
        seen: set[str] = set()
        for pupil in pupils:
            if pupil.id in seen:
                self._fault(
                    None,
                    "pupils_join",
                    f"学号“{pupil.id}”出现了两次。",
                    f"the id “{pupil.id}” is there twice.",
                    "请删去一行。",
                    "Remove one of them.",
                )
            seen.add(pupil.id)
        return tuple(pupils)

    def _grid(self, entry: Mapping[str, object], file: str, rows: str, line: int | None) -> Grid | None:
        if file in entry and rows in entry:
            self._fault(
                line,
                f"pupils_join.{file}",
                f"{file} 和 {rows} 只能写一个。",
                f"only one of {file} and {rows} can be given.",
                "请删去一个。",
                "Remove one.",
            )
        if file in entry:
            return self._file(entry[file], f"pupils_join.{file}", rows, line)
        listed = entry.get(rows)
        if listed is None:
            return None
        if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
            self._fault(
                line,
                f"pupils_join.{rows}",
                "写法不对。",
                "this is not written as rows.",
                f"请写成 [[pupils_join.{rows}]]。",
                f"Write [[pupils_join.{rows}]].",
            )
            return None
        headers = list(dict.fromkeys(key for row in listed for key in row))
        texts = [tuple(_cell(row.get(header)) for header in headers) for row in listed]
        return Grid(f"{self.path.name} [[pupils_join.{rows}]]", rows, [tuple(headers), *texts])

    def _file(self, name: object, column: str, sheet: str, line: int | None) -> Grid | None:
        path = self.path.parent / str(name)
        if not isinstance(name, str) or Path(name).name != name or not path.is_file():
            self._fault(
                line,
                column,
                f"变更单旁边没有文件“{name}”。",
                f"there is no file “{name}” beside this one.",
                "请把 CSV 文件放在同一个文件夹里，只写文件名。",
                "Put the CSV file into the same folder and write its name only.",
            )
            return None
        return csv_grid(path.name, sheet, path.read_bytes())


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(map(str, value))
    return "" if value is None else str(value)
