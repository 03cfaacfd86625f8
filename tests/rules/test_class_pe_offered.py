"""Is a class without a PE lesson offered PE?"""

from scheduler.audit.exercise import class_pe_offered
from scheduler.domain import Category, Form, Grouping
from scheduler.rulebook import ClassPEOffered
from tests.rules.worlds import Drawing, amounts


def monday(seats: int, *, grades: frozenset[int] = frozenset()) -> Drawing:
    """Four pupils stay; football has so many seats."""
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    week.course("足球", category=Category.PE, max_size=seats, grades=grades)
    for name in ("li", "wang", "zhao", "qian"):
        week.pupil(name, stays="mon1")
    week.meeting("足球", "mon1", room="操场")
    return week


def test_class_pe_offered_obeyed() -> None:
    """岳阳 二（五）: "鼓励当天没有体育课的班级开设1节体育类课后服务"."""
    assert not amounts(class_pe_offered(monday(4).world(), ClassPEOffered()))


def test_class_pe_offered_just_obeyed() -> None:
    """岳阳 二（五）, read as seats for half of those who stay: two of four."""
    assert not amounts(class_pe_offered(monday(2).world(), ClassPEOffered()))


def test_class_pe_offered_just_broken() -> None:
    """岳阳 二（五）: one seat for four; one class-day, however many seats are missing."""
    assert amounts(class_pe_offered(monday(1).world(), ClassPEOffered())) == [1]


def test_seats_of_another_grade_are_no_offer() -> None:
    week = monday(4, grades=frozenset({4}))
    week.grade(4)
    assert amounts(class_pe_offered(week.world(), ClassPEOffered())) == [1]


def test_a_day_with_a_pe_lesson_needs_no_offer() -> None:
    week = monday(1)
    week.lesson(1, 3, "体育", pe=True)
    assert not amounts(class_pe_offered(week.world(), ClassPEOffered()))


def test_a_day_on_which_nobody_stays_needs_no_offer() -> None:
    week = monday(1)
    week.pupils.clear()
    assert not amounts(class_pe_offered(week.world(), ClassPEOffered()))


def test_class_pe_of_another_class_is_no_offer() -> None:
    week = monday(4)
    week.course("足球", category=Category.PE, max_size=4, form=Form.ARRANGED, grouping=Grouping.HOME_CLASS)
    week.home_class("三2", 3)
    week.pupil("sun", home_class="三2", stays="mon1")
    assert not amounts(class_pe_offered(week.world(), ClassPEOffered()))
    week.place("sun", "足球", arranged=True)
    (found,) = class_pe_offered(week.world(), ClassPEOffered())
    assert found.subjects[0].name == "三1"
