"""What about the dates of this term is not known or does not fit? Told to the school, never guessed."""

from collections.abc import Iterator
from datetime import date

from scheduler.calendar.days import days_between, no_season, weekday_followed, weekdays_of
from scheduler.calendar.notices import is_known, is_public_make_up_day, notices
from scheduler.domain import Scenario
from scheduler.errors import Fault

WEEKDAYS = "一二三四五六日"


def calendar_warnings(scenario: Scenario) -> tuple[Fault, ...]:
    """Everything about the dates a school should look at before it trusts them.

    All are warnings but one: a class day that no season covers has no clock, and the plan cannot be dated.
    """
    return tuple(
        fault
        for doubts in (
            _unknown_years,
            _make_up_days_without_a_weekday,
            _make_up_days_nobody_announced,
            _make_up_days_outside_the_term,
            _class_days_without_a_season,
            _holiday_weeks_of_another_length,
            _weekend_slots_without_a_weekend_day,
        )
        for fault in doubts(scenario)
    )


def _unknown_years(scenario: Scenario) -> Iterator[Fault]:
    term = scenario.term
    last = max([term.end, *(week.end for week in term.holiday_weeks)])
    for year in range(term.start.year, last.year + 1):
        if not is_known(year):
            start, end = max(term.start, date(year, 1, 1)), min(last, date(year, 12, 31))
            yield _doubt(
                "calendar.csv",
                f"{year} 年的国务院放假通知还没有录入，{start:%m-%d} 至 {end:%m-%d} 的公休日和调休上课日不知道。",
                f"the public notice for {year} is not known here: days off and make-up days from {start} to {end} are unknown.",
                "通知公布后请更新本程序，或先在校历里写明这些日子。",
                "Update the program when the notice is out, or give the days in the calendar.",
            )


def _make_up_days_without_a_weekday(scenario: Scenario) -> Iterator[Fault]:
    term = scenario.term
    settled = {entry.day for entry in term.make_up_days} | set(term.holidays)
    settled |= {event.day for event in term.events if not event.service}
    for notice in notices().values():
        for day, festival in notice.make_up.items():
            if term.start <= day <= term.end and day not in settled:
                yield _doubt(
                    "calendar.csv",
                    f"{_day(day)}是{festival}的调休上课日，但没有写明按星期几的课表上课；在写明之前这一天不排课后服务。",
                    f"{day} is a make-up class day ({festival}), but which weekday it follows is not given; "
                    "until it is, the service does not run that day.",
                    "请在校历里写为“调休上课”，并写明按星期几上课；学校这一天不上课的，写为“放假”。",
                    "Enter it in the calendar as a make-up day with the weekday it follows, or as a holiday.",
                )


def _make_up_days_nobody_announced(scenario: Scenario) -> Iterator[Fault]:
    for entry in scenario.term.make_up_days:
        if is_known(entry.day.year) and not is_public_make_up_day(entry.day):
            yield _doubt(
                "calendar.csv",
                f"{_day(entry.day)}不是国务院通知里的调休上班日，仍按学校的填写排为上课日。",
                f"{entry.day} is not a make-up day in the public notice; it is taken as a class day because the school says so.",
                "请核对日期。",
                "Please check the date.",
            )


def _make_up_days_outside_the_term(scenario: Scenario) -> Iterator[Fault]:
    term = scenario.term
    for entry in term.make_up_days:
        if not term.start <= entry.day <= term.end:
            yield _doubt(
                "calendar.csv",
                f"{_day(entry.day)}不在本学期内，没有用到。",
                f"{entry.day} lies outside the term and is not used.",
                "请核对日期。",
                "Please check the date.",
            )


def _class_days_without_a_season(scenario: Scenario) -> Iterator[Fault]:
    for day in days_between(scenario.term.start, scenario.term.end):
        covered = any(season.start <= day <= season.end for season in scenario.seasons)
        if not covered and weekday_followed(scenario, day) is not None:
            yield no_season(day)
            return


def _holiday_weeks_of_another_length(scenario: Scenario) -> Iterator[Fault]:
    for week in scenario.term.holiday_weeks:
        days = weekdays_of(week)
        span = len([day for day in days_between(days[0], days[-1]) if day.isoweekday() <= 5]) if days else 0
        if not len(days) == span == 5:
            yield _doubt(
                "calendar.csv",
                f"{week.start:%Y-%m-%d} 至 {week.end:%Y-%m-%d} 的假期开放周不是连续 5 个工作日（现有 {len(days)} 个）。",
                f"the holiday week {week.start} to {week.end} is not five consecutive weekdays (it has {len(days)}).",
                "请另选一周，避开公休日。",
                "Please choose a week without public holidays.",
            )


def _weekend_slots_without_a_weekend_day(scenario: Scenario) -> Iterator[Fault]:
    for weekday in sorted({slot.weekday for slot in scenario.slots if slot.weekday > 5}):
        follows = {entry.follows for entry in scenario.term.make_up_days}
        if weekday != scenario.term.weekend_weekday and weekday not in follows:
            yield _doubt(
                "scenario.toml",
                f"有周{WEEKDAYS[weekday - 1]}的时段，但学期没有把周{WEEKDAYS[weekday - 1]}定为周末服务日，这些时段不会上课。",
                f"there are slots on weekday {weekday}, but it is not the term's weekend service day: they will never meet.",
                "请填写周末服务日，或删去这些时段。",
                "Set the term's weekend_weekday, or remove these slots.",
            )


def _day(day: date) -> str:
    return f"{day:%Y-%m-%d}（周{WEEKDAYS[day.isoweekday() - 1]}）"


def _doubt(place: str, zh: str, en: str, todo_zh: str, todo_en: str) -> Fault:
    return Fault(place=place, zh=zh, en=en, todo_zh=todo_zh, todo_en=todo_en, warning=True)
