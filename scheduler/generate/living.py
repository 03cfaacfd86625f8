"""How does a sample school come into the term that runs today? Its people and wishes stay; its dates move.

A school year has two terms, as everywhere in China. The State Council's notices say which days are off and which weekend
days are class days; where a year has no notice yet, nothing is invented and `calendar_warnings` says so. Which weekday a
make-up day follows is in no notice: this school lets it follow the last weekdays that a festival took.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from typing import TypeVar, cast

from scheduler.calendar.notices import Notice, notices
from scheduler.domain import MakeUpDay, Scenario, Season, Term

T = TypeVar("T")
MONDAY, FRIDAY = 1, 5
FIRST_MONTH = 8
"""A school year begins in its summer holidays."""


def in_living_term(scenario: Scenario, today: date) -> Scenario:
    """The same school in the first term that is not over today. What belongs to the autumn term alone has no day in spring."""
    term = _living(scenario.term, today)
    years = _school_year(term.start) - _school_year(scenario.term.start)
    moved = _moved(scenario, years)
    return replace(moved, term=term, seasons=tuple(_stretched(season, scenario.term, term) for season in scenario.seasons))


def made_up(first: date, last: date) -> tuple[MakeUpDay, ...]:
    """The make-up class days between two dates, by the notices we have.

    Of n for one festival, each follows one of its last n weekdays off, in their order.
    """
    pairs = (pair for notice in notices().values() for pair in _paired(notice))
    return tuple(MakeUpDay(day=day, follows=off.isoweekday()) for day, off in sorted(pairs) if first <= day <= last)


def _paired(notice: Notice) -> Iterator[tuple[date, date]]:
    for festival in set(notice.make_up.values()):
        class_days = sorted(day for day, name in notice.make_up.items() if name == festival)
        off = sorted(day for day, name in notice.holidays.items() if name == festival and day.isoweekday() <= FRIDAY)
        yield from zip(class_days, off[-len(class_days) :], strict=True)


def _living(autumn: Term, today: date) -> Term:
    year = _school_year(today)
    terms = (term for each in (year, year + 1) for term in (_autumn(autumn, each), _spring(each)))
    return next(term for term in terms if today <= term.end)


def _autumn(term: Term, year: int) -> Term:
    """The autumn term of another school year: each day on the same weekday as it was."""
    years = year - _school_year(term.start)
    start, end = _years_later(term.start, years), _weekday_later(term.end, years)
    return replace(
        term,
        name=f"{year}—{year + 1}学年第一学期",
        start=start,
        end=end,
        make_up_days=made_up(start, end),
        holidays=tuple(_weekday_later(day, years) for day in term.holidays),
        events=tuple(replace(event, day=_weekday_later(event.day, years)) for event in term.events),
        holiday_weeks=tuple(
            replace(week, start=_weekday_later(week.start, years), end=_weekday_later(week.end, years))
            for week in term.holiday_weeks
        ),
    )


def _spring(year: int) -> Term:
    start, end = _nearest(date(year + 1, 3, 1), MONDAY), _nearest(date(year + 1, 7, 5), FRIDAY)
    return Term(name=f"{year}—{year + 1}学年第二学期", start=start, end=end, make_up_days=made_up(start, end))


def _stretched(season: Season, old: Term, new: Term) -> Season:
    """The same share of the other term, so that no day is left without a clock."""
    days, now = (old.end - old.start).days + 1, (new.end - new.start).days + 1

    def moved(day: date) -> date:
        return new.start + timedelta(days=round((day - old.start).days * now / days))

    return replace(season, start=moved(season.start), end=moved(season.end + timedelta(days=1)) - timedelta(days=1))


def _moved(value: T, years: int) -> T:
    """Every date in it so many years later: vetting, approvals, contracts, agreements."""
    if isinstance(value, date):
        return cast(T, _years_later(value, years))
    if isinstance(value, tuple):
        return cast(T, tuple(_moved(each, years) for each in value))
    if isinstance(value, dict):
        return cast(T, {key: _moved(each, years) for key, each in value.items()})
    if is_dataclass(value) and not isinstance(value, type):
        return cast(T, replace(value, **{field.name: _moved(getattr(value, field.name), years) for field in fields(value)}))
    return value


def _school_year(day: date) -> int:
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def _years_later(day: date, years: int) -> date:
    # 29 February becomes the 28th in other years.
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return day.replace(year=day.year + years, day=last)


def _weekday_later(day: date, years: int) -> date:
    return _nearest(_years_later(day, years), day.isoweekday())


def _nearest(day: date, weekday: int) -> date:
    """The nearest day of this weekday, at most three days off."""
    return day + timedelta(days=(weekday - day.isoweekday() + 3) % 7 - 3)
