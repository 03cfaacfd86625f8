"""Does the service take place at school?"""

from scheduler.audit.content import on_campus
from scheduler.domain import Form, RoomKind
from scheduler.rulebook import OnCampus
from tests.rules.worlds import Drawing, amounts


def two_days(away: str) -> Drawing:
    """40 minutes at school on Monday, the rest away on Tuesday."""
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    week.slot("tue1", f"Tue {away}")
    week.room("农场", kind=RoomKind.OFF_SITE)
    week.course("剪纸")
    week.course("种菜")
    week.meeting("剪纸", "mon1")
    week.meeting("种菜", "tue1", room="农场")
    return week


def test_on_campus_obeyed() -> None:
    """梁平 二（三）: "课后服务活动开展须以校内为主"."""
    assert not amounts(on_campus(two_days("16:30-17:00").world(), OnCampus()))


def test_on_campus_just_obeyed() -> None:
    """梁平 二（三）, read as half at most: 40 of 80 minutes."""
    assert not amounts(on_campus(two_days("16:30-17:10").world(), OnCampus()))


def test_on_campus_just_broken() -> None:
    """梁平 二（三）: 41 of 81 minutes, half a minute above, told as one."""
    (found,) = on_campus(two_days("16:30-17:11").world(), OnCampus())
    assert found.amount == 1
    assert [subject.name for subject in found.subjects] == ["测试学校", "种菜"]


def test_an_off_campus_course_is_away_whatever_its_room() -> None:
    week = two_days("16:30-17:11")
    week.course("种菜", off_campus=True)
    week.room("农场", kind=RoomKind.PLAYGROUND)
    assert amounts(on_campus(week.world(), OnCampus())) == [1]


def test_base_care_does_not_make_up_for_minutes_away() -> None:
    week = two_days("16:30-17:10")
    week.course("剪纸", form=Form.BASE_CARE)
    assert amounts(on_campus(week.world(), OnCampus())) == [20]
