"""Does the audit see slots asked for in which a pupil has no place?"""

from scheduler.audit.students import nobody_refused
from scheduler.domain import Form
from scheduler.rulebook import NobodyRefused
from tests.rules.worlds import Drawing, amounts


def week(**li: object) -> Drawing:
    """li stays on Monday and Tuesday; 剪纸 on Monday, base care on Tuesday."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.slot("tue1", "Tue 16:30-17:10")
    drawing.course("剪纸")
    drawing.course("托管", form=Form.BASE_CARE)
    drawing.meeting("剪纸", "mon1")
    drawing.meeting("托管", "tue1")
    drawing.pupil("li", stays="mon1 tue1", **li)
    drawing.place("li", "剪纸")
    return drawing


def test_nobody_refused_obeyed() -> None:
    """A child who did not enrol asks for nothing."""
    assert amounts(nobody_refused(week(enrolled=False).world(), NobodyRefused())) == []


def test_nobody_refused_just_obeyed() -> None:
    """Base care is a place."""
    drawing = week()
    drawing.place("li", "托管", arranged=True)
    assert amounts(nobody_refused(drawing.world(), NobodyRefused())) == []


def test_nobody_refused_just_broken() -> None:
    found = list(nobody_refused(week().world(), NobodyRefused()))
    assert amounts(found) == [1]
    assert found[0].zh == "li在周二第1时段没有任何安排。"


def test_a_section_that_never_meets_is_no_place() -> None:
    drawing = week()
    drawing.section("托管", 2)
    drawing.place("li", "托管", number=2, arranged=True)
    assert amounts(nobody_refused(drawing.world(), NobodyRefused())) == [1]
