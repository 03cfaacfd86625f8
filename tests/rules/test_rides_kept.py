"""Does the audit see riders who miss their bus?"""

from datetime import time

from scheduler.audit.rides import missed_by_others, rides_kept
from scheduler.domain import RouteId
from scheduler.rulebook import RidesKept
from tests.rules.worlds import Drawing, amounts


def week(*, end: str = "17:50", riders: str = "li", seats: int | None = None, only: bool = True) -> Drawing:
    """Riders of route 北 sit in 剪纸 on Monday until `end`; the last bus leaves at 18:00, an early one at 17:00."""
    drawing = Drawing()
    drawing.slot("mon1", f"Mon 16:30-{end}")
    drawing.slot("tue1", "Tue 16:30-17:10")
    drawing.course("剪纸")
    drawing.meeting("剪纸", "mon1")
    drawing.trip("早班", "北", 1, "17:00")
    drawing.trip("末班", "北", 1, "18:00", seats=seats)
    for rider in riders.split():
        drawing.pupil(rider, stays="mon1", route=RouteId("北"), only_way_home=only)
        drawing.place(rider, "剪纸")
    return drawing


def test_rides_kept_obeyed() -> None:
    assert amounts(rides_kept(week(end="17:30").world(), RidesKept())) == []


def test_rides_kept_just_obeyed() -> None:
    """17:50 and ten minutes make 18:00; two seats for two."""
    assert amounts(rides_kept(week(riders="li qian", seats=2).world(), RidesKept())) == []


def test_rides_kept_just_broken() -> None:
    """17:51 and ten minutes pass 18:00 by one."""
    found = list(rides_kept(week(end="17:51").world(), RidesKept()))
    assert amounts(found) == [1]
    assert found[0].zh == "li周一17:51结束，加10分钟赶车时间，比18:00发车的末班晚1分钟。"


def test_the_trip_named_counts_before_the_last() -> None:
    """With 早班 at 17:00, an end at 17:30 and ten minutes are 40 too late."""
    drawing = week(end="17:30")
    drawing.ride("li", 1, "早班")
    assert amounts(rides_kept(drawing.world(), RidesKept())) == [40]


def test_a_day_without_a_trip_counts_once() -> None:
    drawing = week()
    drawing.pupil("li", stays="mon1 tue1", route=RouteId("北"), only_way_home=True)
    assert amounts(rides_kept(drawing.world(), RidesKept())) == [1]


def test_a_trip_of_another_route_takes_nobody_home() -> None:
    drawing = week()
    drawing.trip("南线", "南", 1, "19:00")
    drawing.ride("li", 1, "南线")
    assert amounts(rides_kept(drawing.world(), RidesKept())) == [1]


def test_riders_above_the_seats_count() -> None:
    assert amounts(rides_kept(week(riders="li qian sun", seats=1).world(), RidesKept())) == [2]


def test_riders_with_another_way_home_are_told_but_never_found() -> None:
    drawing = week(end="17:55", only=False)
    assert amounts(rides_kept(drawing.world(), RidesKept())) == []
    assert amounts(missed_by_others(drawing.world(), RidesKept())) == [5]


def test_each_season_has_its_own_departure() -> None:
    """In winter the last bus leaves at 17:45: 15 minutes missed then."""
    drawing = week()
    first, last = drawing.seasons["autumn"].start, drawing.seasons["autumn"].end
    drawing.season("winter", first, last)
    drawing.slot("mon1", "Mon 16:30-17:50", number=1)
    departures = {"autumn": time(18, 0), "winter": time(17, 45)}
    drawing.trip("末班", "北", 1, "18:00", departure_by_season=departures)
    assert amounts(rides_kept(drawing.world(), RidesKept())) == [15]
