"""Does the audit count meetings in slots that staff would rather avoid?"""

from scheduler.audit.staff import staff_wishes
from scheduler.rulebook import StaffWishes
from tests.rules.worlds import Drawing, amounts


def week(avoids: str) -> Drawing:
    """wang leads 剪纸 on Monday."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.slot("tue1", "Tue 16:30-17:10")
    drawing.course("剪纸")
    drawing.staff("wang", avoids=avoids)
    drawing.meeting("剪纸", "mon1", staff="wang")
    return drawing


def test_staff_wishes_obeyed() -> None:
    assert amounts(staff_wishes(week("").world(), StaffWishes())) == []


def test_staff_wishes_just_obeyed() -> None:
    """Tuesday is avoided, and wang works on Monday."""
    assert amounts(staff_wishes(week("tue1").world(), StaffWishes())) == []


def test_staff_wishes_just_broken() -> None:
    assert amounts(staff_wishes(week("mon1 tue1").world(), StaffWishes())) == [1]
