"""Does the audit see people at work in slots they did not offer?"""

from scheduler.audit.staff import works_only_when_available
from scheduler.rulebook import WorksOnlyWhenAvailable
from tests.rules.worlds import Drawing, amounts


def week(available: str) -> Drawing:
    """wang leads 剪纸 on Monday and helps on Tuesday."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.slot("tue1", "Tue 16:30-17:10")
    drawing.course("剪纸")
    drawing.staff("wang", available=available)
    drawing.meeting("剪纸", "mon1", number=1, staff="wang")
    drawing.meeting("剪纸", "tue1", number=2, staff="li wang")
    return drawing


def test_works_only_when_available_obeyed() -> None:
    drawing = week("mon1 tue1")
    drawing.slot("wed1", "Wed 16:30-17:10")
    assert amounts(works_only_when_available(drawing.world(), WorksOnlyWhenAvailable())) == []


def test_works_only_when_available_just_obeyed() -> None:
    assert amounts(works_only_when_available(week("mon1 tue1").world(), WorksOnlyWhenAvailable())) == []


def test_works_only_when_available_just_broken() -> None:
    found = list(works_only_when_available(week("mon1").world(), WorksOnlyWhenAvailable()))
    assert amounts(found) == [1]
    assert found[0].zh == "wang周二第1时段不能到岗，却安排了周二第1时段的剪纸2班。"
