"""When may a day of service end at the earliest?"""

from datetime import time

from scheduler.audit.hours import earliest_end
from scheduler.rulebook import EarliestEnd
from tests.rules.worlds import Drawing, amounts

HALF_PAST_FIVE = EarliestEnd(earliest=time(17, 30))


def monday(*slots: str) -> Drawing:
    week = Drawing()
    for number, hours in enumerate(slots, start=1):
        week.slot(f"mon{number}", f"Mon {hours}")
    return week


def test_earliest_end_obeyed() -> None:
    """绥芬河 三（二）1: "结束时间原则上不早于17时30分"."""
    assert not amounts(earliest_end(monday("15:30-16:30", "16:40-18:00").world(), HALF_PAST_FIVE))


def test_earliest_end_just_obeyed() -> None:
    """绥芬河 三（二）1: 17:30 itself is not too early, whenever the first slot ends."""
    assert not amounts(earliest_end(monday("15:30-16:30", "16:40-17:30").world(), HALF_PAST_FIVE))


def test_earliest_end_just_broken() -> None:
    """绥芬河 三（二）1: a last slot that ends at 17:29."""
    assert amounts(earliest_end(monday("15:30-16:30", "16:40-17:29").world(), HALF_PAST_FIVE)) == [1]


def test_a_saturday_has_no_earliest_end() -> None:
    week = Drawing()
    week.slot("sat1", "Sat 09:00-10:00")
    assert not amounts(earliest_end(week.world(), HALF_PAST_FIVE))
