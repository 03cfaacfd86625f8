"""Are lunch, nap and breaks left alone?"""

from scheduler.audit.hours import protected_breaks
from scheduler.domain import BellKind
from scheduler.rulebook import ProtectedBreaks
from tests.rules.worlds import Drawing, amounts


def monday(*hours: str) -> Drawing:
    """Nap from 12:30 to 13:50, lessons until 16:20, all these slots in use."""
    week = Drawing()
    week.bell("12:30-13:50", kind=BellKind.NAP)
    week.bell("15:40-16:20", number=6)
    week.course("剪纸", max_sections=9)
    for number, clock in enumerate(hours, start=1):
        week.slot(f"mon{number}", f"Mon {clock}")
        week.meeting("剪纸", f"mon{number}", number=number)
    return week


def test_protected_breaks_obeyed() -> None:
    """岳阳 二（四）: "不得以课后服务名义压缩学生午休时间和课间休息时间"."""
    assert not amounts(protected_breaks(monday("16:40-17:20", "17:40-18:20").world(), ProtectedBreaks()))


def test_protected_breaks_just_obeyed() -> None:
    """岳阳 二（四）, read as 10 minutes: exactly 10 before the first slot and between two."""
    assert not amounts(protected_breaks(monday("16:30-17:10", "17:20-18:00").world(), ProtectedBreaks()))


def test_protected_breaks_just_broken() -> None:
    """岳阳 二（四）: 9 minutes after the last lesson, then 9 between two slots."""
    assert amounts(protected_breaks(monday("16:29-17:10", "17:20-18:00").world(), ProtectedBreaks())) == [1]
    assert amounts(protected_breaks(monday("16:30-17:10", "17:19-18:00").world(), ProtectedBreaks())) == [1]


def test_minutes_taken_from_the_nap_count() -> None:
    """A slot from 13:40: ten minutes of nap."""
    assert amounts(protected_breaks(monday("13:40-14:20").world(), ProtectedBreaks())) == [10]


def test_overlapping_what_went_before_costs_no_more_than_the_break() -> None:
    """That a slot starts before lessons end is measured by another rule."""
    assert amounts(protected_breaks(monday("16:00-16:40").world(), ProtectedBreaks())) == [10]
