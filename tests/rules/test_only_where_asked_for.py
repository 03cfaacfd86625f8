"""Does the audit see pupils placed where nobody asked, or in care that is not theirs?"""

from scheduler.audit.students import only_where_asked_for
from scheduler.domain import Form, Pattern, Service
from scheduler.rulebook import OnlyWhereAskedFor
from tests.rules.worlds import Drawing, amounts


def week(**li: object) -> Drawing:
    """li stays on Monday; 剪纸 meets on Monday, 合唱 on Monday and Tuesday, 延时 after the last slot on Monday."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.slot("tue1", "Tue 16:30-17:10", number=1)
    drawing.slot("mon9", "Mon 17:10-17:40", service=Service.EXTENDED_CARE)
    drawing.course("剪纸")
    drawing.course("合唱", pattern=Pattern.TWO_DAYS)
    drawing.course("延时", form=Form.EXTENDED_CARE)
    drawing.meeting("剪纸", "mon1")
    drawing.meeting("合唱", "mon1")
    drawing.meeting("合唱", "tue1")
    drawing.meeting("延时", "mon9")
    drawing.pupil("li", stays="mon1", **li)
    return drawing


def test_only_where_asked_for_obeyed() -> None:
    drawing = week()
    drawing.place("li", "剪纸")
    assert amounts(only_where_asked_for(drawing.world(), OnlyWhereAskedFor())) == []


def test_only_where_asked_for_just_obeyed() -> None:
    """Extended care on the day the child stays, for a child who needs it."""
    drawing = week(extended_care=True)
    drawing.place("li", "剪纸")
    drawing.place("li", "延时", arranged=True)
    assert amounts(only_where_asked_for(drawing.world(), OnlyWhereAskedFor())) == []


def test_only_where_asked_for_just_broken() -> None:
    """合唱 fits on Monday; on Tuesday li is not at school."""
    drawing = week()
    drawing.place("li", "合唱")
    found = list(only_where_asked_for(drawing.world(), OnlyWhereAskedFor()))
    assert amounts(found) == [1]
    assert found[0].zh == "li没有申请周二第1时段，却被安排在周二第1时段的合唱1班。"


def test_two_places_in_one_slot_not_asked_for_count_once() -> None:
    drawing = week()
    drawing.pupil("li")
    drawing.place("li", "合唱")
    drawing.place("li", "剪纸")
    assert amounts(only_where_asked_for(drawing.world(), OnlyWhereAskedFor())) == [1, 1]


def test_extended_care_is_only_for_those_who_need_it() -> None:
    drawing = week()
    drawing.place("li", "延时", arranged=True)
    assert amounts(only_where_asked_for(drawing.world(), OnlyWhereAskedFor())) == [1]


def test_a_boarder_who_did_not_enrol_has_supervision_and_nothing_else() -> None:
    drawing = week(enrolled=False, boarder=True)
    drawing.course("看护", form=Form.BOARDER_CARE)
    drawing.meeting("看护", "mon1")
    drawing.place("li", "看护", arranged=True)
    assert amounts(only_where_asked_for(drawing.world(), OnlyWhereAskedFor())) == []
    drawing.place("li", "合唱")
    assert amounts(only_where_asked_for(drawing.world(), OnlyWhereAskedFor())) == [1]


def test_unknown_pupils_and_sections_are_told() -> None:
    drawing = week()
    drawing.place("nobody", "剪纸")
    drawing.place("li", "瑜伽")
    assert amounts(only_where_asked_for(drawing.world(), OnlyWhereAskedFor())) == [1, 1]
