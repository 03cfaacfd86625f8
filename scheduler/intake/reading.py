"""What does this file or folder say, and what is wrong with it? Everything is told at once, with its place."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import TypeVar

from scheduler.domain import Activity, Category, Course, CourseId, Form, HolidayWeek, Lesson, MakeUpDay, Scenario, SchoolEvent
from scheduler.errors import Fault, InputFaults
from scheduler.intake import decisions, hours, people
from scheduler.intake.archive import Limits, too_large
from scheduler.intake.bounds import check_bounds
from scheduler.intake.canonical import in_order, scenario_from_json
from scheduler.intake.checks import check
from scheduler.intake.daytime import bell_key
from scheduler.intake.draft import Draft
from scheduler.intake.facts import school_row
from scheduler.intake.files import FACTS_FILE, Source, archive_source, folder_source, unknown_file
from scheduler.intake.names import Names, indexed
from scheduler.intake.references import check_references, draft_of
from scheduler.intake.rows import Row, rows_of
from scheduler.intake.sheets import SCHOOL, SHEETS, Sheet
from scheduler.intake.tables import table
from scheduler.intake.text import same_look
from scheduler.intake.workbook import OLD_WORKBOOK, workbook_grids

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of reading: the scenario, unless a fault forbids it, and every fault and warning."""

    scenario: Scenario | None
    faults: tuple[Fault, ...]
    rows: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """By sheet: rows read and rows refused. Together they are the rows of the file that are not blank."""
    places: Mapping[str, str] = field(default_factory=dict)
    """By sheet: the file or sheet as the school named it."""

    @property
    def errors(self) -> tuple[Fault, ...]:
        """Faults that forbid using the input."""
        return tuple(fault for fault in self.faults if not fault.warning)

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """Faults worth a look."""
        return tuple(fault for fault in self.faults if fault.warning)


def read(path: Path, encoding: str | None = None, limits: Limits | None = None) -> Reading:
    """Reads a folder, a workbook, a zipped folder or a JSON file.

    `encoding` answers the question for CSV files whose encoding is in doubt. No input raises; what is wrong is told.
    """
    limits = limits or Limits()
    try:
        if path.is_dir():
            return _understood(folder_source(path, encoding, limits))
        if path.stat().st_size > limits.file_bytes:
            return _refused(too_large(path.name))
        return read_bytes(path.name, path.read_bytes(), encoding, limits)
    except OSError:
        return _refused(_no_file(path))


def read_bytes(name: str, data: bytes, encoding: str | None = None, limits: Limits | None = None) -> Reading:
    """Reads an uploaded workbook, zipped folder or JSON text."""
    limits = limits or Limits()
    place = PurePosixPath(name.replace("\\", "/")).name or name
    if len(data) > limits.file_bytes:
        return _refused(too_large(place))
    if data.startswith(b"PK"):
        return _understood(archive_source(place, data, encoding, limits))
    if data.startswith(OLD_WORKBOOK) or place.lower().endswith((".xlsx", ".xls", ".et")):
        return Reading(scenario=None, faults=workbook_grids(place, data, limits)[1])
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _from_json(place, data.removeprefix(b"\xef\xbb\xbf"))
    return _refused(unknown_file(place))


def read_scenario(path: Path, encoding: str | None = None) -> Scenario:
    """The scenario at `path`.

    Errors: `InputFaults` with every fault, warnings included, where it cannot be used.
    """
    reading = read(path, encoding)
    if reading.scenario is None:
        raise InputFaults(reading.faults)
    return reading.scenario


def _refused(fault: Fault) -> Reading:
    return Reading(scenario=None, faults=(fault,))


def _no_file(path: Path) -> Fault:
    return Fault(
        place=path.name,
        zh="打不开。",
        en="it cannot be opened.",
        todo_zh="请检查路径是否正确。",
        todo_en="See whether the path is right.",
    )


def _from_json(place: str, data: bytes) -> Reading:
    try:
        scenario = scenario_from_json(data, place)
    except InputFaults as error:
        return Reading(scenario=None, faults=error.faults)
    if unfit := tuple(check_bounds(scenario, place)):
        return Reading(scenario=None, faults=unfit)
    draft = draft_of(scenario, place)
    check_references(draft)
    check(draft)
    faults = tuple(draft.faults)
    bad = any(not fault.warning for fault in faults)
    return Reading(scenario=None if bad else scenario, faults=faults)


def _understood(source: Source) -> Reading:
    """The source's tables read row by row, then looked at together."""
    faults = source.faults
    rows, broken = _rows(source)
    counts: dict[str, tuple[int, int]] = {}
    facts, school_counts = school_row(source)
    draft = Draft(source.place, faults)
    draft.school, draft.term, draft.flexible_hours = (
        decisions.school(facts),
        decisions.term(facts),
        decisions.flexible_hours(facts),
    )
    _assemble(draft, rows, broken)
    check(draft)
    if school_counts:
        counts[SCHOOL.name] = school_counts(facts)
    for name, found in rows.items():
        refused = sum(row.refused for row in found)
        counts[name] = (len(found) - refused, refused)
    in_file = {sheet.name: number for number, sheet in enumerate(SHEETS)}
    order = {grid.place: in_file[name] for name, grid in source.grids.items()}
    # Two looks may find the same thing.
    told = tuple(sorted(dict.fromkeys(faults), key=lambda fault: (order.get(fault.place, -1), fault.place, fault.row or 0)))
    bad = any(not fault.warning for fault in told)
    scenario = None if bad else draft.scenario()
    places = {name: grid.place for name, grid in source.grids.items()}
    if source.facts is not None:
        places.setdefault(SCHOOL.name, source.facts_place)
    return Reading(scenario=in_order(scenario) if scenario else None, faults=told, rows=counts, places=places)


def as_written(fault: Fault, reading: Reading) -> Fault:
    """A fault found in the facts themselves (`staff.csv`, `max_per_day`), at the sheet and column as the school named them."""
    stem = SCHOOL.name if fault.place == FACTS_FILE else fault.place.removesuffix(".csv")
    sheet = next((sheet for sheet in SHEETS if sheet.name == stem), None)
    in_workbook = any("." not in place for place in reading.places.values())
    if sheet is None or not (in_workbook or stem in reading.places):
        return fault
    place = reading.places.get(stem, sheet.zh)
    chinese = {column.name: column.zh for column in sheet.columns} if same_look(place) == same_look(sheet.zh) else {}
    return replace(fault, place=place, column=chinese.get(fault.column or "", fault.column))


def _rows(source: Source) -> tuple[dict[str, list[Row]], set[str]]:
    """Rows by sheet, and the sheets that are missing or not whole."""
    rows: dict[str, list[Row]] = {}
    broken: set[str] = set()
    unreadable = any(not fault.warning for fault in source.faults)
    for sheet in SHEETS:
        if sheet is SCHOOL:
            continue
        grid = source.grids.get(sheet.name)
        if grid is None:
            if sheet.required:
                broken.add(sheet.name)
                if not unreadable or source.grids:
                    source.faults.append(_no_sheet(source.place, sheet))
            continue
        found = table(grid, sheet)
        source.faults += found.faults
        rows[sheet.name] = list(rows_of(found, source.faults))
        unusable = any(not fault.warning for fault in found.faults) and not found.fields
        if unusable or (sheet.required and not rows[sheet.name]):
            broken.add(sheet.name)
        if sheet.required and found.fields and not rows[sheet.name]:
            source.faults.append(_no_rows(grid.place))
    return rows, broken


def _assemble(draft: Draft, rows: Mapping[str, Sequence[Row]], broken: set[str]) -> None:
    """Turns rows into facts, in the order in which they mention each other."""
    indexes = indexed(rows)
    for name in broken:
        indexes[name].complete = False
    for name in UNIQUE:
        _no_doubles(rows.get(name, ()), UNIQUE[name])
    names = Names(indexes)
    names.grades = frozenset(number for row in rows.get("grades", ()) if isinstance(number := row.values.get("grade"), int))

    def made(sheet: str, make: Callable[[Row, Names], T | None]) -> list[T]:
        out = []
        for row in rows.get(sheet, ()):
            thing = make(row, names)
            if thing is not None:
                out.append(thing)
                draft.origins[sheet, key_of(thing)] = row
        return out

    draft.seasons = made("seasons", hours.season)
    draft.grades = made("grades", people.grade)
    draft.slots = hours.slots(rows.get("slots", ()), names, draft.origins)
    names.slots = draft.slots
    names.slots_complete = "slots" not in broken and not any(row.refused for row in rows.get("slots", ()))
    names.routes = frozenset(str(row.values["route"]) for row in rows.get("buses", ()) if "route" in row.values)
    draft.home_classes = made("classes", people.home_class)
    names.grade_by_class = {home_class.id: home_class.grade for home_class in draft.home_classes}
    for row in rows.get("bells", ()):
        for bell in hours.bells(row, names):
            draft.bells.append(bell)
            draft.origins["bells", bell_key(bell)] = row
    draft.lessons = made("lessons", hours.lesson)
    draft.rooms = made("rooms", people.room)
    draft.staff = made("staff", people.person)
    draft.providers = made("providers", people.provider)
    draft.courses = made("courses", people.course)
    draft.pupils = made("pupils", people.pupil)
    draft.trips = hours.trips(rows.get("buses", ()), names, draft.origins)
    draft.locks = made("locks", decisions.lock)
    draft.waivers = made("waivers", decisions.waiver)
    draft.readings = decisions.readings(rows.get("readings", ()))
    draft.choices = decisions.choices(rows.get("choices", ()), names, draft.origins)
    draft.pupils = [replace(pupil, choices=draft.choices.get(pupil.id, ())) for pupil in draft.pupils]
    _calendar(draft, rows.get("calendar", ()), names)
    for sheet in SHEETS:
        draft.whole[sheet.name] = sheet.name not in broken and not any(row.refused for row in rows.get(sheet.name, ()))
    if draft.whole["courses"]:
        draft.courses += _base_care(draft.courses)


def key_of(thing: object) -> str:
    """By which the row of something is found again."""
    if isinstance(thing, Lesson):
        return f"{thing.home_class}/{thing.weekday}/{thing.number}"
    return str(getattr(thing, "id", getattr(thing, "number", "")))


UNIQUE: Mapping[str, tuple[str, ...]] = {
    "seasons": ("id",),
    "grades": ("grade",),
    "classes": ("id",),
    "lessons": ("home_class", "weekday", "number"),
    "rooms": ("id",),
    "staff": ("id",),
    "providers": ("id",),
    "courses": ("id",),
    "pupils": ("id",),
    "calendar": ("kind", "date", "name"),
}
"""Columns that together name a row once."""


def _no_doubles(rows: Iterable[Row], keys: Sequence[str]) -> None:
    seen: dict[tuple[str, ...], Row] = {}
    for row in rows:
        key = tuple(str(row.values.get(name, "")).casefold() for name in keys)
        if keys[0] not in row.values:
            continue
        if key in seen:
            shown = "、".join(row.texts.get(name, "") for name in keys if row.texts.get(name))
            row.fault(
                row.sheet.column(keys[0]),
                f"“{shown}”与第 {seen[key].number} 行重复。",
                f"“{shown}” is already in row {seen[key].number}.",
                "请删去一行，或改正编号。",
                "Remove one of them, or correct it.",
            )
        seen.setdefault(key, row)


def _calendar(draft: Draft, rows: Iterable[Row], names: Names) -> None:
    entries = []
    for row in rows:
        for entry in hours.calendar(row, names):
            entries.append(entry)
            draft.origins["calendar", str(getattr(entry, "day", entry))] = row
    if draft.term is None:
        return
    draft.term = replace(
        draft.term,
        make_up_days=tuple(entry for entry in entries if isinstance(entry, MakeUpDay)),
        holidays=tuple(dict.fromkeys(entry for entry in entries if isinstance(entry, date))),
        events=tuple(entry for entry in entries if isinstance(entry, SchoolEvent)),
        holiday_weeks=tuple(entry for entry in entries if isinstance(entry, HolidayWeek)),
    )


def _base_care(courses: Sequence[Course]) -> Iterable[Course]:
    """托管兜底, where the school lists none: the place that always exists."""
    if any(course.form is Form.BASE_CARE for course in courses):
        return
    taken = {course.id.casefold() for course in courses}
    id = next(id for id in ("base-care", *(f"base-care-{n}" for n in range(2, len(taken) + 3))) if id not in taken)
    yield Course(
        id=CourseId(id),
        title="托管兜底",
        form=Form.BASE_CARE,
        strand=None,
        category=Category.CARE,
        activity=Activity.SUPERVISION,
    )


def _no_sheet(place: str, sheet: Sheet) -> Fault:
    return Fault(
        place=place,
        zh=f"缺少“{sheet.zh}”表。",
        en=f"the sheet {sheet.name} is missing.",
        todo_zh=f"请按模板加上工作表“{sheet.zh}”，或文件 {sheet.name}.csv。",
        todo_en=f"Add a sheet “{sheet.zh}” or a file {sheet.name}.csv as in the template.",
    )


def _no_rows(place: str) -> Fault:
    return Fault(
        place=place,
        zh="只有表头，没有内容。",
        en="there are headers but no rows.",
        todo_zh="请按模板填写。",
        todo_en="Fill it in as in the template.",
    )
