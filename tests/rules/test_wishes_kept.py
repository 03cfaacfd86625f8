"""Does the audit see seats that nobody wished for?"""

import pytest

from scheduler.audit.wishes import wishes_kept
from scheduler.domain import Choice, CourseId, Form, Lock, PupilId, StaffId
from scheduler.rulebook import WishesKept
from tests.rules.worlds import Drawing, amounts


def week(**li: object) -> Drawing:
    """剪纸 by wang on Monday, 围棋 on Tuesday, 自习 arranged on Monday; li wishes for 剪纸."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.slot("tue1", "Tue 16:30-17:10")
    for course in ("剪纸", "围棋"):
        drawing.course(course)
    drawing.course("自习", form=Form.ARRANGED)
    drawing.meeting("剪纸", "mon1", staff="wang sun")
    drawing.meeting("围棋", "tue1")
    drawing.meeting("自习", "mon1")
    drawing.pupil("li", **({"stays": "mon1 tue1", "wishes": "剪纸"} | li))
    return drawing


def test_wishes_kept_obeyed() -> None:
    drawing = week()
    drawing.place("li", "自习", arranged=True)
    assert amounts(wishes_kept(drawing.world(), WishesKept())) == []


def test_wishes_kept_just_obeyed() -> None:
    """One seat, listed, and one wanted."""
    drawing = week()
    drawing.place("li", "剪纸")
    assert amounts(wishes_kept(drawing.world(), WishesKept())) == []


def test_wishes_kept_just_broken() -> None:
    """围棋 was never listed; calling the seat arranged does not help."""
    drawing = week()
    drawing.place("li", "围棋", arranged=True)
    found = list(wishes_kept(drawing.world(), WishesKept()))
    assert amounts(found) == [1]
    assert found[0].zh == "li没有填报围棋1班。"


def test_seats_above_wanted_count() -> None:
    drawing = week(wishes="剪纸 围棋", wanted=1)
    drawing.place("li", "剪纸")
    drawing.place("li", "围棋")
    assert amounts(wishes_kept(drawing.world(), WishesKept())) == [1]


def test_a_second_section_of_one_course_counts() -> None:
    drawing = week(wanted=2)
    drawing.meeting("剪纸", "tue1", number=2)
    drawing.place("li", "剪纸", number=1)
    drawing.place("li", "剪纸", number=2)
    assert amounts(wishes_kept(drawing.world(), WishesKept())) == [1]


@pytest.mark.parametrize(("teacher", "weekday", "broken"), [("wang", 1, 0), ("sun", None, 1), ("wang", 2, 1)])
def test_teacher_and_weekday_are_part_of_the_wish(teacher: str, weekday: int | None, broken: int) -> None:
    """The section is led by wang, helped by sun, on Mondays."""
    wish = Choice(rank=1, course=CourseId("剪纸"), teacher=StaffId(teacher), weekday=weekday)
    drawing = week(wishes="", choices=(wish,), wanted=1)
    drawing.place("li", "剪纸")
    assert sum(amounts(wishes_kept(drawing.world(), WishesKept()))) == broken


@pytest.mark.parametrize(("grades", "broken"), [({3}, 0), ({4}, 1)])
def test_who_accepts_any_may_sit_in_an_unlisted_course_of_the_grade(grades: set[int], broken: int) -> None:
    drawing = week(accept_any=True)
    drawing.course("围棋", grades=frozenset(grades))
    drawing.place("li", "围棋")
    assert sum(amounts(wishes_kept(drawing.world(), WishesKept()))) == broken


def test_a_lock_may_give_a_seat() -> None:
    drawing = week()
    drawing.locks.append(Lock(course=CourseId("围棋"), by="教务处", why="校队", pupil=PupilId("li")))
    drawing.place("li", "围棋")
    assert amounts(wishes_kept(drawing.world(), WishesKept())) == []


def test_arranged_places_are_no_wishes() -> None:
    drawing = week()
    drawing.place("li", "自习")
    assert amounts(wishes_kept(drawing.world(), WishesKept())) == [1]
