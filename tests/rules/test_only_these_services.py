"""What may never be called after-school service?"""

from scheduler.audit.services import only_these_services
from scheduler.domain import Activity, Form
from scheduler.rulebook import OnlyTheseServices
from tests.rules.worlds import Drawing, amounts


def monday(hours: str, activity: Activity = Activity.SUPERVISION) -> Drawing:
    week = Drawing()
    week.slot("mon1", f"Mon {hours}")
    week.course("看护", form=Form.ARRANGED, activity=activity)
    week.meeting("看护", "mon1")
    return week


def test_only_these_services_obeyed() -> None:
    """岳阳 二（四）: supervision after lessons is a service."""
    assert not amounts(only_these_services(monday("16:30-17:10").world(), OnlyTheseServices()))


def test_only_these_services_just_obeyed() -> None:
    """岳阳 二（四）: noon is no longer morning, and a course on the menu that no section offers is no service."""
    week = monday("12:00-12:40")
    week.course("早到看管", form=Form.ARRANGED, activity=Activity.EARLY_ARRIVAL_CARE)
    assert not amounts(only_these_services(week.world(), OnlyTheseServices()))


def test_only_these_services_just_broken() -> None:
    """岳阳 二（四）: "早到校看管和自习、午餐午休看管…不得纳入课后服务范围"."""
    assert amounts(only_these_services(monday("16:30-17:10", Activity.LUNCH_CARE).world(), OnlyTheseServices())) == [1]
    assert amounts(only_these_services(monday("11:59-12:40").world(), OnlyTheseServices())) == [1]


def test_a_saturday_morning_is_no_class_day() -> None:
    """长治 三（二） runs the service on one day of the weekend."""
    week = Drawing()
    week.slot("sat1", "Sat 09:00-10:00")
    week.course("剪纸")
    week.meeting("剪纸", "sat1")
    assert not amounts(only_these_services(week.world(), OnlyTheseServices()))
