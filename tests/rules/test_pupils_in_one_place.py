"""Does the audit see pupils in two places?"""

from scheduler.audit.clashes import pupils_in_one_place
from scheduler.rulebook import PupilsInOnePlace
from tests.rules.worlds import Drawing, amounts


def week(first: str, second: str) -> Drawing:
    """li sits in 剪纸 in the first slot and in 围棋 in the second."""
    drawing = Drawing()
    drawing.slot("a", first)
    drawing.slot("b", second)
    drawing.pupil("li", stays="a b", wishes="剪纸 围棋")
    for course, slot in (("剪纸", "a"), ("围棋", "b")):
        drawing.course(course)
        drawing.meeting(course, slot)
        drawing.place("li", course)
    return drawing


def test_pupils_in_one_place_obeyed() -> None:
    assert amounts(pupils_in_one_place(week("Mon 16:30-17:10", "Tue 16:30-17:10").world(), PupilsInOnePlace())) == []


def test_pupils_in_one_place_just_obeyed() -> None:
    assert amounts(pupils_in_one_place(week("Mon 16:30-17:10", "Mon 17:10-17:50").world(), PupilsInOnePlace())) == []


def test_pupils_in_one_place_just_broken() -> None:
    found = list(pupils_in_one_place(week("Mon 16:30-17:11", "Mon 17:10-17:50").world(), PupilsInOnePlace()))
    assert amounts(found) == [1]
    assert found[0].zh == "li同时被安排在周一第1时段的剪纸1班和周一第2时段的围棋1班。"


def test_each_pair_counts() -> None:
    """Three courses in one slot make three pairs."""
    drawing = week("Mon 16:30-17:10", "Tue 16:30-17:10")
    for course in ("合唱", "足球"):
        drawing.course(course)
        drawing.meeting(course, "a")
        drawing.place("li", course)
    assert amounts(pupils_in_one_place(drawing.world(), PupilsInOnePlace())) == [1, 1, 1]
