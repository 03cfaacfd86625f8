"""Is enough service offered each day?"""

from scheduler.audit.hours import offered_minutes
from scheduler.rulebook import OfferedMinutes
from tests.rules.worlds import Drawing, amounts

TWO_HOURS = OfferedMinutes(minutes=120)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")


def each_day(*hours: str) -> Drawing:
    week = Drawing()
    for day in DAYS:
        for number, clock in enumerate(hours, start=1):
            week.slot(f"{day}{number}", f"{day} {clock}")
    return week


def test_offered_minutes_obeyed() -> None:
    """贺兰 五（二）: "每天至少开展2小时课后服务"."""
    assert not amounts(offered_minutes(each_day("16:00-17:10", "17:20-18:30").world(), TWO_HOURS))


def test_offered_minutes_just_obeyed() -> None:
    """贺兰 五（二）: twice 60 minutes, the break between them not counted."""
    assert not amounts(offered_minutes(each_day("16:00-17:00", "17:10-18:10").world(), TWO_HOURS))


def test_offered_minutes_just_broken() -> None:
    """贺兰 五（二）: 119 minutes on each of five days, though it is 129 with the break."""
    assert amounts(offered_minutes(each_day("16:00-17:00", "17:10-18:09").world(), TWO_HOURS)) == [1] * 5


def test_no_minute_is_counted_twice() -> None:
    """Two slots that run side by side for 30 minutes."""
    assert amounts(offered_minutes(each_day("16:00-17:00", "16:30-17:30").world(), TWO_HOURS)) == [30] * 5


def test_a_day_without_a_slot_is_short_of_all_of_it() -> None:
    week = each_day("16:00-18:00")
    del week.slots["Wed1"]
    assert amounts(offered_minutes(week.world(), TWO_HOURS)) == [120]
