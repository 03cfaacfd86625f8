"""Does the audit see places that end after a child must leave?"""

from datetime import time

from scheduler.audit.students import latest_leave_kept
from scheduler.rulebook import LatestLeaveKept
from tests.rules.worlds import Drawing, amounts


def week(latest: time, slots: str = "mon1 mon2") -> Drawing:
    """li sits in 剪纸 until 17:10 and 18:00 on Monday and must leave at `latest`."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.slot("mon2", "Mon 17:20-18:00")
    drawing.course("剪纸")
    drawing.pupil("li", stays="mon1 mon2", latest_leave={1: latest})
    for number, slot in enumerate(slots.split(), start=1):
        drawing.meeting("剪纸", slot, number=number)
        drawing.place("li", "剪纸", number=number)
    return drawing


def test_latest_leave_kept_obeyed() -> None:
    assert amounts(latest_leave_kept(week(time(17, 30), "mon1").world(), LatestLeaveKept())) == []


def test_latest_leave_kept_just_obeyed() -> None:
    assert amounts(latest_leave_kept(week(time(18, 0)).world(), LatestLeaveKept())) == []


def test_latest_leave_kept_just_broken() -> None:
    found = list(latest_leave_kept(week(time(17, 59)).world(), LatestLeaveKept()))
    assert amounts(found) == [1]
    assert found[0].zh == "li周一最晚17:59离校，剪纸2班到18:00才结束，晚1分钟。"


def test_only_the_last_end_of_the_day_counts() -> None:
    """Both places end after 17:00: the last one by 60 minutes."""
    assert amounts(latest_leave_kept(week(time(17, 0)).world(), LatestLeaveKept())) == [60]
