"""On which dates does the service run, and which weekday of the template week does each follow?

Class days are Monday to Friday of the term without public holidays, days off and school events without service, and the
make-up days whose weekday the school has given. Where one weekend day is used for the service (长治 三（二）: "双休日中的1天
用于开展课后服务") it is one a calendar week, and none in a week whose Saturday or Sunday is a make-up class day. Holiday weeks
(开放校园) are five consecutive weekdays with their own enrolment: the campus is open, the template week does not hold.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from scheduler.calendar.notices import is_public_holiday, is_public_make_up_day
from scheduler.domain import HolidayWeek, Scenario, Season, Term
from scheduler.errors import Fault, InputFaults

FRIDAY, SATURDAY, SUNDAY = 5, 6, 7


def service_dates(scenario: Scenario) -> tuple[date, ...]:
    """Every date on which the service runs, in order; holiday weeks are among them.

    A make-up day without a weekday to follow is not: nobody could say which lessons it has (`calendar_warnings` tells).
    """
    term = scenario.term
    days = {day for day in days_between(term.start, term.end) if weekday_followed(scenario, day) is not None}
    return tuple(sorted(days | holiday_week_dates(scenario)))


def weekday_followed(scenario: Scenario, day: date) -> int | None:
    """The weekday, 1 to 7, of the template week that is taught on this date; `None`: no lessons of the template week."""
    term = scenario.term
    if not term.start <= day <= term.end or _is_off(term, day):
        return None
    given = {make_up.day: make_up.follows for make_up in term.make_up_days}
    if day in given:
        return given[day]
    if is_public_make_up_day(day) or is_public_holiday(day):
        return None
    if day.isoweekday() <= FRIDAY:
        return day.isoweekday()
    return day.isoweekday() if _is_weekend_service_day(term, day) else None


def season_on(scenario: Scenario, day: date) -> Season:
    """The season whose clock holds on this date; of two that claim it, the one that began last.

    Raises `InputFaults` when no season covers the date.
    """
    covering = [season for season in scenario.seasons if season.start <= day <= season.end]
    if covering:
        return max(covering, key=lambda season: (season.start, season.id))
    raise InputFaults([no_season(day)])


def holiday_week_dates(scenario: Scenario) -> frozenset[date]:
    """Dates on which the campus opens in the long holidays: the weekdays of each holiday week."""
    return frozenset(day for week in scenario.term.holiday_weeks for day in weekdays_of(week))


def weekdays_of(week: HolidayWeek) -> tuple[date, ...]:
    """Monday to Friday of the week's dates, public holidays left out, at most five."""
    days = (day for day in days_between(week.start, week.end) if day.isoweekday() <= FRIDAY)
    return tuple(day for day in days if not is_public_holiday(day))[:5]


def days_between(start: date, end: date) -> Iterator[date]:
    """Each date from `start` to `end`, both included."""
    return (start + timedelta(days=offset) for offset in range((end - start).days + 1))


def is_make_up_day(term: Term, day: date) -> bool:
    """A make-up class day, by the public notice or by the school; one the school has off does not count."""
    return not _is_off(term, day) and (is_public_make_up_day(day) or any(entry.day == day for entry in term.make_up_days))


def no_season(day: date) -> Fault:
    """The fault of a date that no season covers."""
    return Fault(
        place="seasons.csv",
        zh=f"{day:%Y-%m-%d} 不在任何一个作息季节里，不知道几点上课。",
        en=f"{day:%Y-%m-%d} lies in no season, so its clock times are not known.",
        todo_zh="请让各季节的起止日期盖住整个学期。",
        todo_en="Please let the seasons cover the whole term.",
    )


def _is_off(term: Term, day: date) -> bool:
    """Off by the school's own word."""
    return day in term.holidays or any(event.day == day and not event.service for event in term.events)


def _is_weekend_service_day(term: Term, day: date) -> bool:
    if day.isoweekday() != term.weekend_weekday:
        return False
    saturday = day - timedelta(days=day.isoweekday() - SATURDAY)
    return not any(is_make_up_day(term, weekend) for weekend in (saturday, saturday + timedelta(days=1)))
