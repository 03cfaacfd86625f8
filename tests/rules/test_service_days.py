"""On which days does the service run?"""

from scheduler.audit.services import service_days
from scheduler.rulebook import ServiceDays
from tests.rules.worlds import Drawing, amounts

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")
WITH_WEEKEND = ServiceDays(weekend_days=1)


def slots_on(*days: str) -> Drawing:
    week = Drawing()
    for day in days:
        week.slot(day, f"{day} 16:30-17:10")
    return week


def test_service_days_obeyed() -> None:
    """贺兰 五（二）: "学校每周5天"."""
    assert not amounts(service_days(slots_on(*DAYS).world(), ServiceDays()))


def test_service_days_just_obeyed() -> None:
    """岳阳 二（四） "安排在上课日": a Saturday slot in which nobody meets harms nobody."""
    assert not amounts(service_days(slots_on(*DAYS, "Sat").world(), ServiceDays()))


def test_service_days_just_broken() -> None:
    """贺兰 五（二）: a Wednesday without a slot; and a Saturday slot that is used."""
    assert amounts(service_days(slots_on("Mon", "Tue", "Thu", "Fri").world(), ServiceDays())) == [1]
    week = slots_on(*DAYS, "Sat")
    week.course("剪纸")
    week.meeting("剪纸", "Sat")
    assert amounts(service_days(week.world(), ServiceDays())) == [1]


def test_the_weekend_day_must_be_named_and_offered() -> None:
    """长治 三（二）: "双休日中的1天用于开展课后服务"."""
    week = slots_on(*DAYS)
    assert amounts(service_days(week.world(), WITH_WEEKEND)) == [1]
    week.in_term(weekend_weekday=6)
    assert amounts(service_days(week.world(), WITH_WEEKEND)) == [1]
    week.slot("Sat", "Sat 09:00-10:00")
    week.course("剪纸")
    week.meeting("剪纸", "Sat")
    assert not amounts(service_days(week.world(), WITH_WEEKEND))


def test_each_grade_is_looked_at() -> None:
    week = slots_on(*DAYS)
    week.grade(4)
    assert amounts(service_days(week.world(), ServiceDays())) == [1] * 5


def test_a_day_may_go_without_where_not_every_one_is_asked_for() -> None:
    """岳阳 二（四） "安排在上课日" says where the service may lie, not that it runs every day."""
    week = slots_on("Mon", "Thu", "Sat")
    only = ServiceDays(every=False)
    assert not amounts(service_days(week.world(), only))
    week.course("剪纸")
    week.meeting("剪纸", "Sat")
    assert amounts(service_days(week.world(), only)) == [1]
