"""Does the audit see children who need extended care and do not have it?"""

from scheduler.audit.students import extended_care_given
from scheduler.domain import Form, Service
from scheduler.rulebook import ExtendedCareGiven
from tests.rules.worlds import Drawing, amounts


def week(*, needs: bool = True, offered: bool = True) -> Drawing:
    """li stays on Monday; 延时 follows on Monday and Tuesday, where offered."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.course("延时", form=Form.EXTENDED_CARE)
    if offered:
        drawing.slot("mon9", "Mon 17:10-17:40", service=Service.EXTENDED_CARE)
        drawing.slot("tue9", "Tue 17:10-17:40", service=Service.EXTENDED_CARE)
        drawing.meeting("延时", "mon9")
    drawing.pupil("li", stays="mon1", extended_care=needs)
    return drawing


def test_extended_care_given_obeyed() -> None:
    assert amounts(extended_care_given(week(needs=False).world(), ExtendedCareGiven())) == []


def test_extended_care_given_just_obeyed() -> None:
    """Care on Monday is enough for a child who stays on Monday."""
    drawing = week()
    drawing.place("li", "延时", arranged=True)
    assert amounts(extended_care_given(drawing.world(), ExtendedCareGiven())) == []


def test_extended_care_given_just_broken() -> None:
    found = list(extended_care_given(week().world(), ExtendedCareGiven()))
    assert amounts(found) == [1]
    assert found[0].zh == "li在周一第2时段没有延时托管。"


def test_a_grade_without_extended_care_counts_once() -> None:
    assert amounts(extended_care_given(week(offered=False).world(), ExtendedCareGiven())) == [1]
