"""Does a slot last whole billing periods?"""

from types import MappingProxyType

from scheduler.audit.hours import period_length
from scheduler.domain import Stage
from scheduler.rulebook import PeriodLength
from tests.rules.worlds import Drawing, amounts

YUEYANG = PeriodLength(minutes_by_stage=MappingProxyType({Stage.PRIMARY: 40, Stage.JUNIOR: 45}))


def monday(hours: str, **facts: object) -> Drawing:
    week = Drawing()
    week.at_school(**({"billed_by_period": True} | facts))
    week.slot("mon1", f"Mon {hours}")
    week.course("剪纸")
    week.meeting("剪纸", "mon1")
    return week


def test_period_length_obeyed() -> None:
    """岳阳 二（四）: "课时时间应按照小学40分钟"."""
    assert not amounts(period_length(monday("16:30-17:10").world(), YUEYANG))


def test_period_length_just_obeyed() -> None:
    """岳阳 二（四）: two periods of 40 minutes are a whole multiple."""
    assert not amounts(period_length(monday("16:30-17:50").world(), YUEYANG))


def test_period_length_just_broken() -> None:
    """岳阳 二（四）: 41 minutes, and 39."""
    assert amounts(period_length(monday("16:30-17:11").world(), YUEYANG)) == [1]
    assert amounts(period_length(monday("16:30-17:09").world(), YUEYANG)) == [1]


def test_sixty_minutes_are_twenty_off_either_way() -> None:
    assert amounts(period_length(monday("16:30-17:30").world(), YUEYANG)) == [20]


def test_a_slot_of_ten_minutes_is_not_nought_periods() -> None:
    assert amounts(period_length(monday("16:30-16:40").world(), YUEYANG)) == [30]


def test_schools_that_do_not_bill_by_period_are_free() -> None:
    """岳阳 二（四）: "以课时为计费单位的"."""
    assert not amounts(period_length(monday("16:30-17:30", billed_by_period=False).world(), YUEYANG))


def test_a_stage_without_an_entry_takes_the_schools_own_period() -> None:
    """梁平 prints no length: the school enters its own, and nothing is measured before it has."""
    assert amounts(period_length(monday("16:30-17:10", period_minutes=30).world(), PeriodLength())) == [10]
    assert not amounts(period_length(monday("16:30-17:10").world(), PeriodLength()))
