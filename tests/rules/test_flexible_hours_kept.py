"""Does the audit keep a school to its own flexible hours?"""

from datetime import time

from scheduler.audit.staff import flexible_hours_kept
from scheduler.domain import FlexibleHours, StaffId, StaffKind
from scheduler.rulebook import FlexibleHoursKept
from tests.rules.worlds import Drawing, amounts


def week(slots: str, *, first_lesson: str = "09:50-10:30", weekly_minutes: int = 120, kind: StaffKind = StaffKind.OWN) -> Drawing:
    """wang has one section a slot. The second slot of a day ends at 18:10, later than 18:00; one late day is allowed.

    wang teaches lesson 1 on Tuesdays.
    """
    drawing = Drawing()
    for day in ("Mon", "Tue", "Wed", "Fri"):
        drawing.slot(f"{day.lower()}1", f"{day} 16:30-17:20")
        drawing.slot(f"{day.lower()}2", f"{day} 17:30-18:10")
    drawing.course("剪纸", skill=None)
    drawing.staff("wang", kind=kind)
    drawing.bell(first_lesson, number=1)
    drawing.lesson(2, 1, teacher=StaffId("wang"))
    for number, slot in enumerate(slots.split(), start=1):
        drawing.meeting("剪纸", slot, number=number, staff="wang")
    drawing.more["flexible_hours"] = FlexibleHours(
        late_after=time(18, 0), late_days_per_week=1, weekly_minutes=weekly_minutes, late_start_until=time(9, 30)
    )
    return drawing


def test_flexible_hours_kept_obeyed() -> None:
    assert amounts(flexible_hours_kept(week("mon1 tue1").world(), FlexibleHoursKept())) == []


def test_flexible_hours_kept_just_obeyed() -> None:
    """One late finish, first lesson next morning exactly at 9:30, 90 minutes of 90."""
    drawing = week("mon1 mon2", first_lesson="09:30-10:10", weekly_minutes=90)
    assert amounts(flexible_hours_kept(drawing.world(), FlexibleHoursKept())) == []


def test_flexible_hours_kept_just_broken() -> None:
    """A second late finish, on Wednesday."""
    found = list(flexible_hours_kept(week("mon2 wed2").world(), FlexibleHoursKept()))
    assert amounts(found) == [1]
    assert found[0].zh == "wang每周有2天工作到18:00以后，超过弹性上下班约定的1天。"


def test_no_early_lesson_follows_a_late_finish() -> None:
    drawing = week("mon2", first_lesson="09:29-10:10")
    assert amounts(flexible_hours_kept(drawing.world(), FlexibleHoursKept())) == [1]


def test_minutes_above_the_week_count() -> None:
    """50 + 40 + 50 = 140 minutes, 120 allowed."""
    assert amounts(flexible_hours_kept(week("mon1 mon2 fri1").world(), FlexibleHoursKept())) == [20]


def test_volunteers_have_no_flexible_hours() -> None:
    drawing = week("mon2 wed2", kind=StaffKind.VOLUNTEER)
    assert amounts(flexible_hours_kept(drawing.world(), FlexibleHoursKept())) == []


def test_a_school_without_flexible_hours_is_not_bound() -> None:
    drawing = week("mon2 wed2")
    del drawing.more["flexible_hours"]
    assert amounts(flexible_hours_kept(drawing.world(), FlexibleHoursKept())) == []
