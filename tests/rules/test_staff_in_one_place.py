"""Does the audit see people in two places?"""

from scheduler.audit.clashes import staff_in_one_place
from scheduler.domain import StaffId, Stage
from scheduler.rulebook import StaffInOnePlace
from tests.rules.worlds import Drawing, amounts


def week(first: str, second: str) -> Drawing:
    """wang leads 剪纸 in both slots, and lesson 6 on Monday at 15:40."""
    drawing = Drawing()
    drawing.slot("a", first)
    drawing.slot("b", second)
    drawing.bell("15:40-16:20", number=6)
    drawing.lesson(1, 6, teacher=StaffId("wang"))
    drawing.course("剪纸")
    drawing.meeting("剪纸", "a", number=1, staff="wang")
    drawing.meeting("剪纸", "b", number=2, staff="li wang")
    return drawing


def test_staff_in_one_place_obeyed() -> None:
    assert amounts(staff_in_one_place(week("Mon 16:30-17:10", "Tue 16:30-17:10").world(), StaffInOnePlace())) == []


def test_staff_in_one_place_just_obeyed() -> None:
    """Right after the lesson, and one meeting right after the other."""
    assert amounts(staff_in_one_place(week("Mon 16:20-17:00", "Mon 17:00-17:40").world(), StaffInOnePlace())) == []


def test_staff_in_one_place_just_broken() -> None:
    """One minute of overlap."""
    found = list(staff_in_one_place(week("Mon 16:20-17:01", "Mon 17:00-17:40").world(), StaffInOnePlace()))
    assert amounts(found) == [1]
    assert found[0].zh == "wang同时要上周一第1时段的剪纸1班和周一第2时段的剪纸2班。"


def test_a_daytime_lesson_counts_too() -> None:
    assert amounts(staff_in_one_place(week("Mon 16:19-17:00", "Mon 17:00-17:40").world(), StaffInOnePlace())) == [1]


def test_two_meetings_in_one_slot_clash() -> None:
    drawing = week("Mon 16:30-17:10", "Tue 16:30-17:10")
    drawing.meeting("剪纸", "a", number=3, staff="wang")
    assert amounts(staff_in_one_place(drawing.world(), StaffInOnePlace())) == [1]


def test_stages_with_different_bells_clash_by_the_clock() -> None:
    drawing = week("Mon 16:30-17:10", "Tue 16:30-17:10")
    drawing.grade(7, Stage.JUNIOR)
    drawing.slot("junior", "Mon 17:00-17:45", number=1, grades={7})
    drawing.course("篮球", grades=frozenset({7}))
    drawing.meeting("篮球", "junior", staff="wang")
    assert amounts(staff_in_one_place(drawing.world(), StaffInOnePlace())) == [1]


def test_a_clash_in_two_seasons_counts_once() -> None:
    drawing = Drawing()
    drawing.season("winter", drawing.seasons["autumn"].start, drawing.seasons["autumn"].end)
    drawing.slot("a", "Mon 16:30-17:10")
    drawing.bell("16:00-16:40", number=6)
    drawing.lesson(1, 6, teacher=StaffId("wang"))
    drawing.course("剪纸")
    drawing.meeting("剪纸", "a", staff="wang")
    assert amounts(staff_in_one_place(drawing.world(), StaffInOnePlace())) == [1]
