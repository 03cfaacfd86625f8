"""Does the campus open in the long holidays?"""

from datetime import date
from types import MappingProxyType

from scheduler.audit.services import holiday_opening
from scheduler.domain import HolidaySeason, HolidayWeek
from scheduler.rulebook import HolidayOpening
from tests.rules.worlds import Drawing, amounts

CHANGZHI = HolidayOpening(weeks=MappingProxyType({HolidaySeason.WINTER: 1, HolidaySeason.SUMMER: 3}))


def winter(start: date, end: date) -> HolidayWeek:
    return HolidayWeek(season=HolidaySeason.WINTER, start=start, end=end)


def test_holiday_opening_obeyed() -> None:
    """长治 三（二）: "寒假开放1周"; an autumn term owes nothing for the summer."""
    week = Drawing()
    week.in_term(holiday_weeks=(winter(date(2026, 1, 26), date(2026, 2, 6)),))
    assert not amounts(holiday_opening(week.world(), CHANGZHI))


def test_holiday_opening_just_obeyed() -> None:
    """长治 三（二）: Monday to Friday are a week."""
    week = Drawing()
    week.in_term(holiday_weeks=(winter(date(2026, 1, 26), date(2026, 1, 30)),))
    assert not amounts(holiday_opening(week.world(), CHANGZHI))


def test_holiday_opening_just_broken() -> None:
    """长治 三（二）: Monday to Thursday are none; nor is an opening that is not there."""
    week = Drawing()
    week.in_term(holiday_weeks=(winter(date(2026, 1, 26), date(2026, 1, 29)),))
    assert amounts(holiday_opening(week.world(), CHANGZHI)) == [1]
    week.in_term(holiday_weeks=())
    assert amounts(holiday_opening(week.world(), CHANGZHI)) == [1]


def test_a_spring_term_owes_the_summer() -> None:
    """长治 三（二）: "暑假开放3周"."""
    week = Drawing()
    week.in_term(start=date(2026, 3, 2), end=date(2026, 7, 4))
    assert amounts(holiday_opening(week.world(), CHANGZHI)) == [3]
