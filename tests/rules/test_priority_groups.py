"""Does the audit see seats given to others while a child who comes first has nothing?"""

from scheduler.audit.wishes import priority_groups
from scheduler.domain import Choice, CourseId, Flag, StaffId, Stage
from scheduler.rulebook import PriorityGroups
from tests.rules.worlds import Drawing, amounts

LEFT_BEHIND = PriorityGroups(flags=frozenset({Flag.LEFT_BEHIND}))


def week(**li: object) -> Drawing:
    """剪纸 on Monday by wang, with qian in it; li, left behind, stays on Monday and wishes for 剪纸 in vain."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.slot("tue1", "Tue 16:30-17:10")
    drawing.course("剪纸")
    drawing.course("围棋")
    drawing.meeting("剪纸", "mon1")
    drawing.pupil("qian", stays="mon1", wishes="剪纸")
    drawing.place("qian", "剪纸")
    drawing.pupil("li", **({"stays": "mon1 tue1", "wishes": "剪纸 围棋", "flags": frozenset({Flag.LEFT_BEHIND})} | li))
    return drawing


def test_priority_groups_obeyed() -> None:
    drawing = week()
    drawing.place("li", "剪纸")
    assert amounts(priority_groups(drawing.world(), LEFT_BEHIND)) == []


def test_priority_groups_just_obeyed() -> None:
    """Any wish will do: li has 围棋, the second."""
    drawing = week()
    drawing.meeting("围棋", "tue1")
    drawing.place("li", "围棋")
    assert amounts(priority_groups(drawing.world(), LEFT_BEHIND)) == []


def test_priority_groups_just_broken() -> None:
    """岳阳 二（三） "优先保障留守儿童": the seat is qian's, and li has nothing."""
    found = list(priority_groups(week().world(), LEFT_BEHIND))
    assert amounts(found) == [1]
    assert [subject.id for subject in found[0].subjects] == ["li", "剪纸-1", "qian"]


def test_a_seat_held_by_another_of_the_groups_is_fair() -> None:
    drawing = week()
    drawing.pupil("qian", stays="mon1", wishes="剪纸", flags=frozenset({Flag.LEFT_BEHIND}))
    assert amounts(priority_groups(drawing.world(), LEFT_BEHIND)) == []


def test_a_seat_the_child_could_not_take_does_not_count() -> None:
    """li is not there on Monday."""
    assert amounts(priority_groups(week(stays="tue1").world(), LEFT_BEHIND)) == []


def test_the_seat_must_suit_the_wish() -> None:
    wish = Choice(rank=1, course=CourseId("剪纸"), teacher=StaffId("sun"))
    drawing = week(wishes="", choices=(wish,), wanted=1)
    assert amounts(priority_groups(drawing.world(), LEFT_BEHIND)) == []


def test_a_whole_stage_may_come_first() -> None:
    """长治 三（一） names 小学生: qian and li are both of primary school, so nobody is passed over."""
    drawing = week(flags=frozenset())
    primary = PriorityGroups(stages=frozenset({Stage.PRIMARY}))
    assert amounts(priority_groups(drawing.world(), primary)) == []
    drawing.grade(7, Stage.JUNIOR)
    drawing.home_class("七1", 7)
    drawing.pupil("qian", stays="mon1", wishes="剪纸", home_class="七1")
    assert amounts(priority_groups(drawing.world(), primary)) == [1]
