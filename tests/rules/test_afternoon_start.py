"""Do afternoon lessons start at the printed hour?"""

from datetime import date, time
from types import MappingProxyType

from scheduler.audit.hours import afternoon_start
from scheduler.domain import AreaType, HolidaySeason
from scheduler.rulebook import AfternoonStart, Scope
from tests.rules.worlds import Drawing, amounts

HOURS = MappingProxyType({HolidaySeason.SUMMER: time(14, 30), HolidaySeason.WINTER: time(13, 30)})
RURAL = AfternoonStart(start_by_season=HOURS, scope=Scope(areas=frozenset({AreaType.TOWNSHIP, AreaType.VILLAGE})))


def township(summer: time, winter: time) -> Drawing:
    week = Drawing()
    week.at_school(area=AreaType.TOWNSHIP)
    week.in_season("autumn", kind=HolidaySeason.SUMMER, afternoon_start=summer)
    week.season("winter", date(2025, 12, 1), date(2026, 1, 23), kind=HolidaySeason.WINTER, afternoon_start=winter)
    return week


def test_afternoon_start_obeyed() -> None:
    """贺兰 五（二）: "农村中小学下午上课时间为夏季14:30；冬季13:30"."""
    assert not amounts(afternoon_start(township(time(14, 30), time(13, 30)).world(), RURAL))


def test_afternoon_start_just_obeyed() -> None:
    """贺兰 五（二）: the rural hours do not bind a school in town."""
    week = township(time(14, 30), time(14))
    week.at_school(area=AreaType.COUNTY_TOWN)
    assert not amounts(afternoon_start(week.world(), RURAL))


def test_afternoon_start_just_broken() -> None:
    """贺兰 五（二）: a minute off in winter."""
    assert amounts(afternoon_start(township(time(14, 30), time(13, 31)).world(), RURAL)) == [1]
