"""Does everybody move for half an hour?"""

from scheduler.audit.exercise import exercise_minutes
from scheduler.domain import Category
from scheduler.rulebook import ExerciseMinutes
from tests.rules.worlds import Drawing, amounts


def monday(exercise: int | None, *, category: Category = Category.PE, first: str = "16:30-17:10") -> Drawing:
    """li stays in two slots and dances in the first, of 40 minutes unless told otherwise."""
    week = Drawing()
    week.slot("mon1", f"Mon {first}")
    week.slot("mon2", "Mon 17:20-18:00")
    week.course("舞蹈", category=category, exercise_minutes=exercise)
    week.course("剪纸")
    week.pupil("li", stays="mon1 mon2")
    week.meeting("舞蹈", "mon1", room="操场")
    week.place("li", "舞蹈")
    return week


def test_exercise_minutes_obeyed() -> None:
    """绥芬河 三（三）: "要保证至少30分钟体育锻炼时间"; a PE course counts whole, 40 minutes."""
    assert not amounts(exercise_minutes(monday(None).world(), ExerciseMinutes()))


def test_exercise_minutes_just_obeyed() -> None:
    """绥芬河 三（三）: exactly 30, in a course of another category that says so."""
    assert not amounts(exercise_minutes(monday(30, category=Category.ARTS).world(), ExerciseMinutes()))


def test_exercise_minutes_just_broken() -> None:
    """绥芬河 三（三）: 29 minutes; and no minute at all in arts that say nothing."""
    assert amounts(exercise_minutes(monday(29).world(), ExerciseMinutes())) == [1]
    assert amounts(exercise_minutes(monday(None, category=Category.ARTS).world(), ExerciseMinutes())) == [30]


def test_nobody_moves_for_longer_than_the_meeting_lasts() -> None:
    """A course of 30 minutes' exercise in a slot of 25: five short."""
    assert amounts(exercise_minutes(monday(30, first="16:30-16:55").world(), ExerciseMinutes())) == [5]


def test_blocks_of_less_than_ten_minutes_do_not_count() -> None:
    assert amounts(exercise_minutes(monday(9).world(), ExerciseMinutes())) == [30]
    assert amounts(exercise_minutes(monday(10).world(), ExerciseMinutes())) == [20]


def test_who_stays_less_than_an_hour_is_not_bound() -> None:
    """40 minutes of stay are not bound, 60 are."""
    week = monday(0)
    week.pupil("li", stays="mon1")
    assert not amounts(exercise_minutes(week.world(), ExerciseMinutes()))
    week.slot("mon1", "Mon 16:10-17:10", number=1)
    assert amounts(exercise_minutes(week.world(), ExerciseMinutes())) == [30]
