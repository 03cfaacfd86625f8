"""Does the service run on the right dates? Every expected date can be read off a wall calendar."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from scheduler.calendar import calendar_warnings, season_on, service_dates, weekday_followed
from scheduler.domain import (
    HolidaySeason,
    HolidayWeek,
    MakeUpDay,
    Scenario,
    SchoolEvent,
    Season,
    SeasonId,
    SlotId,
    Term,
)
from scheduler.errors import InputFaults
from tests.publish.worlds import school, slots

AUTUMN = Season(id=SeasonId("autumn"), start=date(2025, 9, 1), end=date(2026, 3, 1))


def with_term(start: date, end: date, **facts: object) -> Scenario:
    term = Term(name="测试学期", start=start, end=end)
    return replace(school(), term=replace(term, **facts), seasons=(AUTUMN,))  # type: ignore[arg-type]


def weekdays(scenario: Scenario, days: Iterable[date]) -> list[int | None]:
    return [weekday_followed(scenario, day) for day in days]


def test_an_ordinary_week_has_its_five_weekdays() -> None:
    scenario = with_term(date(2025, 9, 1), date(2025, 9, 7))
    assert service_dates(scenario) == tuple(date(2025, 9, day) for day in range(1, 6))
    assert weekdays(scenario, service_dates(scenario)) == [1, 2, 3, 4, 5]


def test_national_day_2025_is_off_and_the_make_up_saturday_follows_the_weekday_given() -> None:
    """国庆节、中秋节：10月1日至8日放假，9月28日（周日）、10月11日（周六）上班。"""
    make_up = (MakeUpDay(day=date(2025, 9, 28), follows=2), MakeUpDay(day=date(2025, 10, 11), follows=3))
    scenario = with_term(date(2025, 9, 27), date(2025, 10, 12), make_up_days=make_up)
    assert [f"{day:%m-%d}" for day in service_dates(scenario)] == ["09-28", "09-29", "09-30", "10-09", "10-10", "10-11"]
    assert weekdays(scenario, service_dates(scenario)) == [2, 1, 2, 4, 5, 3]


def test_a_make_up_day_without_a_weekday_is_not_guessed_but_told() -> None:
    scenario = with_term(date(2025, 9, 27), date(2025, 9, 30))
    assert date(2025, 9, 28) not in service_dates(scenario)
    (doubt,) = calendar_warnings(scenario)
    assert doubt.warning
    assert "2025-09-28（周日）" in doubt.text("zh")


def test_a_make_up_day_the_school_has_off_is_no_doubt() -> None:
    scenario = with_term(date(2025, 9, 27), date(2025, 9, 30), holidays=(date(2025, 9, 28),))
    assert not calendar_warnings(scenario)
    assert date(2025, 9, 28) not in service_dates(scenario)


def test_a_school_event_without_service_takes_the_day_out_and_one_with_service_does_not() -> None:
    events = (SchoolEvent(day=date(2025, 9, 2), name="运动会"), SchoolEvent(day=date(2025, 9, 3), name="升旗", service=True))
    scenario = with_term(date(2025, 9, 1), date(2025, 9, 5), events=events)
    assert [day.day for day in service_dates(scenario)] == [1, 3, 4, 5]


def test_one_weekend_day_a_week_but_none_beside_a_make_up_day_or_on_a_holiday() -> None:
    """长治: Saturdays of September and October 2025 are 6, 13, 20, 27 and 4, 11, 18; the 28th is a make-up Sunday,
    the 4th a holiday, the 11th itself a make-up day."""
    scenario = with_term(
        date(2025, 9, 1),
        date(2025, 10, 19),
        weekend_weekday=6,
        make_up_days=(MakeUpDay(day=date(2025, 9, 28), follows=2), MakeUpDay(day=date(2025, 10, 11), follows=3)),
    )
    saturdays = [f"{day:%m-%d}" for day in service_dates(scenario) if weekday_followed(scenario, day) == 6]
    assert saturdays == ["09-06", "09-13", "09-20", "10-18"]
    assert weekday_followed(scenario, date(2025, 10, 11)) == 3


def test_a_make_up_day_blocks_the_weekend_day_even_before_its_weekday_is_known() -> None:
    scenario = with_term(date(2025, 9, 22), date(2025, 9, 28), weekend_weekday=6)
    assert date(2025, 9, 27) not in service_dates(scenario)


def test_a_holiday_week_is_open_on_five_consecutive_weekdays_without_the_template_week() -> None:
    week = HolidayWeek(season=HolidaySeason.WINTER, start=date(2026, 1, 26), end=date(2026, 2, 1))
    scenario = with_term(date(2026, 1, 19), date(2026, 1, 23), holiday_weeks=(week,))
    opened = [day for day in service_dates(scenario) if day > scenario.term.end]
    assert opened == [date(2026, 1, 26) + timedelta(days=offset) for offset in range(5)]
    assert weekdays(scenario, opened) == [None] * 5
    assert not calendar_warnings(scenario)


def test_a_holiday_week_broken_by_the_spring_festival_is_told() -> None:
    week = HolidayWeek(season=HolidaySeason.WINTER, start=date(2026, 2, 9), end=date(2026, 2, 13))
    assert not calendar_warnings(with_term(date(2026, 1, 19), date(2026, 1, 23), holiday_weeks=(week,)))
    late = replace(week, start=date(2026, 2, 11), end=date(2026, 2, 17))
    (doubt,) = calendar_warnings(with_term(date(2026, 1, 19), date(2026, 1, 23), holiday_weeks=(late,)))
    assert "5 个工作日" in doubt.zh


def test_a_year_without_a_notice_is_told_and_its_weekdays_are_taken_as_class_days() -> None:
    scenario = with_term(date(2026, 12, 28), date(2027, 1, 8))
    scenario = replace(scenario, seasons=(replace(AUTUMN, end=date(2027, 3, 1)),))
    (doubt,) = calendar_warnings(scenario)
    assert doubt.warning
    assert "2027 年" in doubt.zh
    assert "01-01 至 01-08" in doubt.zh


def test_a_make_up_day_nobody_announced_is_kept_and_told() -> None:
    scenario = with_term(date(2025, 9, 1), date(2025, 9, 7), make_up_days=(MakeUpDay(day=date(2025, 9, 6), follows=1),))
    assert weekday_followed(scenario, date(2025, 9, 6)) == 1
    assert ["国务院" in doubt.zh for doubt in calendar_warnings(scenario)] == [True]


def test_weekend_slots_without_a_weekend_day_are_told() -> None:
    saturday = replace(slots()[0], id=SlotId("d6-1"), weekday=6)
    scenario = replace(with_term(date(2025, 9, 1), date(2025, 9, 7)), slots=(*slots(), saturday))
    assert any("周六" in doubt.zh for doubt in calendar_warnings(scenario))


def test_the_windows_of_suifenhe_are_two_seasons_that_meet_on_the_night_of_28_february_2022() -> None:
    """绥芬河 三（二）2: "试行期间(2021年4月1日至2022年2月28日)"."""
    trial = Season(id=SeasonId("trial"), start=date(2021, 4, 1), end=date(2022, 2, 28))
    standing = Season(id=SeasonId("standing"), start=date(2022, 3, 1), end=date(2022, 7, 15))
    scenario = replace(with_term(date(2022, 2, 24), date(2022, 3, 4)), seasons=(trial, standing))
    assert season_on(scenario, date(2022, 2, 28)) is trial
    assert season_on(scenario, date(2022, 3, 1)) is standing


def test_a_date_outside_every_season_is_a_fault() -> None:
    scenario = replace(with_term(date(2025, 9, 1), date(2025, 9, 5)), seasons=())
    with pytest.raises(InputFaults, match="2025-09-01"):
        season_on(scenario, date(2025, 9, 1))
    assert [fault.warning for fault in calendar_warnings(scenario)] == [False]
