"""When must the service be over?"""

from datetime import date, time

from scheduler.audit.hours import latest_end
from scheduler.domain import Stage
from scheduler.rulebook import LatestEnd, Scope
from tests.rules.worlds import Drawing, amounts

HALF_PAST_SIX = LatestEnd(latest=time(18, 30))


def monday(hours: str) -> Drawing:
    week = Drawing()
    week.slot("mon1", f"Mon {hours}")
    week.course("剪纸")
    week.meeting("剪纸", "mon1")
    return week


def test_latest_end_obeyed() -> None:
    """绥芬河 三（二）1: "不晚于18时30分"."""
    assert not amounts(latest_end(monday("17:00-17:40").world(), HALF_PAST_SIX))


def test_latest_end_just_obeyed() -> None:
    """绥芬河 三（二）1: "不晚于18时30分" allows 18:30 itself."""
    assert not amounts(latest_end(monday("17:50-18:30").world(), HALF_PAST_SIX))


def test_latest_end_just_broken() -> None:
    """绥芬河 三（二）1: one minute past 18:30, told with the section's name."""
    (found,) = latest_end(monday("17:50-18:31").world(), HALF_PAST_SIX)
    assert found.amount == 1
    assert [subject.name for subject in found.subjects] == ["剪纸1班", "周一第1时段"]
    assert "晚1分钟" in found.zh
    assert "1 min past 18:30" in found.en


def test_every_meeting_of_a_late_slot_counts() -> None:
    week = monday("17:50-18:40")
    week.course("足球")
    week.meeting("足球", "mon1", staff="zhao", room="操场")
    assert amounts(latest_end(week.world(), HALF_PAST_SIX)) == [10, 10]


def test_a_stage_binds_meetings_its_grades_may_come_to() -> None:
    """A slot for grades 6 and 7: a course for grade 7 alone is none of primary school's."""
    week = Drawing(grade=6)
    week.grade(7, Stage.JUNIOR)
    week.slot("mon1", "Mon 17:50-18:40")
    week.course("物理", grades=frozenset({7}))
    week.meeting("物理", "mon1")
    primary = LatestEnd(latest=time(18, 30), scope=Scope(stages=frozenset({Stage.PRIMARY})))
    assert not amounts(latest_end(week.world(), primary))
    junior = LatestEnd(latest=time(18, 30), scope=Scope(stages=frozenset({Stage.JUNIOR})))
    assert amounts(latest_end(week.world(), junior)) == [10]


def test_a_dated_limit_binds_the_seasons_that_share_a_day_with_it() -> None:
    """绥芬河 三（二）2 "2021年4月1日至2022年2月28日": a season that begins on the last day is bound, the next day's is not."""
    trial = LatestEnd(latest=time(17, 30), scope=Scope(end=date(2025, 12, 1)))
    week = Drawing()
    week.in_season("autumn", end=date(2025, 11, 30))
    week.season("winter", date(2025, 12, 1), date(2026, 1, 23))
    week.slot("mon1", "Mon 16:30-17:30", clocks={"winter": "17:00-17:40"})
    week.course("剪纸")
    week.meeting("剪纸", "mon1")
    assert amounts(latest_end(week.world(), trial)) == [10]
    week.in_season("winter", start=date(2025, 12, 2))
    assert not amounts(latest_end(week.world(), trial))
