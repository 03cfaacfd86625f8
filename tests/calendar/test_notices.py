"""Do our files of public notices say what the package chinesecalendar says?"""

from datetime import date, timedelta

import chinese_calendar
import pytest
from chinese_calendar.constants import holidays, workdays

from scheduler.calendar.notices import is_known, notices

YEARS = sorted(notices())


def test_six_years_are_known_and_the_next_is_not() -> None:
    assert YEARS == [2021, 2022, 2023, 2024, 2025, 2026]
    assert not is_known(2027)
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_workday(date(2027, 1, 4))


@pytest.mark.parametrize("year", YEARS)
def test_make_up_days_are_those_of_the_package(year: int) -> None:
    assert set(notices()[year].make_up) == {day for day in workdays if day.year == year}


@pytest.mark.parametrize("year", YEARS)
def test_weekdays_off_are_those_of_the_package(year: int) -> None:
    """Weekend days are left out: the package also lists weekends that merely touch a festival."""
    ours = {day for notice in notices().values() for day in notice.holidays if day.year == year}
    theirs = {day for day in holidays if day.year == year}
    assert {day for day in ours if day.isoweekday() <= 5} == {day for day in theirs if day.isoweekday() <= 5}
    assert ours <= theirs


@pytest.mark.parametrize("year", YEARS)
def test_a_notice_is_issued_before_its_year_and_make_up_days_are_weekend_days(year: int) -> None:
    notice = notices()[year]
    assert notice.issued < date(year, 1, 1)
    assert f"{year}年" in notice.title
    assert all(day.isoweekday() > 5 for day in notice.make_up)
    assert all(abs((day - date(year, 7, 1)).days) < 190 for day in (*notice.holidays, *notice.make_up))
    assert not notice.holidays.keys() & notice.make_up.keys()


def test_a_bridge_day_in_december_belongs_to_the_next_notice() -> None:
    assert date(2022, 12, 31) in notices()[2023].holidays
    assert date(2022, 12, 31) + timedelta(days=1) in notices()[2023].holidays
