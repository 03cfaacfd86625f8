"""Does the service end near the local off-work time?"""

from scheduler.audit.hours import ends_around_off_work, ends_around_off_work_notes
from scheduler.rulebook import EndsAroundOffWork
from tests.rules.worlds import Drawing, amounts


def monday(end: str) -> Drawing:
    """Work ends at 17:30."""
    week = Drawing()
    week.slot("mon1", f"Mon 16:30-{end}")
    return week


def test_ends_around_off_work_obeyed() -> None:
    """岳阳 二（四）: "结束时间应与当地正常下班时间做好衔接"."""
    assert not amounts(ends_around_off_work(monday("17:45").world(), EndsAroundOffWork()))


def test_ends_around_off_work_just_obeyed() -> None:
    """岳阳 二（四）, read as from the off-work time to 30 minutes after it, both included."""
    assert not amounts(ends_around_off_work(monday("17:30").world(), EndsAroundOffWork()))
    assert not amounts(ends_around_off_work(monday("18:00").world(), EndsAroundOffWork()))


def test_ends_around_off_work_just_broken() -> None:
    """岳阳 二（四）: a minute outside on either side."""
    assert amounts(ends_around_off_work(monday("17:29").world(), EndsAroundOffWork())) == [1]
    assert amounts(ends_around_off_work(monday("18:01").world(), EndsAroundOffWork())) == [1]


def test_an_open_side_is_open() -> None:
    """长治 三（二）: "结束时间一般不早于当地正常下班时间" says nothing about late."""
    assert not amounts(ends_around_off_work(monday("19:30").world(), EndsAroundOffWork(after_minutes=None)))
    assert amounts(ends_around_off_work(monday("17:20").world(), EndsAroundOffWork(after_minutes=None))) == [10]


def test_minutes_before_off_work_may_be_allowed() -> None:
    assert not amounts(ends_around_off_work(monday("17:20").world(), EndsAroundOffWork(before_minutes=10)))
    assert amounts(ends_around_off_work(monday("17:15").world(), EndsAroundOffWork(before_minutes=10))) == [5]


def test_without_an_off_work_time_nothing_is_measured_and_it_is_said() -> None:
    week = monday("15:00")
    week.in_season("autumn", off_work_time=None)
    assert not amounts(ends_around_off_work(week.world(), EndsAroundOffWork()))
    assert amounts(ends_around_off_work_notes(week.world(), EndsAroundOffWork())) == [1]
