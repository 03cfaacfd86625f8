"""Does the audit count children with wishes and none granted?"""

from scheduler.audit.wishes import wishes_granted
from scheduler.rulebook import WishesGranted
from tests.rules.worlds import Drawing, amounts


def week(**li: object) -> Drawing:
    """li wishes for 剪纸, then 围棋; both meet on Monday."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10")
    for course in ("剪纸", "围棋", "合唱"):
        drawing.course(course)
        drawing.meeting(course, "mon1")
    drawing.pupil("li", **({"stays": "mon1", "wishes": "剪纸 围棋"} | li))
    return drawing


def test_wishes_granted_obeyed() -> None:
    """Who wants none is not waiting."""
    assert amounts(wishes_granted(week(wanted=0).world(), WishesGranted())) == []


def test_wishes_granted_just_obeyed() -> None:
    drawing = week()
    drawing.place("li", "围棋")
    assert amounts(wishes_granted(drawing.world(), WishesGranted())) == []


def test_wishes_granted_just_broken() -> None:
    """An unlisted seat, accepted, is not a wish granted."""
    drawing = week(accept_any=True)
    drawing.place("li", "合唱")
    assert amounts(wishes_granted(drawing.world(), WishesGranted())) == [1]
