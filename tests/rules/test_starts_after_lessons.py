"""When may the service start?"""

from datetime import date

from scheduler.audit.hours import starts_after_lessons
from scheduler.rulebook import StartsAfterLessons
from tests.rules.worlds import Drawing, amounts


def friday(hours: str) -> Drawing:
    """Lessons until 16:20, one slot in use."""
    week = Drawing()
    week.bell("15:40-16:20", number=6)
    week.slot("fri1", f"Fri {hours}")
    week.course("剪纸")
    week.meeting("剪纸", "fri1")
    return week


def test_starts_after_lessons_obeyed() -> None:
    """岳阳 二（四） "完成国家规定课程和学校教学计划之后": half an hour later is fine."""
    assert not amounts(starts_after_lessons(friday("16:50-17:30").world(), StartsAfterLessons()))


def test_starts_after_lessons_just_obeyed() -> None:
    """岳阳 二（四）: the very minute the last lesson ends is after it; with a break of 10 minutes, ten later is."""
    assert not amounts(starts_after_lessons(friday("16:20-17:00").world(), StartsAfterLessons()))
    assert not amounts(starts_after_lessons(friday("16:30-17:10").world(), StartsAfterLessons(min_break_minutes=10)))


def test_starts_after_lessons_just_broken() -> None:
    """岳阳 二（四）: one minute before the last lesson's end, and nine minutes of a break of ten."""
    assert amounts(starts_after_lessons(friday("16:19-17:00").world(), StartsAfterLessons())) == [1]
    assert amounts(starts_after_lessons(friday("16:29-17:10").world(), StartsAfterLessons(min_break_minutes=10))) == [1]


def test_a_slot_without_a_meeting_starts_when_it_likes() -> None:
    week = friday("16:50-17:30")
    week.slot("thu1", "Thu 15:00-15:40")
    assert not amounts(starts_after_lessons(week.world(), StartsAfterLessons()))


def test_each_season_has_lessons_of_its_own() -> None:
    """In winter lessons end at 16:00 and the slot starts at 16:10; in autumn the same slot starts ten minutes early."""
    week = Drawing()
    week.season("winter", date(2025, 12, 1), date(2026, 1, 23))
    week.bell("15:40-16:20", season="autumn")
    week.bell("15:20-16:00", season="winter")
    week.slot("fri1", "Fri 16:10-16:50")
    week.course("剪纸")
    week.meeting("剪纸", "fri1")
    found = list(starts_after_lessons(week.world(), StartsAfterLessons()))
    assert [(deviation.amount, deviation.subjects[-1].id) for deviation in found] == [(10, "autumn")]
