"""How is a plan kept as text? Canonical JSON: the same plan gives the same bytes, and what is read back is checked."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import date
from json import JSONEncoder
from typing import Annotated, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scheduler.domain import CourseId, PupilId, Role, RoomId, SlotId, StaffId, TripId
from scheduler.errors import Fault, InputFaults
from scheduler.timetable import (
    Change,
    ChangeKind,
    Duty,
    Meeting,
    Placement,
    Ride,
    Section,
    SectionId,
    Timetable,
)

FORMAT = "oneplusx-timetable-1"
PLACE = "timetable.json"
ROWS = ("sections", "meetings", "placements", "rides", "duties", "changes")

Record = Section | Meeting | Placement | Ride | Duty | Change
R = TypeVar("R", Section, Meeting, Placement, Ride, Duty, Change)

FIELDS: Mapping[type, tuple[str, ...]] = {kind: tuple(item.name for item in fields(kind)) for kind in get_args(Record)}
"""Asked for once: a school has tens of thousands of rows."""


def timetable_to_json(timetable: Timetable) -> str:
    """The plan as canonical JSON: rows sorted, one a line, no time of day, so that two files can be compared by eye."""
    ordered = canonical(timetable)
    head = {
        "format": FORMAT,
        "county": ordered.county,
        "scenario_digest": ordered.scenario_digest,
        "start": ordered.start.isoformat(),
        "end": ordered.end.isoformat(),
        "seed": ordered.seed,
        "program": ordered.program,
    }
    lines = [f"  {_text(name)}: {_text(value)}" for name, value in head.items()]
    lines += [f"  {_text(name)}: {_rows(getattr(ordered, name))}" for name in ROWS]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def timetable_from_json(text: str, place: str = PLACE) -> Timetable:
    """The plan that the text holds; unknown names, wrong types and dangling references are all told at once.

    Raises `InputFaults`. Rooms, people, slots and courses are not looked up here: that needs the scenario.
    """
    try:
        document = _Document.model_validate_json(text)
    except ValidationError as error:
        raise InputFaults(_faults_of(error, place)) from None
    timetable = _timetable_of(document)
    if faults := tuple(inner_faults(timetable, place)):
        raise InputFaults(faults)
    return canonical(timetable)


def canonical(timetable: Timetable) -> Timetable:
    """The same plan with every row in its place; the order of rows carries no meaning."""
    return replace(
        timetable,
        sections=_sorted(timetable.sections),
        meetings=_sorted(timetable.meetings),
        placements=_sorted(timetable.placements),
        rides=_sorted(timetable.rides),
        duties=_sorted(timetable.duties),
        changes=_sorted(timetable.changes),
    )


def inner_faults(timetable: Timetable, place: str) -> Iterable[Fault]:
    """What contradicts itself within the plan: ids given twice, rows of sections that do not exist."""
    yield from _twice(place, "sections", [section.id for section in timetable.sections])
    yield from _twice(place, "meetings", [f"{row.section} {row.slot}" for row in timetable.meetings])
    yield from _twice(
        place, "placements", [f"{row.pupil} {row.section} {row.start or ''}".strip() for row in timetable.placements]
    )
    known = timetable.section_by_id
    for name, rows in (
        ("meetings", timetable.meetings),
        ("placements", timetable.placements),
        ("changes", timetable.changes),
    ):
        for missing in sorted({row.section for row in rows} - known.keys()):
            yield _fault(place, name, f"教学班“{missing}”不存在。", f"there is no section {missing!r}.")
    if timetable.end < timetable.start:
        yield _fault(place, "end", "结束日期早于开始日期。", "the end lies before the start.")


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


Id = Annotated[str, Field(min_length=1, max_length=200)]


class _Section(_Strict):
    id: Id
    course: Id
    number: Annotated[int, Field(ge=1)]


class _Meeting(_Strict):
    section: Id
    slot: Id
    room: Id | None
    staff: tuple[Id, ...]


class _Placement(_Strict):
    pupil: Id
    section: Id
    chosen: bool
    start: date | None = None
    end: date | None = None


class _Ride(_Strict):
    pupil: Id
    weekday: Annotated[int, Field(ge=1, le=7)]
    trip: Id


class _Duty(_Strict):
    day: date
    role: Role
    staff: Id


class _Change(_Strict):
    section: Id
    slot: Id
    day: date
    kind: ChangeKind
    why: str
    new_day: date | None = None
    new_slot: Id | None = None
    new_room: Id | None = None
    new_staff: tuple[Id, ...] = ()


class _Document(_Strict):
    format: Literal["oneplusx-timetable-1"]
    county: Id
    scenario_digest: str
    start: date
    end: date
    seed: int | None = None
    program: str | None = None
    sections: tuple[_Section, ...]
    meetings: tuple[_Meeting, ...]
    placements: tuple[_Placement, ...]
    rides: tuple[_Ride, ...] = ()
    duties: tuple[_Duty, ...] = ()
    changes: tuple[_Change, ...] = ()


def _timetable_of(document: _Document) -> Timetable:
    return Timetable(
        county=document.county,
        scenario_digest=document.scenario_digest,
        start=document.start,
        end=document.end,
        seed=document.seed,
        program=document.program,
        sections=tuple(
            Section(id=SectionId(row.id), course=CourseId(row.course), number=row.number) for row in document.sections
        ),
        meetings=tuple(
            Meeting(
                section=SectionId(row.section),
                slot=SlotId(row.slot),
                room=None if row.room is None else RoomId(row.room),
                staff=tuple(map(StaffId, row.staff)),
            )
            for row in document.meetings
        ),
        placements=tuple(
            Placement(
                pupil=PupilId(row.pupil),
                section=SectionId(row.section),
                chosen=row.chosen,
                start=row.start,
                end=row.end,
            )
            for row in document.placements
        ),
        rides=tuple(Ride(pupil=PupilId(row.pupil), weekday=row.weekday, trip=TripId(row.trip)) for row in document.rides),
        duties=tuple(Duty(day=row.day, role=row.role, staff=StaffId(row.staff)) for row in document.duties),
        changes=tuple(_change_of(row) for row in document.changes),
    )


def _change_of(row: _Change) -> Change:
    return Change(
        section=SectionId(row.section),
        slot=SlotId(row.slot),
        day=row.day,
        kind=row.kind,
        why=row.why,
        new_day=row.new_day,
        new_slot=None if row.new_slot is None else SlotId(row.new_slot),
        new_room=None if row.new_room is None else RoomId(row.new_room),
        new_staff=tuple(map(StaffId, row.new_staff)),
    )


def _rows(records: Iterable[Record]) -> str:
    lines = [f"    {_text(_plain(record))}" for record in records]
    return "[\n" + ",\n".join(lines) + "\n  ]" if lines else "[]"


def _plain(record: Record) -> Mapping[str, object]:
    values = ((name, getattr(record, name)) for name in FIELDS[type(record)])
    return {name: value for name, value in values if value is not None or name == "room"}


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


_text = JSONEncoder(ensure_ascii=False, default=_iso).encode


def _sorted(records: Iterable[R]) -> tuple[R, ...]:
    return tuple(sorted(records, key=_order))


def _order(record: Record) -> tuple[tuple[bool, str], ...]:
    """Field by field as text; what is not given comes first."""
    values = [getattr(record, name) for name in FIELDS[type(record)]]
    return tuple([(value is not None, f"{value:09d}" if isinstance(value, int) else str(value)) for value in values])


def _twice(place: str, column: str, names: list[str]) -> Iterable[Fault]:
    seen: set[str] = set()
    told: set[str] = set()
    for name in names:
        if name in seen and name not in told:
            told.add(name)
            yield _fault(place, column, f"“{name}”出现了不止一次。", f"{name!r} is there more than once.")
        seen.add(name)


def _fault(place: str, column: str, zh: str, en: str) -> Fault:
    return Fault(
        place=place,
        column=column,
        zh=zh,
        en=en,
        todo_zh="请改正后重新提交。",
        todo_en="Please mend it and try again.",
    )


MEANINGS: Mapping[str, tuple[str, str]] = {
    "missing": ("缺少这一项。", "this is missing."),
    "extra_forbidden": ("不认识这一项。", "nothing of this name is known."),
    "json_invalid": ("不是有效的 JSON 文件。", "this is not valid JSON."),
    "literal_error": (f"文件格式应为“{FORMAT}”。", f"the format must be {FORMAT!r}."),
    "enum": ("不是允许的取值。", "this is not one of the allowed values."),
    "string_type": ("应为文字。", "this must be text."),
    "string_too_short": ("不能为空。", "this must not be empty."),
    "string_too_long": ("太长。", "this is too long."),
    "int_type": ("应为整数。", "this must be a whole number."),
    "greater_than_equal": ("数字太小。", "the number is too small."),
    "less_than_equal": ("数字太大。", "the number is too large."),
    "bool_type": ("应为 true 或 false。", "this must be true or false."),
    "tuple_type": ("应为列表。", "this must be a list."),
    "model_type": ("应为对象。", "this must be an object."),
}
DATE = ("日期应写成 2025-09-01 这样的形式。", "a date is written like 2025-09-01.")


def _faults_of(error: ValidationError, place: str) -> Iterable[Fault]:
    for problem in error.errors(include_url=False, include_context=False):
        kind = problem["type"]
        zh, en = DATE if kind.startswith("date_") else MEANINGS.get(kind, ("取值不对。", f"{problem['msg']}."))
        yield _fault(place, _where(problem["loc"]), zh, en)


def _where(path: tuple[int | str, ...]) -> str:
    """`meetings[3].room`; rows are counted from 1, as people do."""
    parts = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return parts.lstrip(".")
