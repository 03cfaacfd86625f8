"""Does a sample school live today, whatever today is?"""

from datetime import date, timedelta
from pathlib import Path

import pytest

from scheduler.calendar import calendar_warnings, service_dates
from scheduler.domain import Scenario
from scheduler.generate.living import in_living_term
from scheduler.intake import read_scenario, scenario_to_json

SAMPLES = Path(__file__).parents[2] / "scenarios"


@pytest.fixture(scope="module")
def school() -> Scenario:
    return read_scenario(SAMPLES / "yueyang")


def test_in_its_own_term_a_school_is_as_it_lies_in_its_folder(school: Scenario) -> None:
    """The make-up days, too: those were written by hand, these come from the notices."""
    for day in (date(2025, 8, 1), date(2025, 9, 1), date(2026, 1, 23)):
        assert scenario_to_json(in_living_term(school, day)) == scenario_to_json(school), day


def test_every_day_of_twelve_years_has_a_term_with_service_still_to_come() -> None:
    tiny, before = read_scenario(SAMPLES / "tiny"), date.min
    for offset in range(0, 12 * 365, 31):
        today = date(2024, 2, 29) + timedelta(days=offset)
        moved = in_living_term(tiny, today)
        assert today <= moved.term.end
        assert before <= moved.term.end
        before = moved.term.end
        assert max(service_dates(moved)) >= min(today, moved.term.end - timedelta(days=3))
        errors = [fault for fault in calendar_warnings(moved) if not fault.warning]
        assert not errors, (today, errors)


def test_next_year_keeps_weekdays_and_takes_its_make_up_days_from_the_notice(school: Scenario) -> None:
    term = in_living_term(school, date(2026, 11, 22)).term
    assert (term.name, term.start, term.end) == ("2026—2027学年第一学期", date(2026, 9, 1), date(2027, 1, 22))
    # 2026: 1 to 7 October off; Tuesday the 6th and Wednesday the 7th are made up for.
    assert [(entry.day, entry.follows) for entry in term.make_up_days] == [(date(2026, 9, 20), 2), (date(2026, 10, 10), 3)]
    assert [event.day.isoweekday() for event in term.events] == [event.day.isoweekday() for event in school.term.events]


def test_a_year_without_a_notice_is_told_and_not_guessed(school: Scenario) -> None:
    moved = in_living_term(school, date(2026, 11, 22))
    (doubt,) = calendar_warnings(moved)
    assert "2027" in doubt.en
    assert doubt.warning


def test_papers_of_the_staff_hold_as_long_as_they_did(school: Scenario) -> None:
    spring = in_living_term(school, date(2027, 4, 1))
    assert spring.term.name == "2026—2027学年第二学期"
    assert not spring.term.events
    assert {day for person in spring.staff for day in person.checks.values()} == {date(2027, 8, 31)}
    assert spring.providers[0].contract_until == date(2027, 8, 31)
