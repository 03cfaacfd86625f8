"""Does everybody have both strands?"""

from scheduler.audit.content import both_strands
from scheduler.domain import Form, Strand
from scheduler.rulebook import BothStrands
from tests.rules.worlds import Drawing, amounts


def two_days(stays: str, *, second: str) -> Drawing:
    """Homework on Monday, then `second` on Tuesday."""
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    week.slot("tue1", "Tue 16:30-17:10")
    week.course("作业辅导", form=Form.ARRANGED, strand=Strand.ONE, max_sections=2)
    week.course("剪纸")
    week.course("托管", form=Form.BASE_CARE)
    week.pupil("li", stays=stays)
    week.meeting("作业辅导", "mon1")
    week.meeting(second, "tue1", number=2)
    week.place("li", "作业辅导", arranged=True)
    week.place("li", second, number=2)
    return week


def test_both_strands_obeyed() -> None:
    """岳阳 二（五）: "学科辅导服务与非学科类素质拓展服务相结合"."""
    assert not amounts(both_strands(two_days("mon1 tue1", second="剪纸").world(), BothStrands()))


def test_both_strands_just_obeyed() -> None:
    """岳阳 二（五）: who stays on Monday only chose so, and is not bound."""
    assert not amounts(both_strands(two_days("mon1", second="作业辅导").world(), BothStrands()))


def test_both_strands_just_broken() -> None:
    """岳阳 二（五）: the whole week homework; base care does not count as X."""
    (found,) = both_strands(two_days("mon1 tue1", second="作业辅导").world(), BothStrands())
    assert found.amount == 1
    assert "素质拓展" in found.zh
    assert amounts(both_strands(two_days("mon1 tue1", second="托管").world(), BothStrands())) == [1]
