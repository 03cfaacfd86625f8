"""When must the service start?"""

from datetime import time

from scheduler.audit.hours import starts_at
from scheduler.rulebook import StartsAt
from tests.rules.worlds import Drawing, amounts

HALF_PAST_THREE = StartsAt(start=time(15, 30))


def monday(first: str, lessons_until: str = "15:20") -> Drawing:
    week = Drawing()
    week.bell(f"14:30-{lessons_until}")
    week.slot("mon1", f"Mon {first}-17:20")
    week.slot("mon2", "Mon 17:20-18:00")
    return week


def test_starts_at_obeyed() -> None:
    """绥芬河 三（二）1: "小学课后服务起始时间为15时30分"."""
    assert not amounts(starts_at(monday("15:30").world(), HALF_PAST_THREE))


def test_starts_at_just_obeyed() -> None:
    """绥芬河 三（二）1: lessons that end at 15:45 push the start to 15:45."""
    assert not amounts(starts_at(monday("15:45", lessons_until="15:45").world(), HALF_PAST_THREE))


def test_starts_at_just_broken() -> None:
    """绥芬河 三（二）1: a minute too early and a minute too late both count."""
    assert amounts(starts_at(monday("15:29").world(), HALF_PAST_THREE)) == [1]
    assert amounts(starts_at(monday("15:31").world(), HALF_PAST_THREE)) == [1]


def test_days_without_a_slot_are_no_matter_of_the_start() -> None:
    week = Drawing()
    assert not amounts(starts_at(week.world(), HALF_PAST_THREE))
