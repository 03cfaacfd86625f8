"""Is a teacher there when a course is online?"""

from scheduler.audit.content import online_with_teacher
from scheduler.domain import StaffKind
from scheduler.rulebook import OnlineWithTeacher
from tests.rules.worlds import Drawing, amounts


def monday(*staff: StaffKind, online: str | None = "国家中小学智慧教育平台") -> Drawing:
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    week.course("天文", online_resource=online)
    for number, kind in enumerate(staff):
        week.staff(f"p{number}", kind=kind)
    week.meeting("天文", "mon1", staff=" ".join(f"p{number}" for number in range(len(staff))))
    return week


def test_online_with_teacher_obeyed() -> None:
    """岳阳 二（六）: "线上课后服务资源+线下教师服务指导"."""
    assert not amounts(online_with_teacher(monday(StaffKind.OWN).world(), OnlineWithTeacher()))


def test_online_with_teacher_just_obeyed() -> None:
    """岳阳 二（六）: a borrowed teacher who helps a volunteer is on site; a course that is not online needs none."""
    assert not amounts(online_with_teacher(monday(StaffKind.VOLUNTEER, StaffKind.BORROWED).world(), OnlineWithTeacher()))
    assert not amounts(online_with_teacher(monday(StaffKind.VOLUNTEER, online=None).world(), OnlineWithTeacher()))


def test_online_with_teacher_just_broken() -> None:
    """岳阳 二（六）: a volunteer alone, and nobody at all."""
    assert amounts(online_with_teacher(monday(StaffKind.VOLUNTEER).world(), OnlineWithTeacher())) == [1]
    assert amounts(online_with_teacher(monday().world(), OnlineWithTeacher())) == [1]
