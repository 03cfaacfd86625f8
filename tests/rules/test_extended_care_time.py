"""Does extended care follow the service, and for how long?"""

from scheduler.audit.services import extended_care_time
from scheduler.domain import Service
from scheduler.rulebook import ExtendedCareTime
from tests.rules.worlds import Drawing, amounts

HALF_AN_HOUR = ExtendedCareTime(minutes=30)


def monday(care: str) -> Drawing:
    """The service ends at 18:00."""
    week = Drawing()
    week.slot("mon1", "Mon 17:00-18:00")
    week.slot("care", f"Mon {care}", service=Service.EXTENDED_CARE)
    return week


def test_extended_care_time_obeyed() -> None:
    """贺兰 五（二）: "延时托管服务时间为课后服务结束后的半小时"."""
    assert not amounts(extended_care_time(monday("18:00-18:30").world(), HALF_AN_HOUR))


def test_extended_care_time_just_obeyed() -> None:
    """贺兰 五（二）: ten minutes to walk over are allowed."""
    assert not amounts(extended_care_time(monday("18:10-18:40").world(), HALF_AN_HOUR))


def test_extended_care_time_just_broken() -> None:
    """贺兰 五（二）: eleven minutes between; one minute before the end of the service; 31 minutes long."""
    assert amounts(extended_care_time(monday("18:11-18:41").world(), HALF_AN_HOUR)) == [1]
    assert amounts(extended_care_time(monday("17:59-18:29").world(), HALF_AN_HOUR)) == [1]
    assert amounts(extended_care_time(monday("18:00-18:31").world(), HALF_AN_HOUR)) == [1]


def test_the_length_may_be_left_to_the_school() -> None:
    assert not amounts(extended_care_time(monday("18:00-19:00").world(), ExtendedCareTime()))
