"""Are values that the documents demand but do not print asked for, and never made up?"""

from datetime import time

import pytest

from scheduler.domain import AreaType, BellKind, ClauseId, HolidaySeason, Role, Stage
from scheduler.errors import Fault
from scheduler.policy import counties, load_policy, missing_facts
from tests.rules.worlds import FIRST, LAST, Drawing


def school(grade: int = 3, stage: Stage = Stage.PRIMARY) -> Drawing:
    """One home class with lessons, lunch and a slot; everybody capped; all that the documents demand is given."""
    week = Drawing(grade=grade, stage=stage)
    week.in_season(off_work_time=time(17, 30), kind=HolidaySeason.WINTER, afternoon_start=time(14, 0))
    week.grade(grade, stage, homework_minutes=40)
    week.bell("15:30-16:10")
    week.bell("12:00-13:00", kind=BellKind.LUNCH)
    week.lesson(1, 1)
    week.slot("mon1", "Mon 16:30-17:10")
    week.course("剪纸", pupils_per_adult=30)
    week.staff("wang", max_per_day=2, max_per_week=8, roles=frozenset(Role))
    week.in_term(weekend_weekday=6, holiday_weeks=("a week",))
    return week


def asked(county: str, week: Drawing, warning: bool = False) -> set[str]:
    """Columns that the county asks for."""
    found = missing_facts(load_policy(county), week.scenario())
    return {fault.column or "" for fault in found if fault.warning is warning}


@pytest.mark.parametrize("county", counties())
def test_a_school_that_gives_everything_is_asked_for_nothing(county: str) -> None:
    assert missing_facts(load_policy(county), school().scenario()) == ()


@pytest.mark.parametrize("county", ["yueyang", "helan", "changzhi"])
def test_the_off_work_time_is_asked_for_where_an_end_hangs_on_it(county: str) -> None:
    week = school()
    week.in_season(off_work_time=None)
    assert "off_work_time" in asked(county, week)


@pytest.mark.parametrize("county", ["liangping", "suifenhe"])
def test_the_off_work_time_is_not_asked_for_where_a_clock_time_is_printed(county: str) -> None:
    week = school()
    week.in_season(off_work_time=None)
    assert asked(county, week) == set()


def test_each_season_without_an_off_work_time_is_told_apart() -> None:
    week = school()
    week.in_season(off_work_time=None)
    week.season("winter", FIRST, LAST)
    week.bell("15:30-16:10", season="winter")
    assert len(missing_facts(load_policy("yueyang"), week.scenario())) == 2


@pytest.mark.parametrize("area", [AreaType.COUNTY_TOWN, AreaType.VILLAGE])
def test_helan_asks_for_summer_and_winter(area: AreaType) -> None:
    week = school()
    week.at_school(area=area)
    week.in_season(kind=None, afternoon_start=None)
    assert asked("helan", week) == {"kind", "afternoon_start"}


@pytest.mark.parametrize(
    ("grade", "stage", "is_asked"),
    [(2, Stage.PRIMARY, False), (3, Stage.PRIMARY, True), (7, Stage.JUNIOR, True)],
)
def test_changzhi_asks_how_long_homework_takes_where_there_may_be_any(grade: int, stage: Stage, is_asked: bool) -> None:
    """长治 三（四）1: "小学一二年级学生不留书面家庭作业", so there is none to fit in."""
    week = school(grade, stage)
    week.grade(grade, stage)
    assert ("homework_minutes" in asked("changzhi", week)) is is_asked


def test_no_homework_is_an_answer() -> None:
    week = school()
    week.grade(3, homework_minutes=0)
    assert asked("changzhi", week) == set()


def test_changzhi_asks_for_the_weekend_day_and_the_holiday_weeks() -> None:
    week = school()
    week.in_term(weekend_weekday=None, holiday_weeks=())
    assert asked("changzhi", week) == {"weekend_weekday", "season"}


def test_liangping_asks_how_long_a_period_is_where_fees_are_by_period() -> None:
    week = school()
    week.at_school(billed_by_period=True)
    assert asked("liangping", week) == {"period_minutes"}
    week.at_school(period_minutes=40)
    assert asked("liangping", week) == set()


def test_yueyang_prints_how_long_a_period_is() -> None:
    week = school()
    week.at_school(billed_by_period=True)
    assert asked("yueyang", week) == set()


@pytest.mark.parametrize("county", counties())
def test_the_end_of_lessons_is_asked_for(county: str) -> None:
    week = school()
    week.bells = [bell for bell in week.bells if bell.kind is not BellKind.LESSON]
    assert "start" in asked(county, week)


def test_what_can_be_done_without_is_only_warned_about() -> None:
    week = school()
    week.staff("wang")
    week.course("剪纸")
    week.lessons, week.bells = [], [bell for bell in week.bells if bell.kind is BellKind.LESSON]
    assert asked("yueyang", week, warning=True) == {"home_class", "kind", "max_per_day"} | {"pupils_per_adult"}
    assert asked("suifenhe", week, warning=True) == {"home_class", "max_per_day", "pupils_per_adult", "roles"}
    assert asked("yueyang", week) == asked("suifenhe", week) == set()


def test_a_fault_names_the_clause_that_asks_in_both_languages() -> None:
    week = school()
    week.in_season(off_work_time=None)
    (fault,) = missing_facts(load_policy("changzhi"), week.scenario())
    assert isinstance(fault, Fault)
    assert fault.text("zh").startswith("seasons.csv off_work_time：“autumn”没有填当地正常下班时间。")
    assert "changzhi-3.2-end-not-before-offwork" in fault.text("en")


def test_readings_that_cannot_be_used_are_told_first() -> None:
    week = school()
    week.in_season(off_work_time=None)
    week.more["readings"] = {ClauseId("yueyang-2.4-end-time"): {"after_minutes": "half"}}
    (fault,) = missing_facts(load_policy("yueyang"), week.scenario())
    assert fault.place == "readings.csv"
