"""What has been asked for and decided? Facts of the school, wishes, locks, waivers and values for open clauses."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from scheduler.domain import (
    Choice,
    ClauseId,
    CourseId,
    FlexibleHours,
    Lock,
    Ownership,
    PupilId,
    RoomId,
    School,
    StaffId,
    Term,
    Waiver,
)
from scheduler.intake.hours import Origins, in_order
from scheduler.intake.kinds import Scalar, read_weekdays
from scheduler.intake.names import Names
from scheduler.intake.rows import Row
from scheduler.intake.sheets import Choices, Column, Locks, Readings, Schools, Waivers
from scheduler.intake.text import half_width

FLEXIBLE: tuple[Column[object], ...] = tuple(
    column
    for column in vars(Schools).values()
    if isinstance(column, Column) and column.name in FlexibleHours.__dataclass_fields__
)
"""The columns that flexible hours need together."""


def school(row: Row) -> School | None:
    """The school's own facts."""
    if row.refused:
        return None
    return School(
        name=row.need(Schools.name),
        county=row.need(Schools.county),
        area=row.need(Schools.area),
        ownership=row[Schools.ownership] or Ownership.PUBLIC,
        form=row.need(Schools.form),
        central_school=row[Schools.central_school],
        boarding=row[Schools.boarding] or False,
        county_plan=row[Schools.county_plan],
        billed_by_period=row[Schools.billed_by_period] or False,
        period_minutes=row[Schools.period_minutes],
        specialist_shortage=row[Schools.specialist_shortage] or False,
    )


def term(row: Row) -> Term | None:
    """The term without its calendar."""
    in_order(row, Schools.term_start, Schools.term_end)
    weekday = row[Schools.weekend_weekday]
    if weekday is not None and weekday < 6:
        row.fault(
            Schools.weekend_weekday,
            "不是周六或周日。",
            "it is neither Saturday nor Sunday.",
            "请填周六或周日，没有则留空。",
            "Write Sat or Sun, or leave it empty.",
        )
    if row.refused:
        return None
    return Term(
        name=row.need(Schools.term_name),
        start=row.need(Schools.term_start),
        end=row.need(Schools.term_end),
        weekend_weekday=weekday,
    )


def flexible_hours(row: Row) -> FlexibleHours | None:
    """The terms of flexible hours: all four facts, or none."""
    given = [column for column in FLEXIBLE if row[column] is not None]
    if not given:
        return None
    for column in FLEXIBLE:
        row.require(column, "弹性上下班的四项要一起填。", "it is empty; flexible hours need all four facts.")
    if row.refused:
        return None
    return FlexibleHours(
        late_after=row.need(Schools.late_after),
        late_days_per_week=row.need(Schools.late_days_per_week),
        weekly_minutes=row.need(Schools.weekly_minutes),
        late_start_until=row.need(Schools.late_start_until),
    )


def choices(rows: Iterable[Row], names: Names, origins: Origins) -> Mapping[PupilId, tuple[Choice, ...]]:
    """Each pupil's wishes by rank, from rows of either shape."""
    found: defaultdict[PupilId, dict[int, tuple[Row, Choice]]] = defaultdict(dict)
    for row in rows:
        pupil = names.one(row, Choices.pupil, PupilId)
        if pupil is not None:
            origins.setdefault(("choices", pupil), row)
        for rank, choice in _long(row, names) + _wide(row, names):
            if pupil is None or choice is None:
                continue
            if rank in found[pupil]:
                row.fault(
                    Choices.rank if row[Choices.rank] is not None else Choices.pupil,
                    f"第 {rank} 志愿在第 {found[pupil][rank][0].number} 行已经填过。",
                    f"wish {rank} is already in row {found[pupil][rank][0].number}.",
                    "请只留一个。",
                    "Keep one of them.",
                )
            found[pupil].setdefault(rank, (row, choice))
    for wishes in found.values():
        _no_gaps_no_twins(wishes)
    return {pupil: tuple(wishes[rank][1] for rank in sorted(wishes)) for pupil, wishes in found.items()}


def _long(row: Row, names: Names) -> list[tuple[int, Choice | None]]:
    rank = row[Choices.rank]
    if row.wishes and rank is None and not row.texts.get(Choices.course.name):
        return []
    if not row.wishes or row.texts.get(Choices.course.name):
        if Choices.rank.name not in row.headers and Choices.course.name not in row.headers:
            return []
        row.require(Choices.rank)
        row.require(Choices.course)
    course = names.one(row, Choices.course, CourseId)
    teacher = names.one(row, Choices.teacher, StaffId)
    if rank is None or row.refused or course is None:
        return []
    return [(rank, Choice(rank=rank, course=course, teacher=teacher, weekday=row[Choices.weekday]))]


def _wide(row: Row, names: Names) -> list[tuple[int, Choice | None]]:
    return [(rank, _wish(row, names, rank, text)) for rank, text in sorted(row.wishes.items())]


def _wish(row: Row, names: Names, rank: int, text: str) -> Choice | None:
    """`course`, `course/teacher`, `course(teacher)`, each with `@weekday` where only that day will do."""
    asked, weekday, teacher = text, None, None
    course = names.find(row, Choices.wish, "courses", asked, quiet=True)
    if course is None and "@" in half_width(text):
        asked, _, day = half_width(text).rpartition("@")
        days = read_weekdays(day)
        if days is None or len(days) != 1:
            row.fault(
                Choices.wish,
                f"“{day}”不是星期几。",
                f"“{day}” is not a weekday.",
                "请填如 剪纸@周三。",
                "Write e.g. papercut@Wed.",
                header=f"志愿{rank}",
            )
            return None
        weekday = next(iter(days))
        course = names.find(row, Choices.wish, "courses", asked.strip(), quiet=True)
    if course is None and (parts := re.fullmatch(r"(.+?)\s*(?:/\s*(.+)|\(\s*(.+?)\s*\))", half_width(asked))):
        asked, said = parts[1], parts[2] or parts[3]
        teacher = names.find(row, Choices.wish, "staff", said)
        if teacher is None:
            return None
    found = course or names.find(row, Choices.wish, "courses", asked.strip())
    if found is None:
        return None
    return Choice(rank=rank, course=CourseId(found), teacher=StaffId(teacher) if teacher is not None else None, weekday=weekday)


def _no_gaps_no_twins(wishes: Mapping[int, tuple[Row, Choice]]) -> None:
    seen: dict[tuple[str, str | None, int | None], int] = {}
    for place, rank in enumerate(sorted(wishes), 1):
        row, choice = wishes[rank]
        if rank != place:
            row.fault(
                Choices.rank if row[Choices.rank] is not None else Choices.wish,
                f"有第 {rank} 志愿，却没有第 {place} 志愿。",
                f"there is wish {rank} but no wish {place}.",
                "请把后面的志愿依次往前移。",
                "Move the later wishes up.",
                header=None if row[Choices.rank] is not None else f"志愿{rank}",
            )
            return
        key = (choice.course, choice.teacher, choice.weekday)
        if key in seen:
            row.fault(
                Choices.rank if row[Choices.rank] is not None else Choices.wish,
                f"第 {rank} 志愿与第 {seen[key]} 志愿相同。",
                f"wish {rank} is the same as wish {seen[key]}.",
                "请换一个项目，或删去。",
                "Choose another course, or delete it.",
                header=None if row[Choices.rank] is not None else f"志愿{rank}",
            )
        seen.setdefault(key, rank)


def lock(row: Row, names: Names) -> Lock | None:
    """Something a person has already decided."""
    course = names.one(row, Locks.course, CourseId)
    pupil = names.one(row, Locks.pupil, PupilId)
    room = names.one(row, Locks.room, RoomId)
    staff = names.one(row, Locks.staff, StaffId)
    slots = names.slots_at(row, Locks.slots)
    if row.refused or course is None:
        return None
    return Lock(course=course, by=row.need(Locks.by), why=row.need(Locks.why), pupil=pupil, slots=slots, room=room, staff=staff)


def waiver(row: Row, names: Names) -> Waiver | None:
    """A recorded reason to relax one clause."""
    in_order(row, Waivers.start, Waivers.end)
    if row.refused:
        return None
    return Waiver(
        clause=ClauseId(row.need(Waivers.clause)),
        reason=row.need(Waivers.reason),
        approver=row.need(Waivers.approver),
        approved_on=row.need(Waivers.approved_on),
        start=row.need(Waivers.start),
        end=row.need(Waivers.end),
    )


def readings(rows: Iterable[Row]) -> Mapping[ClauseId, Mapping[str, Scalar]]:
    """The school's own values by clause and parameter."""
    found: defaultdict[ClauseId, dict[str, Scalar]] = defaultdict(dict)
    for row in rows:
        if row.refused:
            continue
        clause, parameter = ClauseId(row.need(Readings.clause)), row.need(Readings.parameter)
        if parameter in found[clause]:
            row.fault(
                Readings.parameter,
                f"“{clause}”的“{parameter}”填了两次。",
                f"“{parameter}” of “{clause}” is there twice.",
                "请只留一行。",
                "Keep one of them.",
            )
            continue
        found[clause][parameter] = row.need(Readings.value)
    return dict(found)
