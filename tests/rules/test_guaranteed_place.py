"""Does the audit see children of the groups without a place?"""

from scheduler.audit.students import guaranteed_place
from scheduler.domain import Flag
from scheduler.rulebook import GuaranteedPlace
from tests.rules.worlds import Drawing, amounts

LEFT_BEHIND = GuaranteedPlace(flags=frozenset({Flag.LEFT_BEHIND}))


def week(*flags: Flag) -> Drawing:
    """li of grade 3 stays on Monday and Tuesday and has 剪纸 on Monday."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.slot("tue1", "Tue 16:30-17:10")
    drawing.course("剪纸")
    drawing.meeting("剪纸", "mon1", number=1)
    drawing.meeting("剪纸", "tue1", number=2)
    drawing.pupil("li", stays="mon1 tue1", flags=frozenset(flags))
    drawing.place("li", "剪纸", number=1)
    return drawing


def test_guaranteed_place_obeyed() -> None:
    """Other children are not bound by this rule."""
    assert amounts(guaranteed_place(week(Flag.TALENT).world(), LEFT_BEHIND)) == []


def test_guaranteed_place_just_obeyed() -> None:
    drawing = week(Flag.LEFT_BEHIND)
    drawing.place("li", "剪纸", number=2)
    assert amounts(guaranteed_place(drawing.world(), LEFT_BEHIND)) == []


def test_guaranteed_place_just_broken() -> None:
    assert amounts(guaranteed_place(week(Flag.LEFT_BEHIND).world(), LEFT_BEHIND)) == [1]


def test_a_whole_grade_may_be_guaranteed() -> None:
    """梁平 二（一） names 中低年级学生 beside the groups."""
    assert amounts(guaranteed_place(week().world(), GuaranteedPlace(grades=frozenset({3})))) == [1]
